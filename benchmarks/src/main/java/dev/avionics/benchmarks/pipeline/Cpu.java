package dev.avionics.benchmarks.pipeline;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * What the threads of this program have used so far. Those of the garbage collector and of the just-in-time compiler are none of them.
 */
final class Cpu {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Map<Long, Long> nanos = new HashMap<>();
    private final long bytes = THREADS.getCurrentThreadAllocatedBytes();

    private Cpu() {
        for (long id : THREADS.getAllThreadIds()) {
            long used = THREADS.getThreadCpuTime(id);
            if (used >= 0) {
                nanos.put(id, used);
            }
        }
    }

    static Cpu now() {
        return new Cpu();
    }

    /** CPU time of all threads since then. */
    long nanosSince(Cpu then) {
        long sum = 0;
        for (Map.Entry<Long, Long> thread : nanos.entrySet()) {
            sum += thread.getValue() - then.nanos.getOrDefault(thread.getKey(), 0L);
        }
        return sum;
    }

    /** Bytes that this thread alone has allocated since then. */
    long bytesSince(Cpu then) {
        return bytes - then.bytes;
    }
}
