package dev.avionics.testkit.backend;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A door in a script that a test opens: the backend waits in front of it, so that a test needs no pause to meet a phase.
 *
 * <p>A gate opens once and stays open. It may stand in several replies; all of them pass when it opens. Any thread may
 * use it.
 */
public final class Gate {
    private final String name;
    private final CompletableFuture<Void> open = new CompletableFuture<>();
    private final Object lock = new Object();
    private final AtomicInteger arrivals = new AtomicInteger();

    private Gate(String name) {
        this.name = name;
    }

    /** Returns a closed gate. */
    public static Gate create() {
        return new Gate("gate");
    }

    /** Returns a closed gate with a name for messages. */
    public static Gate named(String name) {
        return new Gate(requireNonNull(name, "name"));
    }

    /** Opens the gate. Opening it again does nothing. */
    public void open() {
        open.complete(null);
    }

    /** Says whether the gate was opened. */
    public boolean isOpen() {
        return open.isDone();
    }

    /** Returns how many replies have come to this gate so far, waiting or passed. */
    public int arrivals() {
        return arrivals.get();
    }

    /**
     * Waits until that many replies have come to this gate.
     *
     * @throws AssertionError when they have not within the time
     */
    public void awaitArrivals(int count, Duration timeout) {
        Waiting.until(
                lock,
                timeout,
                () -> arrivals.get() >= count,
                () -> "gate '" + name + "' has seen " + arrivals.get() + " replies, expected " + count);
    }

    void arrive() {
        synchronized (lock) {
            arrivals.incrementAndGet();
            lock.notifyAll();
        }
    }

    CompletableFuture<Void> opened() {
        return open;
    }

    @Override
    public String toString() {
        return "Gate[" + name + (isOpen() ? ", open]" : ", closed]");
    }
}
