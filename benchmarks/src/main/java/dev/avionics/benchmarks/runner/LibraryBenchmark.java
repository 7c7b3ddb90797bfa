package dev.avionics.benchmarks.runner;

import dev.avionics.benchmarks.Scenario;
import dev.avionics.benchmarks.upstream.UpstreamServer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures one call through the library side by side with its peers and with the floor clients.
 *
 * <p>One backend process serves all. Every arm runs three times in a process of its own, and the arms take turns, so
 * that a slow minute of the machine falls on all of them.
 */
public final class LibraryBenchmark {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(40);

    private LibraryBenchmark() {}

    /** Runs the benchmark and prints its tables as Markdown on standard output, progress on standard error. */
    public static void main(String[] args) {
        Options options;
        try {
            options = Options.parse(List.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Results results = measure(options);
        System.out.printf(
                Locale.ROOT,
                "Java %s, %d processors, %d calls in flight, %d rounds, warm-up %d s, window %d s,"
                        + " %d chunks per write, JVM flags %s%n%n%s",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                options.inFlight(),
                options.rounds(),
                options.warmUp().toSeconds(),
                options.window().toSeconds(),
                options.chunksPerWrite(),
                String.join(" ", Child.JVM_FLAGS),
                new Report(results).markdown());
    }

    private static Results measure(Options options) {
        Results results = new Results();
        String ownPath = System.getProperty("java.class.path");
        try (Child upstream =
                Child.start(ownPath, UpstreamServer.class, List.of(String.valueOf(options.chunksPerWrite())))) {
            String port = upstream.awaitLine(line -> line.startsWith("listening "), START_LIMIT)
                    .substring("listening ".length());
            for (Scenario scenario : options.scenarios()) {
                for (int round = 1; round <= options.rounds(); round++) {
                    for (Map.Entry<String, String> path : options.classPaths().entrySet()) {
                        String arm = path.getKey();
                        Sample sample = run(options, scenario, arm, path.getValue(), port);
                        results.add(scenario, arm, sample);
                        System.err.printf(
                                Locale.ROOT,
                                "%s round %d %s: %.1f \u00b5s CPU per call, %.0f calls/s; compiler %.0f %% on top%n",
                                scenario.id(),
                                round,
                                arm,
                                sample.cpuMicrosPerCall(),
                                sample.callsPerSecond(),
                                100.0 * sample.compilerNanos() / (sample.cpuNanos() - sample.compilerNanos()));
                    }
                }
            }
        }
        return results;
    }

    private static Sample run(Options options, Scenario scenario, String arm, String classPath, String port) {
        List<String> args = List.of(
                arm,
                scenario.id(),
                port,
                String.valueOf(options.inFlight()),
                String.valueOf(options.warmUp().toMillis()),
                String.valueOf(options.window().toMillis()));
        Duration limit = options.warmUp().plus(options.window()).plus(STOP_LIMIT);
        try (Child child = Child.start(classPath, ArmProcess.class, args)) {
            return Sample.parse(child.awaitLine(Sample::isLine, limit));
        }
    }
}
