package dev.avionics.llm.service;

import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lets so many calls run at once; the others wait, those that came first go first. Never blocks. Thread-safe. */
final class CallSlots {
    private final Object lock = new Object();
    private final Deque<CompletableFuture<Permit>> waiting = new ArrayDeque<>();
    private int free;
    private boolean serving;
    private @Nullable Supplier<InferenceException> closed;

    /** The right to run, until it is given back. */
    final class Permit {
        private final AtomicBoolean held = new AtomicBoolean(true);

        /** Gives it back; any number of times. */
        void release() {
            if (held.compareAndSet(true, false)) {
                synchronized (lock) {
                    free++;
                }
                serve();
            }
        }
    }

    CallSlots(int most) {
        free = most;
    }

    /** A permit, when there is one. Cancelling the future gives the place in the queue up. */
    CompletableFuture<Permit> acquire() {
        CompletableFuture<Permit> place = new CompletableFuture<>();
        synchronized (lock) {
            if (closed != null) {
                return CompletableFuture.failedFuture(closed.get());
            }
            waiting.add(place);
        }
        place.whenComplete((permit, error) -> {
            if (error != null) {
                synchronized (lock) {
                    waiting.remove(place);
                }
            }
        });
        serve();
        return place;
    }

    /** Gives permits away, on one thread at a time: a call that ends at once brings the next one's turn, not a deeper stack. */
    private void serve() {
        while (true) {
            CompletableFuture<Permit> next;
            synchronized (lock) {
                if (serving || free == 0 || waiting.isEmpty()) {
                    return;
                }
                serving = true;
                next = waiting.remove();
                free--;
            }
            try {
                Permit permit = new Permit();
                if (!next.complete(permit)) {
                    permit.release();
                }
            } finally {
                synchronized (lock) {
                    serving = false;
                }
            }
        }
    }

    int free() {
        synchronized (lock) {
            return free;
        }
    }

    int waiting() {
        synchronized (lock) {
            return waiting.size();
        }
    }

    /** Refuses all who wait and all who come; permits that are out may still be given back. */
    void close(Supplier<InferenceException> why) {
        List<CompletableFuture<Permit>> refused;
        synchronized (lock) {
            closed = why;
            refused = new ArrayList<>(waiting);
            waiting.clear();
        }
        refused.forEach(place -> place.completeExceptionally(why.get()));
    }
}
