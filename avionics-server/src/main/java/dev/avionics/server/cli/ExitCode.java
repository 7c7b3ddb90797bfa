package dev.avionics.server.cli;

import dev.avionics.airframe.error.ErrorCategory;

/** How the program ends, for scripts. */
final class ExitCode {
    /** Done. */
    static final int DONE = 0;
    /** Wrong usage or configuration; also a build that failed. */
    static final int USAGE = 2;
    /** The backend does not accept the key, or the key may not do this. */
    static final int AUTHENTICATION = 3;
    /** The backend refused the request: the same request will be refused again. */
    static final int REFUSED = 4;
    /** The backend or the network failed: the same request may succeed later. */
    static final int BACKEND = 5;
    /** Ctrl-C. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}

    static int of(ErrorCategory category) {
        return switch (category) {
            case AUTHENTICATION, PERMISSION -> AUTHENTICATION;
            case MODEL_NOT_FOUND,
                    INVALID_REQUEST,
                    CONTEXT_LENGTH,
                    CONTENT_FILTER,
                    QUOTA_EXHAUSTED,
                    UNSUPPORTED,
                    BUDGET_EXCEEDED -> REFUSED;
            case RATE_LIMITED, OVERLOADED, SERVER_ERROR, TIMEOUT, CONNECTION, PARSE, REJECTED -> BACKEND;
            case CANCELLED -> INTERRUPTED;
        };
    }
}
