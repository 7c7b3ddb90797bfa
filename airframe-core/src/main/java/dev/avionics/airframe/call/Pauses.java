package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A scheduler for waits on which a call depends: closing it ends them at once, so that each call goes on, finds everything
 * closed, and fails. A wait that were dropped would leave its caller waiting for ever. Thread-safe.
 */
public final class Pauses implements Scheduler, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);

    private final Scheduler scheduler;
    private final Set<Pause> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Waits on the timers of a scheduler, which stays its owner's. */
    public Pauses(Scheduler scheduler) {
        this.scheduler = requireNonNull(scheduler, "scheduler");
    }

    /** As {@link Scheduler#schedule}; after {@link #close()} the task runs before this returns. */
    @Override
    public Handle schedule(Runnable task, Duration delay) {
        Pause pause = new Pause(task);
        running.add(pause);
        // Looked at after the entry: what comes too late for the one who closes is seen here.
        if (closed) {
            pause.end();
        } else {
            pause.runOn(scheduler.schedule(pause::end, delay));
        }
        return pause;
    }

    /** Ends all waits; their tasks run on this thread. */
    @Override
    public void close() {
        closed = true;
        for (Pause pause : running) {
            try {
                pause.end();
            } catch (RuntimeException e) {
                LOG.error("timer_task_error", e);
            }
        }
    }

    private final class Pause implements Handle {
        private final Runnable task;
        private final AtomicBoolean over = new AtomicBoolean();
        private volatile @Nullable Handle timer;

        Pause(Runnable task) {
            this.task = task;
        }

        void runOn(Handle handle) {
            timer = handle;
            if (over.get()) {
                handle.cancel();
            }
        }

        void end() {
            if (stop()) {
                task.run();
            }
        }

        @Override
        public void cancel() {
            stop();
        }

        private boolean stop() {
            if (!over.compareAndSet(false, true)) {
                return false;
            }
            running.remove(this);
            Handle set = timer;
            if (set != null) {
                set.cancel();
            }
            return true;
        }
    }
}
