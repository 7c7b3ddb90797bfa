package dev.avionics.airframe.stream;

import java.util.Iterator;

/**
 * Reads a stream one element after the other and blocks until the next is there. For one thread at a time.
 *
 * @param <E> the elements
 */
public interface EventCursor<E> extends Iterator<E>, AutoCloseable {
    /**
     * Whether there is another element; blocks until that is known.
     *
     * @throws dev.avionics.airframe.error.InferenceException if the answer failed; with category CANCELLED if it was
     *     cancelled or the thread was interrupted, whose flag stays set
     * @throws IllegalStateException on a transport thread, which must not block
     */
    @Override
    boolean hasNext();

    /** The next element; blocks as {@link #hasNext} does. */
    @Override
    E next();

    /** Cancels the call if it has not ended. */
    @Override
    void close();
}
