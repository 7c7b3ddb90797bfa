package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What something cost, in US dollars and exactly: an amount, nothing because it is free, or nobody knows. Unpriced is not
 * zero, and has no amount.
 *
 * @param kind which of the three it is
 * @param usd the amount, at least 0, in dollars, not rounded; 0 unless priced
 * @param estimated whether tokens or prices behind it are guesses: tokens counted on our side, a variant taken at its
 *     family's price, a price that the table does not know and another had to stand for
 * @param why why there is no price, and what to do; empty unless unpriced
 */
public record Cost(Kind kind, BigDecimal usd, boolean estimated, String why) {
    /** What is known. */
    public enum Kind {
        /** There is a price, and so an amount. */
        PRICED,
        /** Calls cost nothing but time. */
        FREE,
        /** Nobody knows the price. */
        UNPRICED
    }

    /** Nothing, because the backend takes no money. */
    public static final Cost FREE = new Cost(Kind.FREE, BigDecimal.ZERO, false, "");

    /** Not known, without a reason. */
    public static final Cost UNPRICED = new Cost(Kind.UNPRICED, BigDecimal.ZERO, false, "");

    public Cost {
        requireNonNull(kind, "kind");
        requireNonNull(why, "why");
        if (requireNonNull(usd, "usd").signum() < 0) {
            throw new IllegalArgumentException("usd: " + usd.toPlainString() + " (expected: >= 0)");
        }
        if (kind != Kind.PRICED && usd.signum() != 0) {
            throw new IllegalArgumentException("usd: " + usd.toPlainString() + " (expected: 0 for " + kind + ")");
        }
        if (kind != Kind.UNPRICED && !why.isEmpty()) {
            throw new IllegalArgumentException("why: " + why + " (expected: empty for " + kind + ")");
        }
        // One amount has one form, so that equal amounts are equal costs.
        usd = usd.stripTrailingZeros();
        usd = usd.scale() < 0 ? usd.setScale(0) : usd;
    }

    /** An amount that is known. */
    public static Cost of(BigDecimal usd) {
        return new Cost(Kind.PRICED, usd, false, "");
    }

    /** An amount that is a guess. */
    public static Cost estimated(BigDecimal usd) {
        return new Cost(Kind.PRICED, usd, true, "");
    }

    /** Not known, for a reason. */
    public static Cost unpriced(String why) {
        return new Cost(Kind.UNPRICED, BigDecimal.ZERO, false, why);
    }

    /** Whether the amount is known or guessed; true also for what is free. */
    public boolean isPriced() {
        return kind != Kind.UNPRICED;
    }

    /** Whether it is free, which is more than to have an amount of 0. */
    public boolean isFree() {
        return kind == Kind.FREE;
    }

    /** The exact amount in dollars, 0 for what is free; empty if unpriced. */
    public Optional<BigDecimal> amount() {
        return isPriced() ? Optional.of(usd) : Optional.empty();
    }

    /** The amount with six decimals, half rounded up, for people and records; empty if unpriced. Never add these up. */
    public Optional<BigDecimal> rounded() {
        return amount().map(exact -> exact.setScale(6, RoundingMode.HALF_UP));
    }

    /** The amount in millionths of a dollar, half rounded up; empty if unpriced. */
    public OptionalLong usdMicros() {
        return isPriced()
                ? OptionalLong.of(
                        usd.movePointRight(6).setScale(0, RoundingMode.HALF_UP).longValueExact())
                : OptionalLong.empty();
    }

    /**
     * The sum. It is unpriced as soon as one side is, for a part that nobody knows makes a whole that nobody knows; estimated
     * as soon as one side is; free only if both are.
     */
    public Cost plus(Cost other) {
        if (!isPriced()) {
            return this;
        }
        if (!other.isPriced()) {
            return other;
        }
        if (isFree() && other.isFree()) {
            return FREE;
        }
        return new Cost(Kind.PRICED, usd.add(other.usd), estimated || other.estimated, "");
    }

    /** The same amount, said to be a guess; unchanged if it is free or unpriced. */
    Cost asEstimate() {
        return kind == Kind.PRICED ? estimated(usd) : this;
    }

    /** Such as {@code $0.06}, {@code ~$0.06} for an estimate, {@code free} or {@code unpriced}. */
    @Override
    public String toString() {
        return switch (kind) {
            case PRICED -> (estimated ? "~$" : "$") + usd.toPlainString();
            case FREE -> "free";
            case UNPRICED -> why.isEmpty() ? "unpriced" : "unpriced (" + why + ")";
        };
    }
}
