package dev.avionics.gateway.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How a gateway keeps answers.
 *
 * @param ttl how long an answer is given again; at least 1 ms, default 10 minutes
 * @param entries how many answers are kept in the memory of this process, at least 1; default 100. Answers in a state that replicas
 *     share are bounded by that state
 * @param entryBytes the largest answer that is kept, as it is stored; at least 1, default 1 MiB
 * @param anyTemperature whether {@link dev.avionics.gateway.CacheMode#AUTO} takes calls of any temperature, or of none; default
 *     false: of temperature 0 only
 */
public record CacheRules(Duration ttl, int entries, int entryBytes, boolean anyTemperature) {
    /** All defaults. */
    public static final CacheRules DEFAULT = new CacheRules(Duration.ofMinutes(10), 100, 1 << 20, false);

    public CacheRules {
        if (requireNonNull(ttl, "ttl").compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException("ttl: " + ttl + " (expected: >= PT0.001S)");
        }
        if (entries < 1) {
            throw new IllegalArgumentException("entries: " + entries + " (expected: >= 1)");
        }
        if (entryBytes < 1) {
            throw new IllegalArgumentException("entryBytes: " + entryBytes + " (expected: >= 1)");
        }
    }

    /** These with another time to live. */
    public CacheRules withTtl(Duration value) {
        return new CacheRules(value, entries, entryBytes, anyTemperature);
    }

    /** These with another number of answers in memory. */
    public CacheRules withEntries(int value) {
        return new CacheRules(ttl, value, entryBytes, anyTemperature);
    }

    /** These with another size of the largest answer. */
    public CacheRules withEntryBytes(int value) {
        return new CacheRules(ttl, entries, value, anyTemperature);
    }

    /** These with another rule about temperatures. */
    public CacheRules withAnyTemperature(boolean value) {
        return new CacheRules(ttl, entries, entryBytes, value);
    }
}
