package dev.avionics.benchmarks.runner;

import dev.avionics.benchmarks.Scenario;
import dev.avionics.benchmarks.upstream.UpstreamServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Command line of the library benchmark.
 *
 * @param classPaths class path by arm, in the order in which the arms take turns
 * @param scenarios what is measured
 * @param rounds turns of every arm in every scenario
 * @param inFlight calls open at a time
 * @param warmUp time before the window of every process
 * @param window measured time of every process
 * @param chunksPerWrite text chunks that the backend sends at a time
 */
record Options(
        Map<String, String> classPaths,
        List<Scenario> scenarios,
        int rounds,
        int inFlight,
        Duration warmUp,
        Duration window,
        int chunksPerWrite) {

    static Options parse(List<String> args) {
        Map<String, String> classPaths = new LinkedHashMap<>();
        List<String> arms = new ArrayList<>();
        List<Scenario> scenarios = new ArrayList<>();
        int rounds = 3;
        int inFlight = 32;
        Duration warmUp = Duration.ofSeconds(8);
        Duration window = Duration.ofSeconds(2);
        int chunksPerWrite = UpstreamServer.DEFAULT_CHUNKS_PER_WRITE;
        for (int i = 0; i < args.size(); i += 2) {
            String name = args.get(i);
            if (i + 1 == args.size()) {
                throw new IllegalArgumentException(name + ": nothing (expected: a value)");
            }
            String value = args.get(i + 1);
            switch (name) {
                case "--class-path" -> classPaths.put(before(name, value), value.substring(value.indexOf('=') + 1));
                case "--arm" -> arms.add(value);
                case "--scenario" -> scenarios.add(Scenario.of(value));
                case "--rounds" -> rounds = positive(name, value);
                case "--in-flight" -> inFlight = positive(name, value);
                case "--warm-up" -> warmUp = Duration.ofSeconds(positive(name, value));
                case "--window" -> window = Duration.ofSeconds(positive(name, value));
                case "--chunks-per-write" -> chunksPerWrite = positive(name, value);
                default ->
                    throw new IllegalArgumentException("unknown option " + name
                            + " (expected: --arm, --scenario, --rounds, --in-flight, --warm-up, --window or"
                            + " --chunks-per-write)");
            }
        }
        for (String arm : arms) {
            if (!classPaths.containsKey(arm)) {
                throw new IllegalArgumentException("arm: " + arm + " (expected: one of " + classPaths.keySet() + ")");
            }
        }
        if (!arms.isEmpty()) {
            classPaths.keySet().retainAll(arms);
        }
        return new Options(
                classPaths,
                scenarios.isEmpty() ? List.of(Scenario.values()) : List.copyOf(scenarios),
                rounds,
                inFlight,
                warmUp,
                window,
                chunksPerWrite);
    }

    private static String before(String name, String value) {
        int equals = value.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: ARM=PATH)");
        }
        return value.substring(0, equals);
    }

    private static int positive(String name, String value) {
        int number = value.matches("\\d{1,6}") ? Integer.parseInt(value) : 0;
        if (number < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
        return number;
    }
}
