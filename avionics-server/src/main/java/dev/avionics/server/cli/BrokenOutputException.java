package dev.avionics.server.cli;

import java.io.IOException;

/** Nobody reads standard output any more. */
final class BrokenOutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokenOutputException(IOException cause) {
        super(cause);
    }

    /** Whether this is the reason of an error, however deep. */
    static boolean isBehind(Throwable error) {
        for (Throwable at = error; at != null; at = at.getCause()) {
            if (at instanceof BrokenOutputException) {
                return true;
            }
        }
        return false;
    }
}
