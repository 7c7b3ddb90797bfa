package dev.avionics.gateway;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs callbacks of the program one at a time, in order, on a thread of their own: what they throw is logged, and while one of
 * them blocks at most 4096 wait; more are dropped and counted. The thread ends when nothing was to do for ten seconds.
 */
final class Callbacks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LLMGateway.class);
    private static final int MOST_WAITING = 4096;

    private final AtomicLong dropped = new AtomicLong();
    private final ThreadPoolExecutor thread;

    Callbacks() {
        thread = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
            Thread made = new Thread(task, "avionics-callbacks");
            made.setDaemon(true);
            return made;
        });
        thread.allowCoreThreadTimeOut(true);
        thread.setRejectedExecutionHandler((task, pool) -> drop());
    }

    private void drop() {
        long count = dropped.incrementAndGet();
        if (Long.bitCount(count) == 1) {
            LOG.warn("callback_dropped count={}: a callback of the gateway blocks, and too many wait behind it", count);
        }
    }

    /** Runs a callback about a call later; what it throws is logged under the event's name. */
    void run(GatewayCall call, String errorEvent, Runnable callback) {
        thread.execute(() -> {
            try {
                callback.run();
            } catch (Throwable e) {
                call.line(LOG.atWarn()).setCause(e).log(errorEvent);
            }
        });
    }

    /** How many callbacks were dropped because one of them blocked. */
    long dropped() {
        return dropped.get();
    }

    /** Waits after the close for what was to run before it; false if the time is over first. */
    boolean await(long time, TimeUnit unit) throws InterruptedException {
        return thread.awaitTermination(time, unit);
    }

    /** Runs what waits, and takes nothing more. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
