package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The six clocks of a call. Each has one meaning; zero or negative durations are refused.
 *
 * <p>Whole answers use {@code connect} and {@code total} only. Clocks stand still while the reader asks for nothing.
 *
 * @param connect from the start of an attempt to a usable connection, the wait for a pooled one included
 * @param firstByte streams: from the last byte of the request to the first byte of the reply
 * @param idle streams: between any two bytes of the reply
 * @param progress streams: bytes come, but no event
 * @param tail after the finish reason, until usage, end mark or end of body
 * @param total the whole call over all attempts
 */
public record Timeouts(
        Duration connect, Duration firstByte, Duration idle, Duration progress, Duration tail, Duration total) {
    /** For hosted backends. */
    public static final Timeouts HOSTED = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(120),
            Duration.ofSeconds(120),
            Duration.ofSeconds(300),
            Duration.ofSeconds(2),
            Duration.ofSeconds(600));

    /** For backends on one's own machines, which may load a model before the first byte. */
    public static final Timeouts LOCAL = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(300),
            Duration.ofSeconds(120),
            Duration.ofSeconds(300),
            Duration.ofSeconds(2),
            Duration.ofSeconds(600));

    public Timeouts {
        positive("connect", connect);
        positive("firstByte", firstByte);
        positive("idle", idle);
        positive("progress", progress);
        positive("tail", tail);
        positive("total", total);
    }

    private static void positive(String name, Duration value) {
        requireNonNull(value, name);
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }

    /** These with every clock replaced that the override sets. */
    public Timeouts with(@Nullable Override override) {
        if (override == null || override.equals(Override.NONE)) {
            return this;
        }
        return new Timeouts(
                or(override.connect, connect),
                or(override.firstByte, firstByte),
                or(override.idle, idle),
                or(override.progress, progress),
                or(override.tail, tail),
                or(override.total, total));
    }

    private static Duration or(@Nullable Duration wanted, Duration other) {
        return wanted == null ? other : wanted;
    }

    private static void positiveOrNull(String name, @Nullable Duration value) {
        if (value != null) {
            positive(name, value);
        }
    }

    /** Clocks that replace others; null leaves a clock as it is, zero or less is refused. */
    public record Override(
            @Nullable Duration connect,
            @Nullable Duration firstByte,
            @Nullable Duration idle,
            @Nullable Duration progress,
            @Nullable Duration tail,
            @Nullable Duration total) {
        /** Replaces nothing. */
        public static final Override NONE = new Override(null, null, null, null, null, null);

        public Override {
            positiveOrNull("connect", connect);
            positiveOrNull("firstByte", firstByte);
            positiveOrNull("idle", idle);
            positiveOrNull("progress", progress);
            positiveOrNull("tail", tail);
            positiveOrNull("total", total);
        }

        /** Replaces the total only. */
        public static Override total(Duration total) {
            return new Override(null, null, null, null, null, total);
        }

        /** This, and the other where this is silent. */
        public Override or(@Nullable Override other) {
            if (other == null) {
                return this;
            }
            return new Override(
                    connect != null ? connect : other.connect,
                    firstByte != null ? firstByte : other.firstByte,
                    idle != null ? idle : other.idle,
                    progress != null ? progress : other.progress,
                    tail != null ? tail : other.tail,
                    total != null ? total : other.total);
        }
    }
}
