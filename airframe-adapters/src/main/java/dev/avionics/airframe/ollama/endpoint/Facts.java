package dev.avionics.airframe.ollama.endpoint;

/** What can be learned about a model at an endpoint from a refusal. */
public final class Facts {
    /** The model does not think. */
    public static final String NO_THINKING = "no think";

    /** The server is from before thinking had depths: it takes true and false only. */
    public static final String THINKING_IS_BOOLEAN = "think is boolean";

    /** The server does not know the greatest depth of thinking. */
    public static final String NO_MAX_THINKING = "no think max";

    /** The texts need more tokens than they seemed to. */
    public static final String DENSE_TEXT = "dense text";

    private Facts() {}
}
