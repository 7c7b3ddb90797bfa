package dev.avionics.airframe.ollama;

/** What can be learned about a model at an endpoint from a refusal. */
final class Facts {
    /** The model does not think. */
    static final String NO_THINKING = "no think";

    /** The server is from before thinking had depths: it takes true and false only. */
    static final String THINKING_IS_BOOLEAN = "think is boolean";

    /** The server does not know the greatest depth of thinking. */
    static final String NO_MAX_THINKING = "no think max";

    /** The texts need more tokens than they seemed to. */
    static final String DENSE_TEXT = "dense text";

    private Facts() {}
}
