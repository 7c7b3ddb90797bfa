package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;

/**
 * Where the events of a stream come from. Made for one use.
 *
 * <p>After {@link #start} the source gives events to the sink, serially, each before the next in memory order too, on a
 * thread of its own, as far as it was asked for by {@link #request}. It may give the events of one frame more than asked
 * for, and counts them against what is asked for next. It calls {@link Sink#flushPoint} before it waits for anything, be
 * it bytes or another request. It ends with a {@link InferenceEvent.Completed} or with {@link Sink#fail}, whether asked for
 * or not, and begins nothing after either or after {@link #cancel}; what crosses the cancel is dropped.
 *
 * <p>{@link #request}, {@link #cancel} and {@link #resumed} may be called from within the sink's methods. They must not
 * block. What a method throws ends the stream.
 */
public interface Source {
    /** Begins. Called once, before anything else, on the consumer's thread; must not block. */
    void start(Sink sink);

    /**
     * Asks for {@code n} more events, at least 1. Any thread; {@code Long.MAX_VALUE} means all. Sums above it are all, too.
     */
    void request(long n);

    /** Gives up; the sink is told nothing more. Any thread; once, after {@link #start}; does nothing after the end. */
    void cancel(CancelReason why);

    /**
     * The reader, who had asked for nothing, waits for events again: clocks that stood still go on. Any thread; comes as
     * often as a reader asks one by one, so it is cheap when no clock stands still. A source that stops its clocks says so
     * to itself first and then asks {@link Sink#readerWaits} once more, else it may miss this call.
     */
    default void resumed() {}

    /** The tokens used up to here, guessed where the backend has not said; for calls that are given up. Any thread. */
    default Usage usageSoFar() {
        return Usage.absent();
    }

    /** What a source talks to. */
    interface Sink {
        /** The next event. */
        void event(InferenceEvent event);

        /** What was at hand has been given: until now it may be held back, now it is delivered. */
        void flushPoint();

        /** The answer failed. Serial with the events. */
        void fail(InferenceException why);

        /** Whether the reader waits for events just now; while it does not, clocks stand still. Any thread. */
        default boolean readerWaits() {
            return true;
        }
    }
}
