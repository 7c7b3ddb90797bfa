package dev.avionics.testkit.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/**
 * A loopback port that is taken but on which nobody listens: every connection to it is refused, and no other program
 * can start to answer there while the test runs.
 */
public final class ClosedPort implements AutoCloseable {
    private final Socket bound;

    private ClosedPort(Socket bound) {
        this.bound = bound;
    }

    /** Takes a free port. */
    public static ClosedPort open() {
        return on(0);
    }

    static ClosedPort on(int port) {
        try {
            Socket socket = new Socket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return new ClosedPort(socket);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take port " + port, e);
        }
    }

    /** Returns the port. */
    public int port() {
        return bound.getLocalPort();
    }

    /** Returns {@code http://127.0.0.1:<port>}. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    @Override
    public void close() {
        try {
            bound.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
