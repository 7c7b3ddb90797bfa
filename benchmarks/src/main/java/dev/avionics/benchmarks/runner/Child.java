package dev.avionics.benchmarks.runner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A JVM of its own, the same as this one and with the same flags for every child. */
final class Child implements AutoCloseable {
    /** Fixed heap, so that no arm gains or loses by heap sizing; the collector is the one a server gets by default. */
    static final List<String> JVM_FLAGS = List.of(
            "-Xms1g",
            "-Xmx1g",
            "-XX:+UseG1GC",
            "-XX:-UseDynamicNumberOfCompilerThreads",
            "-Dslf4j.internal.verbosity=ERROR");

    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Process process;
    private final BufferedReader output;

    private Child(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static Child start(String classPath, Class<?> main, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_FLAGS);
        command.addAll(List.of("-cp", classPath, main.getName()));
        command.addAll(args);
        try {
            return new Child(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the line that {@code wanted} accepts; the process is ended when it takes longer than {@code limit}. */
    String awaitLine(Predicate<String> wanted, Duration limit) {
        Thread reaper = new Thread(
                () -> {
                    try {
                        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                            process.destroyForcibly();
                        }
                    } catch (InterruptedException e) {
                        // The line came in time.
                        Thread.currentThread().interrupt();
                    }
                },
                "reaper");
        reaper.setDaemon(true);
        reaper.start();
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (wanted.test(line)) {
                    return line;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            reaper.interrupt();
        }
        throw new IllegalStateException("process ended without its line, see its messages above");
    }

    /** Ends the process: closes its standard input, then waits, then kills it. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
