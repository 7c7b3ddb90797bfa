package dev.avionics.testkit.stack;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Keeps what a call's observer is told. */
final class Diary implements CallObserver {
    final List<InferenceException> failures = new CopyOnWriteArrayList<>();
    final BlockingQueue<Duration> waits = new LinkedBlockingQueue<>();
    volatile int attempts;
    volatile Runnable onCommit = () -> {};
    volatile Runnable onFailure = () -> {};

    @Override
    public void attemptStarted(int number, Target target) {
        attempts = number;
    }

    @Override
    public void attemptFailed(int number, Target target, InferenceException why) {
        failures.add(why);
        onFailure.run();
    }

    @Override
    public void waiting(int number, Duration time, InferenceException why) {
        waits.add(time);
    }

    @Override
    public void committed(int number, Target target) {
        onCommit.run();
    }

    /** The next wait between two attempts. */
    Duration awaitWait() throws InterruptedException {
        Duration wait = waits.poll(Chat.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (wait == null) {
            throw new AssertionError("the call does not wait; failures: " + failures);
        }
        return wait;
    }
}
