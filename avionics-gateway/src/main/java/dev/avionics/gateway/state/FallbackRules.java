package dev.avionics.gateway.state;

import java.time.Duration;

/**
 * How a {@link FallbackState} gets over an absence of the shared state.
 *
 * @param retryAfter time between two tries to reach it again, at least 1 ms; default 1 s
 * @param waiting the most entries kept to be told to it when it is back, at least 1; default 10,000. Money that was spent in
 *     the same accounts is one entry. The same number of accounts is known by what was last seen of them
 */
public record FallbackRules(Duration retryAfter, int waiting) {
    /** All defaults. */
    public static final FallbackRules DEFAULT = new FallbackRules(Duration.ofSeconds(1), 10_000);

    public FallbackRules {
        StateArguments.duration("retryAfter", retryAfter);
        if (waiting < 1) {
            throw new IllegalArgumentException("waiting: " + waiting + " (expected: >= 1)");
        }
    }
}
