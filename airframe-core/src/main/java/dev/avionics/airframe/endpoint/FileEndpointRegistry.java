package dev.avionics.airframe.endpoint;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.call.Scheduler;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A list of endpoints in a file, which is looked at again and again. A file that cannot be read or is wrong leaves the last
 * good list in force, and {@link #lastError} says why. Thread-safe.
 *
 * <p>Watchers are told once when the text of the file says something else, not when it is only written differently. An
 * endpoint whose entry did not change stays the same object and keeps its health.
 */
public final class FileEndpointRegistry implements EndpointRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(FileEndpointRegistry.class);
    private static final int MAX_BYTES = 1 << 20;

    private final Path file;
    private final EndpointListReader reader;
    private final Scheduler scheduler;
    private final Duration interval;
    private final Executor executor;
    private final Roll roll;
    private byte[] digest;
    private List<?> tree;
    private Map<Object, EndpointSpec> known;
    private @Nullable String textError;
    private volatile @Nullable String lastError;
    private Scheduler.@Nullable Handle timer;
    private boolean closed;

    private FileEndpointRegistry(Builder builder) throws IOException {
        file = builder.file;
        reader = builder.reader;
        scheduler = builder.scheduler;
        interval = builder.interval;
        executor = builder.executor;
        byte[] bytes = read();
        digest = digestOf(bytes);
        List<EndpointSpec> endpoints;
        try {
            tree = EndpointListReader.tree(text(bytes));
            endpoints = reader.values(tree);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
        known = byEntry(tree, endpoints);
        roll = new Roll(endpoints, builder.clock);
        HealthProbe probe = builder.probe;
        if (probe != null) {
            roll.monitor(probe, builder.probeInterval, scheduler);
        }
        arm();
    }

    /**
     * A builder that looks at the file every 15 seconds and asks nobody for health.
     *
     * @param reader reads the file's text, which is UTF-8 and at most 1 MiB
     * @param scheduler runs the intervals; stays its owner's
     */
    public static Builder builder(Path file, EndpointListReader reader, Scheduler scheduler) {
        return new Builder(file, reader, scheduler);
    }

    /** Why the file could not be taken when it was looked at last; empty if the list in force is the file's. */
    public Optional<String> lastError() {
        return Optional.ofNullable(lastError);
    }

    @Override
    public List<EndpointSpec> list() {
        return roll.list();
    }

    @Override
    public HealthState health(String name) {
        return roll.health(name);
    }

    @Override
    public Watch watch(Listener listener) {
        return roll.watch(listener);
    }

    @Override
    public void close() {
        Scheduler.Handle pending;
        synchronized (this) {
            closed = true;
            pending = timer;
        }
        if (pending != null) {
            pending.cancel();
        }
        roll.close();
    }

    private synchronized void arm() {
        if (!closed) {
            timer = scheduler.schedule(this::handOver, interval);
        }
    }

    private void handOver() {
        try {
            executor.execute(this::look);
        } catch (RejectedExecutionException busy) {
            LOG.warn("endpoint_file_not_read: the executor refused, next look in {}", interval);
            arm();
        }
    }

    private void look() {
        try {
            lookNow();
        } finally {
            arm();
        }
    }

    private void lookNow() {
        byte[] bytes;
        try {
            bytes = read();
        } catch (IOException e) {
            failed("cannot be read: " + e);
            return;
        }
        byte[] fresh = digestOf(bytes);
        List<EndpointSpec> changed = null;
        synchronized (this) {
            if (closed) {
                return;
            }
            if (!MessageDigest.isEqual(fresh, digest)) {
                digest = fresh;
                changed = take(bytes);
            }
        }
        if (changed != null) {
            roll.replace(changed);
        }
        failed(textError);
    }

    /** The new list, or null if the text is wrong or says the same as before. */
    private @Nullable List<EndpointSpec> take(byte[] bytes) {
        try {
            List<?> freshTree = EndpointListReader.tree(text(bytes));
            List<EndpointSpec> endpoints = reader.values(freshTree, known);
            textError = null;
            if (freshTree.equals(tree)) {
                return null;
            }
            tree = freshTree;
            known = byEntry(freshTree, endpoints);
            return endpoints;
        } catch (IllegalArgumentException wrong) {
            textError = wrong.getMessage();
            return null;
        }
    }

    private void failed(@Nullable String why) {
        String error = why == null ? null : file + ": " + why;
        if (error != null && !error.equals(lastError)) {
            LOG.warn("endpoint_file_error: {} (the last good list stays in force)", error);
        }
        lastError = error;
    }

    private byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("more than " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Map<Object, EndpointSpec> byEntry(List<?> tree, List<EndpointSpec> endpoints) {
        Map<Object, EndpointSpec> entries = new HashMap<>();
        for (int i = 0; i < endpoints.size(); i++) {
            entries.put(requireNonNull(tree.get(i)), endpoints.get(i));
        }
        return entries;
    }

    private static byte[] digestOf(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Builds a {@link FileEndpointRegistry}; not thread-safe. */
    public static final class Builder {
        private final Path file;
        private final EndpointListReader reader;
        private final Scheduler scheduler;
        private Duration interval = Duration.ofSeconds(15);
        private Executor executor = ForkJoinPool.commonPool();
        private Clock clock = Clock.systemUTC();
        private @Nullable HealthProbe probe;
        private Duration probeInterval = Duration.ofSeconds(30);

        private Builder(Path file, EndpointListReader reader, Scheduler scheduler) {
            this.file = requireNonNull(file, "file");
            this.reader = requireNonNull(reader, "reader");
            this.scheduler = requireNonNull(scheduler, "scheduler");
        }

        /** How long to wait between two looks at the file, more than zero; default 15 s. */
        public Builder interval(Duration value) {
            interval = HealthMonitor.positive("interval", value);
            return this;
        }

        /** Reads the file and tells watchers, so that the scheduler never waits for a disk; default the common pool. */
        public Builder executor(Executor value) {
            executor = requireNonNull(value, "value");
            return this;
        }

        /** Dates a health that is not known; default the system's. */
        public Builder clock(Clock value) {
            clock = requireNonNull(value, "value");
            return this;
        }

        /** Asks every endpoint for its health at once and then at an interval, which is more than zero. */
        public Builder health(HealthProbe by, Duration every) {
            probe = requireNonNull(by, "by");
            probeInterval = HealthMonitor.positive("every", every);
            return this;
        }

        /**
         * Reads the file, on the caller's thread, and begins to look at it.
         *
         * @throws IOException if it cannot be read
         * @throws IllegalArgumentException if it is wrong: there is no good list to fall back on
         */
        public FileEndpointRegistry open() throws IOException {
            return new FileEndpointRegistry(this);
        }
    }
}
