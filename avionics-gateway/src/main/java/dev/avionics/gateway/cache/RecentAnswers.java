package dev.avionics.gateway.cache;

import dev.avionics.airframe.call.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The entries that were used last, for a time each. Thread-safe.
 *
 * <p>A map of its own: Caffeine keeps what is asked for often, so that a full one takes no newcomer, while a caller who asks again
 * does it soon.
 */
final class RecentAnswers {
    private final Ticker ticker;
    private final long ttlNanos;
    private final Map<String, Kept> entries;

    /** The bytes are never changed. */
    private static final class Kept {
        private final byte[] bytes;
        private final long since;

        Kept(byte[] bytes, long since) {
            this.bytes = bytes;
            this.since = since;
        }
    }

    RecentAnswers(Ticker ticker, Duration ttl, int most) {
        this.ticker = ticker;
        ttlNanos = nanos(ttl);
        entries = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
                return size() > most;
            }
        };
    }

    private static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException forEver) {
            return Long.MAX_VALUE;
        }
    }

    synchronized byte @Nullable [] get(String key) {
        Kept entry = entries.get(key);
        if (entry != null && ticker.nanoTime() - entry.since >= ttlNanos) {
            entries.remove(key);
            return null;
        }
        return entry == null ? null : entry.bytes;
    }

    synchronized void put(String key, byte[] bytes) {
        entries.put(key, new Kept(bytes, ticker.nanoTime()));
    }
}
