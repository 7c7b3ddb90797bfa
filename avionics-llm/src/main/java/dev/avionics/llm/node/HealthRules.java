package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.settings.AvionicsSettings;
import java.time.Duration;

/**
 * When a node counts as sick, and for how long.
 *
 * @param probeInterval time between two checks of a node in use; default 500 ms
 * @param probeLimit how long a node may take to answer a check; default 400 ms
 * @param inUse how long after its last call a node is still in use, and checked; default 10 s
 * @param probesPerSecond the most checks of the whole fleet, at least 1; default 200. Those that wait longest come first
 * @param failures calls in a row that fail before a node is ejected, at least 1; default 5
 * @param errorShare the share of calls that fail at which a node is ejected, more than 0; default 0.5
 * @param errorWindow the time over which the share is taken; default 30 s
 * @param errorCalls the fewest calls in it for which the share counts, at least 1; default 10
 * @param firstEjection how long a node is away the first time; default 1 s. Each further time doubles it
 * @param longestEjection the most that it grows to; default 30 s. A node that was well for that long begins anew
 */
public record HealthRules(
        Duration probeInterval,
        Duration probeLimit,
        Duration inUse,
        int probesPerSecond,
        int failures,
        double errorShare,
        Duration errorWindow,
        int errorCalls,
        Duration firstEjection,
        Duration longestEjection) {
    /** All defaults. */
    public static final HealthRules DEFAULT = new HealthRules(
            Duration.ofMillis(500),
            Duration.ofMillis(400),
            Duration.ofSeconds(10),
            200,
            5,
            0.5,
            Duration.ofSeconds(30),
            10,
            Duration.ofSeconds(1),
            Duration.ofSeconds(30));

    public HealthRules {
        positive("probeInterval", probeInterval);
        positive("probeLimit", probeLimit);
        positive("inUse", inUse);
        positive("errorWindow", errorWindow);
        positive("firstEjection", firstEjection);
        positive("longestEjection", longestEjection);
        atLeastOne("probesPerSecond", probesPerSecond);
        atLeastOne("failures", failures);
        atLeastOne("errorCalls", errorCalls);
        if (!(errorShare > 0)) {
            throw new IllegalArgumentException("errorShare: " + errorShare + " (expected: > 0)");
        }
    }

    private static void positive(String name, Duration value) {
        if (requireNonNull(value, name).isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }

    /**
     * The defaults with the times of the section {@code node-health} of {@code avionics.yaml}: {@code probe-interval} and
     * {@code probe-limit}.
     *
     * @throws dev.avionics.llm.settings.SettingsException if a value there is wrong
     */
    public static HealthRules of(AvionicsSettings settings) {
        return builder()
                .probes(
                        settings.seconds("node-health.probe-interval").orElse(DEFAULT.probeInterval()),
                        settings.seconds("node-health.probe-limit").orElse(DEFAULT.probeLimit()),
                        DEFAULT.probesPerSecond())
                .build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return DEFAULT.toBuilder();
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Builds {@link HealthRules}; not thread-safe. */
    public static final class Builder {
        private Duration probeInterval;
        private Duration probeLimit;
        private Duration inUse;
        private int probesPerSecond;
        private int failures;
        private double errorShare;
        private Duration errorWindow;
        private int errorCalls;
        private Duration firstEjection;
        private Duration longestEjection;

        private Builder(HealthRules from) {
            probeInterval = from.probeInterval;
            probeLimit = from.probeLimit;
            inUse = from.inUse;
            probesPerSecond = from.probesPerSecond;
            failures = from.failures;
            errorShare = from.errorShare;
            errorWindow = from.errorWindow;
            errorCalls = from.errorCalls;
            firstEjection = from.firstEjection;
            longestEjection = from.longestEjection;
        }

        /** How often nodes in use are checked, how long a check may take, and how many there may be in a second. */
        public Builder probes(Duration interval, Duration limit, int perSecond) {
            probeInterval = requireNonNull(interval, "interval");
            probeLimit = requireNonNull(limit, "limit");
            probesPerSecond = perSecond;
            return this;
        }

        /** How long after its last call a node is still in use. */
        public Builder inUse(Duration value) {
            inUse = requireNonNull(value, "value");
            return this;
        }

        /** How many calls in a row have to fail, and which share of how many calls in a time. */
        public Builder outliers(int inARow, double share, int calls, Duration window) {
            failures = inARow;
            errorShare = share;
            errorCalls = calls;
            errorWindow = requireNonNull(window, "window");
            return this;
        }

        /** How long a node is away the first time, and at most. */
        public Builder ejections(Duration first, Duration longest) {
            firstEjection = requireNonNull(first, "first");
            longestEjection = requireNonNull(longest, "longest");
            return this;
        }

        /**
         * Builds them.
         *
         * @throws IllegalArgumentException if a value is out of its range
         */
        public HealthRules build() {
            return new HealthRules(
                    probeInterval,
                    probeLimit,
                    inUse,
                    probesPerSecond,
                    failures,
                    errorShare,
                    errorWindow,
                    errorCalls,
                    firstEjection,
                    longestEjection);
        }
    }
}
