package dev.avionics.testkit.time;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * A ticker, a wall clock and a scheduler in one, which stand still until a test moves them.
 *
 * <p>Tasks run on the thread that calls {@link #advance(Duration)}, in the order of their due times, equal due times in
 * the order of scheduling. While a task runs, time reads exactly its due time; what it schedules within the window runs
 * in the same advance. A task never runs inside {@code schedule}, even with a delay of zero.
 *
 * <p>The ticker starts one minute before {@code Long.MAX_VALUE} nanoseconds. {@link System#nanoTime()} may overflow too,
 * and code that compares two readings with {@code <} instead of by their difference fails here and not in production.
 *
 * <p>Every method may be called from any thread; two threads that advance at once take turns.
 */
public final class VirtualTime implements Ticker, Scheduler {
    /** Wall-clock time at which {@link #create()} starts. */
    public static final Instant DEFAULT_START = Instant.parse("2026-01-01T00:00:00Z");

    /** First reading of the ticker, one minute before it overflows. */
    public static final long FIRST_TICK = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();

    private final Object lock = new Object();
    private final Object turn = new Object();
    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final Clock clock = new WallClock(ZoneOffset.UTC);
    private final Instant start;
    private long elapsed;
    private long sequence;
    private Duration wallOffset = Duration.ZERO;

    private VirtualTime(Instant start) {
        this.start = start;
    }

    /** Returns a time that starts at {@link #DEFAULT_START}. */
    public static VirtualTime create() {
        return new VirtualTime(DEFAULT_START);
    }

    /** Returns a time whose wall clock starts at the given instant. */
    public static VirtualTime startingAt(Instant start) {
        return new VirtualTime(requireNonNull(start, "start"));
    }

    /** Returns the ticker in nanoseconds. It may be negative and only differences mean anything. */
    @Override
    public long nanoTime() {
        synchronized (lock) {
            return FIRST_TICK + elapsed;
        }
    }

    /** Returns the wall-clock time. */
    public Instant instant() {
        synchronized (lock) {
            return start.plusNanos(elapsed).plus(wallOffset);
        }
    }

    /** Returns this time as a clock in UTC. */
    public Clock clock() {
        return clock;
    }

    /** Returns how far the ticker has moved since the start. */
    public Duration elapsed() {
        synchronized (lock) {
            return Duration.ofNanos(elapsed);
        }
    }

    /**
     * Schedules a task.
     *
     * @param delay time from now; negative counts as zero
     */
    @Override
    public Task schedule(Runnable action, Duration delay) {
        requireNonNull(action, "action");
        requireNonNull(delay, "delay");
        synchronized (lock) {
            long nanos = delay.isNegative() ? 0 : nanosOf(delay);
            Task task = new Task(this, action, saturatedAdd(elapsed, nanos), sequence++);
            tasks.add(task);
            return task;
        }
    }

    /**
     * Moves ticker and wall clock forward and runs what falls due. A task that throws does not stop the others: the
     * first throwable is thrown at the end, with those after it as suppressed.
     *
     * @param amount zero or more; zero runs what is due already
     */
    public void advance(Duration amount) {
        if (requireNonNull(amount, "amount").isNegative()) {
            throw new IllegalArgumentException("amount: " + amount + " (expected: >= PT0S)");
        }
        List<Throwable> thrown = new ArrayList<>();
        synchronized (turn) {
            long end;
            synchronized (lock) {
                end = saturatedAdd(elapsed, nanosOf(amount));
            }
            runUntil(end, thrown);
        }
        rethrow(thrown);
    }

    /**
     * Moves time to the next due task and runs what is due then.
     *
     * @return how far time moved; empty when no task is pending
     */
    public Optional<Duration> advanceToNext() {
        List<Throwable> thrown = new ArrayList<>();
        Duration moved;
        synchronized (turn) {
            long end;
            synchronized (lock) {
                Task next = tasks.peek();
                if (next == null) {
                    return Optional.empty();
                }
                end = Math.max(elapsed, next.due);
                moved = Duration.ofNanos(end - elapsed);
            }
            runUntil(end, thrown);
        }
        rethrow(thrown);
        return Optional.of(moved);
    }

    /** Moves the wall clock alone, forward or back, as a clock correction does. Ticker and tasks do not notice. */
    public void jumpWallClock(Duration by) {
        requireNonNull(by, "by");
        synchronized (lock) {
            wallOffset = wallOffset.plus(by);
        }
    }

    /** Returns how many tasks wait, cancelled ones not counted. */
    public int pendingTasks() {
        synchronized (lock) {
            return tasks.size();
        }
    }

    /** Returns the time until the next task falls due, zero if it is overdue; empty when none is pending. */
    public Optional<Duration> untilNext() {
        synchronized (lock) {
            Task next = tasks.peek();
            return next == null ? Optional.empty() : Optional.of(Duration.ofNanos(Math.max(0, next.due - elapsed)));
        }
    }

    @Override
    public String toString() {
        return "VirtualTime[elapsed=" + elapsed() + ", pendingTasks=" + pendingTasks() + "]";
    }

    private void runUntil(long end, List<Throwable> thrown) {
        while (true) {
            Task task;
            synchronized (lock) {
                task = tasks.peek();
                if (task == null || task.due > end) {
                    elapsed = Math.max(elapsed, end);
                    return;
                }
                tasks.remove();
                elapsed = Math.max(elapsed, task.due);
                task.state = Task.State.RUN;
            }
            try {
                task.action.run();
            } catch (Throwable t) {
                thrown.add(t);
            }
        }
    }

    private static void rethrow(List<Throwable> thrown) {
        if (thrown.isEmpty()) {
            return;
        }
        Throwable first = thrown.get(0);
        thrown.subList(1, thrown.size()).stream().filter(t -> t != first).forEach(first::addSuppressed);
        if (first instanceof Error) {
            throw (Error) first;
        }
        if (first instanceof RuntimeException) {
            throw (RuntimeException) first;
        }
        throw new IllegalStateException("a task threw a checked exception", first);
    }

    private static long nanosOf(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE;
        }
    }

    private static long saturatedAdd(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private void cancel(Task task) {
        synchronized (lock) {
            if (task.state == Task.State.WAITING) {
                task.state = Task.State.CANCELLED;
                tasks.remove(task);
            }
        }
    }

    /** A scheduled task. */
    public static final class Task implements Handle, Comparable<Task> {
        private enum State {
            WAITING,
            RUN,
            CANCELLED
        }

        private final VirtualTime time;
        private final Runnable action;
        private final long due;
        private final long order;
        private State state = State.WAITING;

        private Task(VirtualTime time, Runnable action, long due, long order) {
            this.time = time;
            this.action = action;
            this.due = due;
            this.order = order;
        }

        /** Takes the task out of the schedule; does nothing when it ran or was cancelled already. */
        @Override
        public void cancel() {
            time.cancel(this);
        }

        /** Says whether the task was cancelled before it ran. */
        public boolean isCancelled() {
            return is(State.CANCELLED);
        }

        /** Says whether the task has run or is running. */
        public boolean hasRun() {
            return is(State.RUN);
        }

        private boolean is(State wanted) {
            synchronized (time.lock) {
                return state == wanted;
            }
        }

        @Override
        public int compareTo(Task other) {
            int byDue = Long.compare(due, other.due);
            return byDue != 0 ? byDue : Long.compare(order, other.order);
        }

        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private final class WallClock extends Clock {
        private final ZoneId zone;

        WallClock(ZoneId zone) {
            this.zone = zone;
        }

        @Override
        public ZoneId getZone() {
            return zone;
        }

        @Override
        public Clock withZone(ZoneId other) {
            return new WallClock(other);
        }

        @Override
        public Instant instant() {
            return VirtualTime.this.instant();
        }
    }
}
