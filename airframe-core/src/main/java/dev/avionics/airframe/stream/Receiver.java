package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import org.jspecify.annotations.Nullable;

/** The consumer's end of a flight. Events come serially; {@link #end} may come from any thread, once. */
interface Receiver {
    void event(InferenceEvent event);

    void flushPoint();

    /**
     * Nothing more comes.
     *
     * @param error why, or null after a {@link InferenceEvent.Completed}
     * @param cancelled whether the call was given up, so that what is at hand need not be delivered
     */
    void end(@Nullable Throwable error, boolean cancelled);

    default boolean readerWaits() {
        return true;
    }
}
