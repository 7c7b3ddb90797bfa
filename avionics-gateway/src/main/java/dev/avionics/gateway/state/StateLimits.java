package dev.avionics.gateway.state;

/**
 * How much a state keeps.
 *
 * @param cacheBytes all cached entries together, at least 1; default 64 MiB
 * @param entryBytes the largest cached entry, 1 to {@code cacheBytes}; default 1 MiB
 * @param hintsPerTopic names of a topic, at least 1; default 4096
 */
public record StateLimits(long cacheBytes, int entryBytes, int hintsPerTopic) {
    /** All defaults. */
    public static final StateLimits DEFAULT = new StateLimits(64 << 20, 1 << 20, 4096);

    public StateLimits {
        if (cacheBytes < 1) {
            throw new IllegalArgumentException("cacheBytes: " + cacheBytes + " (expected: >= 1)");
        }
        if (entryBytes < 1 || entryBytes > cacheBytes) {
            throw new IllegalArgumentException("entryBytes: " + entryBytes + " (expected: 1 to " + cacheBytes + ")");
        }
        if (hintsPerTopic < 1) {
            throw new IllegalArgumentException("hintsPerTopic: " + hintsPerTopic + " (expected: >= 1)");
        }
    }
}
