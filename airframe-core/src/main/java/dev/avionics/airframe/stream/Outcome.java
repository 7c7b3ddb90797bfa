package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;

/** How a call ended; known when its end was decoded, whether it was delivered or not. */
public sealed interface Outcome {
    /** The answer is whole. */
    record Done(InferenceEvent.Completed completed) implements Outcome {
        @Override
        public Usage usage() {
            return completed.usage();
        }
    }

    /** The call failed. */
    record Failed(InferenceException error) implements Outcome {
        @Override
        public Usage usage() {
            return error.usage();
        }
    }

    /** The call was given up; the usage is an estimate if the backend had not told it yet. */
    record Cancelled(CancelReason reason, Usage usage) implements Outcome {}

    /** The tokens that were used, as far as anybody knows. */
    Usage usage();
}
