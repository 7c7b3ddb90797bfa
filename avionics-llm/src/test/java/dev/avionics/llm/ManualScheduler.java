package dev.avionics.llm;

import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Time that moves when a test says so; tasks run on the test's thread. */
public final class ManualScheduler implements Scheduler, Ticker {
    private record Task(Duration at, Runnable action) {}

    private final List<Task> tasks = new CopyOnWriteArrayList<>();
    private Duration now = Duration.ZERO;

    @Override
    public synchronized Handle schedule(Runnable action, Duration delay) {
        Task task = new Task(now.plus(delay), action);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    @Override
    public synchronized long nanoTime() {
        return now.toNanos();
    }

    public int waiting() {
        return tasks.size();
    }

    public void advance(Duration time) {
        Duration until = now.plus(time);
        while (true) {
            Optional<Task> next =
                    tasks.stream().filter(task -> task.at.compareTo(until) <= 0).min(Comparator.comparing(Task::at));
            if (next.isEmpty()) {
                break;
            }
            tasks.remove(next.get());
            now = next.get().at;
            next.get().action.run();
        }
        now = until;
    }
}
