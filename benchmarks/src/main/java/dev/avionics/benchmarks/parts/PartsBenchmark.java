package dev.avionics.benchmarks.parts;

import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs the parts one after the other in a process each and prints a table; under three minutes. */
public final class PartsBenchmark {
    private PartsBenchmark() {}

    /** Runs all parts, or those whose names match the argument. */
    public static void main(String[] args) throws RunnerException {
        String which = args.length == 0 ? "" : args[0];
        Options options = new OptionsBuilder()
                .include("dev\\.avionics\\.benchmarks\\.parts\\..*" + which)
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.MICROSECONDS)
                .forks(1)
                .jvmArgs("-Xms512m", "-Xmx512m", "-Dslf4j.internal.verbosity=ERROR")
                .addProfiler("gc")
                .warmupIterations(3)
                .warmupTime(TimeValue.seconds(2))
                .measurementIterations(5)
                .measurementTime(TimeValue.seconds(1))
                .verbosity(VerboseMode.SILENT)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        StringBuilder table = new StringBuilder("| part | µs | ± | bytes allocated |\n|---|---:|---:|---:|\n");
        for (RunResult result : results) {
            Result<?> time = result.getPrimaryResult();
            Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
            table.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %.2f | %.2f | %.0f |%n",
                    time.getLabel(),
                    time.getScore(),
                    time.getScoreError(),
                    bytes == null ? Double.NaN : bytes.getScore()));
        }
        System.out.print(table);
    }
}
