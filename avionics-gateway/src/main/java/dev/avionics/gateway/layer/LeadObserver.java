package dev.avionics.gateway.layer;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Tells the one who leads of the attempts for as long as it reads; its end it is told by its own stream. */
final class LeadObserver implements CallObserver {
    private final CallObserver observer;
    private final BooleanSupplier left;

    LeadObserver(CallObserver observer, BooleanSupplier left) {
        this.observer = observer;
        this.left = left;
    }

    private void tell(Runnable what) {
        if (!left.getAsBoolean()) {
            what.run();
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
}
