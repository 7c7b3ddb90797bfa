package dev.avionics.benchmarks.routing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** Prints how rules route four workloads. Leaves with 1 if a goal is missed. */
public final class RoutingBenchmark {
    private static final int NODES = 1000;
    /** With 1000 nodes, about 85 % of what they can do if they hold nothing of any prompt. */
    private static final double CALLS_PER_SECOND = 600;

    private static final long SEED = 20260101;
    private static final double GOAL_MICROS = 20;

    private RoutingBenchmark() {}

    /** Runs with the number of calls as its argument. */
    public static void main(String[] args) {
        int calls = Integer.parseInt(args[0]);
        Map<String, BiFunction<List<SimulatedNode>, EventLoop, Rule>> rules = new LinkedHashMap<>();
        rules.put("round robin", (nodes, time) -> Rules.roundRobin(nodes.size()));
        rules.put("least load", (nodes, time) -> Rules.leastLoad(nodes, SEED + 1));
        rules.put("session hashing", (nodes, time) -> Rules.sessionHashing(nodes.size()));
        rules.put("**router**", (nodes, time) -> new RouterRule(nodes, time, SEED + 2));
        System.out.printf(
                Locale.ROOT, "%,d nodes, %,d calls, %.0f a second, seed %d%n%n", NODES, calls, CALLS_PER_SECOND, SEED);
        System.out.println("| workload | rule | prefix hits | queueing p50, s | p99, s | first token p50, s | p99, s"
                + " | busiest / average | decision mean, µs | p50, µs | note of it, µs |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
        boolean met = true;
        for (Workload workload : Workload.values()) {
            Map<String, Figures> all = new LinkedHashMap<>();
            rules.forEach((name, rule) -> {
                Figures figures = Simulation.run(workload, NODES, calls, CALLS_PER_SECOND, SEED, rule);
                all.put(name, figures);
                System.out.println(row(workload, name, figures));
            });
            met &= goals(workload, all);
        }
        System.exit(met ? 0 : 1);
    }

    private static String row(Workload workload, String name, Figures figures) {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %.1f %% | %.2f | %.2f | %.2f | %.2f | %.2f | %.1f | %.1f | %.1f |",
                workload.words,
                name,
                100 * figures.hitShare(),
                figures.queueingSeconds(0.5),
                figures.queueingSeconds(0.99),
                figures.firstTokenSeconds(0.5),
                figures.firstTokenSeconds(0.99),
                figures.imbalance(),
                figures.decisionMicros(),
                figures.medianDecisionMicros(),
                figures.noteMicros());
    }

    private static boolean goals(Workload workload, Map<String, Figures> all) {
        Figures router = all.get("**router**");
        Figures least = all.get("least load");
        Figures session = all.get("session hashing");
        if (router == null || least == null || session == null) {
            throw new IllegalStateException("a rule did not run");
        }
        boolean met = true;
        if (workload == Workload.SHARED) {
            met &= told("hit share / session hashing's >= 0.9", router.hitShare() / session.hitShare() >= 0.9);
            met &= told(
                    "p99 of queueing at most half of session hashing's",
                    router.queueingSeconds(0.99) <= session.queueingSeconds(0.99) / 2);
            met &= told("hit share / least load's >= 2", router.hitShare() / least.hitShare() >= 2);
        } else {
            met &= told("hit share no less than least load's", router.hitShare() >= 0.999 * least.hitShare());
        }
        met &= told(
                "p99 of queueing at most 1.1 times least load's",
                router.queueingSeconds(0.99) <= 1.1 * least.queueingSeconds(0.99) + 1e-9);
        met &= told(
                "p99 of the first token at most 1.1 times least load's",
                router.firstTokenSeconds(0.99) <= 1.1 * least.firstTokenSeconds(0.99));
        return met & told("decision under 20 µs", router.decisionMicros() < GOAL_MICROS);
    }

    private static boolean told(String goal, boolean met) {
        System.err.println((met ? "met:    " : "MISSED: ") + goal);
        return met;
    }
}
