package dev.avionics.airframe.call;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Is told what happens inside a call before anything is delivered: attempts, failures, waits; and how it ended.
 *
 * <p>Called on transport threads, serially for one call; must not block. What it throws is logged and has no effect on
 * the call. Every method does nothing by default.
 */
public interface CallObserver {
    /** Watches nothing. */
    CallObserver NONE = new CallObserver() {};

    /** An attempt begins. {@code number} counts from 1. */
    default void attemptStarted(int number, Target target) {}

    /** An attempt failed. */
    default void attemptFailed(int number, Target target, InferenceException why) {}

    /** After the last failure nothing is tried again, for this reason; {@code number} attempts were made. */
    default void notRetried(int number, RetryDenial why) {}

    /**
     * The head of an HTTP answer to the attempt that runs is there. An attempt of several requests has several.
     *
     * @param requestId the provider's own id of the request, or null if it tells none
     */
    default void answered(int status, @Nullable String requestId) {}

    /** The call waits before attempt {@code number}. */
    default void waiting(int number, Duration time, InferenceException why) {}

    /**
     * The first content of the answer is there, or its end, or the value: nothing is tried again from here on. Comes once more for each
     * target at which an answer that broke off goes on, where the program allows that.
     */
    default void committed(int number, Target target) {}

    /** A malformed frame was left out of the answer, as the call allows. {@code excerpt} is 200 characters at most. */
    default void malformedFrame(String excerpt) {}

    /** Something of note that is not an error, such as a model found under another tag. */
    default void warning(String event, String detail) {}

    /**
     * The call is over. The outcome of a call for a value, such as embeddings, has no usage if it went well: the value
     * has it.
     */
    default void ended(Outcome outcome) {}

    /**
     * The trace that the call belongs to, for its log lines: 32 hexadecimal digits; empty if this knows none, or none yet. Asked on any
     * thread.
     */
    default String traceId() {
        return "";
    }

    /** Tells both, this one first. */
    default CallObserver and(CallObserver other) {
        return new ObserverPair(this, other);
    }
}
