package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;

/**
 * A budget of one window of time: such as that of an agent for a day, or of a provider for a month. The same key with
 * another end is another account, which begins with nothing spent.
 *
 * @param key whose budget it is, and of what kind of window
 * @param limitMicros the most that may be spent, 0 to {@link #MAX_MICROS}. Not kept: each call brings its own
 * @param windowEnd when the window ends, to the second; {@link #NO_END} if it does not. The account is forgotten {@link
 *     #GRACE} later: calls that began before its end are settled in it, and clocks may differ by that much. With an
 *     account that ended longer ago, stages fail with {@link IllegalArgumentException}
 */
public record Account(String key, long limitMicros, Instant windowEnd) {
    /** The largest amount, about nine billion US dollars: the largest that all backends count exactly. */
    public static final long MAX_MICROS = (1L << 53) - 1;

    /** How long an account is kept after its window. */
    public static final Duration GRACE = Duration.ofHours(1);

    /** The end of a window that does not end. */
    public static final Instant NO_END = Instant.parse("9999-12-31T00:00:00Z");

    public Account {
        StateArguments.key("key", key);
        StateArguments.micros("limitMicros", limitMicros);
        requireNonNull(windowEnd, "windowEnd");
        if (windowEnd.isBefore(Instant.EPOCH) || windowEnd.isAfter(NO_END)) {
            throw new IllegalArgumentException("windowEnd: " + windowEnd + " (expected: 1970 to " + NO_END + ")");
        }
        windowEnd = Instant.ofEpochSecond(windowEnd.getEpochSecond());
    }

    /** The same account with another limit. */
    public Account withLimit(long value) {
        return new Account(key, value, windowEnd);
    }

    /**
     * An amount of money in micro-USD, rounded up, so that many small calls are not free.
     *
     * @param usd US dollars, 0 or more
     * @throws IllegalArgumentException if it is negative or beyond {@link #MAX_MICROS}
     */
    public static long microsOf(BigDecimal usd) {
        BigDecimal micros = requireNonNull(usd, "usd").movePointRight(6).setScale(0, RoundingMode.CEILING);
        if (micros.signum() < 0 || usd.signum() < 0 || micros.compareTo(BigDecimal.valueOf(MAX_MICROS)) > 0) {
            throw new IllegalArgumentException("usd: " + usd + " (expected: 0 to " + MAX_MICROS / 1_000_000 + ")");
        }
        return micros.longValueExact();
    }
}
