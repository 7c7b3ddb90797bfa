package dev.avionics.testkit.leak;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares the live platform threads of the process with those at its start.
 *
 * <p>Threads that the JDK or Netty keeps for the whole process are allowed: {@code globalEventExecutor}, the common
 * pool, cleaners, the process reaper, compilers and the like.
 */
public final class ThreadWatch {
    private static final List<String> ALLOWED = List.of(
            "globalEventExecutor",
            "ForkJoinPool.commonPool-worker",
            "Common-Cleaner",
            "Cleaner-",
            "Reference Handler",
            "Finalizer",
            "Signal Dispatcher",
            "Attach Listener",
            "Notification Thread",
            "process reaper",
            "Java2D",
            "Keep-Alive-Timer",
            "VirtualThread-unparker",
            "CompletableFutureDelayScheduler",
            "ForkJoinPool-1-worker",
            "surefire",
            "ping-timer",
            "junit-");

    private final List<String> prefixes;
    private final Set<Thread> before = Collections.newSetFromMap(new IdentityHashMap<>());

    private ThreadWatch(List<String> prefixes) {
        this.prefixes = prefixes;
        before.addAll(Thread.getAllStackTraces().keySet());
    }

    /**
     * Remembers the threads that live now.
     *
     * @param prefixes the watch is limited to names that begin with one of these; none = all names
     */
    public static ThreadWatch start(String... prefixes) {
        return new ThreadWatch(List.copyOf(Arrays.asList(prefixes)));
    }

    /** Returns the names of the watched threads that live now and did not at the start, sorted. */
    public List<String> newThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !before.contains(thread) && watches(thread.getName()))
                .map(Thread::getName)
                .sorted()
                .toList();
    }

    /**
     * Waits until no watched thread is left that did not live at the start.
     *
     * @throws AssertionError when one is left at the end of the time, with the stack of each
     */
    public void assertNoNewThreads(Duration timeout) {
        List<String> left = Polling.untilEmpty(this::newThreads, timeout);
        if (!left.isEmpty()) {
            throw new AssertionError("threads left after " + timeout + ": " + left + stacks(left));
        }
    }

    private boolean watches(String name) {
        return prefixes.isEmpty()
                ? ALLOWED.stream().noneMatch(name::startsWith)
                : prefixes.stream().anyMatch(name::startsWith);
    }

    private String stacks(List<String> names) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<Thread, StackTraceElement[]> entry :
                Thread.getAllStackTraces().entrySet()) {
            if (names.contains(entry.getKey().getName()) && !before.contains(entry.getKey())) {
                text.append("\n").append(entry.getKey().getName());
                Arrays.stream(entry.getValue())
                        .limit(20)
                        .forEach(frame -> text.append("\n    at ").append(frame));
            }
        }
        return text.toString();
    }
}
