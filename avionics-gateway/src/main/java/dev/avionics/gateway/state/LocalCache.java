package dev.avionics.gateway.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.avionics.airframe.call.Ticker;
import java.time.Duration;
import java.util.Optional;

/** Bytes by key, bounded by their sum. Thread-safe. */
final class LocalCache {
    /** What the maps and the key cost besides. */
    private static final int OVERHEAD = 128;

    private final int most;
    private final Cache<String, Entry> entries;

    /** The bytes are never changed. */
    private static final class Entry {
        private final byte[] bytes;
        private final Duration ttl;

        Entry(byte[] bytes, Duration ttl) {
            this.bytes = bytes;
            this.ttl = ttl;
        }
    }

    LocalCache(Ticker elapsed, StateLimits limits) {
        most = limits.entryBytes();
        entries = Caffeine.newBuilder()
                .ticker(elapsed::nanoTime)
                .executor(Runnable::run)
                .maximumWeight(limits.cacheBytes())
                .weigher((String key, Entry entry) -> OVERHEAD + 2 * key.length() + entry.bytes.length)
                .expireAfter(Expiry.<String, Entry>writing((key, entry) -> entry.ttl))
                .build();
    }

    Optional<byte[]> get(String key) {
        return Optional.ofNullable(entries.getIfPresent(key)).map(entry -> entry.bytes.clone());
    }

    void put(String key, byte[] bytes, Duration ttl) {
        if (bytes.length > most) {
            // What was there is not true any more.
            entries.invalidate(key);
            return;
        }
        entries.put(key, new Entry(bytes.clone(), ttl));
    }
}
