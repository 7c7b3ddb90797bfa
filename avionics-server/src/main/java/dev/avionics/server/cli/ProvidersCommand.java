package dev.avionics.server.cli;

import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.settings.SettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The command {@code providers}. */
@picocli.CommandLine.Command(
        name = "providers",
        description = {"Lists the providers of this build with their settings; asks none of them.", ""})
final class ProvidersCommand extends Command {
    private record Line(String name, String address, String model, String key, String remark) {}

    ProvidersCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) {
        AvionicsSettings settings = session.settings();
        Set<String> available = session.factory().available();
        List<Line> lines = new ArrayList<>();
        for (ProviderId id : ProviderId.values()) {
            if (available.contains(id.id())) {
                lines.add(line(settings, id));
            }
        }
        console().answer(backend.json ? json(lines) + "\n" : table(lines));
        return ExitCode.DONE;
    }

    private static Line line(AvionicsSettings settings, ProviderId id) {
        String remark = settings.configuredProvider().filter(id::equals).isPresent() ? "configured" : "";
        try {
            ProviderSettings made = settings.provider(id);
            return new Line(
                    id.id(),
                    made.baseUrl().equals(ProviderSettings.LOCAL)
                            ? "in this process"
                            : made.endpoint().address(),
                    made.model(),
                    made.apiKey() == null ? "" : "set",
                    remark);
        } catch (SettingsException e) {
            return new Line(id.id(), "", "", "", ErrorLine.oneLine(e));
        }
    }

    private static String table(List<Line> lines) {
        int name = 8;
        int address = 7;
        int model = 5;
        for (Line line : lines) {
            name = Math.max(name, line.name.length());
            address = Math.max(address, line.address.length());
            model = Math.max(model, line.model.length());
        }
        String form = "%-" + name + "s  %-" + address + "s  %-" + model + "s  %-3s  %s";
        StringBuilder table = new StringBuilder(row(form, "PROVIDER", "ADDRESS", "MODEL", "KEY", ""));
        for (Line line : lines) {
            table.append(row(form, line.name, line.address, line.model, line.key, line.remark));
        }
        return table.toString();
    }

    private static String row(String form, String... cells) {
        return String.format(Locale.ROOT, form, (Object[]) cells).stripTrailing() + "\n";
    }

    private static String json(List<Line> lines) {
        JsonWriter json = new JsonWriter().beginArray();
        for (Line line : lines) {
            json.beginObject()
                    .field("provider", line.name)
                    .field("address", line.address)
                    .field("model", line.model)
                    .field("keySet", line.key.equals("set"))
                    .field("remark", line.remark)
                    .endObject();
        }
        return json.endArray().toString();
    }
}
