package dev.avionics.server.cli;

import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command {@code complete}. */
@picocli.CommandLine.Command(
        name = "complete",
        description = {"Answers one prompt: the arguments, and under them all that comes through standard input.", ""})
final class CompleteCommand extends Command {
    @Mixin
    AnswerOptions answer = new AnswerOptions();

    @Parameters(arity = "0..*", paramLabel = "PROMPT", description = "The prompt; - waits for standard input.")
    List<String> words = List.of();

    CompleteCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) throws Exception {
        Prompt prompt = Prompt.of(words, console());
        if (words.isEmpty() && console().inIsTerminal()) {
            throw new UsageException("no prompt: give it as an argument or through standard input");
        }
        Talk talk = new Talk(session, session.choose(), answer, backend, console());
        program().keyHint(talk.keyHint());
        return talk.say(prompt.text());
    }
}
