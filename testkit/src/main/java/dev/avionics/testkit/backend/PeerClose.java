package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

/**
 * The moment at which the backend saw its peer leave.
 *
 * @param nanos reading of {@link System#nanoTime()}
 * @param kind how the peer left
 */
public record PeerClose(long nanos, Kind kind) {
    /** How a peer leaves. */
    public enum Kind {
        /** In order: end of stream. */
        FIN,
        /** With a reset, or by a broken pipe. */
        RESET
    }

    public PeerClose {
        requireNonNull(kind, "kind");
    }
}
