package dev.avionics.server.cli;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code chat}. */
@picocli.CommandLine.Command(
        name = "chat",
        description = {
            "Answers a prompt, piece by piece; without a prompt, holds a conversation.",
            "",
            "On a terminal the conversation has a prompt of its own. Through a pipe each line is a turn. With a prompt and"
                    + " a pipe, what comes through the pipe stands under the prompt.",
            ""
        })
final class ChatCommand extends Command {
    @Mixin
    AnswerOptions answer = new AnswerOptions();

    @Parameters(arity = "0..*", paramLabel = "PROMPT", description = "The prompt; - waits for standard input.")
    List<String> words = List.of();

    ChatCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) throws Exception {
        if (words.isEmpty()) {
            return console().inIsTerminal() ? atTerminal(session) : throughPipe(session);
        }
        Prompt prompt = Prompt.of(words, console());
        Talk talk = talk(session);
        return talk.say(prompt.text());
    }

    private Talk talk(Session session) {
        Talk talk = new Talk(session, session.choose(), answer, backend, console());
        program().keyHint(talk.keyHint());
        return talk;
    }

    private int throughPipe(Session session) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(console().in(), StandardCharsets.UTF_8));
        String line = nextTurn(lines);
        if (line == null) {
            throw new UsageException("no prompt: give it as an argument or through standard input");
        }
        Talk talk = talk(session);
        int code = ExitCode.DONE;
        while (line != null && code == ExitCode.DONE) {
            code = talk.say(line);
            line = nextTurn(lines);
        }
        return code;
    }

    private static @Nullable String nextTurn(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (line != null && line.isBlank()) {
            line = lines.readLine();
        }
        return line;
    }

    private int atTerminal(Session session) throws IOException {
        Talk talk = talk(session);
        try (TerminalPrompt prompt = TerminalPrompt.open(console(), program().calls()::cancelAll)) {
            String line = prompt.next();
            while (line != null) {
                if (!line.isBlank()) {
                    turn(talk, line);
                }
                line = prompt.next();
            }
            return prompt.wasInterrupted() ? ExitCode.INTERRUPTED : ExitCode.DONE;
        }
    }

    /** A turn that fails does not end the conversation. */
    private void turn(Talk talk, String line) {
        try {
            int unused = talk.say(line);
        } catch (RuntimeException e) {
            Throwable error = ErrorLine.unwrapped(e);
            if (BrokenOutputException.isBehind(error)) {
                throw e;
            }
            boolean cancelled =
                    error instanceof InferenceException failure && failure.category() == ErrorCategory.CANCELLED;
            console().note(cancelled ? "cancelled" : ErrorLine.text(error, talk.keyHint()));
            if (backend.verbose && !cancelled) {
                console().plain(ErrorLine.trace(error));
            }
        }
    }
}
