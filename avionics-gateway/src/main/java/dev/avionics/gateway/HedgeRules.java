package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * When a second target is asked beside the first one, which takes longer than usual. The first of the two that gives content answers,
 * the other one is given up; what it used is paid for all the same. It takes the place of a retry: while both run nothing is tried
 * again, and both count against the allowance of attempts.
 *
 * @param percentile which share of a target's times to its first content are usual; the wait is the longest of these. Over 0, below
 *     1; default 0.95
 * @param initial the wait before a target is known; default 2 s
 * @param leastSamples how many of its answers make a target known, at least 1; default 20
 * @param floor the shortest wait, over zero; default 50 ms
 * @param ceiling the longest wait, at least the floor; default 10 s
 * @param share the most extra calls, as a share of all calls, over 0 up to 1; default 0.1. Never more than that from the first call on;
 *     what was not used is kept for ten extra calls at most
 */
public record HedgeRules(
        double percentile, Duration initial, int leastSamples, Duration floor, Duration ceiling, double share) {
    /** All defaults. */
    public static final HedgeRules DEFAULT =
            new HedgeRules(0.95, Duration.ofSeconds(2), 20, Duration.ofMillis(50), Duration.ofSeconds(10), 0.1);

    public HedgeRules {
        if (!(percentile > 0 && percentile < 1)) {
            throw new IllegalArgumentException("percentile: " + percentile + " (expected: over 0, below 1)");
        }
        if (leastSamples < 1) {
            throw new IllegalArgumentException("leastSamples: " + leastSamples + " (expected: >= 1)");
        }
        positive("initial", initial);
        positive("floor", floor);
        if (requireNonNull(ceiling, "ceiling").compareTo(floor) < 0) {
            throw new IllegalArgumentException("ceiling: " + ceiling + " (expected: >= floor, which is " + floor + ")");
        }
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("share: " + share + " (expected: over 0, at most 1)");
        }
    }

    private static void positive(String name, Duration value) {
        if (requireNonNull(value, name).isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }

    /** This with another wait before a target is known. */
    public HedgeRules withInitial(Duration value) {
        return new HedgeRules(percentile, value, leastSamples, floor, ceiling, share);
    }

    /** This with another number of answers that make a target known. */
    public HedgeRules withLeastSamples(int value) {
        return new HedgeRules(percentile, initial, value, floor, ceiling, share);
    }

    /** This with other bounds of the wait. */
    public HedgeRules withBounds(Duration shortest, Duration longest) {
        return new HedgeRules(percentile, initial, leastSamples, shortest, longest, share);
    }

    /** This with another share of extra calls. */
    public HedgeRules withShare(double value) {
        return new HedgeRules(percentile, initial, leastSamples, floor, ceiling, value);
    }
}
