package dev.avionics.benchmarks.routing;

import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import java.time.Duration;
import java.util.PriorityQueue;

/** Simulated time: what is due next runs next, on one thread. */
final class EventLoop implements Scheduler, Ticker {
    private static final class Event implements Comparable<Event>, Handle {
        private final long due;
        private final long order;
        private Runnable task;

        Event(long due, long order, Runnable task) {
            this.due = due;
            this.order = order;
            this.task = task;
        }

        @Override
        public void cancel() {
            task = () -> {};
        }

        @Override
        public int compareTo(Event other) {
            int byDue = Long.compare(due, other.due);
            return byDue != 0 ? byDue : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now;
    private long order;
    private boolean stopped;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Handle schedule(Runnable task, Duration delay) {
        return after(delay.toNanos(), task);
    }

    /** Runs a task after so many nanoseconds. */
    Handle after(long nanos, Runnable task) {
        Event event = new Event(now + nanos, order++, task);
        events.add(event);
        return event;
    }

    /** Runs until {@link #stop} is called or nothing is left. */
    void run() {
        while (!stopped && !events.isEmpty()) {
            Event next = events.remove();
            now = next.due;
            next.task.run();
        }
    }

    void stop() {
        stopped = true;
    }
}
