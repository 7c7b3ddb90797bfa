package dev.avionics.gateway.limit;

import static java.util.Objects.requireNonNull;

/**
 * What may be spent: by each agent, by each key, at each provider. A call has to fit into all budgets that apply.
 *
 * @param agents by the agent's name
 * @param keys by the caller's key; calls on behalf of nobody in particular have none
 * @param providers by the provider's name
 * @param reserveOutputTokens how long an answer is thought to become before it is known, at least 0; a shorter limit of the request
 *     holds; default 1024
 * @param unpriced what happens to models without a price; default {@link Unpriced#ALLOW}
 */
public record BudgetPolicy(
        PerName<Budget> agents,
        PerName<Budget> keys,
        PerName<Budget> providers,
        int reserveOutputTokens,
        Unpriced unpriced) {
    /** {@link #reserveOutputTokens} unless said otherwise. */
    public static final int DEFAULT_RESERVE_OUTPUT_TOKENS = 1024;

    public BudgetPolicy {
        requireNonNull(agents, "agents");
        requireNonNull(keys, "keys");
        requireNonNull(providers, "providers");
        if (reserveOutputTokens < 0) {
            throw new IllegalArgumentException("reserveOutputTokens: " + reserveOutputTokens + " (expected: >= 0)");
        }
        requireNonNull(unpriced, "unpriced");
    }

    /** Whether there is any budget. */
    public boolean isLimited() {
        return isLimited(agents) || isLimited(keys) || isLimited(providers);
    }

    private static boolean isLimited(PerName<Budget> budgets) {
        return budgets.usual().isLimited() || budgets.named().values().stream().anyMatch(Budget::isLimited);
    }

    /** A builder without any budget. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link BudgetPolicy}; not thread-safe. */
    public static final class Builder {
        private PerName<Budget> agents = PerName.all(Budget.UNLIMITED);
        private PerName<Budget> keys = PerName.all(Budget.UNLIMITED);
        private PerName<Budget> providers = PerName.all(Budget.UNLIMITED);
        private int reserveOutputTokens = DEFAULT_RESERVE_OUTPUT_TOKENS;
        private Unpriced unpriced = Unpriced.ALLOW;

        private Builder() {}

        /** The budget of each agent; default unlimited. */
        public Builder perAgent(Budget value) {
            agents = agents.withUsual(value);
            return this;
        }

        /** The budget of one agent, in the place of that of each. */
        public Builder agent(String name, Budget value) {
            agents = agents.with(name, value);
            return this;
        }

        /** The budget of each key; default unlimited. */
        public Builder perKey(Budget value) {
            keys = keys.withUsual(value);
            return this;
        }

        /** The budget of one key, in the place of that of each. */
        public Builder key(String name, Budget value) {
            keys = keys.with(name, value);
            return this;
        }

        /** The budget of each provider; default unlimited. */
        public Builder perProvider(Budget value) {
            providers = providers.withUsual(value);
            return this;
        }

        /** The budget of one provider, in the place of that of each. */
        public Builder provider(String name, Budget value) {
            providers = providers.with(name, value);
            return this;
        }

        /** See {@link BudgetPolicy#reserveOutputTokens}. */
        public Builder reserveOutputTokens(int value) {
            reserveOutputTokens = value;
            return this;
        }

        /** See {@link BudgetPolicy#unpriced}. */
        public Builder unpriced(Unpriced value) {
            unpriced = requireNonNull(value, "value");
            return this;
        }

        public BudgetPolicy build() {
            return new BudgetPolicy(agents, keys, providers, reserveOutputTokens, unpriced);
        }
    }
}
