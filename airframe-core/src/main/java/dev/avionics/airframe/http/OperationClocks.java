package dev.avionics.airframe.http;

import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.call.Timeouts;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The six clocks of one attempt on one timer. The timer is set anew only when an earlier moment comes up; when it rings too
 * early, because bytes came meanwhile, it is set to what is left.
 */
final class OperationClocks {
    private static final Duration FAR = Duration.ofDays(36500);

    private final Scheduler scheduler;
    private final Ticker ticker;
    private final long connect;
    private final long firstByte;
    private final long idle;
    private final long progress;
    private final long tail;
    private final Deadline deadline;
    private final BooleanSupplier readerWaits;
    private final Consumer<String> expired;
    private final Consumer<Runnable> onThread;

    private Phase phase = Phase.IDLE;
    private boolean streamed;
    private long phaseSince;
    private volatile long lastByte;
    private volatile long lastEvent;
    private Scheduler.@Nullable Handle timer;
    private long ringsAt;
    private int timers;
    private boolean stopped;

    private enum Phase {
        IDLE,
        CONNECTING,
        WAITING,
        BODY,
        TAIL
    }

    /**
     * Clocks that stand still.
     *
     * @param expired is told the name of the clock that ran out
     * @param onThread runs a task on the operation's thread
     */
    OperationClocks(
            Scheduler scheduler,
            Ticker ticker,
            Timeouts limits,
            Deadline deadline,
            BooleanSupplier readerWaits,
            Consumer<String> expired,
            Consumer<Runnable> onThread) {
        this.scheduler = scheduler;
        this.ticker = ticker;
        connect = nanos(limits.connect());
        firstByte = nanos(limits.firstByte());
        idle = nanos(limits.idle());
        progress = nanos(limits.progress());
        tail = nanos(limits.tail());
        this.deadline = deadline;
        this.readerWaits = readerWaits;
        this.expired = expired;
        this.onThread = onThread;
    }

    /** Between requests only the deadline runs. */
    synchronized void idle() {
        enter(Phase.IDLE);
    }

    synchronized void connecting(boolean answerIsStreamed) {
        streamed = answerIsStreamed;
        enter(Phase.CONNECTING);
    }

    synchronized void connected() {
        // While the request is written only the deadline runs.
        enter(Phase.IDLE);
    }

    synchronized void sent() {
        if (phase != Phase.BODY && phase != Phase.TAIL) {
            enter(Phase.WAITING);
        }
    }

    /** The first byte of the reply is there. */
    synchronized void replied() {
        lastByte = ticker.nanoTime();
        lastEvent = lastByte;
        enter(Phase.BODY);
    }

    /** Bytes came. */
    void bytes() {
        lastByte = ticker.nanoTime();
    }

    /** Something was decoded. */
    void progressed() {
        lastEvent = lastByte;
    }

    /** The finish reason was seen. */
    synchronized void tail() {
        if (phase != Phase.TAIL) {
            enter(Phase.TAIL);
        }
    }

    /** The reader waits again after a while in which it asked for nothing. */
    void resumed() {
        lastByte = ticker.nanoTime();
        lastEvent = lastByte;
    }

    synchronized void stop() {
        stopped = true;
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    private void enter(Phase next) {
        phase = next;
        phaseSince = ticker.nanoTime();
        arm();
    }

    /** Sets the timer if it would ring too late. */
    private void arm() {
        if (stopped) {
            return;
        }
        long at = nextMoment();
        if (timer != null) {
            if (ringsAt - at <= 0) {
                return;
            }
            timer.cancel();
        }
        ringsAt = at;
        int number = ++timers;
        long wait = Math.max(0, at - ticker.nanoTime());
        timer = scheduler.schedule(() -> onThread.accept(() -> ring(number)), Duration.ofNanos(wait));
    }

    private long nextMoment() {
        long next = deadline.at();
        switch (phase) {
            case IDLE -> {}
            case CONNECTING -> next = earlier(next, phaseSince + connect);
            case WAITING -> {
                if (streamed) {
                    next = earlier(next, phaseSince + firstByte);
                }
            }
            case BODY -> {
                if (streamed) {
                    next = earlier(next, lastByte + idle);
                    next = earlier(next, lastEvent + progress);
                }
            }
            case TAIL -> next = earlier(next, phaseSince + tail);
        }
        return next;
    }

    private static long earlier(long a, long b) {
        return a - b <= 0 ? a : b;
    }

    private void ring(int number) {
        // Foreign code: not to be called with the lock held.
        boolean waits = readerWaits.getAsBoolean();
        String ranOut;
        synchronized (this) {
            if (stopped || number != timers) {
                return;
            }
            timer = null;
            ranOut = ranOut(waits);
            if (ranOut == null) {
                arm();
                return;
            }
            stopped = true;
        }
        expired.accept(ranOut);
    }

    private @Nullable String ranOut(boolean waits) {
        long now = ticker.nanoTime();
        if (now - deadline.at() >= 0) {
            return "total";
        }
        return switch (phase) {
            case IDLE -> null;
            case CONNECTING -> now - phaseSince >= connect ? "connect" : null;
            case WAITING -> streamed && now - phaseSince >= firstByte ? "first_byte" : null;
            case TAIL -> now - phaseSince >= tail ? "tail" : null;
            case BODY -> {
                if (!streamed) {
                    yield null;
                }
                if (!waits) {
                    // Nobody asked: what did not come meanwhile is no fault of the backend.
                    resumed();
                    yield null;
                }
                if (now - lastByte >= idle) {
                    yield "idle";
                }
                yield now - lastEvent >= progress ? "progress" : null;
            }
        };
    }

    /** Far away is far enough: sums must not overflow twice. */
    private static long nanos(Duration limit) {
        return limit.compareTo(FAR) < 0 ? limit.toNanos() : FAR.toNanos();
    }
}
