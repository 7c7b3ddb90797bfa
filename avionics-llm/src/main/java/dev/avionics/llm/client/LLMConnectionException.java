package dev.avionics.llm.client;

/** The server could not be reached, the connection broke, or a clock ran out: category CONNECTION or TIMEOUT. */
public final class LLMConnectionException extends LLMException {
    private static final long serialVersionUID = 1L;

    LLMConnectionException(Builder builder) {
        super(builder);
    }
}
