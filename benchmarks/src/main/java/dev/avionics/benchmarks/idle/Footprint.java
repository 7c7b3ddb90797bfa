package dev.avionics.benchmarks.idle;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory of this process at one moment, in bytes.
 *
 * @param heap live objects, after garbage was collected
 * @param direct direct buffers: those of the JDK and those that Netty takes past it
 * @param resident what the kernel counts as resident ({@code VmRSS})
 * @param sockets what the kernel holds in all TCP buffers of the machine, both ends of each connection
 */
record Footprint(long heap, long direct, long resident, long sockets) {
    private static final int COLLECTIONS = 4;
    private static final long PAGE = 4096;

    static Footprint now() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long direct = Math.max(0, PlatformDependent.usedDirectMemory());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                direct += pool.getMemoryUsed();
            }
        }
        return new Footprint(
                heap,
                direct,
                number("/proc/self/status", "VmRSS:", "") * 1024,
                number("/proc/net/sockstat", "TCP:", " mem ") * PAGE);
    }

    /** The most files and sockets that this process may have open. */
    static long mostOpenFiles() {
        return number("/proc/self/limits", "Max open files", "");
    }

    /** Heap, direct buffers and resident memory, although the last holds the others. */
    long all() {
        return heap + direct + resident;
    }

    Footprint minus(Footprint before) {
        return new Footprint(
                heap - before.heap, direct - before.direct, resident - before.resident, sockets - before.sockets);
    }

    /** The first number of a line, behind a mark in it. */
    private static long number(String file, String line, String mark) {
        try {
            for (String text : Files.readAllLines(Path.of(file))) {
                if (text.startsWith(line)) {
                    int from = mark.isEmpty() ? line.length() : text.indexOf(mark) + mark.length();
                    return Long.parseLong(text.substring(from).strip().split("\\s+")[0]);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("this benchmark reads " + file + ", so it needs Linux", e);
        }
        throw new IllegalStateException(file + ": no line " + line);
    }
}
