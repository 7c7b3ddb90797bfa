package dev.avionics.gateway.state;

import dev.avionics.airframe.call.Ticker;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Places by key, each with the moment at which it becomes free by itself. Thread-safe. */
final class LocalLeases {
    private static final int KEYS_BEFORE_SWEEP = 1024;

    private final Ticker elapsed;
    private final Map<String, Map<String, Long>> held = new HashMap<>();
    private int sweepAt = KEYS_BEFORE_SWEEP;

    LocalLeases(Ticker elapsed) {
        this.elapsed = elapsed;
    }

    synchronized boolean acquire(Lease lease, int limit, Duration duration) {
        long now = elapsed.nanoTime();
        Map<String, Long> places = held.computeIfAbsent(lease.key(), key -> new HashMap<>());
        if (places.size() >= limit) {
            dropOver(places, now);
        }
        if (places.size() >= limit) {
            return false;
        }
        places.put(lease.id(), end(now, duration));
        if (held.size() > sweepAt) {
            sweep(now);
        }
        return true;
    }

    synchronized boolean renew(Lease lease, Duration duration) {
        long now = elapsed.nanoTime();
        Map<String, Long> places = held.getOrDefault(lease.key(), Map.of());
        Long end = places.get(lease.id());
        if (end == null || end <= now) {
            return false;
        }
        places.put(lease.id(), end(now, duration));
        return true;
    }

    synchronized boolean release(Lease lease) {
        Map<String, Long> places = held.get(lease.key());
        if (places == null) {
            return false;
        }
        Long end = places.remove(lease.id());
        if (places.isEmpty()) {
            held.remove(lease.key());
        }
        return end != null && end > elapsed.nanoTime();
    }

    /** Keys whose holders all died; the more keys are in use, the rarer it is looked for them. */
    private void sweep(long now) {
        held.values().removeIf(places -> {
            dropOver(places, now);
            return places.isEmpty();
        });
        sweepAt = Math.max(KEYS_BEFORE_SWEEP, 2 * held.size());
    }

    private static void dropOver(Map<String, Long> places, long now) {
        places.values().removeIf(end -> end <= now);
    }

    /** Saturated: a reading counts from zero, so only the sum can overflow. */
    static long end(long now, Duration duration) {
        long nanos = duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0 ? Long.MAX_VALUE : duration.toNanos();
        return nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
    }
}
