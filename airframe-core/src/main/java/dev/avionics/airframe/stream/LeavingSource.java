package dev.avionics.airframe.stream;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import org.jspecify.annotations.Nullable;

/**
 * One attempt that can be made to fail from outside until its first content is there, so that the call leaves for another
 * target: its backend died, or takes too long. For one use, as any source.
 */
public final class LeavingSource implements Source, Source.Sink {
    private final Source inner;
    private final Runnable sign;
    private volatile @Nullable Sink sink;
    private volatile boolean committed;
    // Guarded by this: whether nothing more is passed on, whether an event is being passed on, and the end that waits
    // for it.
    private boolean left;
    private boolean passing;
    private @Nullable InferenceException waitingEnd;

    /** An attempt that was not started yet. */
    public LeavingSource(Source inner) {
        this(inner, () -> {});
    }

    /**
     * An attempt that was not started yet.
     *
     * @param sign run with each event of it; must be quick
     */
    public LeavingSource(Source inner, Runnable sign) {
        this.inner = requireNonNull(inner, "inner");
        this.sign = requireNonNull(sign, "sign");
    }

    /** Fails the attempt, unless it has not started, has committed or has ended. Any thread. */
    public void leave(InferenceException why) {
        boolean now;
        synchronized (this) {
            if (committed || left || sink == null) {
                return;
            }
            left = true;
            if (passing) {
                waitingEnd = why;
            }
            now = !passing;
        }
        inner.cancel(CancelReason.SUPERSEDED);
        if (now) {
            to().fail(why);
        }
    }

    private Sink to() {
        Sink known = sink;
        if (known == null) {
            throw new IllegalStateException("not started");
        }
        return known;
    }

    @Override
    public void start(Sink to) {
        sink = to;
        inner.start(this);
    }

    @Override
    public void request(long n) {
        inner.request(n);
    }

    @Override
    public void cancel(CancelReason why) {
        synchronized (this) {
            if (left) {
                return;
            }
            left = true;
        }
        inner.cancel(why);
    }

    @Override
    public void resumed() {
        inner.resumed();
    }

    @Override
    public Usage usageSoFar() {
        return inner.usageSoFar();
    }

    @Override
    public void event(InferenceEvent event) {
        sign.run();
        if (committed) {
            to().event(event);
            return;
        }
        synchronized (this) {
            if (left) {
                return;
            }
            committed = event.commits();
            passing = !committed;
        }
        to().event(event);
        InferenceException end;
        synchronized (this) {
            passing = false;
            end = waitingEnd;
            waitingEnd = null;
        }
        // Who made it leave meanwhile left the end to this thread: what the sink is told stays serial.
        if (end != null) {
            to().fail(end);
        }
    }

    @Override
    public void flushPoint() {
        if (committed) {
            to().flushPoint();
        }
    }

    @Override
    public void fail(InferenceException why) {
        synchronized (this) {
            if (left) {
                return;
            }
            left = true;
        }
        to().fail(why);
    }

    @Override
    public boolean readerWaits() {
        Sink known = sink;
        return known == null || known.readerWaits();
    }
}
