package dev.avionics.server.cli;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.llm.check.ApiTypeDetector;
import dev.avionics.llm.check.ApiTypeDetector.Detection;
import dev.avionics.llm.settings.ProviderId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;

/** The command {@code detect}. */
@picocli.CommandLine.Command(
        name = "detect",
        description = {
            "Finds out which API an address speaks; spends no tokens.",
            "",
            "Without an address it looks where Ollama and llama-server are by the settings.",
            ""
        })
final class DetectCommand extends Command {
    private record Line(String address, String type, String words) {}

    @Mixin
    AddressOption place = new AddressOption();

    DetectCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) {
        place.addTo(backend);
        List<EndpointSpec> places = new ArrayList<>();
        if (backend.baseUrl != null) {
            places.add(session.wished().endpoint());
        } else {
            places.add(session.settings().provider(ProviderId.OLLAMA).endpoint());
            places.add(session.settings().provider(ProviderId.LLAMASERVER).endpoint());
        }
        ApiTypeDetector detector = new ApiTypeDetector(session.airframe());
        List<CompletableFuture<Line>> asked = new ArrayList<>();
        for (EndpointSpec place : places) {
            asked.add(detector.detect(place).handle((found, error) -> line(place, found, error)));
        }
        List<Line> lines = asked.stream().map(CompletableFuture::join).toList();
        console().answer(backend.json ? json(lines) + "\n" : table(lines));
        boolean any = lines.stream().anyMatch(line -> !line.type.isEmpty());
        return any ? ExitCode.DONE : ExitCode.BACKEND;
    }

    private static Line line(EndpointSpec place, @Nullable Detection found, @Nullable Throwable error) {
        if (found != null) {
            return new Line(place.address(), found.type().id(), found.reason());
        }
        return new Line(place.address(), "", error == null ? "" : ErrorLine.oneLine(ErrorLine.unwrapped(error)));
    }

    private static String table(List<Line> lines) {
        int address = 7;
        for (Line line : lines) {
            address = Math.max(address, line.address.length());
        }
        StringBuilder table = new StringBuilder();
        for (Line line : lines) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-" + address + "s  %-15s  %s%n",
                    line.address,
                    line.type.isEmpty() ? "nothing found" : line.type,
                    line.words));
        }
        return table.toString();
    }

    private static String json(List<Line> lines) {
        JsonWriter json = new JsonWriter().beginArray();
        for (Line line : lines) {
            json.beginObject()
                    .field("address", line.address)
                    .field("apiType", line.type.isEmpty() ? null : line.type)
                    .field("reason", line.words)
                    .endObject();
        }
        return json.endArray().toString();
    }
}
