package dev.avionics.airframe.call;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what an observer throws away from the call. */
final class GuardedObserver implements CallObserver {
    private static final Logger LOG = LoggerFactory.getLogger(CallObserver.class);

    private final CallObserver observer;

    private GuardedObserver(CallObserver observer) {
        this.observer = observer;
    }

    static CallObserver of(CallObserver observer) {
        boolean safe = observer == NONE || observer instanceof GuardedObserver || observer instanceof ObserverPair;
        return safe ? observer : new GuardedObserver(observer);
    }

    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (Throwable e) {
            LOG.warn("observer_error: an observer of a call threw", e);
        }
    }

    @Override
    public void attemptStarted(int number, Target target) {
        tell(() -> observer.attemptStarted(number, target));
    }

    @Override
    public void attemptFailed(int number, Target target, InferenceException why) {
        tell(() -> observer.attemptFailed(number, target, why));
    }

    @Override
    public void notRetried(int number, RetryDenial why) {
        tell(() -> observer.notRetried(number, why));
    }

    @Override
    public void answered(int status, @Nullable String requestId) {
        tell(() -> observer.answered(status, requestId));
    }

    @Override
    public void waiting(int number, Duration time, InferenceException why) {
        tell(() -> observer.waiting(number, time, why));
    }

    @Override
    public void committed(int number, Target target) {
        tell(() -> observer.committed(number, target));
    }

    @Override
    public void malformedFrame(String excerpt) {
        tell(() -> observer.malformedFrame(excerpt));
    }

    @Override
    public void warning(String event, String detail) {
        tell(() -> observer.warning(event, detail));
    }

    @Override
    public void ended(Outcome outcome) {
        tell(() -> observer.ended(outcome));
    }

    @Override
    public String toString() {
        return String.valueOf(observer);
    }
}
