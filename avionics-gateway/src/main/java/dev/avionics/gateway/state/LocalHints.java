package dev.avionics.gateway.state;

import dev.avionics.airframe.call.Ticker;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Values by topic and name, each with its end. Thread-safe. */
final class LocalHints {
    private final Ticker elapsed;
    private final int most;
    private final Map<String, Map<String, Hint>> topics = new HashMap<>();

    private record Hint(String value, long end) {}

    LocalHints(Ticker elapsed, int most) {
        this.elapsed = elapsed;
        this.most = most;
    }

    synchronized void publish(String topic, String name, String value, Duration ttl) {
        long now = elapsed.nanoTime();
        Map<String, Hint> names = topics.computeIfAbsent(topic, same -> new HashMap<>());
        names.put(name, new Hint(value, LocalLeases.end(now, ttl)));
        if (names.size() > most) {
            dropOver(names, now);
        }
        if (names.size() > most) {
            names.entrySet().stream()
                    .min(Comparator.comparingLong(entry -> entry.getValue().end()))
                    .map(Map.Entry::getKey)
                    .ifPresent(names::remove);
        }
    }

    synchronized Map<String, String> of(String topic) {
        Map<String, Hint> names = topics.get(topic);
        if (names == null) {
            return Map.of();
        }
        dropOver(names, elapsed.nanoTime());
        if (names.isEmpty()) {
            topics.remove(topic);
        }
        Map<String, String> values = new TreeMap<>();
        names.forEach((name, hint) -> values.put(name, hint.value()));
        return values;
    }

    private static void dropOver(Map<String, Hint> names, long now) {
        names.values().removeIf(hint -> hint.end() <= now);
    }
}
