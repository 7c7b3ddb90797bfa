package dev.avionics.server.cli;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.json.JsonWriter;
import java.util.List;

/** The command {@code models}. */
@picocli.CommandLine.Command(
        name = "models",
        description = {"Lists the models of the backend, one a line; with --json as an array of objects.", ""})
final class ModelsCommand extends Command {
    ModelsCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) {
        Session.Choice choice = session.choose();
        program().keyHint(session.keyHint(choice.settings()));
        List<ModelInfo> models = choice.provider()
                .models(choice.provider()
                        .newCall()
                        .withTimeouts(backend.timeouts())
                        .observedBy(session.report()))
                .join();
        if (backend.json) {
            console().answerLine(json(models));
        } else if (models.isEmpty()) {
            console().note("the backend has no models");
        } else {
            StringBuilder lines = new StringBuilder();
            models.forEach(model -> lines.append(model.id()).append('\n'));
            console().answer(lines.toString());
        }
        return ExitCode.DONE;
    }

    private static String json(List<ModelInfo> models) {
        JsonWriter json = new JsonWriter().beginArray();
        for (ModelInfo model : models) {
            json.beginObject()
                    .field("id", model.id())
                    .name("ownedBy")
                    .value(model.ownedBy())
                    .name("contextWindow")
                    .value(model.contextWindow())
                    .endObject();
        }
        return json.endArray().toString();
    }
}
