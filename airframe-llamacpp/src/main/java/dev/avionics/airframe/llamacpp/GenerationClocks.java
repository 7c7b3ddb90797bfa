package dev.avionics.airframe.llamacpp;

import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.BackendAdapterProvider.Host;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The clocks that mean something without a network: first token, gap between tokens, and the whole call. */
final class GenerationClocks {
    private final Host host;
    private final Timeouts limits;
    private final Deadline deadline;
    private final BooleanSupplier readerWaits;
    private final Consumer<InferenceException> expired;
    private Scheduler.@Nullable Handle timer;
    private boolean stopped;
    private long last;
    private boolean begun;

    GenerationClocks(
            Host host,
            Timeouts limits,
            @Nullable Deadline given,
            BooleanSupplier readerWaits,
            Consumer<InferenceException> expired) {
        this.host = host;
        this.limits = limits;
        this.readerWaits = readerWaits;
        this.expired = expired;
        deadline = given != null ? given : Deadline.after(host.ticker(), limits.total());
    }

    synchronized void start() {
        last = host.ticker().nanoTime();
        arm();
    }

    /** A token came, or the reader waits again after it had asked for nothing. */
    synchronized void token() {
        last = host.ticker().nanoTime();
        begun = true;
    }

    synchronized void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void arm() {
        if (!stopped) {
            long now = host.ticker().nanoTime();
            long next = Math.min(deadline.at() - now, last + quiet().toNanos() - now);
            timer = host.scheduler().schedule(this::ring, Duration.ofNanos(Math.max(0, next)));
        }
    }

    private Duration quiet() {
        return begun ? limits.idle() : limits.firstByte();
    }

    private void ring() {
        InferenceException why;
        synchronized (this) {
            if (stopped) {
                return;
            }
            long now = host.ticker().nanoTime();
            if (deadline.isOver()) {
                why = timeout("total", "the answer was not whole", limits.total());
            } else if (now - last < quiet().toNanos()) {
                arm();
                return;
            } else if (begun && !readerWaits.getAsBoolean()) {
                last = now;
                arm();
                return;
            } else if (begun) {
                why = timeout("idle", "the model fell silent", limits.idle());
            } else {
                why = timeout("first_byte", "the model gave no token", limits.firstByte());
            }
        }
        expired.accept(why);
    }

    private static InferenceException timeout(String clock, String what, Duration limit) {
        return InferenceException.builder(
                        ErrorCategory.TIMEOUT, what + " within " + limit.toMillis() + " ms (clock " + clock + ")")
                .clock(clock)
                .build();
    }
}
