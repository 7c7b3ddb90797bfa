package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

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
}
