package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;

/**
 * Where the events of a stream come from. Made for one use.
 *
 * <p>After {@link #start} the source gives events to the sink, serially, on a thread of its own, as far as it was asked
 * for by {@link #request}. It may give the events of one frame more than asked for. It ends with a
 * {@link InferenceEvent.Completed} or with {@link Sink#fail}, whether asked for or not, and gives nothing after either or
 * after {@link #cancel}.
 */
public interface Source {
    /** Begins. Called once, before anything else, on the consumer's thread; must not block. */
    void start(Sink sink);

    /** Asks for {@code n} more events, at least 1. Any thread; {@code Long.MAX_VALUE} means all. */
    void request(long n);

    /** Gives up; the sink is told nothing more. Any thread; does nothing after the end. */
    void cancel(CancelReason why);

    /** The reader, who had asked for nothing, waits for events again: clocks that stood still go on. Any thread. */
    default void resumed() {}

    /** The tokens used up to here, guessed where the backend has not said; for calls that are given up. Any thread. */
    default Usage usageSoFar() {
        return Usage.absent();
    }

    /** What a source talks to. */
    interface Sink {
        /** The next event. */
        void event(InferenceEvent event);

        /** What was at hand has been given: a good moment to write it out. */
        void flushPoint();

        /** The answer failed. */
        void fail(InferenceException why);

        /** Whether the reader waits for events just now; while it does not, clocks stand still. Any thread. */
        default boolean readerWaits() {
            return true;
        }
    }
}
