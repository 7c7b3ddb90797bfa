package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What tokens cost, in US dollars for a million tokens, for each bucket of {@link Usage}. Null is unknown, which is not 0.
 *
 * <p>An unknown rate is treated so:
 *
 * <ul>
 *   <li>{@code reasoning} costs what {@code output} costs: every vendor bills it so unless it says otherwise.
 *   <li>{@code cacheWriteLong} costs twice the {@code input} where {@code cacheWriteShort} has a rate, which is Anthropic's rule.
 *   <li>{@code cacheRead} and both cache writes else cost what {@code input} costs, and the cost is an estimate.
 *   <li>{@code output}, {@code audioInput} and {@code audioOutput} make a call that has such tokens unpriced.
 * </ul>
 *
 * @param input uncached prompt tokens
 * @param output tokens of the answer
 * @param cacheRead prompt tokens from the backend's cache
 * @param cacheWriteShort prompt tokens written to the cache for about five minutes
 * @param cacheWriteLong prompt tokens written to the cache for about an hour
 * @param reasoning tokens the model thought with
 * @param audioInput prompt tokens of sound
 * @param audioOutput tokens of spoken answer
 */
public record Rates(
        BigDecimal input,
        @Nullable BigDecimal output,
        @Nullable BigDecimal cacheRead,
        @Nullable BigDecimal cacheWriteShort,
        @Nullable BigDecimal cacheWriteLong,
        @Nullable BigDecimal reasoning,
        @Nullable BigDecimal audioInput,
        @Nullable BigDecimal audioOutput) {
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000);
    private static final int MOST_DECIMALS = 18;
    private static final int TOKENS_PER_RATE = 6;

    public Rates {
        input = checked("input", requireNonNull(input, "input"));
        output = checkedOrNull("output", output);
        cacheRead = checkedOrNull("cacheRead", cacheRead);
        cacheWriteShort = checkedOrNull("cacheWriteShort", cacheWriteShort);
        cacheWriteLong = checkedOrNull("cacheWriteLong", cacheWriteLong);
        reasoning = checkedOrNull("reasoning", reasoning);
        audioInput = checkedOrNull("audioInput", audioInput);
        audioOutput = checkedOrNull("audioOutput", audioOutput);
    }

    private static @Nullable BigDecimal checkedOrNull(String name, @Nullable BigDecimal rate) {
        return rate == null ? null : checked(name, rate);
    }

    private static BigDecimal checked(String name, BigDecimal rate) {
        // The exponent first: to write out or compare a number such as 1e999999999 would take all memory.
        boolean written = rate.scale() <= MOST_DECIMALS && rate.precision() - rate.scale() <= 10;
        if (!written || rate.signum() < 0 || rate.compareTo(MOST) > 0) {
            throw new IllegalArgumentException(name + ": " + rate
                    + " (expected: 0 to 1000000000 dollars for a million tokens, 18 decimals at most)");
        }
        BigDecimal shortest = rate.stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
    }

    /** A builder with a rate for prompt tokens, all others unknown. */
    public static Builder builder(BigDecimal input) {
        return new Builder(input);
    }

    /**
     * Rates for input and output, all others unknown.
     *
     * @param input dollars for a million prompt tokens, such as {@code "2.50"}
     * @param output dollars for a million tokens of the answer
     */
    public static Rates of(String input, String output) {
        return builder(new BigDecimal(input)).output(new BigDecimal(output)).build();
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        Builder builder = new Builder(input);
        builder.output = output;
        builder.cacheRead = cacheRead;
        builder.cacheWriteShort = cacheWriteShort;
        builder.cacheWriteLong = cacheWriteLong;
        builder.reasoning = reasoning;
        builder.audioInput = audioInput;
        builder.audioOutput = audioOutput;
        return builder;
    }

    /**
     * What tokens cost at these rates; buckets that are absent count nothing. Unpriced if nothing at all is present, and if
     * there are tokens of a bucket that has no rate.
     */
    public Cost cost(Usage usage) {
        if (!usage.isPresent()) {
            return Cost.unpriced("the usage is not known");
        }
        if (output == null && usage.output().value() > 0) {
            return noRate("output");
        }
        if (reasoning == null && output == null && usage.reasoning().value() > 0) {
            return noRate("reasoning");
        }
        if (audioInput == null && usage.audioInput().value() > 0) {
            return noRate("audioInput");
        }
        if (audioOutput == null && usage.audioOutput().value() > 0) {
            return noRate("audioOutput");
        }
        BigDecimal sum = BigDecimal.ZERO;
        sum = add(sum, usage.inputUncached(), input);
        sum = add(sum, usage.cacheRead(), cacheRead == null ? input : cacheRead);
        sum = add(sum, usage.cacheWriteShort(), cacheWriteShort == null ? input : cacheWriteShort);
        sum = add(sum, usage.cacheWriteLong(), longWrite());
        sum = add(sum, usage.audioInput(), audioInput);
        sum = add(sum, usage.output(), output);
        sum = add(sum, usage.reasoning(), reasoning == null ? output : reasoning);
        sum = add(sum, usage.audioOutput(), audioOutput);
        BigDecimal usd = sum.movePointLeft(TOKENS_PER_RATE);
        return usage.isEstimated() || borrows(usage) || inputIsMissing(usage) ? Cost.estimated(usd) : Cost.of(usd);
    }

    private BigDecimal longWrite() {
        if (cacheWriteLong != null) {
            return cacheWriteLong;
        }
        return cacheWriteShort == null ? input : input.add(input);
    }

    /** Whether the rate of the input stands for one that is not known. */
    private boolean borrows(Usage usage) {
        return (cacheRead == null && usage.cacheRead().value() > 0)
                || (cacheWriteShort == null && usage.cacheWriteShort().value() > 0)
                || (cacheWriteShort == null
                        && cacheWriteLong == null
                        && usage.cacheWriteLong().value() > 0);
    }

    /** An answer without a prompt does not exist: its tokens were not told. */
    private static boolean inputIsMissing(Usage usage) {
        return !usage.inputTotal().isPresent();
    }

    private static BigDecimal add(BigDecimal sum, TokenCount tokens, @Nullable BigDecimal rate) {
        return rate == null || tokens.value() == 0 ? sum : sum.add(rate.multiply(BigDecimal.valueOf(tokens.value())));
    }

    private static Cost noRate(String bucket) {
        return Cost.unpriced("no rate for " + bucket + ": give this model a price of your own that has one");
    }

    /** Builds {@link Rates}, in dollars for a million tokens; null is unknown. Not thread-safe. */
    public static final class Builder {
        private BigDecimal input;
        private @Nullable BigDecimal output;
        private @Nullable BigDecimal cacheRead;
        private @Nullable BigDecimal cacheWriteShort;
        private @Nullable BigDecimal cacheWriteLong;
        private @Nullable BigDecimal reasoning;
        private @Nullable BigDecimal audioInput;
        private @Nullable BigDecimal audioOutput;

        private Builder(BigDecimal input) {
            this.input = requireNonNull(input, "input");
        }

        public Builder input(BigDecimal value) {
            input = requireNonNull(value, "value");
            return this;
        }

        public Builder output(@Nullable BigDecimal value) {
            output = value;
            return this;
        }

        public Builder cacheRead(@Nullable BigDecimal value) {
            cacheRead = value;
            return this;
        }

        public Builder cacheWriteShort(@Nullable BigDecimal value) {
            cacheWriteShort = value;
            return this;
        }

        public Builder cacheWriteLong(@Nullable BigDecimal value) {
            cacheWriteLong = value;
            return this;
        }

        public Builder reasoning(@Nullable BigDecimal value) {
            reasoning = value;
            return this;
        }

        public Builder audioInput(@Nullable BigDecimal value) {
            audioInput = value;
            return this;
        }

        public Builder audioOutput(@Nullable BigDecimal value) {
            audioOutput = value;
            return this;
        }

        /** @throws IllegalArgumentException if a rate is negative, or beyond what is sensible */
        public Rates build() {
            return new Rates(
                    input, output, cacheRead, cacheWriteShort, cacheWriteLong, reasoning, audioInput, audioOutput);
        }
    }
}
