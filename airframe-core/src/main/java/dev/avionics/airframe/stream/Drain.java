package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries events from the source's thread to a subscriber, serially, one hop for each batch. Asks the source for a window
 * of events ahead of the subscriber's demand, and for more when most of the window was taken.
 *
 * <p>Whoever raises {@link #work} from 0 owns the subscriber until it is 0 again; what the owner alone touches is not
 * volatile. The thread that subscribes owns it first, so that nothing overtakes {@code onSubscribe}.
 */
final class Drain<E> implements Receiver, Flow.Subscription, Runnable {
    /** Events the source may give ahead of the reader. */
    static final int WINDOW = 256;

    private static final int REFILL = WINDOW - WINDOW / 4;
    private static final Logger LOG = LoggerFactory.getLogger(InferenceStream.class);

    // What stops the delivery, apart from an error to be told.
    private static final Object COMPLETE = new Object();
    private static final Object SILENCE = new Object();

    private final Flight flight;
    private final @Nullable Executor executor;
    private final Function<InferenceEvent, @Nullable E> view;
    private final EventQueue queue = new EventQueue();
    private final AtomicInteger work = new AtomicInteger(1);
    private final AtomicLong demand = new AtomicLong();
    private final AtomicBoolean opened = new AtomicBoolean();
    /** Null while elements are delivered; then COMPLETE, SILENCE or the error; SILENCE once it was told. */
    private final AtomicReference<@Nullable Object> stop = new AtomicReference<>();

    // Written before ended, read after it.
    private @Nullable InferenceException error;
    private volatile boolean ended;

    // The owner's.
    private Flow.@Nullable Subscriber<? super E> subscriber;
    private @Nullable E next;
    private int taken;

    Drain(Flight flight, Function<InferenceEvent, @Nullable E> view, Flow.Subscriber<? super E> subscriber) {
        this.flight = flight;
        this.executor = flight.executor();
        this.view = view;
        this.subscriber = subscriber;
    }

    /** Gives the subscriber its subscription, then what came meanwhile. Called once, after this became the receiver. */
    void start() {
        Flow.Subscriber<? super E> to = subscriber;
        if (to == null) {
            throw new IllegalStateException("started twice");
        }
        try {
            to.onSubscribe(this);
        } catch (Throwable e) {
            LOG.warn("subscriber_error: onSubscribe threw; the call is cancelled", e);
            quit(SILENCE);
        }
        if (work.decrementAndGet() != 0) {
            submit();
        }
    }

    @Override
    public void request(long n) {
        if (stop.get() != null) {
            return;
        }
        if (n <= 0) {
            quit(new IllegalArgumentException("request: " + n + " (expected: >= 1, rule 3.9)"));
            return;
        }
        if (demand.getAndUpdate(d -> d + n < 0 ? Long.MAX_VALUE : d + n) == 0) {
            if (opened.compareAndSet(false, true)) {
                flight.begin();
                flight.request(WINDOW);
            } else {
                flight.resumed();
            }
        }
        schedule();
    }

    @Override
    public void cancel() {
        // Also in place of an error that was not told yet: who left is told nothing more.
        if (stop.getAndSet(SILENCE) == null) {
            flight.cancel(CancelReason.CALLER);
            schedule();
        }
    }

    /** Stops from the reader's side. */
    private void quit(Object why) {
        if (stop.compareAndSet(null, why)) {
            flight.cancel(CancelReason.CALLER);
            schedule();
        }
    }

    @Override
    public void event(InferenceEvent event) {
        queue.add(event);
    }

    @Override
    public void flushPoint() {
        schedule();
    }

    @Override
    public void end(@Nullable InferenceException why, boolean cancelled) {
        if (cancelled) {
            stop.compareAndSet(null, why);
        } else {
            error = why;
            ended = true;
        }
        schedule();
    }

    @Override
    public boolean readerWaits() {
        return demand.get() > 0;
    }

    private void schedule() {
        if (work.getAndIncrement() == 0) {
            submit();
        }
    }

    private void submit() {
        if (executor == null) {
            run();
            return;
        }
        try {
            executor.execute(this);
        } catch (RejectedExecutionException full) {
            LOG.warn("delivery_rejected: the executor of the call takes no task; the call is cancelled");
            stop.compareAndSet(
                    null,
                    InferenceException.builder(ErrorCategory.REJECTED, "the executor of the call takes no task")
                            .origin(ErrorOrigin.CALLER)
                            .cause(full)
                            .build());
            flight.cancel(CancelReason.SHUTDOWN);
            Flight.elsewhere(this);
        }
    }

    @Override
    public void run() {
        int missed = 1;
        do {
            deliver();
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void deliver() {
        Flow.Subscriber<? super E> to = subscriber;
        while (to != null && stop.get() == null) {
            // Read before the queue: what was given before the end is in the queue then.
            boolean noMore = ended;
            if (next == null && !advance()) {
                if (!noMore) {
                    break;
                }
                InferenceException why = error;
                stop.compareAndSet(null, why == null ? COMPLETE : why);
                break;
            }
            E element = next;
            if (element == null || demand.get() == 0) {
                break;
            }
            next = null;
            // Before onNext, which may ask for more: the reader must be seen waiting only when it is.
            if (demand.get() != Long.MAX_VALUE) {
                demand.getAndDecrement();
            }
            try {
                to.onNext(element);
            } catch (Throwable e) {
                LOG.warn("subscriber_error: onNext threw; the call is cancelled", e);
                quit(SILENCE);
            }
        }
        if (stop.get() != null) {
            finish();
        }
    }

    /** Finds the next element, leaving out events without one in this view; false if there is none at hand. */
    private boolean advance() {
        for (InferenceEvent event = queue.poll(); event != null; event = queue.poll()) {
            if (++taken == REFILL) {
                taken = 0;
                flight.request(REFILL);
            }
            try {
                next = view.apply(event);
            } catch (Throwable e) {
                quit(e);
                return false;
            }
            if (next != null) {
                return true;
            }
            if (stop.get() != null) {
                return false;
            }
        }
        return false;
    }

    private void finish() {
        next = null;
        queue.clear();
        Flow.Subscriber<? super E> to = subscriber;
        // Lets go of the subscriber: a stream that is kept must not keep its reader.
        subscriber = null;
        Object why = stop.getAndSet(SILENCE);
        if (to == null || why == SILENCE) {
            return;
        }
        try {
            if (why instanceof Throwable thrown) {
                to.onError(thrown);
            } else {
                to.onComplete();
            }
        } catch (Throwable e) {
            LOG.warn("subscriber_error: the terminal signal threw", e);
        }
    }
}
