package dev.avionics.benchmarks.runner;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What one process measured.
 *
 * @param calls calls that ended in the measured window
 * @param cpuNanos CPU time of the whole process in that window: client, collector, compiler
 * @param wallNanos length of the window
 * @param compilerNanos the part of it that the just-in-time compiler took; much of it means a short warm-up
 */
record Sample(long calls, long cpuNanos, long wallNanos, long compilerNanos) {
    private static final Pattern LINE =
            Pattern.compile("sample calls=(\\d+) cpuNanos=(\\d+) wallNanos=(\\d+) compilerNanos=(\\d+)");

    Sample {
        if (calls < 1) {
            throw new IllegalArgumentException("calls: " + calls + " (expected: >= 1)");
        }
    }

    /** CPU time per call, without the compiler's. */
    double cpuMicrosPerCall() {
        return (cpuNanos - compilerNanos) / 1e3 / calls;
    }

    double callsPerSecond() {
        return calls * 1e9 / wallNanos;
    }

    String line() {
        return "sample calls=" + calls + " cpuNanos=" + cpuNanos + " wallNanos=" + wallNanos + " compilerNanos="
                + compilerNanos;
    }

    static boolean isLine(String line) {
        return LINE.matcher(line).matches();
    }

    static Sample parse(String line) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("line: " + line + " (expected: a sample)");
        }
        return new Sample(
                Long.parseLong(matcher.group(1)),
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Long.parseLong(matcher.group(4)));
    }
}
