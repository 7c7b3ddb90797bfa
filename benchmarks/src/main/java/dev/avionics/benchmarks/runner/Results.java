package dev.avionics.benchmarks.runner;

import dev.avionics.benchmarks.Scenario;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The samples of one run, by scenario and arm; the n-th samples of all arms belong to the same round. */
final class Results {
    private final Map<Scenario, Map<String, List<Sample>>> samples = new EnumMap<>(Scenario.class);

    void add(Scenario scenario, String arm, Sample sample) {
        samples.computeIfAbsent(scenario, s -> new LinkedHashMap<>())
                .computeIfAbsent(arm, a -> new ArrayList<>())
                .add(sample);
    }

    List<Scenario> scenarios() {
        return List.copyOf(samples.keySet());
    }

    List<String> arms(Scenario scenario) {
        return List.copyOf(samples.getOrDefault(scenario, Map.of()).keySet());
    }

    Spread cpu(Scenario scenario, String arm) {
        return Spread.of(
                of(scenario, arm).stream().map(Sample::cpuMicrosPerCall).toList());
    }

    Spread callsPerSecond(Scenario scenario, String arm) {
        return Spread.of(of(scenario, arm).stream().map(Sample::callsPerSecond).toList());
    }

    /** The arm among these with the lowest median of CPU time; empty when none of them ran. */
    Optional<String> best(Scenario scenario, List<String> among) {
        return arms(scenario).stream()
                .filter(among::contains)
                .min(Comparator.comparingDouble(arm -> cpu(scenario, arm).median()));
    }

    /** CPU time of one arm over that of another, taken round by round. */
    Spread ratio(Scenario scenario, String arm, String base) {
        List<Sample> numerators = of(scenario, arm);
        List<Sample> denominators = of(scenario, base);
        int rounds = Math.min(numerators.size(), denominators.size());
        return Spread.of(IntStream.range(0, rounds)
                .mapToObj(i -> numerators.get(i).cpuMicrosPerCall()
                        / denominators.get(i).cpuMicrosPerCall())
                .toList());
    }

    private List<Sample> of(Scenario scenario, String arm) {
        return samples.getOrDefault(scenario, Map.of()).getOrDefault(arm, List.of());
    }
}
