package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One use of a source: who consumes it, and how it ended. The end is one compare-and-set: the first of a decoded terminal,
 * a failure and a cancel wins.
 */
final class Flight implements Source.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(InferenceStream.class);

    private final CallContext context;
    private final Source source;
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
    private final AtomicBoolean consumed = new AtomicBoolean();
    private final AtomicBoolean begun = new AtomicBoolean();
    private @Nullable List<Consumer<Outcome>> listeners;
    private volatile @Nullable Receiver receiver;
    private volatile boolean started;

    Flight(CallContext context, Source source) {
        this.context = context;
        this.source = source;
    }

    @Nullable
    Executor executor() {
        return context.delivery().executor();
    }

    /** Takes the one place of the consumer; false if it is taken. */
    boolean consume(Receiver by) {
        if (!consumed.compareAndSet(false, true)) {
            return false;
        }
        receiver = by;
        if (outcome.get() instanceof Outcome.Cancelled c && begun.compareAndSet(false, true)) {
            by.end(cancelled(c.reason()), true);
        }
        return true;
    }

    /** Starts the source, once, unless the call was given up before. */
    void begin() {
        if (!begun.compareAndSet(false, true)) {
            return;
        }
        try {
            source.start(this);
        } catch (RuntimeException e) {
            fail(InferenceException.builder(ErrorCategory.REJECTED, "the call could not be started: " + e)
                    .origin(ErrorOrigin.US)
                    .cause(e)
                    .build());
        }
        started = true;
        if (outcome.get() instanceof Outcome.Cancelled c) {
            source.cancel(c.reason());
        }
    }

    void request(long n) {
        source.request(n);
    }

    void resumed() {
        source.resumed();
    }

    Usage usageSoFar() {
        return source.usageSoFar();
    }

    boolean isOver() {
        return outcome.get() != null;
    }

    void cancel(CancelReason why) {
        Usage usage = started ? source.usageSoFar() : Usage.absent();
        Outcome.Cancelled mine = new Outcome.Cancelled(why, usage);
        if (!outcome.compareAndSet(null, mine)) {
            return;
        }
        if (started) {
            source.cancel(why);
        }
        settled(mine);
        Receiver to = receiver;
        if (to != null) {
            to.end(cancelled(why), true);
        }
    }

    private static InferenceException cancelled(CancelReason why) {
        return InferenceException.of(
                ErrorCategory.CANCELLED,
                "the call was cancelled (" + why.name().toLowerCase(java.util.Locale.ROOT) + ")");
    }

    @Override
    public void event(InferenceEvent event) {
        if (outcome.get() != null) {
            return;
        }
        Receiver to = receiver();
        if (event instanceof InferenceEvent.Completed completed) {
            Outcome.Done done = new Outcome.Done(completed);
            if (outcome.compareAndSet(null, done)) {
                settled(done);
                to.event(event);
                to.end(null, false);
            }
        } else {
            to.event(event);
        }
    }

    @Override
    public void flushPoint() {
        if (outcome.get() == null) {
            receiver().flushPoint();
        }
    }

    @Override
    public void fail(InferenceException why) {
        Outcome.Failed failed = new Outcome.Failed(why);
        if (outcome.compareAndSet(null, failed)) {
            settled(failed);
            receiver().end(why, false);
        }
    }

    @Override
    public boolean readerWaits() {
        return receiver().readerWaits();
    }

    private Receiver receiver() {
        Receiver to = receiver;
        if (to == null) {
            throw new IllegalStateException("the source gave events before it was consumed");
        }
        return to;
    }

    /** Tells the listener the outcome, on the thread that settles it, or at once if it is settled. */
    void observe(Consumer<Outcome> listener) {
        Outcome known;
        synchronized (this) {
            known = outcome.get();
            if (known == null) {
                List<Consumer<Outcome>> all = listeners;
                if (all == null) {
                    all = new ArrayList<>(2);
                    listeners = all;
                }
                all.add(listener);
            }
        }
        if (known != null) {
            tell(listener, known);
        }
    }

    private void settled(Outcome known) {
        List<Consumer<Outcome>> all;
        synchronized (this) {
            all = listeners;
            listeners = null;
        }
        if (all != null) {
            all.forEach(listener -> tell(listener, known));
        }
    }

    private static void tell(Consumer<Outcome> listener, Outcome known) {
        try {
            listener.accept(known);
        } catch (RuntimeException e) {
            LOG.warn("outcome_listener_error", e);
        }
    }

    /** Runs user code where the call's delivery wants it; here and now if that place takes nothing more. */
    void deliver(Runnable task) {
        Executor on = executor();
        if (on == null) {
            task.run();
            return;
        }
        try {
            on.execute(task);
        } catch (RejectedExecutionException full) {
            LOG.warn("delivery_rejected: the executor of the call takes no task, its end is delivered on this thread");
            task.run();
        }
    }
}
