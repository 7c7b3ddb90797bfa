package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Target;
import java.time.Duration;

/**
 * One attempt as a plan wants it.
 *
 * @param target where it goes
 * @param after how long to wait before it; zero or more
 */
public record Attempt(Target target, Duration after) {
    public Attempt {
        requireNonNull(target, "target");
        if (requireNonNull(after, "after").isNegative()) {
            throw new IllegalArgumentException("after: " + after + " (expected: >= 0)");
        }
    }

    /** An attempt at once. */
    public static Attempt at(Target target) {
        return new Attempt(target, Duration.ZERO);
    }
}
