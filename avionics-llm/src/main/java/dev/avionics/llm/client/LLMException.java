package dev.avionics.llm.client;

import dev.avionics.airframe.error.InferenceException;

/**
 * What calls of an {@link OpenAiClient} fail with. Whether a failure is worth another try is told by its category, not by its class:
 * the classes are for programs that tell failures apart by what they catch.
 */
public sealed class LLMException extends InferenceException
        permits LLMConnectionException, LLMResponseException, LLMStreamException {
    private static final long serialVersionUID = 1L;

    LLMException(Builder builder) {
        super(builder);
    }

    /**
     * A failure as the class that it belongs to; of none of the three: this one, such as for a call that was refused here. All that is
     * known of it stays, and it is the cause.
     */
    static LLMException of(InferenceException why) {
        if (why instanceof LLMException known) {
            return known;
        }
        Builder builder = why.toBuilder().cause(why);
        return switch (why.category()) {
            case CONNECTION, TIMEOUT ->
                isRefusal(why) ? new LLMResponseException(builder) : new LLMConnectionException(builder);
            case PARSE -> new LLMStreamException(builder);
            case AUTHENTICATION,
                    PERMISSION,
                    MODEL_NOT_FOUND,
                    INVALID_REQUEST,
                    CONTEXT_LENGTH,
                    CONTENT_FILTER,
                    RATE_LIMITED,
                    QUOTA_EXHAUSTED,
                    OVERLOADED,
                    SERVER_ERROR -> new LLMResponseException(builder);
            case UNSUPPORTED, BUDGET_EXCEEDED, REJECTED, CANCELLED -> new LLMException(builder);
        };
    }

    private static boolean isRefusal(InferenceException why) {
        return why.status().orElse(0) >= 300;
    }
}
