package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Events from one thread to another, in pieces of some at a time: neither side waits for the other, nor do they compete
 * for a memory cell. One adds at a time, and one takes at a time; each hands its side on with everything it did.
 */
final class EventQueue {
    private static final int PIECE = 32;

    private static final class Piece {
        private final AtomicReferenceArray<@Nullable InferenceEvent> events = new AtomicReferenceArray<>(PIECE);
        private final AtomicReference<@Nullable Piece> next = new AtomicReference<>();
    }

    // Who adds.
    private Piece last = new Piece();
    private int added;

    // Who takes.
    private Piece first = last;
    private int taken;

    void add(InferenceEvent event) {
        if (added == PIECE) {
            Piece fresh = new Piece();
            last.next.setRelease(fresh);
            last = fresh;
            added = 0;
        }
        last.events.setRelease(added++, event);
    }

    /** The next event, or null if there is none now. */
    @Nullable
    InferenceEvent poll() {
        if (taken == PIECE) {
            Piece next = first.next.getAcquire();
            if (next == null) {
                return null;
            }
            first = next;
            taken = 0;
        }
        InferenceEvent event = first.events.getAcquire(taken);
        if (event != null) {
            first.events.setPlain(taken++, null);
        }
        return event;
    }

    /** Whether there is none now; for who takes. */
    boolean isEmpty() {
        if (taken < PIECE) {
            return first.events.getAcquire(taken) == null;
        }
        Piece next = first.next.getAcquire();
        return next == null || next.events.getAcquire(0) == null;
    }

    /** Drops what there is now; for who takes. */
    void clear() {
        while (poll() != null) {
            // Dropped.
        }
    }
}
