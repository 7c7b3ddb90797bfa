package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CancelReason;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries events from the source's thread to a subscriber, serially, one hop for each batch. Asks the source for a window
 * of events ahead of the subscriber's demand, and for more when most of the window was taken.
 */
final class Drain<E> implements Receiver, Flow.Subscription, Runnable {
    /** Events the source may give ahead of the reader. */
    static final int WINDOW = 256;

    private static final int REFILL = WINDOW - WINDOW / 4;
    private static final Logger LOG = LoggerFactory.getLogger(InferenceStream.class);

    private final Flight flight;
    private final @Nullable Executor executor;
    private final Function<InferenceEvent, @Nullable E> view;
    private final ConcurrentLinkedQueue<InferenceEvent> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger work = new AtomicInteger();
    private final AtomicLong demand = new AtomicLong();
    private final AtomicBoolean opened = new AtomicBoolean();
    private Flow.@Nullable Subscriber<? super E> subscriber;
    private @Nullable E next;
    private int taken;
    private volatile @Nullable Throwable error;
    private volatile boolean ended;
    private volatile boolean aborted;
    private volatile boolean left;

    Drain(Flight flight, Function<InferenceEvent, @Nullable E> view, Flow.Subscriber<? super E> subscriber) {
        this.flight = flight;
        this.executor = flight.executor();
        this.view = view;
        this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
        if (left) {
            return;
        }
        if (n <= 0) {
            error = new IllegalArgumentException("request: " + n + " (expected: >= 1)");
            left = true;
            flight.cancel(CancelReason.CALLER);
            aborted = true;
            schedule();
            return;
        }
        long before = demand.getAndUpdate(d -> d + n < 0 ? Long.MAX_VALUE : d + n);
        if (before == 0) {
            flight.begin();
            if (opened.compareAndSet(false, true)) {
                flight.request(WINDOW);
            } else {
                flight.resumed();
            }
        }
        schedule();
    }

    @Override
    public void cancel() {
        if (!left) {
            left = true;
            flight.cancel(CancelReason.CALLER);
            aborted = true;
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
    public void end(@Nullable Throwable why, boolean cancelled) {
        if (error == null && !left) {
            error = why;
        }
        ended = true;
        if (cancelled) {
            aborted = true;
        }
        schedule();
    }

    @Override
    public boolean readerWaits() {
        return demand.get() > 0;
    }

    private void schedule() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        if (executor == null) {
            run();
            return;
        }
        try {
            executor.execute(this);
        } catch (RejectedExecutionException full) {
            LOG.warn("delivery_rejected: the executor of the call takes no task; the call is cancelled");
            flight.cancel(CancelReason.SHUTDOWN);
            aborted = true;
            run();
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
        if (to == null) {
            queue.clear();
            return;
        }
        while (true) {
            if (aborted) {
                finish(to);
                return;
            }
            // Read before the queue: what was given before the end is in the queue then.
            boolean noMore = ended;
            if (next == null && !advance()) {
                if (noMore && queue.isEmpty()) {
                    finish(to);
                }
                return;
            }
            E element = next;
            if (element == null || demand.get() == 0) {
                return;
            }
            next = null;
            // Before onNext, which may ask for more: the reader must be seen waiting only when it is.
            demand.getAndUpdate(d -> d == Long.MAX_VALUE ? d : d - 1);
            try {
                to.onNext(element);
            } catch (RuntimeException | Error e) {
                LOG.warn("subscriber_error: onNext threw; the call is cancelled", e);
                left = true;
                flight.cancel(CancelReason.CALLER);
                aborted = true;
            }
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
            } catch (RuntimeException e) {
                error = e;
                flight.cancel(CancelReason.CALLER);
                aborted = true;
                return false;
            }
            if (next != null) {
                return true;
            }
        }
        return false;
    }

    private void finish(Flow.Subscriber<? super E> to) {
        // Lets go of the subscriber: a stream that is kept must not keep its reader.
        subscriber = null;
        next = null;
        queue.clear();
        Throwable why = error;
        boolean silent = left && !(why instanceof IllegalArgumentException);
        left = true;
        if (silent) {
            return;
        }
        try {
            if (why == null) {
                to.onComplete();
            } else {
                to.onError(why);
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("subscriber_error: the terminal signal threw", e);
        }
    }
}
