package dev.avionics.gateway.layer;

import dev.avionics.airframe.call.Scheduler;
import dev.avionics.gateway.state.Lease;
import dev.avionics.gateway.state.SharedState;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A place that is held as long as a call runs, and that becomes free by itself a minute after its process died. Thread-safe. */
final class HeldPlace {
    private static final Logger LOG = LoggerFactory.getLogger(ConcurrencyLayer.class);

    /** How long a place is held without a sign of life. */
    private static final Duration HELD = Duration.ofMinutes(1);

    private static final Duration RENEWED = Duration.ofSeconds(20);
    /** How often the first of a line asks whether another replica freed a place. */
    private static final Duration ASK_AGAIN = Duration.ofMillis(50);

    private final SharedState state;
    private final Scheduler scheduler;
    private final Lease lease;
    private final Runnable freed;
    private Scheduler.@Nullable Handle timer;
    private boolean over;

    /**
     * Holds a place from now on.
     *
     * @param freed run when it is free again
     */
    HeldPlace(SharedState state, Scheduler scheduler, Lease lease, Runnable freed) {
        this.state = state;
        this.scheduler = scheduler;
        this.lease = lease;
        this.freed = freed;
        renewLater();
    }

    /**
     * Takes one of some places, if one is free.
     *
     * @param most how many there are
     */
    static CompletionStage<Turn<HeldPlace>> take(
            SharedState state, Scheduler scheduler, String key, int most, Runnable freed) {
        return state.acquire(key, most, HELD)
                .thenApply(lease -> lease.map(held -> Turn.of(new HeldPlace(state, scheduler, held, freed)))
                        .orElseGet(() -> Turn.notBefore(ASK_AGAIN)));
    }

    private synchronized void renewLater() {
        if (!over) {
            timer = scheduler.schedule(this::renew, RENEWED);
        }
    }

    private void renew() {
        state.renew(lease, HELD).whenComplete((held, failure) -> {
            if (failure != null || held) {
                // A failure may be a passing one; the place outlives two of them.
                renewLater();
            } else if (!isOver()) {
                LOG.warn("place_lost key={}: it was not renewed in time, others may have it too", lease.key());
            }
        });
    }

    private synchronized boolean isOver() {
        return over;
    }

    /** Frees it; once, however often it is called. */
    void free() {
        Scheduler.Handle set;
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            set = timer;
        }
        if (set != null) {
            set.cancel();
        }
        state.release(lease).whenComplete((known, failure) -> {
            if (failure != null) {
                LOG.warn(
                        "place_not_freed key={}: it becomes free within {}: {}", lease.key(), HELD, failure.toString());
            }
            freed.run();
        });
    }
}
