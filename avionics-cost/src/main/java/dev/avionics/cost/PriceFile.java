package dev.avionics.cost;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Scheduler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prices in a file, on top of others, which are read anew while the program runs. A file that cannot be read or is wrong
 * leaves the last good prices in force, and {@link #lastError} says why. Thread-safe; {@link #get} never waits.
 */
public final class PriceFile implements Supplier<PriceBook>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PriceFile.class);

    private final Path file;
    private final PriceBook base;
    private final @Nullable Scheduler scheduler;
    private final Duration interval;
    private final Executor executor;
    private String text;
    private @Nullable String textError;
    private Scheduler.@Nullable Handle timer;
    private boolean closed;
    private volatile PriceBook book;
    private volatile @Nullable String lastError;

    private PriceFile(Builder builder) throws IOException {
        file = builder.file;
        base = builder.base;
        scheduler = builder.scheduler;
        interval = builder.interval;
        executor = builder.executor;
        text = read();
        try {
            book = base.with(PriceBook.of(text));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
        arm();
    }

    /**
     * A builder that puts the file on top of the bundled prices, and reads it again only when it is told to.
     *
     * @param file UTF-8, at most 4 MiB, in the format that {@code docs/cost.md} tells
     */
    public static Builder builder(Path file) {
        return new Builder(file);
    }

    /** The prices in force. */
    @Override
    public PriceBook get() {
        return book;
    }

    /** Why the file could not be taken when it was read last; empty if the prices in force are the file's. */
    public Optional<String> lastError() {
        return Optional.ofNullable(lastError);
    }

    /** Reads the file now, on the caller's thread. {@link #lastError} says whether it could be taken. */
    public void reload() {
        synchronized (this) {
            if (closed) {
                return;
            }
            try {
                take(read());
                failed(textError);
            } catch (IOException e) {
                failed("cannot be read: " + e);
            }
        }
    }

    /** Prices stay as they are from now on. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (timer != null) {
                timer.cancel();
            }
        }
    }

    private synchronized void arm() {
        if (scheduler != null && !closed) {
            timer = scheduler.schedule(this::handOver, interval);
        }
    }

    private void handOver() {
        try {
            executor.execute(() -> {
                try {
                    reload();
                } finally {
                    arm();
                }
            });
        } catch (RejectedExecutionException busy) {
            LOG.warn("price_file_not_read: the executor refused, next look in {}", interval);
            arm();
        }
    }

    private void take(String fresh) {
        if (fresh.equals(text)) {
            return;
        }
        text = fresh;
        try {
            book = base.with(PriceBook.of(fresh));
            textError = null;
            LOG.info("price_file_read: {} as of {}", file, book.asOf());
        } catch (IllegalArgumentException wrong) {
            textError = wrong.getMessage();
        }
    }

    private void failed(@Nullable String why) {
        String error = why == null ? null : file + ": " + why;
        if (error != null && !error.equals(lastError)) {
            LOG.warn("price_file_error: {} (the last good prices stay in force)", error);
        }
        lastError = error;
    }

    private String read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(PriceBook.mostBytes() + 1);
            if (bytes.length > PriceBook.mostBytes()) {
                throw new IOException("more than " + PriceBook.mostBytes() + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Builds a {@link PriceFile}; not thread-safe. */
    public static final class Builder {
        private final Path file;
        private PriceBook base = PriceBook.bundled();
        private @Nullable Scheduler scheduler;
        private Duration interval = Duration.ofSeconds(30);
        private Executor executor = ForkJoinPool.commonPool();

        private Builder(Path file) {
            this.file = requireNonNull(file, "file");
        }

        /** The prices below the file's; default {@link PriceBook#bundled}. */
        public Builder base(PriceBook value) {
            base = requireNonNull(value, "value");
            return this;
        }

        /**
         * Reads the file again and again.
         *
         * @param every how long to wait between two looks, more than zero
         * @param by runs the intervals; stays its owner's
         */
        public Builder watch(Duration every, Scheduler by) {
            if (every.isNegative() || every.isZero()) {
                throw new IllegalArgumentException("every: " + every + " (expected: more than zero)");
            }
            interval = every;
            scheduler = requireNonNull(by, "by");
            return this;
        }

        /** Reads the watched file, so that the scheduler never waits for a disk; default the common pool. */
        public Builder executor(Executor value) {
            executor = requireNonNull(value, "value");
            return this;
        }

        /**
         * Reads the file, on the caller's thread.
         *
         * @throws IOException if it cannot be read
         * @throws IllegalArgumentException if it is wrong: there are no good prices of it to fall back on
         */
        public PriceFile open() throws IOException {
            return new PriceFile(this);
        }
    }
}
