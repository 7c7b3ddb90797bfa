package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The prompt of a conversation on a terminal. Ctrl-C in the middle of an answer gives the answer up; at the prompt, twice
 * in a row, it leaves, as Ctrl-D does.
 */
final class TerminalPrompt implements AutoCloseable {
    private final Console console;
    private final Terminal terminal;
    private final LineReader reader;
    private boolean interrupted;

    private TerminalPrompt(Console console, Terminal terminal) {
        this.console = requireNonNull(console, "console");
        this.terminal = terminal;
        reader = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("avionics")
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    /**
     * Takes the terminal.
     *
     * @param onInterrupt called on a thread of its own when Ctrl-C is pressed and nobody reads a line
     */
    static TerminalPrompt open(Console console, Runnable onInterrupt) throws IOException {
        // The prompt is no answer, so it goes to standard error where that is the terminal.
        TerminalBuilder.SystemOutput output = console.errIsTerminal()
                ? TerminalBuilder.SystemOutput.SysErrOrSysOut
                : TerminalBuilder.SystemOutput.SysOutOrSysErr;
        Terminal terminal = TerminalBuilder.builder()
                .name("avionics")
                .system(true)
                .dumb(true)
                .systemOutput(output)
                .build();
        Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> onInterrupt.run());
        requireNonNull(before, "before");
        TerminalPrompt prompt = new TerminalPrompt(console, terminal);
        console.note("a conversation: Ctrl-C cancels an answer, Ctrl-D leaves");
        return prompt;
    }

    /** The next line; null when the user leaves. */
    @Nullable
    String next() {
        boolean once = false;
        while (true) {
            try {
                return reader.readLine("> ");
            } catch (UserInterruptException e) {
                if (once) {
                    interrupted = true;
                    return null;
                }
                // What was typed is thrown away, as in a shell; leaving takes a second one.
                once = e.getPartialLine().isBlank();
                if (once) {
                    console.note("once more to leave");
                }
            } catch (EndOfFileException e) {
                return null;
            }
        }
    }

    /** Whether Ctrl-C ended the conversation. */
    boolean wasInterrupted() {
        return interrupted;
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
