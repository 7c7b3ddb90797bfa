package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Daemon threads for tasks that are mostly short and sometimes block. A task wakes a thread only when none is looking for
 * one, and a thread that runs out of tasks looks a little longer before it sleeps: in a busy program most tasks cost no
 * wake-up. A task that blocks holds up no other.
 *
 * <p>At all times, while a task waits, a thread is looking for it or on its way to do so, or all of them are busy.
 */
final class DeliveryPool extends AbstractExecutorService {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryExecutors.class);
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** How often a thread lets others run and looks again before it sleeps. */
    private static final int LOOKS = 4;

    private final int most;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    /** Threads that look for a task, or were woken or started to do so. */
    private final AtomicInteger looking = new AtomicInteger();

    private final Object lock = new Object();
    // Guarded by the lock. Who fell asleep last is woken first: what it needs is still in the caches.
    private final ArrayDeque<Worker> asleep = new ArrayDeque<>();
    private final Set<Worker> workers = new LinkedHashSet<>();
    private int made;

    private volatile boolean shut;

    /** A pool of at most so many threads, each started when it is needed. */
    DeliveryPool(int most) {
        this.most = most;
    }

    @Override
    public void execute(Runnable task) {
        requireNonNull(task, "task");
        if (shut) {
            throw closed();
        }
        tasks.add(task);
        // Closed meanwhile: if nobody has taken it yet, nobody might.
        if (shut && tasks.remove(task)) {
            throw closed();
        }
        wakeOne();
    }

    private static RejectedExecutionException closed() {
        return new RejectedExecutionException("closed");
    }

    /** Sees to it that somebody looks for the task that was added. */
    private void wakeOne() {
        while (looking.get() == 0 && looking.compareAndSet(0, 1)) {
            if (wake()) {
                return;
            }
            // All are busy, and each looks again before it rests; unless one did just now and relied on this count.
            looking.decrementAndGet();
            if (tasks.isEmpty() || allBusy()) {
                return;
            }
        }
    }

    private boolean allBusy() {
        synchronized (lock) {
            return asleep.isEmpty() && workers.size() >= most;
        }
    }

    /** Wakes or starts a thread, which is counted as looking already; false if all are busy. */
    private boolean wake() {
        Worker next;
        synchronized (lock) {
            next = asleep.pollLast();
            if (next == null) {
                return workers.size() < most && startOne();
            }
            next.called = true;
        }
        LockSupport.unpark(next);
        return true;
    }

    private boolean startOne() {
        Worker fresh = new Worker("avionics-delivery-" + ++made);
        try {
            fresh.start();
        } catch (OutOfMemoryError noThread) {
            looking.decrementAndGet();
            throw noThread;
        }
        workers.add(fresh);
        return true;
    }

    /** Stops counting the current thread as one that looks, and hands that duty on if there is something to find. */
    private void lookedEnough() {
        if (looking.decrementAndGet() == 0 && !tasks.isEmpty()) {
            wakeOne();
        }
    }

    private final class Worker extends Thread {
        /** Somebody counted this as looking and wakes it. Written under the lock. */
        private volatile boolean called;

        Worker(String name) {
            super(null, null, name, 0, false);
            setDaemon(true);
        }

        @Override
        public void run() {
            boolean looks = true;
            do {
                looks = work(looks);
            } while (looks && sleep());
        }

        /** Runs tasks while there are any; true if it may sleep now, and is counted as looking. */
        private boolean work(boolean counted) {
            boolean looks = counted;
            while (true) {
                Runnable task = tasks.poll();
                if (task == null) {
                    if (!looks) {
                        looks = true;
                        looking.incrementAndGet();
                    }
                    task = lookOn();
                }
                if (task == null) {
                    return true;
                }
                if (looks) {
                    looks = false;
                    lookedEnough();
                }
                run(task);
            }
        }

        private @Nullable Runnable lookOn() {
            Runnable task = tasks.poll();
            for (int i = 0; i < LOOKS && task == null; i++) {
                Thread.yield();
                task = tasks.poll();
            }
            return task;
        }

        /** Sleeps until it is called, and counted as looking; false if it is not needed any more. */
        private boolean sleep() {
            boolean leaves;
            synchronized (lock) {
                leaves = shut;
                if (!leaves) {
                    called = false;
                    asleep.addLast(this);
                }
            }
            lookedEnough();
            long until = System.nanoTime() + IDLE_NANOS;
            while (!leaves && !called) {
                LockSupport.parkNanos(DeliveryPool.this, until - System.nanoTime());
                // An interrupt was meant for a task that is over, and would keep this from sleeping.
                boolean stray = Thread.interrupted();
                if (!stray && until - System.nanoTime() <= 0) {
                    synchronized (lock) {
                        leaves = asleep.remove(this);
                    }
                }
            }
            if (leaves) {
                synchronized (lock) {
                    workers.remove(this);
                    lock.notifyAll();
                }
            }
            return !leaves;
        }

        private void run(Runnable task) {
            try {
                task.run();
            } catch (Throwable e) {
                LOG.error("delivery_task_error", e);
            }
            if (!shut) {
                // One task's interrupt is not the next one's.
                Thread.interrupted();
            }
        }
    }

    @Override
    public void shutdown() {
        List<Worker> sleepers;
        synchronized (lock) {
            shut = true;
            sleepers = new ArrayList<>(asleep);
            asleep.clear();
            looking.addAndGet(sleepers.size());
            sleepers.forEach(worker -> worker.called = true);
        }
        sleepers.forEach(LockSupport::unpark);
    }

    @Override
    public List<Runnable> shutdownNow() {
        shutdown();
        List<Runnable> left = new ArrayList<>();
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            left.add(task);
        }
        synchronized (lock) {
            workers.forEach(Thread::interrupt);
        }
        return left;
    }

    @Override
    public boolean isShutdown() {
        return shut;
    }

    @Override
    public boolean isTerminated() {
        synchronized (lock) {
            return shut && workers.isEmpty();
        }
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        long until = System.nanoTime() + unit.toNanos(timeout);
        synchronized (lock) {
            while (!(shut && workers.isEmpty())) {
                long left = until - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
            return true;
        }
    }
}
