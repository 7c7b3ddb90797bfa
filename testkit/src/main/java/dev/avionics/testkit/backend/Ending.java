package dev.avionics.testkit.backend;

/** What becomes of a connection when a reply is over or cut. */
public enum Ending {
    /** Stays open for the next request. */
    KEEP_ALIVE,
    /** Is closed in order: the peer reads end of stream. */
    CLOSE,
    /** Is reset: the peer gets an error, even for bytes that it has not read yet. */
    RESET,
    /** Stays open and silent until the peer leaves. */
    STALL,
    /**
     * Looks alive but is not: it stays open and idle, and is closed at the first byte of the next request, which is
     * neither read nor logged and takes no reply from the script.
     */
    STALE_CLOSE,
    /** Like {@link #STALE_CLOSE}, but with a reset. */
    STALE_RESET
}
