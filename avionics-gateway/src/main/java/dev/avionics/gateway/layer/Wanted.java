package dev.avionics.gateway.layer;

import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Something scarce that a call needs, and waits for in one of the {@link WaitingLines}. */
interface Wanted<T> {
    /** Why a call does not get it. */
    enum Denial {
        /** As many wait as may. */
        FULL,
        /** It would come too late. */
        TOO_LATE
    }

    /** Tries to take it now. */
    CompletionStage<Turn<T>> take();

    /** Gives back what was taken for a call that needs it no more. */
    void takeBack(T taken);

    /**
     * The error for a call that does not get it.
     *
     * @param after when it may be worth while to ask again
     */
    InferenceException refuse(Denial why, Duration after);
}
