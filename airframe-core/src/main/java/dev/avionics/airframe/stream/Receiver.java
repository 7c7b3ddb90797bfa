package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.InferenceException;
import org.jspecify.annotations.Nullable;

/** The consumer's end of a flight. Events come serially; {@link #end} may come from any thread, once. */
interface Receiver {
    /** Takes the place of a receiver that was told the end, so that a stream that is kept does not keep its reader. */
    Receiver NOBODY = new Receiver() {
        @Override
        public void event(InferenceEvent event) {}

        @Override
        public void flushPoint() {}

        @Override
        public void end(@Nullable InferenceException error, boolean cancelled) {}

        @Override
        public boolean readerWaits() {
            return false;
        }
    };

    void event(InferenceEvent event);

    void flushPoint();

    /**
     * Nothing more comes.
     *
     * @param error why, or null after a {@link InferenceEvent.Completed}
     * @param cancelled whether the call was given up, so that what is at hand need not be delivered; it may come while
     *     an event is being given then
     */
    void end(@Nullable InferenceException error, boolean cancelled);

    default boolean readerWaits() {
        return true;
    }
}
