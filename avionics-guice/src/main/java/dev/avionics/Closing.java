package dev.avionics;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was made and has to be closed, the last first. Thread-safe. */
@Singleton
final class Closing {
    private final Deque<AutoCloseable> made = new ArrayDeque<>();
    private boolean closed;

    @Inject
    Closing() {}

    /**
     * Closes something with all the rest.
     *
     * @return what was given
     * @throws IllegalStateException if all is closed already; what was given is closed then
     */
    <C extends AutoCloseable> C later(C resource) {
        synchronized (made) {
            if (!closed) {
                made.push(resource);
                return resource;
            }
        }
        IllegalStateException late = new IllegalStateException("closed");
        close(resource, late);
        throw late;
    }

    /** Closes all; may be called twice. */
    void close() {
        IllegalStateException failed = new IllegalStateException("not everything could be closed");
        while (true) {
            AutoCloseable next;
            synchronized (made) {
                closed = true;
                next = made.poll();
            }
            if (next == null) {
                break;
            }
            close(next, failed);
        }
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }

    private static void close(AutoCloseable resource, IllegalStateException told) {
        try {
            resource.close();
        } catch (Exception e) {
            told.addSuppressed(e);
        }
    }
}
