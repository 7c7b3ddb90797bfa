package dev.avionics.gateway;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import java.time.Duration;
import java.util.Arrays;

/** What a gateway knows for its second tries beside the first: how fast targets are, and how many extra calls it may make. Thread-safe. */
final class Hedging {
    /** Model names come from callers. */
    private static final int MOST_TARGETS = 4096;

    private static final int KEPT = 128;
    private static final double MOST_SAVED = 10;

    private final HedgeRules rules;
    private final Scheduler scheduler;
    private final Ticker ticker;
    private final LoadingCache<GatewayTarget, Pace> paces =
            Caffeine.newBuilder().maximumSize(MOST_TARGETS).build(target -> new Pace());

    // Guarded by this.
    private double saved;

    Hedging(HedgeRules rules, Scheduler scheduler, Ticker ticker) {
        this.rules = rules;
        this.scheduler = scheduler;
        this.ticker = ticker;
    }

    /** The last times to the first content of one target. */
    private static final class Pace {
        private final long[] nanos = new long[KEPT];
        private int count;
        private long usual;
        private boolean stale = true;

        synchronized void add(long time) {
            nanos[count % KEPT] = time;
            count++;
            // A full window is read anew after every eighth answer.
            stale |= count < KEPT || count % 8 == 0;
            if (count == Integer.MAX_VALUE) {
                count = KEPT + count % KEPT;
            }
        }

        synchronized long usual(HedgeRules rules) {
            if (count < rules.leastSamples()) {
                return -1;
            }
            if (stale) {
                long[] sorted = Arrays.copyOf(nanos, Math.min(count, KEPT));
                Arrays.sort(sorted);
                int place = (int) Math.ceil(rules.percentile() * sorted.length) - 1;
                usual = sorted[Math.max(0, place)];
                stale = false;
            }
            return usual;
        }
    }

    Scheduler scheduler() {
        return scheduler;
    }

    long now() {
        return ticker.nanoTime();
    }

    /** A call begins. */
    synchronized void call() {
        saved = Math.min(MOST_SAVED, saved + rules.share());
    }

    /** Takes an extra call; false if there were too many. */
    synchronized boolean take() {
        // Sums of a share are not exact: ten times 0.1 is one.
        if (saved < 1 - 1e-9) {
            return false;
        }
        saved = Math.max(0, saved - 1);
        return true;
    }

    /** Gives back an extra call that was not made. */
    synchronized void giveBack() {
        saved = Math.min(MOST_SAVED, saved + 1);
    }

    /** How long the first target is waited for. */
    Duration delay(GatewayTarget target) {
        long usual = paces.get(target).usual(rules);
        Duration wait = usual < 0 ? rules.initial() : Duration.ofNanos(usual);
        if (wait.compareTo(rules.floor()) < 0) {
            return rules.floor();
        }
        return wait.compareTo(rules.ceiling()) > 0 ? rules.ceiling() : wait;
    }

    /** A target gave content after this time, or was given up after it, which is the least that it would have taken. */
    void sample(GatewayTarget target, long nanos) {
        paces.get(target).add(Math.max(0, nanos));
    }
}
