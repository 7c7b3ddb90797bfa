package dev.avionics.testkit.leak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares the open sockets of the process with those at its start.
 *
 * <p>Reads {@code /proc/self/fd}, so it needs Linux; elsewhere {@link #start()} throws.
 */
public final class SocketWatch {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final Set<String> before = sockets();

    private SocketWatch() {}

    /**
     * Remembers the sockets that are open now.
     *
     * @throws UnsupportedOperationException on a system without {@code /proc}
     */
    public static SocketWatch start() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            throw new UnsupportedOperationException("no " + DESCRIPTORS + " on this system");
        }
        // The JDK opens a socket of its own, for good, when it first closes one.
        try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket second = new Socket(InetAddress.getLoopbackAddress(), first.getLocalPort());
                Socket third = first.accept()) {
            third.shutdownOutput();
            second.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SocketWatch();
    }

    /** Returns the sockets that are open now and were not at the start, by their kernel names. */
    public List<String> newSockets() {
        Set<String> now = sockets();
        now.removeAll(before);
        return List.copyOf(now);
    }

    /**
     * Waits until no socket is open that was not at the start.
     *
     * @throws AssertionError when one is at the end of the time
     */
    public void assertNoNewSockets(Duration timeout) {
        List<String> left = Polling.untilEmpty(this::newSockets, timeout);
        if (!left.isEmpty()) {
            throw new AssertionError("sockets left after " + timeout + ": " + left);
        }
    }

    private static Set<String> sockets() {
        Set<String> names = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : all) {
                String target = target(descriptor);
                if (target.startsWith("socket:")) {
                    names.add(target);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private static String target(Path descriptor) throws IOException {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (NoSuchFileException e) {
            // Listing and reading are two moments; what was closed in between is no open socket.
            return "";
        }
    }
}
