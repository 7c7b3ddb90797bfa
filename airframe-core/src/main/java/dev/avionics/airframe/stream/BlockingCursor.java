package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

final class BlockingCursor<E> implements EventCursor<E>, Receiver {
    private static final int REFILL = Drain.WINDOW - Drain.WINDOW / 4;

    private final Flight flight;
    private final Function<InferenceEvent, @Nullable E> view;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<InferenceEvent> queue = new ArrayDeque<>();
    private @Nullable Throwable error;
    private boolean ended;
    private boolean aborted;
    private volatile boolean waiting;
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
        lock.lock();
        try {
            queue.add(event);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void flushPoint() {
        if (waiting) {
            lock.lock();
            try {
                arrived.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void end(@Nullable Throwable why, boolean cancelled) {
        lock.lock();
        try {
            error = why;
            ended = true;
            aborted |= cancelled;
            arrived.signal();
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
            InferenceEvent event = await();
            if (event == null) {
                return false;
            }
            if (++taken == REFILL) {
                taken = 0;
                flight.request(REFILL);
            }
            next = view.apply(event);
        }
        return true;
    }

    private @Nullable InferenceEvent await() {
        lock.lock();
        try {
            while (!aborted && queue.isEmpty() && !ended) {
                if (TransportThread.isCurrent()) {
                    throw new IllegalStateException(
                            "a cursor blocks, and this is a transport thread: read it on a thread of your own");
                }
                waiting = true;
                flight.resumed();
                arrived.await();
            }
            waiting = false;
            InferenceEvent event = aborted ? null : queue.poll();
            if (event != null) {
                return event;
            }
            Throwable why = error;
            if (why instanceof InferenceException known) {
                throw known;
            }
            return null;
        } catch (InterruptedException e) {
            waiting = false;
            Thread.currentThread().interrupt();
            flight.cancel(CancelReason.CALLER);
            throw InferenceException.builder(ErrorCategory.CANCELLED, "interrupted while waiting for the answer")
                    .cause(e)
                    .build();
        } finally {
            lock.unlock();
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
    }
}
