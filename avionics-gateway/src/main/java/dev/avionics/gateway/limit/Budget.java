package dev.avionics.gateway.limit;

import dev.avionics.gateway.state.Account;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * The most that may be spent in a day and in a month, both of the calendar in UTC. Amounts are US dollars, from 0 to about nine
 * billion, with at most six decimals.
 *
 * @param usdPerDay null for no limit
 * @param usdPerMonth null for no limit
 */
public record Budget(
        @Nullable BigDecimal usdPerDay, @Nullable BigDecimal usdPerMonth) {
    /** No limit. */
    public static final Budget UNLIMITED = new Budget(null, null);

    public Budget {
        usdPerDay = checked("usdPerDay", usdPerDay);
        usdPerMonth = checked("usdPerMonth", usdPerMonth);
    }

    private static @Nullable BigDecimal checked(String name, @Nullable BigDecimal usd) {
        if (usd == null) {
            return null;
        }
        try {
            // Throws for what is too much or too fine.
            Account.microsOf(usd.setScale(6, RoundingMode.UNNECESSARY));
        } catch (ArithmeticException | IllegalArgumentException bad) {
            throw new IllegalArgumentException(name + ": " + usd.toPlainString() + " (expected: US dollars, 0 to "
                    + Account.MAX_MICROS / 1_000_000 + ", with at most six decimals)");
        }
        return usd;
    }

    /** So much a day, such as {@code "2.50"}. */
    public static Budget perDay(String usd) {
        return new Budget(new BigDecimal(usd), null);
    }

    /** So much a month. */
    public static Budget perMonth(String usd) {
        return new Budget(null, new BigDecimal(usd));
    }

    /** This, and so much a month. */
    public Budget andPerMonth(String usd) {
        return new Budget(usdPerDay, new BigDecimal(usd));
    }

    /** Whether there is any limit. */
    public boolean isLimited() {
        return usdPerDay != null || usdPerMonth != null;
    }
}
