package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of a price list: what a model costs at a provider, from when on, and where that is known from.
 *
 * @param provider who sells it, such as {@code openai}; lower case
 * @param model the model's name, lower case, or {@link #ANY} for all models of the provider that the list does not name
 * @param agent for calls of this agent only; empty for all
 * @param rates for prompts up to the first tier
 * @param tiers dearer or cheaper rates for long prompts, the lowest threshold first; the whole call costs these
 * @param free whether calls cost nothing; rates are 0 then
 * @param from when it begins to hold; null if it has always held, as far as anybody knows
 * @param asOf when it was looked up, as {@code 2026-11} or {@code 2026-11-18}; empty if nobody wrote it down
 * @param source where it was looked up; empty if nobody wrote it down
 * @param contextWindow tokens that a prompt and its answer may have together; 0 if not known
 */
public record Price(
        String provider,
        String model,
        String agent,
        Rates rates,
        List<Tier> tiers,
        boolean free,
        @Nullable Instant from,
        String asOf,
        String source,
        long contextWindow) {
    /** The model of a price that holds for all models of a provider. */
    public static final String ANY = "*";

    private static final Pattern AS_OF = Pattern.compile("(\\d{4}-\\d{2}(-\\d{2})?)?");
    private static final Rates NOTHING = Rates.of("0", "0");

    /**
     * Rates for long prompts.
     *
     * @param above they hold when the prompt, cached tokens included, has more tokens than this; at least 0
     * @param rates for the whole call; what they do not know is not taken from shorter prompts
     */
    public record Tier(long above, Rates rates) {
        public Tier {
            requireNonNull(rates, "rates");
            if (above < 0) {
                throw new IllegalArgumentException("above: " + above + " (expected: >= 0)");
            }
        }
    }

    public Price {
        provider = requireNonNull(provider, "provider").strip().toLowerCase(Locale.ROOT);
        model = requireNonNull(model, "model").strip().toLowerCase(Locale.ROOT);
        agent = requireNonNull(agent, "agent").strip().toLowerCase(Locale.ROOT);
        requireNonNull(rates, "rates");
        requireNonNull(source, "source");
        if (provider.isEmpty()) {
            throw new IllegalArgumentException("provider: empty (expected: who sells the model, such as openai)");
        }
        if (model.isEmpty()) {
            throw new IllegalArgumentException("model: empty (expected: a model's name, or * for all of the provider)");
        }
        if (!AS_OF.matcher(requireNonNull(asOf, "asOf")).matches()) {
            throw new IllegalArgumentException("asOf: " + asOf + " (expected: such as 2026-11 or 2026-11-18)");
        }
        tiers = tiers.stream().sorted(Comparator.comparingLong(Tier::above)).toList();
        for (int i = 1; i < tiers.size(); i++) {
            if (tiers.get(i).above() == tiers.get(i - 1).above()) {
                throw new IllegalArgumentException(
                        "tiers: two above " + tiers.get(i).above() + " (expected: different thresholds)");
            }
        }
        if (contextWindow < 0) {
            throw new IllegalArgumentException("contextWindow: " + contextWindow + " (expected: >= 0)");
        }
        if (free && !(rates.equals(NOTHING) && tiers.isEmpty())) {
            throw new IllegalArgumentException("rates: " + rates + " (expected: none, for it is free)");
        }
    }

    /** A price without tiers, for all agents, that has always held. */
    public static Price of(String provider, String model, Rates rates) {
        return builder(provider, model, rates).build();
    }

    /** No price: calls of this model, or with {@link #ANY} of this provider, cost nothing. */
    public static Price free(String provider, String model) {
        return builder(provider, model, NOTHING).free(true).build();
    }

    /** A builder without tiers, for all agents, that has always held. */
    public static Builder builder(String provider, String model, Rates rates) {
        return new Builder(provider, model, rates);
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        return new Builder(provider, model, rates)
                .agent(agent)
                .tiers(tiers)
                .free(free)
                .from(from)
                .asOf(asOf)
                .source(source)
                .contextWindow(contextWindow);
    }

    /**
     * The rates of a call.
     *
     * @param inputTokens all tokens of its prompt, cached ones included
     */
    public Rates ratesFor(long inputTokens) {
        Rates found = rates;
        for (Tier tier : tiers) {
            if (inputTokens > tier.above()) {
                found = tier.rates();
            }
        }
        return found;
    }

    /** Dollars for a thousand prompt tokens, short prompts. */
    public BigDecimal inputPer1k() {
        return perThousand(rates.input());
    }

    /** Dollars for a thousand tokens of the answer, short prompts; empty if not known. */
    public Optional<BigDecimal> outputPer1k() {
        return Optional.ofNullable(rates.output()).map(Price::perThousand);
    }

    private static BigDecimal perThousand(BigDecimal perMillion) {
        BigDecimal shortest = perMillion.movePointLeft(3).stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
    }

    /** Builds a {@link Price}; not thread-safe. */
    public static final class Builder {
        private final String provider;
        private final String model;
        private final Rates rates;
        private String agent = "";
        private List<Tier> tiers = List.of();
        private boolean free;
        private @Nullable Instant from;
        private String asOf = "";
        private String source = "";
        private long contextWindow;

        private Builder(String provider, String model, Rates rates) {
            this.provider = requireNonNull(provider, "provider");
            this.model = requireNonNull(model, "model");
            this.rates = requireNonNull(rates, "rates");
        }

        /** Holds for calls of this agent only; empty for all. */
        public Builder agent(String value) {
            agent = requireNonNull(value, "value");
            return this;
        }

        /** Rates for long prompts, in any order. */
        public Builder tiers(List<Tier> value) {
            tiers = List.copyOf(value);
            return this;
        }

        Builder free(boolean value) {
            free = value;
            return this;
        }

        /** When it begins to hold; null for always. */
        public Builder from(@Nullable Instant value) {
            from = value;
            return this;
        }

        /** When it was looked up, such as {@code 2026-11-18}. */
        public Builder asOf(String value) {
            asOf = requireNonNull(value, "value");
            return this;
        }

        /** Where it was looked up. */
        public Builder source(String value) {
            source = requireNonNull(value, "value");
            return this;
        }

        /** Tokens that a prompt and its answer may have together; 0, the default, if not known. */
        public Builder contextWindow(long value) {
            contextWindow = value;
            return this;
        }

        /** @throws IllegalArgumentException if something does not fit */
        public Price build() {
            return new Price(provider, model, agent, rates, tiers, free, from, asOf, source, contextWindow);
        }
    }
}
