package dev.avionics.gateway.limit;

import static java.util.Objects.requireNonNull;

/**
 * What a target takes.
 *
 * @param rates requests and tokens a minute
 * @param concurrent the most attempts at once, over all replicas; 0 for no limit
 * @param adaptive whether the most attempts at once are found out as well: one more after as many successes as there may be
 *     attempts, half as many, at least one, after "too many requests", "overloaded" or a timeout; each replica for itself
 */
public record TargetLimits(RateLimits rates, int concurrent, boolean adaptive) {
    /** No limit. */
    public static final TargetLimits UNLIMITED = new TargetLimits(RateLimits.UNLIMITED, 0, false);

    public TargetLimits {
        requireNonNull(rates, "rates");
        if (concurrent < 0) {
            throw new IllegalArgumentException("concurrent: " + concurrent + " (expected: >= 0)");
        }
    }

    /** So many attempts at once. */
    public static TargetLimits concurrent(int most) {
        return new TargetLimits(RateLimits.UNLIMITED, most, false);
    }

    /** So much a minute. */
    public static TargetLimits rates(RateLimits rates) {
        return new TargetLimits(rates, 0, false);
    }

    /** This with as many attempts at once as the target is found to take. */
    public TargetLimits adapting() {
        return new TargetLimits(rates, concurrent, true);
    }

    /** Whether there is any limit. */
    public boolean isLimited() {
        return rates.isLimited() || concurrent > 0 || adaptive;
    }
}
