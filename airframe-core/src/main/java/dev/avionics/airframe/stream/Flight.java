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
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One use of a source: who consumes it, and how it ended. The end is one compare-and-set: the first of a decoded terminal,
 * a failure and a cancel wins. No lock is held while a source, a receiver or a listener is called.
 */
final class Flight implements Source.Sink {
    private static final Logger LOG = LoggerFactory.getLogger(InferenceStream.class);

    // Phases of the source. STOPPED: it was told the cancel, which happens at most once and never before it was
    // started.
    private static final int NEW = 0;
    private static final int STARTING = 1;
    private static final int STARTED = 2;
    private static final int STOPPED = 3;

    private final CallContext context;
    private final Source source;
    private final AtomicInteger phase = new AtomicInteger(NEW);
    private final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
    // Null until the stream is consumed, NOBODY after the consumer was told the end.
    private final AtomicReference<@Nullable Receiver> receiver = new AtomicReference<>();
    private @Nullable List<Consumer<Outcome>> listeners;

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
        if (!receiver.compareAndSet(null, by)) {
            return false;
        }
        if (outcome.get() instanceof Outcome.Cancelled before) {
            tellCancelled(before);
        }
        return true;
    }

    /** Starts the source, once, unless the call was given up before. */
    void begin() {
        if (outcome.get() != null || !phase.compareAndSet(NEW, STARTING)) {
            return;
        }
        try {
            source.start(this);
        } catch (Throwable e) {
            broken("the call could not be started", e);
        }
        phase.set(STARTED);
        stopIfCancelled();
    }

    void request(long n) {
        if (outcome.get() != null) {
            return;
        }
        try {
            source.request(n);
        } catch (RuntimeException e) {
            broken("the source took no request", e);
        }
    }

    void resumed() {
        if (outcome.get() != null) {
            return;
        }
        try {
            source.resumed();
        } catch (RuntimeException e) {
            broken("the source could not go on", e);
        }
    }

    /** The tokens used, from the end if there is one. */
    Usage usageSoFar() {
        Outcome known = outcome.get();
        if (known != null) {
            return known.usage();
        }
        if (phase.get() == NEW) {
            return Usage.absent();
        }
        try {
            return source.usageSoFar();
        } catch (RuntimeException e) {
            LOG.warn("source_error: no usage", e);
            return Usage.absent();
        }
    }

    void cancel(CancelReason why) {
        if (outcome.get() != null) {
            return;
        }
        Outcome.Cancelled mine = new Outcome.Cancelled(why, usageSoFar());
        if (!outcome.compareAndSet(null, mine)) {
            return;
        }
        stopIfCancelled();
        settled(mine);
        tellCancelled(mine);
    }

    /** Passes a cancel on. Called after the cancel and after the start: the later of the two finds both done. */
    private void stopIfCancelled() {
        if (outcome.get() instanceof Outcome.Cancelled c && phase.compareAndSet(STARTED, STOPPED)) {
            stop(c.reason());
        }
    }

    private void stop(CancelReason why) {
        try {
            source.cancel(why);
        } catch (RuntimeException e) {
            LOG.warn("source_error: cancel threw", e);
        }
    }

    /** Called after the cancel and after the consumption: the later of the two finds both done. */
    private void tellCancelled(Outcome.Cancelled c) {
        Receiver to = receiver.get();
        if (to != null && to != Receiver.NOBODY && receiver.compareAndSet(to, Receiver.NOBODY)) {
            to.end(cancelled(c), true);
        }
    }

    private static InferenceException cancelled(Outcome.Cancelled c) {
        String reason = c.reason().name().toLowerCase(Locale.ROOT);
        return InferenceException.builder(ErrorCategory.CANCELLED, "the call was cancelled (" + reason + ")")
                .usage(c.usage())
                .build();
    }

    /** Ends the call because the source threw; it may be running, and is told to stop. */
    private void broken(String what, Throwable e) {
        InferenceException why = e instanceof InferenceException known
                ? known
                : InferenceException.builder(ErrorCategory.REJECTED, what + ": " + e)
                        .origin(ErrorOrigin.US)
                        .cause(e)
                        .build();
        if (!failed(why)) {
            LOG.warn("source_error: {}, after the end of the call", what, e);
        } else if (phase.compareAndSet(STARTED, STOPPED)) {
            stop(CancelReason.SUPERSEDED);
        }
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
                receiver.set(Receiver.NOBODY);
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
        failed(why);
    }

    private boolean failed(InferenceException why) {
        Outcome.Failed failed = new Outcome.Failed(why);
        if (!outcome.compareAndSet(null, failed)) {
            return false;
        }
        settled(failed);
        Receiver to = receiver();
        receiver.set(Receiver.NOBODY);
        to.end(why, false);
        return true;
    }

    @Override
    public boolean readerWaits() {
        return receiver().readerWaits();
    }

    private Receiver receiver() {
        Receiver to = receiver.get();
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
        } catch (RuntimeException | Error e) {
            // The end must reach the consumer whatever a listener does.
            LOG.warn("outcome_listener_error", e);
        }
    }

    /** Runs user code where the call's delivery wants it, or elsewhere if that place takes nothing more. */
    void deliver(Runnable task) {
        Executor on = executor();
        if (on == null) {
            task.run();
            return;
        }
        try {
            on.execute(task);
        } catch (RejectedExecutionException full) {
            LOG.warn("delivery_rejected: the executor of the call takes no task, its end is delivered elsewhere");
            elsewhere(task);
        }
    }

    /** Runs user code on a thread that nobody shut down: this one may carry connections. */
    static void elsewhere(Runnable task) {
        new CompletableFuture<Void>().defaultExecutor().execute(task);
    }
}
