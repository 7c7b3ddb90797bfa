package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import java.lang.invoke.VarHandle;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes the lock only to fall asleep and to wake: events pass through the queue. */
final class BlockingCursor<E> implements EventCursor<E>, Receiver {
    private static final int REFILL = Drain.WINDOW - Drain.WINDOW / 4;

    private final Flight flight;
    private final Function<InferenceEvent, @Nullable E> view;
    private final EventQueue queue = new EventQueue();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private volatile boolean waiting;

    // Written before ended, read after it.
    private @Nullable InferenceException error;
    private volatile boolean ended;
    // What is at hand is not delivered any more.
    private volatile boolean aborted;

    // The reader's.
    private @Nullable E next;
    private int taken;

    BlockingCursor(Flight flight, Function<InferenceEvent, @Nullable E> view) {
        this.flight = flight;
        this.view = view;
    }

    void start() {
        flight.begin();
        flight.request(Drain.WINDOW);
    }

    @Override
    public void event(InferenceEvent event) {
        queue.add(event);
    }

    @Override
    public void flushPoint() {
        // The reader says that it waits, then looks for events; here they come first, then the look whether it waits.
        VarHandle.fullFence();
        if (waiting) {
            wake();
        }
    }

    @Override
    public void end(@Nullable InferenceException why, boolean cancelled) {
        error = why;
        if (cancelled) {
            aborted = true;
        }
        ended = true;
        wake();
    }

    private void wake() {
        lock.lock();
        try {
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean readerWaits() {
        return waiting;
    }

    @Override
    public boolean hasNext() {
        while (next == null) {
            InferenceEvent event = take();
            if (event == null) {
                return false;
            }
            if (++taken == REFILL) {
                taken = 0;
                flight.request(REFILL);
            }
            try {
                next = view.apply(event);
            } catch (RuntimeException | Error e) {
                close();
                throw e;
            }
        }
        return true;
    }

    /** The next event, or null after the last. */
    private @Nullable InferenceEvent take() {
        if (TransportThread.isCurrent()) {
            throw new IllegalStateException(
                    "a cursor blocks, and this is a transport thread: read it on a thread of your own");
        }
        while (true) {
            if (aborted) {
                queue.clear();
                InferenceException why = ended ? error : null;
                throw why != null ? why : InferenceException.of(ErrorCategory.CANCELLED, "the cursor was closed");
            }
            // Read before the queue: what was given before the end is in the queue then.
            boolean noMore = ended;
            InferenceEvent event = queue.poll();
            if (event != null) {
                return event;
            }
            if (noMore) {
                if (error != null) {
                    throw error;
                }
                return null;
            }
            pause();
        }
    }

    private void pause() {
        waiting = true;
        // Without the lock: a source may give events while it holds a lock of its own.
        flight.resumed();
        try {
            lock.lockInterruptibly();
            try {
                while (queue.isEmpty() && !ended && !aborted) {
                    arrived.await();
                }
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            flight.cancel(CancelReason.CALLER);
            throw InferenceException.builder(ErrorCategory.CANCELLED, "interrupted while waiting for the answer")
                    .cause(e)
                    .build();
        } finally {
            waiting = false;
        }
    }

    @Override
    public E next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the answer is over");
        }
        E element = next;
        next = null;
        if (element == null) {
            throw new NoSuchElementException("the answer is over");
        }
        return element;
    }

    @Override
    public void close() {
        flight.cancel(CancelReason.CALLER);
        aborted = true;
        wake();
    }
}
