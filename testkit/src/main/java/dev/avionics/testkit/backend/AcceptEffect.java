package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/** What the backend does with a connection as soon as it has accepted it, before any TLS handshake. */
public sealed interface AcceptEffect {
    /** Serves the connection by the script; the default. */
    static AcceptEffect serve() {
        return new Serve();
    }

    /**
     * Never reads a byte and never writes one. The peer's writes block once the socket buffers are full, a TLS handshake
     * stalls. The backend cannot see the peer leave in this state.
     */
    static AcceptEffect neverRead() {
        return new NeverRead();
    }

    /** Closes at once, in order. */
    static AcceptEffect close() {
        return new Close();
    }

    /** Resets at once. */
    static AcceptEffect resetPeer() {
        return new ResetPeer();
    }

    /** Writes bytes that nobody asked for, then serves the connection by the script. */
    static AcceptEffect greet(byte[] bytes) {
        return new Greet(bytes);
    }

    /**
     * Serves the connection by the script, but reads requests at a crawl: a large one stays half-written for as long as a
     * test needs. With a small {@linkplain SimulatedBackend.Builder#receiveBuffer(int) receive buffer} the backend still
     * sees soon that the peer leaves.
     *
     * @param bytes how much is read at a time, at least 1
     * @param pause the wait after each read
     */
    static AcceptEffect readSlowly(int bytes, Duration pause) {
        return new ReadSlowly(bytes, pause);
    }

    /** See {@link AcceptEffect#serve()}. */
    record Serve() implements AcceptEffect {}

    /** See {@link AcceptEffect#neverRead()}. */
    record NeverRead() implements AcceptEffect {}

    /** See {@link AcceptEffect#close()}. */
    record Close() implements AcceptEffect {}

    /** See {@link AcceptEffect#resetPeer()}. */
    record ResetPeer() implements AcceptEffect {}

    /**
     * See {@link AcceptEffect#greet(byte[])}.
     *
     * @param bytes what is written; copied
     */
    record Greet(byte[] bytes) implements AcceptEffect {
        public Greet {
            bytes = requireNonNull(bytes, "bytes").clone();
        }

        @Override
        public byte[] bytes() {
            return bytes.clone();
        }
    }

    /** See {@link AcceptEffect#readSlowly(int, Duration)}. */
    record ReadSlowly(int bytes, Duration pause) implements AcceptEffect {
        public ReadSlowly {
            if (bytes < 1) {
                throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 1)");
            }
            if (requireNonNull(pause, "pause").isNegative()) {
                throw new IllegalArgumentException("pause: " + pause + " (expected: >= PT0S)");
            }
        }
    }
}
