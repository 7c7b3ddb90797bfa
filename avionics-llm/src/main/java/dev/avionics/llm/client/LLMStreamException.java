package dev.avionics.llm.client;

/** The server's answer could not be read: not one line of a stream is JSON. Category PARSE. */
public final class LLMStreamException extends LLMException {
    private static final long serialVersionUID = 1L;

    LLMStreamException(Builder builder) {
        super(builder);
    }
}
