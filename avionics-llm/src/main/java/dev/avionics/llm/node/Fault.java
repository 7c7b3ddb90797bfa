package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;

/** What a failed call says of its node. */
enum Fault {
    /** Nothing: the request, the caller or a limit was the reason. */
    NOT_THE_NODE,
    /** Nobody is there. */
    UNREACHABLE,
    /** It is there, and failed. */
    FAILED;

    static Fault of(InferenceException why) {
        return switch (requireNonNull(why, "why").category()) {
            case CONNECTION -> connection(why);
            case TIMEOUT -> timeout(why.clock().orElse(""));
            case SERVER_ERROR, PARSE, OVERLOADED -> FAILED;
            case AUTHENTICATION, PERMISSION, MODEL_NOT_FOUND, QUOTA_EXHAUSTED -> FAILED;
            case INVALID_REQUEST, CONTEXT_LENGTH, CONTENT_FILTER, RATE_LIMITED -> NOT_THE_NODE;
            case UNSUPPORTED, BUDGET_EXCEEDED, REJECTED, CANCELLED -> NOT_THE_NODE;
        };
    }

    private static Fault connection(InferenceException why) {
        return switch (why.sent()) {
            case NOTHING -> UNREACHABLE;
            case PART, ALL -> FAILED;
            // An old connection that was closed while nobody looked.
            case STALE -> NOT_THE_NODE;
        };
    }

    private static Fault timeout(String clock) {
        return switch (clock) {
            case "total" -> NOT_THE_NODE;
            case "connect" -> UNREACHABLE;
            default -> FAILED;
        };
    }
}
