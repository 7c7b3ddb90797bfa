package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The program in a process of its own, in an empty folder, with nothing configured. */
final class CliProcess implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final Process process;
    private final CompletableFuture<String> err;

    private CliProcess(Process process) {
        this.process = process;
        err = CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
    }

    /** How a run ended. */
    record Ended(int code, String out, String err) {
        /** What was said on standard error, without the line that names the backend. */
        List<String> complaints() {
            return err.lines()
                    .filter(line -> !line.startsWith("avionics: using "))
                    .toList();
        }
    }

    static CliProcess start(Path folder, Map<String, String> environment, String... arguments) {
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/env")) && isGnu()) {
            // A test runner in the background may ignore the signal, and its children with it.
            command.addAll(List.of("/usr/bin/env", "--default-signal=INT"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 22) {
            // As the start script does; without it the JVM itself writes to standard error.
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of(
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        Map<String, String> own = builder.environment();
        own.clear();
        own.put("PATH", System.getenv("PATH"));
        own.put("HOME", folder.toString());
        own.put("LC_ALL", "C.UTF-8");
        own.putAll(environment);
        try {
            return new CliProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs to the end with that standard input. */
    static Ended run(Path folder, Map<String, String> environment, String input, String... arguments) {
        try (CliProcess cli = start(folder, environment, arguments)) {
            return cli.write(input).end();
        }
    }

    private static boolean isGnu() {
        try {
            Process version = new ProcessBuilder("/usr/bin/env", "--default-signal=INT", "true").start();
            return version.waitFor() == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Writes to its standard input and closes it. */
    CliProcess write(String text) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("the program does not read", e);
        }
        return this;
    }

    /** Its standard output, to be read as it comes. */
    InputStream out() {
        return process.getInputStream();
    }

    /** Sends it a signal by name, such as {@code INT}. */
    void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Waits for the end. */
    Ended end() {
        String out = text(process.getInputStream());
        return new Ended(exitCode(), out, err.join());
    }

    /** Waits for the end, and leaves its output alone. */
    int exitCode() {
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("the program ends")
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return process.exitValue();
    }

    private static String text(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Process unused = process.destroyForcibly();
    }
}
