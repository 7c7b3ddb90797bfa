package dev.avionics.contract;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for another process, which tells nobody when it is ready. */
final class Await {
    private static final long STEP_NANOS = 5_000_000;

    private Await() {}

    static void until(Duration atMost, BooleanSupplier condition, Supplier<String> state) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + atMost + ": " + state.get());
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
    }
}
