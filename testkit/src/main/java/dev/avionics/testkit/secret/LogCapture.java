package dev.avionics.testkit.secret;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.logging.Filter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * All that is logged, at every level, while it is open.
 *
 * <p>It listens at the root of {@code java.util.logging}, and makes sure by a probe that what SLF4J is given arrives
 * there: with another SLF4J backend it refuses to start, instead of finding nothing for ever. Put {@code slf4j-jdk14} on
 * the test class path. Records of all threads are kept, in memory; other handlers do not see more than without it.
 */
public final class LogCapture implements AutoCloseable {
    private final Logger root = LogManager.getLogManager().getLogger("");
    private final @Nullable Level levelBefore = root.getLevel();
    private final Handler[] others = root.getHandlers();
    private final @Nullable Filter[] filtersBefore = new @Nullable Filter[others.length];
    private final List<String> lines = new ArrayList<>();
    private final Listener listener = new Listener();
    private boolean closed;

    private LogCapture() {
        for (int i = 0; i < others.length; i++) {
            Filter before = others[i].getFilter();
            filtersBefore[i] = before;
            int floor = levelBefore == null ? Level.INFO.intValue() : levelBefore.intValue();
            others[i].setFilter(record -> (record.getLevel().intValue() >= floor || ownLevel(record))
                    && (before == null || before.isLoggable(record)));
        }
        root.addHandler(listener);
        root.setLevel(Level.ALL);
    }

    /**
     * Starts to listen.
     *
     * @throws IllegalStateException when SLF4J does not end in {@code java.util.logging}
     */
    public static LogCapture start() {
        LogCapture capture = new LogCapture();
        String probe = "probe " + UUID.randomUUID();
        LoggerFactory.getLogger(LogCapture.class).debug(probe);
        if (!capture.text().contains(probe)) {
            capture.close();
            throw new IllegalStateException("SLF4J does not end in java.util.logging (found "
                    + LoggerFactory.getILoggerFactory().getClass().getName()
                    + "): put slf4j-jdk14 on the test class path");
        }
        capture.clear();
        return capture;
    }

    /** Returns the records so far, each as logger, level, message, parameters and stack trace. */
    public List<String> records() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Returns all records so far as one text. */
    public String text() {
        return String.join("\n", records());
    }

    /** Forgets the records so far. */
    public void clear() {
        synchronized (lines) {
            lines.clear();
        }
    }

    /** Stops listening and puts the levels back; the records stay. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            root.removeHandler(listener);
            root.setLevel(levelBefore);
            for (int i = 0; i < others.length; i++) {
                others[i].setFilter(filtersBefore[i]);
            }
        }
    }

    /** Says whether a logger below the root has a level of its own, which the root's level does not limit. */
    private static boolean ownLevel(LogRecord record) {
        String name = record.getLoggerName();
        for (Logger logger = name == null ? null : LogManager.getLogManager().getLogger(name);
                logger != null && logger.getParent() != null;
                logger = logger.getParent()) {
            if (logger.getLevel() != null) {
                return true;
            }
        }
        return false;
    }

    private final class Listener extends Handler {
        private final SimpleFormatter formatter = new SimpleFormatter();

        Listener() {
            setLevel(Level.ALL);
        }

        @Override
        public void publish(LogRecord record) {
            StringWriter text = new StringWriter();
            text.append(String.valueOf(record.getLoggerName()))
                    .append(' ')
                    .append(record.getLevel().getName())
                    .append(' ')
                    .append(formatter.formatMessage(record));
            if (record.getParameters() != null) {
                text.append(' ').append(Arrays.deepToString(record.getParameters()));
            }
            if (record.getThrown() != null) {
                text.append('\n');
                record.getThrown().printStackTrace(new PrintWriter(text, true));
            }
            synchronized (lines) {
                lines.add(text.toString());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
