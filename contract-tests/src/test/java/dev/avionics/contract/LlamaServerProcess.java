package dev.avionics.contract;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.CredentialSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real llama-server in a process of its own, on a free port of the loopback address. */
final class LlamaServerProcess implements AutoCloseable {
    /** The model's name there. */
    static final String ALIAS = "smollm2";

    static final String KEY = "sk-right-0123456789abcdef";

    private static final Duration START = Duration.ofSeconds(120);

    private final List<String> command;
    private final int port;
    private final Path log;
    private Process process;
    private final HttpClient http = HttpClient.newHttpClient();

    private LlamaServerProcess(List<String> command, int port, Path log) throws IOException {
        this.command = command;
        this.port = port;
        this.log = log;
        process = run();
    }

    private Process run() throws IOException {
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        started.getOutputStream().close();
        return started;
    }

    /** A server that has begun to start; it loads its model for some hundred milliseconds. */
    static LlamaServerProcess begin(String... flags) {
        try {
            int port = freePort();
            Path log = Files.createTempFile("llama-server", ".log");
            List<String> command = new ArrayList<>(List.of(
                    RealParts.server().toString(),
                    "-m",
                    RealParts.model().toString(),
                    "-a",
                    ALIAS,
                    "--host",
                    "127.0.0.1",
                    "--port",
                    String.valueOf(port),
                    // More threads wait for each other, which is slow where the machine has other work.
                    "-t",
                    "1",
                    "--api-key",
                    KEY));
            command.addAll(List.of(flags));
            return new LlamaServerProcess(command, port, log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + RealParts.server(), e);
        }
    }

    /** A server that answers; each slot has 2048 tokens. */
    static LlamaServerProcess start(int slots, String... flags) {
        List<String> all = new ArrayList<>(List.of("-c", String.valueOf(2048 * slots), "-np", String.valueOf(slots)));
        all.addAll(List.of(flags));
        LlamaServerProcess server = begin(all.toArray(String[]::new));
        server.awaitReady();
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    void awaitReady() {
        Await.until(START, () -> status("/health") == 200, () -> "ready; its log:\n" + log());
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The target of an API type. */
    Target target(String apiType) {
        EndpointSpec endpoint = EndpointSpec.builder("real", uri(), BackendKind.LLAMA_SERVER)
                .apiType(apiType)
                .billing(EndpointSpec.Billing.FREE)
                .credentials(CredentialSource.key(Secret.of(KEY)))
                .build();
        return new Target(endpoint, ALIAS);
    }

    /** The status of a GET; 0 when nobody answers. */
    int status(String path) {
        if (!process.isAlive()) {
            throw new AssertionError("llama-server ended with " + process.exitValue() + "; its log:\n" + log());
        }
        try {
            return get(path).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    /** How many slots work. */
    long busySlots() {
        try {
            List<?> slots = (List<?>) JsonValues.parse(get("/slots").body());
            return slots.stream()
                    .filter(slot -> Boolean.TRUE.equals(((Map<?, ?>) slot).get("is_processing")))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitIdle(Duration atMost) {
        Await.until(atMost, () -> busySlots() == 0, () -> "all slots idle; " + busySlots() + " are busy");
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            HttpRequest request = HttpRequest.newBuilder(uri().resolve(path))
                    .timeout(Duration.ofSeconds(30))
                    .header("Authorization", "Bearer " + KEY)
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Starts it again after its end, on the same port, and waits until it answers. */
    void restart() {
        try {
            process = run();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + RealParts.server(), e);
        }
        awaitReady();
    }

    /** Has the process stand still: its port stays open, and nothing is answered. */
    void freeze() {
        signal("STOP");
    }

    /** Ends {@link #freeze}. */
    void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " ended with " + code);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** Ends the process at once, as a crash does. */
    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("llama-server does not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    @Override
    public void close() {
        kill();
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
