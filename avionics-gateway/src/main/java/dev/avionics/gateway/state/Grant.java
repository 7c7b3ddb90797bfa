package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * The answer to {@link SharedState#take}.
 *
 * @param allowed whether the amount was taken
 * @param retryAfter zero if it was taken; else the time after which the bucket holds the amount, if nobody else takes of it;
 *     {@link #NEVER} if the amount is beyond the capacity
 * @param left what the bucket holds now, in whole units; 0 if it is in debt, or was not asked
 */
public record Grant(boolean allowed, Duration retryAfter, long left) {
    /** The wait for an amount that the bucket can never hold. */
    public static final Duration NEVER = ChronoUnit.FOREVER.getDuration();

    public Grant {
        if (requireNonNull(retryAfter, "retryAfter").isNegative() || allowed != retryAfter.isZero()) {
            throw new IllegalArgumentException(
                    "retryAfter: " + retryAfter + " (expected: " + (allowed ? "zero)" : "> 0)"));
        }
        if (left < 0) {
            throw new IllegalArgumentException("left: " + left + " (expected: >= 0)");
        }
    }

    /** The amount was taken. */
    public static Grant taken(long left) {
        return new Grant(true, Duration.ZERO, left);
    }

    /** The amount was not there. */
    public static Grant refused(Duration retryAfter, long left) {
        return new Grant(false, retryAfter, left);
    }
}
