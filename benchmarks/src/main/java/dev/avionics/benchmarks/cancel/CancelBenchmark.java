package dev.avionics.benchmarks.cancel;

import java.util.Locale;

/** Has callers leave in all phases and prints when the upstream saw it. Leaves with 1 if the goal is missed. */
public final class CancelBenchmark {
    private static final double GOAL_MILLIS = 100;
    private static final int WARM_UP = 50;
    private static final long SEED = 20260101;

    private CancelBenchmark() {}

    /** Runs with the number of cancels as its argument. */
    public static void main(String[] args) throws InterruptedException {
        int cancels = Integer.parseInt(args[0]);
        CancelReport.of(WARM_UP, SEED + 1);
        CancelReport report = CancelReport.of(cancels, SEED);
        double p99 = CancelReport.percentile(report.millis(), 0.99);
        System.out.printf(
                Locale.ROOT,
                "%n%d cancels that the upstream can see and others, at random moments, seed %d%n%n",
                cancels,
                SEED);
        System.out.print(report.text());
        System.out.printf(Locale.ROOT, "%np99 %.2f ms, goal: <= %.0f ms%n", p99, GOAL_MILLIS);
        System.exit(p99 <= GOAL_MILLIS ? 0 : 1);
    }
}
