package dev.avionics.gateway.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When an answer is given to a question that was asked in other words.
 *
 * @param threshold how alike the vectors of two questions have to be: their cosine, over 0 up to 1. It depends on the embedding
 *     model and has to be measured; {@code docs/gateway-cache.md} tells how
 * @param model the embedding model; null for the provider's own
 * @param entries how many answers are kept of questions that differ in their words only, at least 1; default 100
 * @param bytes about how much memory all groups take, at least 1; default 64 MiB
 * @param ttl how long an answer is given again; at least 1 ms, default 10 minutes
 * @param entryBytes the largest answer that is kept; at least 1, default 1 MiB
 * @param timeout the longest wait for a vector, after which the question is asked as without this cache; at least 1 ms, default 2 s
 */
public record SemanticRules(
        double threshold,
        @Nullable String model,
        int entries,
        long bytes,
        Duration ttl,
        int entryBytes,
        Duration timeout) {
    public SemanticRules {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("threshold: " + threshold + " (expected: over 0, at most 1)");
        }
        atLeastOne("entries", entries);
        atLeastOne("bytes", bytes);
        atLeastOne("entryBytes", entryBytes);
        aMilli("ttl", ttl);
        aMilli("timeout", timeout);
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
        }
    }

    private static void aMilli(String name, Duration value) {
        if (requireNonNull(value, name).compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= PT0.001S)");
        }
    }

    /** All defaults but the threshold, which has none. */
    public static SemanticRules of(double threshold) {
        return new SemanticRules(
                threshold, null, 100, 64L << 20, Duration.ofMinutes(10), 1 << 20, Duration.ofSeconds(2));
    }

    /** These with another embedding model; null for the provider's own. */
    public SemanticRules withModel(@Nullable String value) {
        return new SemanticRules(threshold, value, entries, bytes, ttl, entryBytes, timeout);
    }

    /** These with another time to live. */
    public SemanticRules withTtl(Duration value) {
        return new SemanticRules(threshold, model, entries, bytes, value, entryBytes, timeout);
    }

    /** These with another number of answers of one group. */
    public SemanticRules withEntries(int value) {
        return new SemanticRules(threshold, model, value, bytes, ttl, entryBytes, timeout);
    }
}
