package dev.avionics.benchmarks.idle;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Opens streams through the library to a backend in another process, waits until each has had its first event, and prints
 * by how much the memory of this process has grown. Then one more event and the end are sent on all of them, and each
 * has to arrive. Leaves with 1 if the goal is missed.
 */
public final class IdleBenchmark {
    private static final long GOAL = 32 * 1024;
    private static final int WARM_UP = 500;
    private static final int SPARE_FILES = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private IdleBenchmark() {}

    /** Runs with the number of streams as its argument. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int streams = Integer.parseInt(args[0]);
        long files = Footprint.mostOpenFiles();
        if (files < streams + SPARE_FILES) {
            System.err.println("a process may have " + files + " files open here, and " + streams + " streams need "
                    + (streams + SPARE_FILES) + ": raise it with ulimit -n, or give --streams");
            System.exit(2);
        }
        Process upstream = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IdleUpstream.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        boolean met;
        try (Writer commands = upstream.outputWriter(StandardCharsets.UTF_8);
                BufferedReader said = upstream.inputReader(StandardCharsets.UTF_8)) {
            String line = said.readLine();
            if (line == null || !line.startsWith("listening ")) {
                throw new IllegalStateException("the backend did not start");
            }
            URI uri = URI.create("http://127.0.0.1:" + line.substring("listening ".length()) + "/v1");
            met = measure(streams, IdleStreams.target(uri), commands);
        } finally {
            if (!upstream.waitFor(5, TimeUnit.SECONDS)) {
                upstream.destroyForcibly();
            }
        }
        System.exit(met ? 0 : 1);
    }

    private static boolean measure(int streams, Target target, Writer upstream) throws IOException {
        Footprint before;
        Footprint grown;
        double seconds;
        try (Airframe airframe = IdleStreams.airframe(streams)) {
            runThrough(IdleStreams.open(airframe, target, Math.min(WARM_UP, streams)), upstream);
            before = Footprint.now();
            long start = System.nanoTime();
            IdleStreams open = IdleStreams.open(airframe, target, streams);
            open.awaitFirst(PATIENCE);
            seconds = (System.nanoTime() - start) / 1e9;
            grown = Footprint.now().minus(before);
            runThrough(open, upstream);
        }
        System.out.print(report(streams, seconds, before, grown));
        return grown.all() <= GOAL * streams;
    }

    private static void runThrough(IdleStreams streams, Writer upstream) throws IOException {
        streams.awaitFirst(PATIENCE);
        tell(upstream, "say");
        streams.awaitSecond(PATIENCE);
        tell(upstream, "finish");
        streams.awaitEnd(PATIENCE);
    }

    private static void tell(Writer upstream, String command) throws IOException {
        upstream.write(command + "\n");
        upstream.flush();
    }

    private static String report(int streams, double seconds, Footprint before, Footprint grown) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%n%d idle streams, opened in %.1f s; client heap -Xmx%d MiB, JDK %s%n%n",
                streams,
                seconds,
                Runtime.getRuntime().maxMemory() >> 20,
                Runtime.version()));
        text.append("| memory of the client | before, MiB | growth, MiB | growth per stream, KiB | goal |\n");
        text.append("|---|---|---|---|---|\n");
        text.append(row("heap", before.heap(), grown.heap(), streams, ""));
        text.append(row("direct buffers", before.direct(), grown.direct(), streams, ""));
        text.append(row("resident (VmRSS)", before.resident(), grown.resident(), streams, ""));
        text.append(row("all three added", before.all(), grown.all(), streams, "<= 32"));
        text.append(row("TCP buffers of the machine", before.sockets(), grown.sockets(), streams, ""));
        text.append("\nResident memory holds heap and direct buffers too: added up, they count twice.\n");
        text.append("All streams then had one more event and their end.\n");
        return text.toString();
    }

    private static String row(String name, long before, long grown, int streams, String goal) {
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.1f | %.2f | %s |%n",
                name,
                before / 1048576.0,
                grown / 1048576.0,
                grown / 1024.0 / streams,
                goal);
    }
}
