package dev.avionics.benchmarks.cancel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;

/** The times of many callers that left, by phase. */
final class CancelReport {
    private final Map<Phase, List<Long>> times = new EnumMap<>(Phase.class);
    private final Map<Phase, Integer> counts = new EnumMap<>(Phase.class);

    private CancelReport() {}

    /**
     * Has callers leave, as many in each phase, in a random order.
     *
     * @param cancels how many of them leave where the upstream can see it; about as many leave elsewhere
     */
    static CancelReport of(int cancels, long seed) throws InterruptedException {
        List<Phase> order = new ArrayList<>();
        int each = (int) Math.ceil(cancels
                / (double)
                        Arrays.stream(Phase.values()).filter(Phase::connected).count());
        for (Phase phase : Phase.values()) {
            order.addAll(Collections.nCopies(each, phase));
        }
        Collections.shuffle(order, new Random(seed));
        CancelReport report = new CancelReport();
        try (CancelTrials trials = new CancelTrials(seed)) {
            for (Phase phase : order) {
                report.add(phase, trials.leaveIn(phase));
            }
        }
        return report;
    }

    private void add(Phase phase, OptionalLong nanos) {
        counts.merge(phase, 1, Integer::sum);
        List<Long> of = times.computeIfAbsent(phase, p -> new ArrayList<>());
        nanos.ifPresent(of::add);
    }

    /** All times until the upstream saw it, in milliseconds, the shortest first. */
    double[] millis() {
        return sorted(times.values().stream().flatMap(List::stream).toList());
    }

    private static double[] sorted(List<Long> nanos) {
        return nanos.stream().mapToDouble(n -> n / 1e6).sorted().toArray();
    }

    /** The value that a share of the others does not exceed. */
    static double percentile(double[] sorted, double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    /** A table in Markdown. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append(
                "| phase in which the caller left | cancels | upstream saw it after: p50, ms | p99, ms | max, ms |\n");
        text.append("|---|---|---|---|---|\n");
        counts.forEach((phase, count) -> text.append(row(phase, count)));
        double[] all = millis();
        text.append(row("**all that the upstream could see**", all.length, all));
        return text.toString();
    }

    private String row(Phase phase, int count) {
        double[] sorted = sorted(times.getOrDefault(phase, List.of()));
        if (!phase.connected()) {
            return String.format(Locale.ROOT, "| %s | %d | nothing arrived | | |%n", phase.words(), count);
        }
        return row(phase.words(), count, sorted);
    }

    private static String row(String name, int count, double[] sorted) {
        if (sorted.length == 0) {
            return String.format(Locale.ROOT, "| %s | %d | | | |%n", name, count);
        }
        return String.format(
                Locale.ROOT,
                "| %s | %d | %.2f | %.2f | %.2f |%n",
                name,
                count,
                percentile(sorted, 0.5),
                percentile(sorted, 0.99),
                sorted[sorted.length - 1]);
    }
}
