package dev.avionics.llm.model;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** Lets one thread of one process at a time work on a file, however many processes there are. */
final class FileLocks {
    // A lock of the operating system belongs to the whole process: its threads need one of their own.
    private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private FileLocks() {}

    /** A lock that is held. */
    interface Held extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /**
     * Waits for the lock.
     *
     * @param waiting runs once if somebody else holds it
     */
    static Held lock(Path file, Runnable waiting) throws IOException, InterruptedException {
        ReentrantLock threads = THREADS.computeIfAbsent(file.toAbsolutePath().normalize(), key -> new ReentrantLock());
        boolean told = false;
        if (!threads.tryLock()) {
            waiting.run();
            told = true;
            threads.lockInterruptibly();
        }
        try {
            return lock(file, told ? () -> {} : waiting, threads);
        } catch (IOException | RuntimeException e) {
            threads.unlock();
            throw e;
        }
    }

    private static Held lock(Path file, Runnable waiting, ReentrantLock threads) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                waiting.run();
                channel.lock();
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        return () -> {
            try {
                // Gives the lock back too. The file stays: another process may wait on it.
                channel.close();
            } finally {
                threads.unlock();
            }
        };
    }
}
