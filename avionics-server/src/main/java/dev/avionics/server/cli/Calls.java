package dev.avionics.server.cli;

import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What is under way, to be given up when the user says so. Thread-safe. */
final class Calls {
    /** How long the end of the program waits for the connections to be closed. */
    private static final long PATIENCE_MILLIS = 1500;

    private final Set<InferenceStream<?>> streams = ConcurrentHashMap.newKeySet();
    private final Set<AutoCloseable> resources = ConcurrentHashMap.newKeySet();
    private volatile boolean shuttingDown;

    /** Keeps a stream in mind until it has ended. */
    void add(InferenceStream<?> stream) {
        streams.add(stream);
        InferenceStream<?> unused = stream.observe(outcome -> streams.remove(stream));
        if (shuttingDown) {
            stream.cancel(CancelReason.CALLER);
        }
    }

    /** Keeps something in mind that must be closed when a signal ends the program. */
    void add(AutoCloseable resource) {
        resources.add(resource);
    }

    void remove(AutoCloseable resource) {
        resources.remove(resource);
    }

    /** Gives up every answer under way. */
    void cancelAll() {
        streams.forEach(stream -> stream.cancel(CancelReason.CALLER));
    }

    /** Gives up everything, and waits a moment until the backends have been told. */
    void shutDown() {
        shuttingDown = true;
        cancelAll();
        if (resources.isEmpty()) {
            return;
        }
        // Closing may wait for a model in the process, which looks up only at its next token.
        Thread closing = new Thread(() -> resources.forEach(Calls::close), "avionics-close");
        closing.setDaemon(true);
        closing.start();
        try {
            TimeUnit.MILLISECONDS.timedJoin(closing, PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void close(AutoCloseable resource) {
        try {
            resource.close();
        } catch (Exception e) {
            // The process ends now, and the system takes back what is still open.
            System.getLogger(Calls.class.getName()).log(System.Logger.Level.DEBUG, "close failed", e);
        }
    }
}
