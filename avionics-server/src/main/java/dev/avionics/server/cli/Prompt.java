package dev.avionics.server.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A prompt made of a command's arguments and of what comes through standard input. */
final class Prompt {
    /** As the last argument: wait for standard input. */
    static final String STANDARD_INPUT = "-";

    private final String words;
    private final boolean insists;
    private final @Nullable PipedInput piped;

    private Prompt(String words, boolean insists, @Nullable PipedInput piped) {
        this.words = words;
        this.insists = insists;
        this.piped = piped;
    }

    /** Begins to read standard input, unless it is a terminal. */
    static Prompt of(List<String> arguments, Console console) {
        boolean insists =
                !arguments.isEmpty() && arguments.get(arguments.size() - 1).equals(STANDARD_INPUT);
        List<String> words = insists ? arguments.subList(0, arguments.size() - 1) : arguments;
        boolean listen = insists || !console.inIsTerminal();
        return new Prompt(String.join(" ", words), insists || words.isEmpty(), listen ? new PipedInput(console) : null);
    }

    /**
     * The whole prompt: the words, and under them what came through standard input.
     *
     * @throws UsageException if there is neither
     */
    String text() throws InterruptedException {
        String document = piped == null ? "" : piped.text(insists).strip();
        if (words.isBlank() && document.isEmpty()) {
            throw new UsageException("no prompt: give it as an argument or through standard input");
        }
        if (document.isEmpty()) {
            return words;
        }
        return words.isBlank() ? document : words + "\n\n" + document;
    }
}
