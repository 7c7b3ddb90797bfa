package dev.avionics.contract.state;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a server that is in another process, and has a clock of its own. */
final class RealTime {
    private static final Duration MOST = Duration.ofSeconds(60);

    private RealTime() {}

    static void pass(Duration time) {
        long begun = System.nanoTime();
        for (long left = time.toNanos(); left > 0; left = time.toNanos() - (System.nanoTime() - begun)) {
            LockSupport.parkNanos(left);
        }
    }

    static void until(BooleanSupplier condition) {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begun > MOST.toNanos()) {
                throw new AssertionError("not within " + MOST);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }
}
