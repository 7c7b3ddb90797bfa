package dev.avionics.testkit.leak;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for something to go away that tells nobody when it does. */
final class Polling {
    private static final long STEP_NANOS = 2_000_000;

    private Polling() {}

    /** Returns an empty list as soon as the supplier gives one, else what it gave last when the time was over. */
    static <T> List<T> untilEmpty(Supplier<List<T>> left, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        List<T> rest = left.get();
        while (!rest.isEmpty()
                && deadline - System.nanoTime() > 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(STEP_NANOS);
            rest = left.get();
        }
        return rest;
    }
}
