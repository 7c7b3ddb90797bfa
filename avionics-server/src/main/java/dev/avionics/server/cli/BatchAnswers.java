package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Answers the lines of a batch; errors are answers too. Called from one thread. */
final class BatchAnswers {
    private final Session session;
    private final AnswerOptions options;
    private final BackendOptions backend;
    private final Asking asking;
    private final Map<Session.Wish, Session.Choice> choices = new HashMap<>();

    BatchAnswers(Session session, AnswerOptions options, BackendOptions backend) {
        this.session = requireNonNull(session, "session");
        this.options = requireNonNull(options, "options");
        this.backend = requireNonNull(backend, "backend");
        asking = session.asking();
    }

    /** The answer to a line; the future never fails. */
    CompletableFuture<Batch.Result> answer(Lines.Line line) {
        CompletableFuture<Answer> answer;
        try {
            answer = ask(line);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.handle((done, error) ->
                error == null ? new Batch.Result(done.toJson(), false) : new Batch.Result(json(error), true));
    }

    private CompletableFuture<Answer> ask(Lines.Line line) {
        if (line.text() == null) {
            throw new IllegalArgumentException(line.problem());
        }
        BatchRequest asked;
        try {
            asked = BatchRequest.parse(line.text(), options, backend, session.settings());
        } catch (InferenceException e) {
            // Only the line was read so far: what cannot be parsed is the caller's.
            throw new IllegalArgumentException("not a JSON object: " + ErrorLine.oneLine(e), e);
        }
        // One provider for all lines that wish the same.
        Session.Choice choice = choices.computeIfAbsent(asked.wish(), session::chooseFor);
        return asking.ask(
                choice.provider(), null, asked.request(), backend.timeouts(), event -> {}, session.quietReport());
    }

    /** An error as the line that stands in place of the answer. */
    private static String json(Throwable thrown) {
        Throwable error = ErrorLine.unwrapped(thrown);
        return new JsonWriter()
                .beginObject()
                .name("error")
                .beginObject()
                .field("category", category(error).name().toLowerCase(Locale.ROOT))
                .field("message", ErrorLine.oneLine(error))
                .name("status")
                .value(ErrorLine.status(error))
                .endObject()
                .endObject()
                .toString();
    }

    private static ErrorCategory category(Throwable error) {
        if (error instanceof InferenceException failure) {
            return failure.category();
        }
        return ErrorLine.isUsage(error) ? ErrorCategory.INVALID_REQUEST : ErrorCategory.SERVER_ERROR;
    }
}
