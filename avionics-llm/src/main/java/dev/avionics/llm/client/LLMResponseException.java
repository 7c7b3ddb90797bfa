package dev.avionics.llm.client;

/**
 * The server answered with an error. {@link #status()} is its HTTP status, empty where the error came within an answer or the model is
 * not on the server's list; {@link #excerpt()} is how its words begin, without secrets.
 */
public final class LLMResponseException extends LLMException {
    private static final long serialVersionUID = 1L;

    LLMResponseException(Builder builder) {
        super(builder);
    }
}
