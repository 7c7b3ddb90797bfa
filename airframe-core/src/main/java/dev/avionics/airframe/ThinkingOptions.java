package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * How much a reasoning model shall think before it answers.
 *
 * @param effort the depth; each backend maps it to what its model knows
 * @param budgetTokens the most tokens to think with, at least 1, or null to leave it to the effort
 */
public record ThinkingOptions(Effort effort, @Nullable Integer budgetTokens) {
    /** Depths of thinking. */
    public enum Effort {
        /** No thinking. */
        NONE,
        /** The least the model knows. */
        MINIMAL,
        /** A little. */
        LOW,
        /** The usual depth. */
        MEDIUM,
        /** Deep. */
        HIGH,
        /** Deeper still. */
        XHIGH,
        /** The most the model knows. */
        MAX
    }

    public ThinkingOptions {
        requireNonNull(effort, "effort");
        if (budgetTokens != null && budgetTokens < 1) {
            throw new IllegalArgumentException("budgetTokens: " + budgetTokens + " (expected: >= 1)");
        }
    }

    /** A depth without a token budget. */
    public static ThinkingOptions of(Effort effort) {
        return new ThinkingOptions(effort, null);
    }

    /** Whether thinking is wanted at all. */
    public boolean enabled() {
        return effort != Effort.NONE;
    }
}
