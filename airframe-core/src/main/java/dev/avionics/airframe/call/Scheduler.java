package dev.avionics.airframe.call;

import java.time.Duration;

/** Runs short tasks later; all waiting goes through it. Thread-safe. */
public interface Scheduler {
    /**
     * Runs a task once after a delay.
     *
     * @param task short, never blocks; what it throws is logged
     * @param delay zero or more
     * @return a handle to call it off
     */
    Handle schedule(Runnable task, Duration delay);

    /** A task that may be called off. */
    @FunctionalInterface
    interface Handle {
        /** Calls the task off; does nothing if it has run. */
        void cancel();
    }
}
