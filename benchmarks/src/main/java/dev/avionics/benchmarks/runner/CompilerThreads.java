package dev.avionics.benchmarks.runner;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * CPU time of this JVM's just-in-time compiler, read from the per-thread files of Linux.
 *
 * <p>A server compiles in its first minutes and then runs for days, so compilation is no part of the cost of a call. A
 * warm-up long enough to be rid of it would take minutes per process where callers keep both cores busy.
 */
final class CompilerThreads {
    private static final Path TASKS = Path.of("/proc/self/task");

    /** Length of a tick in these files, the same on every Linux. */
    private static final long TICK_NANOS = 10_000_000;

    private CompilerThreads() {}

    /** Nanoseconds so far, in steps of 10 ms; 0 on a system without these files. */
    static long cpuNanos() {
        if (!Files.isDirectory(TASKS)) {
            return 0;
        }
        long ticks = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                ticks += ticks(task);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ticks * TICK_NANOS;
    }

    private static long ticks(Path task) throws IOException {
        try {
            return ticks(Files.readString(task.resolve("stat")));
        } catch (NoSuchFileException e) {
            // A thread that ended meanwhile. Compiler threads stay: Child.JVM_FLAGS keeps their number fixed.
            return 0;
        }
    }

    /** User and system ticks of a compiler thread's status line, 0 for any other thread's. */
    static long ticks(String stat) {
        int nameStart = stat.indexOf('(') + 1;
        int nameEnd = stat.lastIndexOf(')');
        String name = stat.substring(nameStart, nameEnd);
        if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
            return 0;
        }
        // After the name come the fields from number 3 on; 14 and 15 are user and system time.
        String[] fields = stat.substring(nameEnd + 2).split(" ");
        return Long.parseLong(fields[14 - 3]) + Long.parseLong(fields[15 - 3]);
    }
}
