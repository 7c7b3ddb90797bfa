package dev.avionics.gateway;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.Outcome;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tells one provider of its part of a call as if it were a call of its own: attempts counted from 1, one end. */
final class LegObserver implements CallObserver {
    private final CallObserver provider;
    private final AtomicBoolean over = new AtomicBoolean();
    private int number;

    LegObserver(CallObserver provider) {
        this.provider = provider;
    }

    @Override
    public void attemptStarted(int count, Target target) {
        number++;
        provider.attemptStarted(number, target);
    }

    @Override
    public void attemptFailed(int count, Target target, InferenceException why) {
        provider.attemptFailed(number, target, why);
    }

    @Override
    public void waiting(int count, Duration time, InferenceException why) {
        provider.waiting(number + 1, time, why);
    }

    @Override
    public void committed(int count, Target target) {
        provider.committed(number, target);
    }

    @Override
    public void malformedFrame(String excerpt) {
        provider.malformedFrame(excerpt);
    }

    @Override
    public void warning(String event, String detail) {
        provider.warning(event, detail);
    }

    @Override
    public void ended(Outcome outcome) {
        if (over.compareAndSet(false, true)) {
            provider.ended(outcome);
        }
    }
}
