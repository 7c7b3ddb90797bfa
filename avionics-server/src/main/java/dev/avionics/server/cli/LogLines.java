package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Log records as single lines on standard error: warnings, and with {@code --verbose} what is of interest too. */
final class LogLines extends Handler {
    private final SimpleFormatter formatter = new SimpleFormatter();
    private final Console console;
    private final boolean verbose;

    private LogLines(Console console, boolean verbose) {
        this.console = requireNonNull(console, "console");
        this.verbose = verbose;
    }

    /** Replaces all handlers of the process. */
    static void install(Console console, boolean verbose) {
        LogManager.getLogManager().reset();
        Logger root = Logger.getLogger("");
        root.setLevel(verbose ? Level.INFO : Level.WARNING);
        LogLines lines = new LogLines(console, verbose);
        lines.setLevel(Level.ALL);
        root.addHandler(lines);
    }

    @Override
    public void publish(LogRecord record) {
        if (!isLoggable(record)) {
            return;
        }
        Throwable error = record.getThrown();
        String text = formatter.formatMessage(record).strip().replaceAll("\\s*\\R\\s*", " ");
        console.note(text + (error == null ? "" : ": " + ErrorLine.oneLine(error)));
        if (verbose && error != null) {
            console.plain(ErrorLine.trace(error));
        }
    }

    @Override
    public void flush() {
        // Every line is written out at once.
    }

    @Override
    public void close() {
        // The streams belong to the process.
    }
}
