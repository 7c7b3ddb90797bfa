package dev.avionics.contract.state;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A real redis-server in a process of its own, on a free port of the loopback address, that keeps nothing on disk unless its flags say so. */
final class RedisProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    private final int port;
    private final Path folder;
    private final List<String> flags;
    private Process process;

    private RedisProcess(int port, Path folder, List<String> flags, Process process) {
        this.port = port;
        this.folder = folder;
        this.flags = flags;
        this.process = process;
    }

    /** A server that answers. */
    static RedisProcess start(String... flags) {
        try {
            int port = freePort();
            Path folder = Files.createTempDirectory("redis");
            List<String> all = List.of(flags);
            RedisProcess server = new RedisProcess(port, folder, all, run(port, folder, all));
            try {
                server.awaitReady();
            } catch (AssertionError notReady) {
                server.close();
                throw notReady;
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot start redis-server: install it (on Debian: apt-get install redis-server), or set"
                            + " REDIS_SERVER to its path",
                    e);
        }
    }

    private static Process run(int port, Path folder, List<String> flags) throws IOException {
        String binary = System.getenv().getOrDefault("REDIS_SERVER", "redis-server");
        List<String> command = new ArrayList<>(List.of(
                binary, "--port", String.valueOf(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"));
        command.addAll(List.of("--dir", folder.toString()));
        command.addAll(flags);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        process.getOutputStream().close();
        return process;
    }

    /** A cluster port, ten thousand above, has to fit. */
    private static int freePort() throws IOException {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                if (socket.getLocalPort() < 55_000) {
                    return socket.getLocalPort();
                }
            }
        }
    }

    String uri() {
        return "redis://127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** Sends one command; the first line of the answer, or the text of a bulk answer. */
    String ask(String... words) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) START.toMillis());
            StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
            for (String word : words) {
                command.append('$')
                        .append(word.length())
                        .append("\r\n")
                        .append(word)
                        .append("\r\n");
            }
            socket.getOutputStream().write(command.toString().getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String first = line(in);
            if (!first.startsWith("$") || first.equals("$-1")) {
                return first;
            }
            return new String(in.readNBytes(Integer.parseInt(first.substring(1))), StandardCharsets.UTF_8);
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    /** Waits for a command to be answered with this, or with the wish for a password. */
    void await(String answer, String... words) {
        String[] last = {""};
        long deadline = System.nanoTime() + START.toNanos();
        while (!last[0].contains(answer) && !last[0].startsWith("-NOAUTH")) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0) {
                throw new AssertionError("redis-server: " + last[0] + "; its log:\n" + log());
            }
            try {
                last[0] = ask(words);
            } catch (IOException notYet) {
                last[0] = notYet.toString();
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void awaitReady() {
        await("PONG", "PING");
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Ends the process at once, as a crash does; its data is lost. */
    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("redis-server does not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Starts it again on the same port. */
    void restart() {
        try {
            process = run(port, folder, flags);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady();
    }

    /** Stops the process without closing its connections, as a machine that hangs does. */
    void freeze() {
        signal("-STOP");
    }

    void thaw() {
        signal("-CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill " + name + " ended with " + code);
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        kill();
        try (Stream<Path> files = Files.walk(folder)) {
            // What is in a folder goes before it.
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
