package dev.avionics.testkit.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A loopback port that does not answer: a connection to it is neither accepted nor refused, as behind a firewall that
 * drops packets. It is a listener whose queue is full. Made for Linux, where such attempts are dropped.
 */
public final class SilentPort implements AutoCloseable {
    private static final int PROBE_MILLIS = 150;
    private static final int MOST_PROBES = 64;

    private final ServerSocket listener;
    private final List<Socket> fillers = new ArrayList<>();

    private SilentPort(ServerSocket listener) {
        this.listener = listener;
    }

    /** Takes a free port and fills its queue; takes about 150 ms. */
    public static SilentPort open() {
        try {
            SilentPort port = new SilentPort(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            port.fill();
            return port;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a silent port", e);
        }
    }

    private void fill() throws IOException {
        for (int i = 0; i < MOST_PROBES; i++) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), PROBE_MILLIS);
                fillers.add(socket);
            } catch (SocketTimeoutException full) {
                socket.close();
                return;
            }
        }
        close();
        throw new IllegalStateException("the queue of the listener did not fill up");
    }

    /** Returns the port. */
    public int port() {
        return listener.getLocalPort();
    }

    /** Returns {@code http://127.0.0.1:<port>}. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    @Override
    public void close() {
        try {
            for (Socket filler : fillers) {
                filler.close();
            }
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
