package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;

/** A conversation whose answers are printed as they come. For one thread. */
final class Talk {
    private final Session session;
    private final Session.Choice choice;
    private final AnswerOptions options;
    private final BackendOptions backend;
    private final Console console;
    private final Asking asking;
    private final CallReport report;
    private final List<Message> history = new ArrayList<>();
    private volatile boolean lineOpen;

    Talk(Session session, Session.Choice choice, AnswerOptions options, BackendOptions backend, Console console) {
        this.session = requireNonNull(session, "session");
        this.choice = requireNonNull(choice, "choice");
        this.options = requireNonNull(options, "options");
        this.backend = requireNonNull(backend, "backend");
        this.console = requireNonNull(console, "console");
        asking = session.asking();
        report = session.report();
    }

    /**
     * Asks and prints the answer. A turn that fails leaves the conversation as it was.
     *
     * @return an exit code
     */
    int say(String text) {
        List<Message> conversation = new ArrayList<>(history);
        conversation.add(Message.user(text));
        Answer answer;
        try {
            answer = asking.ask(
                            choice.provider(),
                            null,
                            options.request(conversation, session.settings()),
                            backend.timeouts(),
                            this::look,
                            report)
                    .join();
        } catch (CompletionException e) {
            endLine();
            throw e;
        }
        if (backend.json) {
            console.answerLine(answer.toJson());
        } else {
            endLine();
            tell(answer);
        }
        history.clear();
        history.addAll(conversation);
        history.add(answer.result().message());
        return answer.result().finish() == FinishReason.ERROR ? ExitCode.BACKEND : ExitCode.DONE;
    }

    private void look(InferenceEvent event) {
        if (event instanceof InferenceEvent.Started started) {
            report.started(started);
        } else if (event instanceof InferenceEvent.ThinkingDelta thinking) {
            if (backend.verbose) {
                console.thinking(thinking.text());
            }
        } else if (event instanceof InferenceEvent.TextDelta piece) {
            print(piece.text());
        } else if (event instanceof InferenceEvent.RefusalDelta piece) {
            print(piece.text());
        }
    }

    private void print(String piece) {
        if (!backend.json) {
            console.answer(piece);
            lineOpen = !piece.endsWith("\n");
        }
    }

    private void endLine() {
        if (lineOpen) {
            lineOpen = false;
            console.answer("\n");
        }
    }

    private void tell(Answer answer) {
        for (Part.ToolCall call : answer.result().toolCalls()) {
            console.note("the model wants to call " + call.name() + " " + call.argumentsJson());
        }
        FinishReason finish = answer.result().finish();
        if (finish == FinishReason.LENGTH) {
            console.note("the answer ends at the token limit (--max-tokens, or the model's own)");
        } else if (finish == FinishReason.CONTENT_FILTER) {
            console.note("a content filter ended the answer");
        } else if (finish == FinishReason.ERROR) {
            console.note("the backend failed in the middle of the answer");
        }
        if (backend.verbose) {
            console.note(answer.result().usage().inputTotal() + " tokens in, "
                    + answer.result().usage().outputTotal() + " out, "
                    + answer.timeToFirstToken().toMillis() + " ms to the first, "
                    + answer.latency().toMillis() + " ms in all");
        }
    }

    /** How to give a key to the backend. */
    String keyHint() {
        return session.keyHint(choice.settings());
    }
}
