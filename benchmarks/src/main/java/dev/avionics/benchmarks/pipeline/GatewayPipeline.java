package dev.avionics.benchmarks.pipeline;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.benchmarks.Answers;
import dev.avionics.benchmarks.Scenario;
import dev.avionics.benchmarks.pipeline.Pipelines.Kind;
import dev.avionics.benchmarks.pipeline.Pipelines.Pipeline;
import dev.avionics.benchmarks.runner.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Makes the same call directly and through gateways with more and more layers, in turns, and prints what each adds to it. Leaves with 1
 * if the goal is missed.
 */
public final class GatewayPipeline {
    private static final double GOAL_MICROS = 15;
    /** Few, and many rounds: a machine that others use changes from second to second. */
    private static final int CALLS_PER_WINDOW = 3_000;

    private static final int STREAMS_PER_WINDOW = 300;
    private static final int WARM_UP_TURNS = 25;
    private static final int FIRST_STEP = 1;

    private GatewayPipeline() {}

    /** Runs with the number of rounds as its argument. */
    public static void main(String[] args) throws Exception {
        int rounds = Integer.parseInt(args[0]);
        System.out.printf(
                Locale.ROOT,
                "Java %s, %d processors, %d rounds; median [middle half]%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                rounds);
        boolean met = true;
        for (Scenario scenario : Scenario.values()) {
            met &= measure(scenario, rounds) <= GOAL_MICROS;
        }
        System.exit(met ? 0 : 1);
    }

    /** Returns what all layers add, in microseconds. */
    private static double measure(Scenario scenario, int rounds) throws Exception {
        int calls = scenario == Scenario.WHOLE ? CALLS_PER_WINDOW : STREAMS_PER_WINDOW;
        try (Pipelines pipelines = new Pipelines(scenario)) {
            List<Pipeline> all = pipelines.all();
            for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
                for (Pipeline pipeline : all) {
                    run(pipeline, scenario, calls);
                }
            }
            List<double[]> micros = new ArrayList<>();
            double[] bytes = new double[all.size()];
            for (int round = 0; round < rounds; round++) {
                double[] row = new double[all.size()];
                for (int i = 0; i < row.length; i++) {
                    Cpu before = Cpu.now();
                    run(all.get(i), scenario, calls);
                    Cpu after = Cpu.now();
                    row[i] = after.nanosSince(before) / 1e3 / calls;
                    bytes[i] = (double) after.bytesSince(before) / calls;
                }
                micros.add(row);
            }
            return print(scenario, all, micros, bytes);
        }
    }

    private static double print(Scenario scenario, List<Pipeline> all, List<double[]> micros, double[] bytes) {
        System.out.printf(
                Locale.ROOT,
                "%n## %s%n%n| pipeline | CPU µs per call | added to the provider | added by this step | bytes added |%n"
                        + "|---|---:|---:|---:|---:|%n",
                scenario.id());
        int previous = 0;
        double added = 0;
        for (int i = 0; i < all.size(); i++) {
            Pipeline pipeline = all.get(i);
            int from = pipeline.kind() == Kind.TWICE ? FIRST_STEP : previous;
            Spread total = differences(micros, i, 0);
            System.out.printf(
                    Locale.ROOT,
                    "| %s%s | %s | %s | %s | %s |%n",
                    pipeline.kind() == Kind.STEP ? "+ " : "",
                    pipeline.kind() == Kind.TWICE ? "(" + pipeline.name() + ")" : pipeline.name(),
                    column(micros, i).text(1),
                    i == 0 ? "" : total.text(1),
                    i == 0 ? "" : differences(micros, i, from).text(1),
                    i == 0 ? "" : String.format(Locale.ROOT, "%.0f", bytes[i] - bytes[from]));
            if (pipeline.kind() == Kind.STEP) {
                previous = i;
                added = total.median();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%nall layers add %.1f µs, goal: <= %.0f µs: %s%n",
                added,
                GOAL_MICROS,
                added <= GOAL_MICROS ? "met" : "missed");
        return added;
    }

    private static Spread column(List<double[]> micros, int of) {
        return middleHalf(micros.stream().map(row -> row[of]).toList());
    }

    /** Within each round, so that what the machine does meanwhile cancels out. */
    private static Spread differences(List<double[]> micros, int of, int from) {
        return middleHalf(micros.stream().map(row -> row[of] - row[from]).toList());
    }

    private static Spread middleHalf(List<Double> values) {
        int quarter = values.size() / 4;
        return Spread.of(values.stream()
                .sorted()
                .skip(quarter)
                .limit(values.size() - 2L * quarter)
                .toList());
    }

    private static void run(Pipeline pipeline, Scenario scenario, int calls) {
        Answers.Content expected = Answers.content(scenario);
        for (int i = 0; i < calls; i++) {
            InferenceStream<InferenceEvent> answer = pipeline.ask().get();
            int length = scenario == Scenario.WHOLE
                    ? answer.collect().join().text().length()
                    : TextCounter.of(answer).length();
            if (length != expected.textLength()) {
                throw new IllegalStateException(
                        pipeline.name() + ": a text of " + length + " (expected: " + expected.textLength() + ")");
            }
        }
    }
}
