package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The three standard streams, in UTF-8 whatever the locale. Answers go to standard output, all else to standard error.
 * Thread-safe.
 */
final class Console {
    private static final String DIM = "\u001b[2m";
    private static final String PLAIN = "\u001b[0m";
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final InputStream in;
    private final boolean inTerminal;
    private final boolean outTerminal;
    private final boolean errTerminal;
    private final Writer out;
    private final PrintWriter err;
    private @Nullable String status;

    /**
     * @param terminals which of in, out and err are a terminal
     */
    Console(InputStream in, OutputStream out, OutputStream err, List<String> terminals) {
        this.in = requireNonNull(in, "in");
        this.out = new OutputStreamWriter(new BufferedOutputStream(out), StandardCharsets.UTF_8);
        this.err = new PrintWriter(new OutputStreamWriter(new BufferedOutputStream(err), StandardCharsets.UTF_8));
        inTerminal = terminals.contains("in");
        outTerminal = terminals.contains("out");
        errTerminal = terminals.contains("err");
    }

    /** The streams of the process. */
    static Console system() {
        return new Console(
                // Buffered also because a pipe has no position, which FileInputStream.readAllBytes asks for.
                new BufferedInputStream(new FileInputStream(FileDescriptor.in)),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                terminals());
    }

    private static List<String> terminals() {
        // The start script asks the system; Java 22 and later no longer tell by System.console().
        String told = System.getProperty("dev.avionics.terminal");
        if (told != null) {
            return List.of(told.split(","));
        }
        return System.console() != null && Runtime.version().feature() < 22 ? List.of("in", "out") : List.of();
    }

    InputStream in() {
        return in;
    }

    boolean inIsTerminal() {
        return inTerminal;
    }

    boolean outIsTerminal() {
        return outTerminal;
    }

    boolean errIsTerminal() {
        return errTerminal;
    }

    /**
     * Writes a piece of an answer at once.
     *
     * @throws BrokenOutputException if nobody reads it
     */
    synchronized void answer(String text) {
        clearStatus();
        try {
            out.write(text);
            out.flush();
        } catch (IOException e) {
            throw new BrokenOutputException(e);
        }
    }

    /** As {@link #answer}, with the end of the line. */
    void answerLine(String text) {
        answer(text + "\n");
    }

    /** A line for the person at the terminal. */
    synchronized void note(String line) {
        clearStatus();
        err.print("avionics: ");
        err.print(line);
        err.print('\n');
        err.flush();
    }

    /** Text on standard error as it is, such as a stack trace. */
    synchronized void plain(String text) {
        clearStatus();
        err.print(text);
        err.flush();
    }

    /** The model's reasoning as it comes: dimmed where that can be seen. */
    synchronized void thinking(String text) {
        clearStatus();
        err.print(errTerminal ? DIM + text + PLAIN : text);
        err.flush();
    }

    /** A line that the next one replaces; only on a terminal. */
    synchronized void status(String line) {
        if (errTerminal) {
            err.print(CLEAR_LINE + line);
            err.flush();
            status = line;
        }
    }

    /** Takes the status line away. */
    synchronized void clearStatus() {
        if (status != null) {
            err.print(CLEAR_LINE);
            err.flush();
            status = null;
        }
    }
}
