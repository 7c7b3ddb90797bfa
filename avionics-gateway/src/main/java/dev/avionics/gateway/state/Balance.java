package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

/**
 * What an account holds.
 *
 * @param account with the limit that was asked with
 * @param spentMicros what was settled, 0 or more, perhaps beyond the limit
 * @param reservedMicros what is held by calls under way, 0 or more
 */
public record Balance(Account account, long spentMicros, long reservedMicros) {
    public Balance {
        requireNonNull(account, "account");
        if (spentMicros < 0 || reservedMicros < 0) {
            throw new IllegalArgumentException(
                    "balance: " + spentMicros + " spent, " + reservedMicros + " reserved (expected: >= 0)");
        }
    }

    /** What may still be reserved, 0 or more. */
    public long leftMicros() {
        return Math.max(0, account.limitMicros() - spentMicros - reservedMicros);
    }
}
