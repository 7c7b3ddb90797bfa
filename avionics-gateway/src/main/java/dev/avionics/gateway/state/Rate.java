package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How much a bucket holds, and how fast it refills: evenly, not at once at the end of a period.
 *
 * @param capacity the most that can be taken at once, 1 to {@link #MAX}
 * @param refill what comes back within a period, 1 to {@link #MAX}, and at most one per nanosecond
 * @param period 1 ms to 366 days
 */
public record Rate(long capacity, long refill, Duration period) {
    /** The most that a bucket holds or gets back in a period. */
    public static final long MAX = 1_000_000_000_000L;

    private static final Duration LONGEST = Duration.ofDays(366);

    public Rate {
        within("capacity", capacity);
        within("refill", refill);
        StateArguments.duration("period", requireNonNull(period, "period"));
        if (period.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("period: " + period + " (expected: <= " + LONGEST + ")");
        }
        if (refill > period.toNanos()) {
            throw new IllegalArgumentException(
                    "refill: " + refill + " in " + period + " (expected: at most one per nanosecond)");
        }
    }

    private static void within(String name, long value) {
        if (value < 1 || value > MAX) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 1 to " + MAX + ")");
        }
    }

    /** So many per second, and as many at once. */
    public static Rate perSecond(long amount) {
        return new Rate(amount, amount, Duration.ofSeconds(1));
    }

    /** So many per minute, and as many at once. */
    public static Rate perMinute(long amount) {
        return new Rate(amount, amount, Duration.ofMinutes(1));
    }
}
