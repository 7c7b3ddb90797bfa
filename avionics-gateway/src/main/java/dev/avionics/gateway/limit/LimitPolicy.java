package dev.avionics.gateway.limit;

import static java.util.Objects.requireNonNull;

import dev.avionics.gateway.GatewayTarget;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How often and how many at once: calls by agent and key, attempts by target. What does not fit waits in the order of its coming, as
 * long as the call's deadline and, for calls, this policy allow.
 *
 * @param agents rates of each agent
 * @param keys rates of each key; calls on behalf of nobody in particular have none
 * @param agentConcurrency the most calls of an agent at once, over all replicas; 0 for no limit
 * @param target what targets take that have no entry of their own; default without limit
 * @param targets what single targets take; the entry of a provider without a model holds for each of its models that has none
 * @param waiting the most calls that wait for the same thing in this process, at least 0; more are refused; default 1000
 * @param longestWait how long a call waits at most for its agent's and its key's turn, at least 1 ms; default 30 s. Attempts wait for
 *     their target as long as the call's deadline allows
 */
public record LimitPolicy(
        PerName<RateLimits> agents,
        PerName<RateLimits> keys,
        PerName<Integer> agentConcurrency,
        TargetLimits target,
        Map<GatewayTarget, TargetLimits> targets,
        int waiting,
        Duration longestWait) {
    /** {@link #waiting} unless said otherwise. */
    public static final int DEFAULT_WAITING = 1000;
    /** {@link #longestWait} unless said otherwise. */
    public static final Duration DEFAULT_LONGEST_WAIT = Duration.ofSeconds(30);

    /** Without any limit. */
    public static final LimitPolicy NONE = builder().build();

    public LimitPolicy {
        requireNonNull(agents, "agents");
        requireNonNull(keys, "keys");
        requireNonNull(agentConcurrency, "agentConcurrency");
        notNegative("agentConcurrency", agentConcurrency.usual());
        agentConcurrency.named().values().forEach(most -> notNegative("agentConcurrency", most));
        requireNonNull(target, "target");
        targets = Map.copyOf(targets);
        notNegative("waiting", waiting);
        if (requireNonNull(longestWait, "longestWait").compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("longestWait: " + longestWait + " (expected: >= PT0.001S)");
        }
    }

    private static void notNegative(String name, int value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
    }

    /** What a target takes. */
    public TargetLimits of(GatewayTarget asked) {
        TargetLimits own = targets.get(asked);
        return own != null ? own : targets.getOrDefault(GatewayTarget.of(asked.provider()), target);
    }

    /** A builder without any limit. */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds a {@link LimitPolicy}; not thread-safe. */
    public static final class Builder {
        private PerName<RateLimits> agents = PerName.all(RateLimits.UNLIMITED);
        private PerName<RateLimits> keys = PerName.all(RateLimits.UNLIMITED);
        private PerName<Integer> agentConcurrency = PerName.all(0);
        private TargetLimits target = TargetLimits.UNLIMITED;
        private final Map<GatewayTarget, TargetLimits> targets = new HashMap<>();
        private int waiting = DEFAULT_WAITING;
        private Duration longestWait = DEFAULT_LONGEST_WAIT;

        private Builder() {}

        /** The rates of each agent; default unlimited. */
        public Builder perAgent(RateLimits value) {
            agents = agents.withUsual(value);
            return this;
        }

        /** The rates of one agent, in the place of those of each. */
        public Builder agent(String name, RateLimits value) {
            agents = agents.with(name, value);
            return this;
        }

        /** The rates of each key; default unlimited. */
        public Builder perKey(RateLimits value) {
            keys = keys.withUsual(value);
            return this;
        }

        /** The rates of one key, in the place of those of each. */
        public Builder key(String name, RateLimits value) {
            keys = keys.with(name, value);
            return this;
        }

        /** The most calls of each agent at once; 0, the default, for no limit. */
        public Builder concurrentPerAgent(int value) {
            agentConcurrency = agentConcurrency.withUsual(value);
            return this;
        }

        /** The most calls of one agent at once, in the place of that of each; 0 for no limit. */
        public Builder concurrent(String agent, int value) {
            agentConcurrency = agentConcurrency.with(agent, value);
            return this;
        }

        /** What each target takes; default without limit. */
        public Builder perTarget(TargetLimits value) {
            target = requireNonNull(value, "value");
            return this;
        }

        /** What one target takes, or each model of a provider: see {@link LimitPolicy#targets}. */
        public Builder target(GatewayTarget name, TargetLimits value) {
            targets.put(requireNonNull(name, "name"), requireNonNull(value, "value"));
            return this;
        }

        /** See {@link LimitPolicy#waiting}. */
        public Builder waiting(int value) {
            waiting = value;
            return this;
        }

        /** See {@link LimitPolicy#longestWait}. */
        public Builder longestWait(Duration value) {
            longestWait = requireNonNull(value, "value");
            return this;
        }

        public LimitPolicy build() {
            return new LimitPolicy(agents, keys, agentConcurrency, target, targets, waiting, longestWait);
        }
    }
}
