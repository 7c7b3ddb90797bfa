package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The moment by which a call must have ended, over all its attempts.
 *
 * @param ticker measures it
 * @param at nanoseconds on that ticker
 */
public record Deadline(Ticker ticker, long at) {
    public Deadline {
        requireNonNull(ticker, "ticker");
    }

    /** A deadline some time from this moment. */
    public static Deadline after(Ticker ticker, Duration time) {
        long nanos;
        try {
            nanos = time.toNanos();
        } catch (ArithmeticException tooLong) {
            nanos = Long.MAX_VALUE / 2;
        }
        return new Deadline(ticker, ticker.nanoTime() + Math.min(nanos, Long.MAX_VALUE / 2));
    }

    /** What is left, negative when it has passed. */
    public Duration remaining() {
        return Duration.ofNanos(at - ticker.nanoTime());
    }

    /** Whether it has passed. */
    public boolean isOver() {
        return at - ticker.nanoTime() <= 0;
    }

    /** The nearer of two. */
    public Deadline min(Deadline other) {
        return other.at - at < 0 ? other : this;
    }
}
