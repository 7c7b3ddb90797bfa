package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Scheduler;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lines of calls that wait for something scarce, each line by its name; first come, first served. Who comes when nobody waits tries
 * at once; who is refused waits, and who comes later stands behind it. Only the first of a line tries again: when its time has come,
 * or when somebody says that something became free. Thread-safe; no call is delivered while a lock is held.
 */
final class WaitingLines {
    /** No line is asked about more often, unless something became free. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final Scheduler scheduler;
    private final int most;
    private final AtomicLong arrivals = new AtomicLong();
    /** Counts what became free in any line: who was refused just before, and stands only now, sees it by this. */
    private final AtomicLong frees = new AtomicLong();

    private final Map<String, Line> lines = new ConcurrentHashMap<>();

    /**
     * Lines with nobody in them.
     *
     * @param most how many may wait in each
     */
    WaitingLines(Scheduler scheduler, int most) {
        this.scheduler = requireNonNull(scheduler, "scheduler");
        this.most = most;
    }

    /** The waiters of one name by their arrival; guarded by itself. */
    private static final class Line {
        private final String name;
        private final TreeMap<Long, Waiter<?>> waiters = new TreeMap<>();
        private Scheduler.@Nullable Handle timer;
        /** The last word on when a try may do better. */
        private Duration again = SHORTEST;
        /** Whether the first one's try has no answer yet. */
        private boolean trying;
        /** Whether something became free since that try began. */
        private boolean freed;
        /** Once it is empty, another one takes its place. */
        private boolean gone;

        Line(String name) {
            this.name = name;
        }

        boolean isFirst(Waiter<?> waiter) {
            return !waiters.isEmpty() && waiters.firstKey() == waiter.arrival;
        }
    }

    private static final class Waiter<T> {
        private final long arrival;
        private final Wanted<T> wanted;
        private final Duration longest;
        private final CompletableFuture<T> coming = new CompletableFuture<>();

        Waiter(long arrival, Wanted<T> wanted, Duration longest) {
            this.arrival = arrival;
            this.wanted = wanted;
            this.longest = longest;
        }

        CompletableFuture<Turn<T>> take() {
            try {
                return wanted.take().toCompletableFuture();
            } catch (RuntimeException broken) {
                return CompletableFuture.failedFuture(broken);
            }
        }

        /** Delivers what a try gave; false if it gave nothing. */
        boolean served(@Nullable Turn<T> turn, @Nullable Throwable failure) {
            T taken = turn == null ? null : turn.taken();
            if (taken != null) {
                if (!coming.complete(taken)) {
                    wanted.takeBack(taken);
                }
                return true;
            }
            if (failure != null) {
                Throwable cause = failure.getCause();
                coming.completeExceptionally(failure instanceof CompletionException && cause != null ? cause : failure);
                return true;
            }
            return false;
        }

        void refuse(Wanted.Denial why, Duration after) {
            if (!coming.isDone()) {
                coming.completeExceptionally(wanted.refuse(why, after));
            }
        }
    }

    /**
     * Takes something, or waits for it.
     *
     * @param longest how long the call may wait; zero or less for not at all
     */
    <T> Admission<T> enter(String name, Wanted<T> wanted, Duration longest) {
        Waiter<T> waiter = new Waiter<>(arrivals.getAndIncrement(), wanted, longest);
        if (lines.containsKey(name)) {
            // Somebody waits: it would not be fair to try before.
            stand(name, waiter, null, 0);
        } else {
            long before = frees.get();
            waiter.take().whenComplete((turn, failure) -> {
                if (!waiter.served(turn, failure)) {
                    stand(name, waiter, turn.again(), before);
                }
            });
        }
        return new Admission<>(waiter.coming, wanted::takeBack);
    }

    /** Whether anybody waits in a line. */
    boolean isWaiting(String name) {
        return lines.containsKey(name);
    }

    /** Something became free: the first of the line tries at once. */
    void freed(String name) {
        frees.incrementAndGet();
        Line line = lines.get(name);
        if (line != null) {
            serve(line);
        }
    }

    /**
     * Puts a call into its line.
     *
     * @param again when it may try again; null if it did not try yet
     * @param before what was free before it tried
     */
    private void stand(String name, Waiter<?> waiter, @Nullable Duration again, long before) {
        if (waiter.coming.isDone()) {
            return;
        }
        if (again != null && waiter.longest.compareTo(again) < 0) {
            waiter.refuse(Wanted.Denial.TOO_LATE, again);
            return;
        }
        while (true) {
            Line line = lines.computeIfAbsent(name, Line::new);
            boolean full;
            boolean impatient;
            boolean tryNow = false;
            Duration after;
            synchronized (line) {
                if (line.gone) {
                    continue;
                }
                if (again != null && line.waiters.isEmpty()) {
                    line.again = again;
                }
                after = line.again;
                impatient = waiter.longest.isZero() || waiter.longest.isNegative();
                full = line.waiters.size() >= most;
                if (!full && !impatient) {
                    line.waiters.put(waiter.arrival, waiter);
                    if (line.isFirst(waiter) && !line.trying) {
                        tryNow = again == null || frees.get() != before;
                        if (!tryNow) {
                            arm(line, requireNonNull(again));
                        }
                    }
                } else {
                    endIfEmpty(line);
                }
            }
            if (impatient || full) {
                waiter.refuse(impatient ? Wanted.Denial.TOO_LATE : Wanted.Denial.FULL, after);
                return;
            }
            Scheduler.Handle patience = scheduler.schedule(() -> outOfPatience(line, waiter), waiter.longest);
            waiter.coming.whenComplete((taken, error) -> {
                patience.cancel();
                leave(line, waiter);
            });
            if (tryNow) {
                serve(line);
            }
            return;
        }
    }

    private static void outOfPatience(Line line, Waiter<?> waiter) {
        Duration after;
        synchronized (line) {
            after = line.again;
        }
        waiter.refuse(Wanted.Denial.TOO_LATE, after);
    }

    private void leave(Line line, Waiter<?> waiter) {
        boolean next;
        synchronized (line) {
            next = line.isFirst(waiter) && !line.trying;
            line.waiters.remove(waiter.arrival);
            endIfEmpty(line);
        }
        if (next) {
            serve(line);
        }
    }

    private void endIfEmpty(Line line) {
        if (line.waiters.isEmpty()) {
            line.gone = true;
            lines.remove(line.name, line);
            disarm(line);
        }
    }

    private void arm(Line line, Duration again) {
        disarm(line);
        line.again = again.compareTo(SHORTEST) < 0 ? SHORTEST : again;
        line.timer = scheduler.schedule(() -> serve(line), line.again);
    }

    private static void disarm(Line line) {
        Scheduler.Handle set = line.timer;
        line.timer = null;
        if (set != null) {
            set.cancel();
        }
    }

    /** Serves a line from its front as long as something is got. One thread at a time does so; others leave word for it. */
    private void serve(Line line) {
        boolean more = true;
        while (more) {
            Waiter<?> first;
            synchronized (line) {
                if (line.trying) {
                    line.freed = true;
                    return;
                }
                if (line.waiters.isEmpty()) {
                    return;
                }
                line.trying = true;
                line.freed = false;
                disarm(line);
                first = line.waiters.firstEntry().getValue();
            }
            more = tryFor(line, first);
        }
    }

    /** One try for the first of a line; whether the line is to be served on. If the answer comes later, that goes on from there. */
    private <T> boolean tryFor(Line line, Waiter<T> first) {
        CompletableFuture<Turn<T>> answer = first.take();
        if (!answer.isDone()) {
            answer.whenComplete((turn, failure) -> {
                if (answered(line, first, turn, failure)) {
                    serve(line);
                }
            });
            return false;
        }
        Throwable failure = answer.handle((turn, why) -> why).join();
        return answered(line, first, failure == null ? answer.join() : null, failure);
    }

    private <T> boolean answered(Line line, Waiter<T> first, @Nullable Turn<T> turn, @Nullable Throwable failure) {
        // The call may go on in here for long, and free something: word of it is left in the line.
        boolean served = first.served(turn, failure);
        synchronized (line) {
            line.trying = false;
            if (line.waiters.isEmpty()) {
                return false;
            }
            if (served || line.freed || !line.isFirst(first)) {
                return true;
            }
            arm(line, requireNonNull(turn).again());
            return false;
        }
    }
}
