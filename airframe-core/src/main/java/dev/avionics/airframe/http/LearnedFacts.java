package dev.avionics.airframe.http;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What protocols learned about endpoints and models from their refusals: bounded, forgotten after an hour. Thread-safe. */
final class LearnedFacts {
    private static final int MAX_TARGETS = 1000;
    private static final int MAX_FACTS = 64;
    private static final long LIFE = Duration.ofHours(1).toNanos();

    private final Ticker ticker;
    private final Map<String, Known> byTarget = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MAX_TARGETS;
        }
    };

    private record Known(Set<String> facts, long until) {}

    LearnedFacts(Ticker ticker) {
        this.ticker = ticker;
    }

    Set<String> of(Target target) {
        synchronized (byTarget) {
            if (byTarget.isEmpty()) {
                return Set.of();
            }
            Known known = byTarget.get(key(target));
            return known == null || known.until - ticker.nanoTime() <= 0 ? Set.of() : known.facts;
        }
    }

    /** Keeps facts, unless there are too many of them already; true if all are known from here on. */
    boolean learn(Target target, Set<String> facts) {
        synchronized (byTarget) {
            Set<String> all = new LinkedHashSet<>(of(target));
            if (all.addAll(facts)) {
                if (all.size() > MAX_FACTS) {
                    return false;
                }
                byTarget.put(key(target), new Known(Set.copyOf(all), ticker.nanoTime() + LIFE));
            }
            return true;
        }
    }

    private static String key(Target target) {
        return target.endpoint().kind() + " " + target.endpoint().address() + " " + target.model();
    }
}
