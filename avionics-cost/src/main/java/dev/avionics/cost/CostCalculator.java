package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.spi.TokenEstimator;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Says what calls cost, or will cost. Thread-safe; the prices are asked for anew with each call, so that a
 * {@link PriceFile} may change them meanwhile. One calculator's prices never reach another.
 *
 * <p>Amounts are exact. A model that no list knows is unpriced, which is neither 0 nor a default. Local backends are free.
 */
public final class CostCalculator {
    private static final class Shared {
        static final CostCalculator CALCULATOR = builder().build();
    }

    private final Supplier<PriceBook> prices;
    private final Clock clock;
    private final BigDecimal tokensPerChar;
    private final BigDecimal completionShare;
    private final @Nullable EstimatorChoice estimators;
    private final String agent;

    private CostCalculator(Builder builder, String agent) {
        prices = builder.prices;
        clock = builder.clock;
        tokensPerChar = builder.tokensPerChar;
        completionShare = builder.completionShare;
        estimators = builder.estimators;
        this.agent = agent;
    }

    private CostCalculator(CostCalculator other, String agent) {
        prices = other.prices;
        clock = other.clock;
        tokensPerChar = other.tokensPerChar;
        completionShare = other.completionShare;
        estimators = other.estimators;
        this.agent = agent;
    }

    /** The one with the bundled prices and the system's clock, for all that do not care. */
    public static CostCalculator shared() {
        return Shared.CALCULATOR;
    }

    /** A builder with the bundled prices. */
    public static Builder builder() {
        return new Builder();
    }

    /** The same with the prices that an agent has of its own before all others; empty for nobody in particular. */
    public CostCalculator forAgent(String name) {
        return new CostCalculator(this, requireNonNull(name, "name"));
    }

    /** The prices in force. */
    public PriceBook prices() {
        return requireNonNull(prices.get(), "prices");
    }

    /**
     * What a call cost.
     *
     * @param promptTokens tokens of the prompt, none of them cached, at least 0
     * @param completionTokens tokens of the answer, at least 0
     * @throws IllegalArgumentException if a number is negative
     */
    public CostMetrics calculate(String provider, String model, long promptTokens, long completionTokens) {
        CostMetrics.notNegative("promptTokens", promptTokens);
        CostMetrics.notNegative("completionTokens", completionTokens);
        return calculate(
                provider,
                model,
                Usage.builder()
                        .inputUncached(TokenCount.known(promptTokens))
                        .output(TokenCount.known(completionTokens))
                        .build());
    }

    /** What a call cost. */
    public CostMetrics calculate(String provider, String model, Usage usage) {
        Instant now = clock.instant();
        return metrics(provider, model, usage, cost(provider, model, usage, now), now);
    }

    /** What a call of a model at an endpoint cost; the provider is {@link #provider}. */
    public CostMetrics calculate(Target target, Usage usage) {
        Instant now = clock.instant();
        return metrics(provider(target.endpoint()), target.model(), usage, cost(target, usage, now), now);
    }

    private static CostMetrics metrics(String provider, String model, Usage usage, Cost cost, Instant at) {
        long input = usage.inputTotal().value();
        long output = usage.outputTotal().value();
        return new CostMetrics(provider, model, input, output, Math.addExact(input, output), cost, at);
    }

    /** What a call costs at present prices. */
    public Cost cost(String provider, String model, Usage usage) {
        return cost(provider, model, usage, clock.instant());
    }

    /** What a call cost that was made at some moment, at the prices of then. */
    public Cost cost(String provider, String model, Usage usage, Instant at) {
        return prices().quote(provider, model, agent, at)
                .map(quote -> cost(quote, usage))
                .orElseGet(() -> unpriced(provider, model));
    }

    /** What a call of a model at an endpoint costs at present prices. */
    public Cost cost(Target target, Usage usage) {
        return cost(target, usage, clock.instant());
    }

    /**
     * What a call of a model at an endpoint cost at some moment. It is free if the endpoint's billing is
     * {@link Billing#FREE}, whatever the price lists say.
     */
    public Cost cost(Target target, Usage usage, Instant at) {
        return target.endpoint().billing() == Billing.FREE
                ? Cost.FREE
                : cost(provider(target.endpoint()), target.model(), usage, at);
    }

    private static Cost cost(Quote quote, Usage usage) {
        if (quote.price().free()) {
            return Cost.FREE;
        }
        Cost cost = quote.price().ratesFor(usage.inputTotal().value()).cost(usage);
        return quote.certain() ? cost : cost.asEstimate();
    }

    private static Cost unpriced(String provider, String model) {
        return Cost.unpriced("no price for " + (provider.isBlank() ? "" : provider + " ") + model
                + ": add one to the file of prices");
    }

    /**
     * The name that prices of an endpoint stand under: its own if the prices know it, else its variant's (such as
     * {@code groq}), else its kind's.
     */
    public String provider(EndpointSpec endpoint) {
        PriceBook book = prices();
        if (book.knowsProvider(endpoint.name())) {
            return endpoint.name();
        }
        if (!endpoint.apiType().isEmpty() && book.knowsProvider(endpoint.apiType())) {
            return endpoint.apiType();
        }
        return book.knowsProvider(endpoint.kind().id()) ? endpoint.kind().id() : endpoint.name();
    }

    /**
     * What a text would cost as a prompt, with an answer of half its length unless set otherwise. Tokens are counted by the
     * estimator of the model if one is set and knows it, else a quarter of a token for each character, rounded up.
     *
     * @return an estimate, or free, or unpriced
     */
    public Cost estimate(String provider, String model, CharSequence text) {
        TokenEstimator estimator =
                estimators == null ? null : estimators.of(provider, model).orElse(null);
        return estimator == null
                ? estimate(provider, model, tokens(text, tokensPerChar))
                : estimate(provider, model, estimator.estimate(text));
    }

    /**
     * As {@link #estimate(String, String, CharSequence)}, with tokens for each character.
     *
     * @param tokensPerChar more than 0; 0.25 is usual for English
     */
    public Cost estimate(String provider, String model, CharSequence text, double tokensPerChar) {
        return estimate(provider, model, tokens(text, positive("tokensPerChar", tokensPerChar)));
    }

    private Cost estimate(String provider, String model, long promptTokens) {
        long completion = completionShare
                .multiply(BigDecimal.valueOf(promptTokens))
                .setScale(0, RoundingMode.DOWN)
                .longValueExact();
        return cost(provider, model, Usage.estimated(promptTokens, completion));
    }

    private static long tokens(CharSequence text, BigDecimal perChar) {
        return perChar.multiply(BigDecimal.valueOf(text.length()))
                .setScale(0, RoundingMode.UP)
                .longValueExact();
    }

    private static BigDecimal positive(String name, double value) {
        if (!(value > 0 && value <= 1000)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: more than 0, at most 1000)");
        }
        return BigDecimal.valueOf(value);
    }

    /** The present price of a model; empty if there is none. That of a local backend is free. */
    public Optional<Price> pricing(String provider, String model) {
        return quote(provider, model).map(Quote::price);
    }

    /** As {@link #pricing}, with a word on how certain it is. */
    public Optional<Quote> quote(String provider, String model) {
        return prices().quote(provider, model, agent, clock.instant());
    }

    /** Finds who estimates the tokens of a model. Thread-safe. */
    @FunctionalInterface
    public interface EstimatorChoice {
        /** The estimator; empty if this choice does not know the model. */
        Optional<TokenEstimator> of(String provider, String model);
    }

    /** Builds a {@link CostCalculator}; not thread-safe. */
    public static final class Builder {
        private Supplier<PriceBook> prices = PriceBook::bundled;
        private Clock clock = Clock.systemUTC();
        private BigDecimal tokensPerChar = BigDecimal.valueOf(0.25);
        private BigDecimal completionShare = BigDecimal.valueOf(0.5);
        private @Nullable EstimatorChoice estimators;

        private Builder() {}

        /** Prices that do not change; default {@link PriceBook#bundled}. */
        public Builder prices(PriceBook value) {
            requireNonNull(value, "value");
            prices = () -> value;
            return this;
        }

        /** Prices that are asked for with each call, such as a {@link PriceFile}. Must be thread-safe and quick. */
        public Builder prices(Supplier<PriceBook> value) {
            prices = requireNonNull(value, "value");
            return this;
        }

        /** Says which prices hold; default the system's. */
        public Builder clock(Clock value) {
            clock = requireNonNull(value, "value");
            return this;
        }

        /** Tokens for each character of an estimate, more than 0; default 0.25. */
        public Builder tokensPerChar(double value) {
            tokensPerChar = positive("tokensPerChar", value);
            return this;
        }

        /** Length of the answer that an estimate expects for each token of the prompt, 0 to 1000; default 0.5. */
        public Builder completionShare(double value) {
            completionShare = value == 0 ? BigDecimal.ZERO : positive("completionShare", value);
            return this;
        }

        /** Who counts tokens of estimates, such as {@link OpenAiTokens#choice}; default nobody: characters are counted. */
        public Builder estimators(EstimatorChoice value) {
            estimators = requireNonNull(value, "value");
            return this;
        }

        /** Builds it; the builder may be used again. */
        public CostCalculator build() {
            return new CostCalculator(this, "");
        }
    }
}
