package dev.avionics.server.cli;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.llm.check.Preflight;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The command {@code check}. */
@picocli.CommandLine.Command(
        name = "check",
        description = {
            "Checks that the backend answers, takes the key and has the model; spends no tokens.",
            "",
            "What is wrong is told on standard error, and by the exit code.",
            ""
        })
final class CheckCommand extends Command {
    CheckCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) throws Exception {
        Session.Choice choice = session.choose();
        program().keyHint(session.keyHint(choice.settings()));
        Preflight.Report report = report(choice);
        report.warnings().forEach(console()::note);
        if (backend.json) {
            console().answerLine(json(choice, report));
        } else {
            int models = report.models().size();
            console()
                    .answerLine(String.format(
                            Locale.ROOT,
                            "ok: %s %s answers%s, %d model%s",
                            choice.provider().name(),
                            Session.place(choice.provider().endpoint()),
                            report.model().isEmpty() ? "" : ", has " + report.model(),
                            models,
                            models == 1 ? "" : "s"));
        }
        return ExitCode.DONE;
    }

    private Preflight.Report report(Session.Choice choice) throws Exception {
        var check = new Preflight(choice.provider()).check(null);
        if (backend.timeout == null) {
            return check.join();
        }
        try {
            return check.get(backend.timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw InferenceException.builder(
                            ErrorCategory.TIMEOUT,
                            choice.provider().name() + " did not answer within " + backend.timeout.toMillis() + " ms")
                    .cause(e)
                    .build();
        }
    }

    private static String json(Session.Choice choice, Preflight.Report report) {
        JsonWriter json = new JsonWriter()
                .beginObject()
                .field("provider", choice.provider().name())
                .field("address", choice.provider().endpoint().address())
                .field("model", report.model())
                .name("models")
                .beginArray();
        report.models().stream().map(ModelInfo::id).forEach(json::value);
        json.endArray().name("warnings").value(List.copyOf(report.warnings()));
        return json.endObject().toString();
    }
}
