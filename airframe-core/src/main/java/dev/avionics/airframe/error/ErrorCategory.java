package dev.avionics.airframe.error;

/** What went wrong, in the terms that decide what to do about it. */
public enum ErrorCategory {
    /** The key is missing, wrong or expired. */
    AUTHENTICATION,
    /** The key is right, but may not do this. */
    PERMISSION,
    /** There is no such model, deployment or path. */
    MODEL_NOT_FOUND,
    /** The backend does not understand or accept the request. */
    INVALID_REQUEST,
    /** The conversation does not fit the model's context window. */
    CONTEXT_LENGTH,
    /** A content filter stopped it. */
    CONTENT_FILTER,
    /** Too many calls or tokens just now. */
    RATE_LIMITED,
    /** The money or the allowance is used up; waiting does not help. */
    QUOTA_EXHAUSTED,
    /** The backend is too busy or still starting. */
    OVERLOADED,
    /** The backend failed. */
    SERVER_ERROR,
    /** One of our clocks ran out. */
    TIMEOUT,
    /** The network failed: look-up, connect, TLS, reset, cut. */
    CONNECTION,
    /** The answer could not be read. */
    PARSE,
    /** The target cannot do what was asked, and nothing was sent. */
    UNSUPPORTED,
    /** A budget of ours is used up. */
    BUDGET_EXCEEDED,
    /** A limit, queue or breaker of ours, or our shutdown, refused it. */
    REJECTED,
    /** The caller cancelled. */
    CANCELLED
}
