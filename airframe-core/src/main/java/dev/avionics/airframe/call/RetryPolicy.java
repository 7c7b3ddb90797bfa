package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How often and after which waits a call is tried again.
 *
 * @param maxAttempts attempts of one logical call over all nodes, keys and targets, at least 1; default 4
 * @param base the first back-off; default 100 ms
 * @param rateLimitedBase the first back-off after "too many requests"; default 1 s
 * @param cap the longest back-off; default 8 s
 * @param maxWait the longest wait that a backend may ask for; default 60 s
 * @param jitter how chance is mixed in
 * @param elsewhereAfterRefusal whether a request that one target refuses as wrong or cannot serve may go to another; for targets
 *     that are unlike each other; default false
 */
public record RetryPolicy(
        int maxAttempts,
        Duration base,
        Duration rateLimitedBase,
        Duration cap,
        Duration maxWait,
        Jitter jitter,
        boolean elsewhereAfterRefusal) {
    /** How chance is mixed into back-offs. */
    public enum Jitter {
        /** A wait from zero to the back-off. */
        FULL,
        /** The back-off plus up to one second; the cap includes it. */
        ADDITIVE
    }

    /** One attempt and three more, full jitter. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(
            4,
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofSeconds(8),
            Duration.ofSeconds(60),
            Jitter.FULL,
            false);

    /** Never again. */
    public static final RetryPolicy NEVER = DEFAULT.withMaxRetries(0);

    public RetryPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts: " + maxAttempts + " (expected: >= 1)");
        }
        notNegative("base", base);
        notNegative("rateLimitedBase", rateLimitedBase);
        notNegative("cap", cap);
        notNegative("maxWait", maxWait);
        requireNonNull(jitter, "jitter");
    }

    private static void notNegative(String name, Duration value) {
        if (requireNonNull(value, name).isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
    }

    /** This with another number of attempts after the first, at least 0. */
    public RetryPolicy withMaxRetries(int retries) {
        return new RetryPolicy(
                Math.addExact(retries, 1), base, rateLimitedBase, cap, maxWait, jitter, elsewhereAfterRefusal);
    }

    /** This with another answer to whether a refused request may go elsewhere. */
    public RetryPolicy withElsewhereAfterRefusal(boolean allowed) {
        return new RetryPolicy(maxAttempts, base, rateLimitedBase, cap, maxWait, jitter, allowed);
    }

    /**
     * The policy of back-offs {@code min(base * 2^attempt + U(0, 1 s), cap)}.
     *
     * @param retries attempts after the first, at least 0
     */
    public static RetryPolicy additiveJitter(int retries, Duration base, Duration cap) {
        return new RetryPolicy(Math.addExact(retries, 1), base, base, cap, DEFAULT.maxWait, Jitter.ADDITIVE, false);
    }

    /**
     * The wait before another attempt.
     *
     * @param retry counts retries from 1
     * @param rateLimited whether the backend said "too many requests"
     * @param chance from 0 to 1
     */
    public Duration backOff(int retry, boolean rateLimited, double chance) {
        double first = (rateLimited ? rateLimitedBase : base).toNanos();
        double grown = first * Math.pow(2, Math.min(retry - 1, 30));
        double wait = jitter == Jitter.FULL
                ? Math.min(grown, cap.toNanos()) * chance
                : Math.min(grown + chance * 1e9, cap.toNanos());
        return Duration.ofNanos((long) wait);
    }
}
