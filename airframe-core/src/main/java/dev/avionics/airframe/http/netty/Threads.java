package dev.avionics.airframe.http.netty;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The threads of one transport, so that closing it can wait for them. */
final class Threads {
    private final List<Thread> threads = new ArrayList<>();
    private int made;

    synchronized Thread newIoThread(Runnable task) {
        return remember(new IoThread(task, "avionics-io-" + ++made));
    }

    synchronized Thread newLookupThread(Runnable task) {
        Thread thread = new Thread(task, "avionics-lookup-" + ++made);
        thread.setDaemon(true);
        return remember(thread);
    }

    private Thread remember(Thread thread) {
        threads.removeIf(known -> known.getState() == Thread.State.TERMINATED);
        threads.add(thread);
        return thread;
    }

    /**
     * Waits until all threads have ended.
     *
     * @return whether they have
     */
    boolean join(Duration atMost, dev.avionics.airframe.call.Ticker ticker) throws InterruptedException {
        List<Thread> left;
        synchronized (this) {
            left = new ArrayList<>(threads);
        }
        long until = ticker.nanoTime() + atMost.toNanos();
        for (Iterator<Thread> each = left.iterator(); each.hasNext(); ) {
            Thread thread = each.next();
            long millis = (until - ticker.nanoTime()) / 1_000_000;
            if (thread != Thread.currentThread() && millis > 0 && thread.isAlive()) {
                thread.join(millis);
            }
            if (!thread.isAlive()) {
                each.remove();
            }
        }
        return left.isEmpty();
    }
}
