package dev.avionics.airframe.stream;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;

/** How a call ended; known when its end was decoded, whether it was delivered or not. */
public sealed interface Outcome {
    /** The answer is whole. */
    record Done(InferenceEvent.Completed completed) implements Outcome {
        public Done {
            requireNonNull(completed, "completed");
        }

        @Override
        public Usage usage() {
            return completed.usage();
        }
    }

    /** The call failed. */
    record Failed(InferenceException error) implements Outcome {
        public Failed {
            requireNonNull(error, "error");
        }

        @Override
        public Usage usage() {
            return error.usage();
        }
    }

    /** The call was given up; the usage is an estimate if the backend had not told it yet. */
    record Cancelled(CancelReason reason, Usage usage) implements Outcome {
        public Cancelled {
            requireNonNull(reason, "reason");
            requireNonNull(usage, "usage");
        }
    }

    /** The tokens that were used, as far as anybody knows. */
    Usage usage();
}
