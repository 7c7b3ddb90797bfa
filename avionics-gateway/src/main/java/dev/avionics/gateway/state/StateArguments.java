package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Checks of arguments that all implementations of {@link SharedState} share. Each returns the argument, or throws {@link
 * IllegalArgumentException}, or {@link NullPointerException} for null.
 */
public final class StateArguments {
    private static final int LONGEST_KEY = 512;
    private static final int LONGEST_HINT = 4096;

    private StateArguments() {}

    /** A key: 1 to 512 characters. */
    public static String key(String name, String value) {
        int length = requireNonNull(value, name).length();
        if (length < 1 || length > LONGEST_KEY) {
            throw new IllegalArgumentException(
                    name + ": " + length + " characters (expected: 1 to " + LONGEST_KEY + ")");
        }
        return value;
    }

    /** A time of at least 1 ms. */
    public static Duration duration(String name, Duration value) {
        if (requireNonNull(value, name).compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= PT0.001S)");
        }
        return value;
    }

    /** An amount of a {@link Rate}: 1 to {@link Rate#MAX}. */
    public static long amount(long value) {
        if (value < 1 || value > Rate.MAX) {
            throw new IllegalArgumentException("amount: " + value + " (expected: 1 to " + Rate.MAX + ")");
        }
        return value;
    }

    /** Money: 0 to {@link Account#MAX_MICROS}. */
    public static long micros(String name, long value) {
        if (value < 0 || value > Account.MAX_MICROS) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: 0 to " + Account.MAX_MICROS + ")");
        }
        return value;
    }

    /** A number of places: at least 1. */
    public static int limit(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("limit: " + value + " (expected: >= 1)");
        }
        return value;
    }

    /** Accounts: at least one, no two of the same key. The list that is returned does not change. */
    public static List<Account> accounts(List<Account> value) {
        List<Account> copy = List.copyOf(requireNonNull(value, "accounts"));
        if (copy.isEmpty()) {
            throw new IllegalArgumentException("accounts: none (expected: at least 1)");
        }
        Set<String> keys = new HashSet<>();
        for (Account account : copy) {
            if (!keys.add(account.key())) {
                throw new IllegalArgumentException("accounts: " + account.key() + " twice (expected: once)");
            }
        }
        return copy;
    }

    /** The value of a hint: at most 4096 characters. */
    public static String hint(String value) {
        int length = requireNonNull(value, "value").length();
        if (length > LONGEST_HINT) {
            throw new IllegalArgumentException("value: " + length + " characters (expected: <= " + LONGEST_HINT + ")");
        }
        return value;
    }

    /** The error for an account that is over by a state's clock, so that nothing can be held in it. */
    public static IllegalArgumentException ended(Account account, Instant now) {
        return new IllegalArgumentException("account " + account.key() + ": its window ended at " + account.windowEnd()
                + ", now is " + now + " (expected: an end no longer ago than " + Account.GRACE + ")");
    }
}
