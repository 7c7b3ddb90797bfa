package dev.avionics.airframe.call;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

record ObserverPair(CallObserver first, CallObserver second) implements CallObserver {
    ObserverPair {
        // Each for itself: the second is told whatever the first throws.
        first = GuardedObserver.of(first);
        second = GuardedObserver.of(second);
    }

    @Override
    public void attemptStarted(int number, Target target) {
        first.attemptStarted(number, target);
        second.attemptStarted(number, target);
    }

    @Override
    public void attemptFailed(int number, Target target, InferenceException why) {
        first.attemptFailed(number, target, why);
        second.attemptFailed(number, target, why);
    }

    @Override
    public void notRetried(int number, RetryDenial why) {
        first.notRetried(number, why);
        second.notRetried(number, why);
    }

    @Override
    public void answered(int status, @Nullable String requestId) {
        first.answered(status, requestId);
        second.answered(status, requestId);
    }

    @Override
    public void waiting(int number, Duration time, InferenceException why) {
        first.waiting(number, time, why);
        second.waiting(number, time, why);
    }

    @Override
    public void committed(int number, Target target) {
        first.committed(number, target);
        second.committed(number, target);
    }

    @Override
    public void malformedFrame(String excerpt) {
        first.malformedFrame(excerpt);
        second.malformedFrame(excerpt);
    }

    @Override
    public void warning(String event, String detail) {
        first.warning(event, detail);
        second.warning(event, detail);
    }

    @Override
    public void ended(Outcome outcome) {
        first.ended(outcome);
        second.ended(outcome);
    }
}
