package dev.avionics.server.cli;

import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.gateway.GatewaySettings;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.agent.AgentSettings;
import dev.avionics.llm.node.NodeProfiles;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.AvionicsSettings.Setting;
import dev.avionics.llm.settings.ConfigSchema;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.settings.SectionSchema;
import dev.avionics.llm.settings.SettingsSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The command {@code config}. */
@picocli.CommandLine.Command(
        name = "config",
        description = {"Prints the settings in force and where each comes from; keys are masked.", ""})
final class ConfigCommand extends Command {
    @Option(names = "--all", description = "Also those that are not set.")
    boolean all;

    @Option(names = "--schema", description = "Print the JSON schema of avionics.yaml, for editors, and nothing else.")
    boolean schema;

    ConfigCommand(Program program) {
        super(program);
    }

    @Override
    int run(Session session) {
        if (schema) {
            console().answer(ConfigSchema.json(sections()));
            return ExitCode.DONE;
        }
        AvionicsSettings settings = session.settings();
        List<Setting> shown = new ArrayList<>();
        for (Setting setting : settings.all()) {
            if (all || setting.value() != null) {
                shown.add(setting);
            }
        }
        settings.namedProviders().forEach(name -> shown.add(provider(settings, name)));
        settings.section("agents").keySet().forEach(name -> shown.addAll(agent(settings, name)));
        // What is wrong there is told here, not at the first call.
        GatewaySettings.of(settings);
        SettingsSection.of(settings, "gateway").settings(GatewaySettings.schema()).stream()
                .filter(setting ->
                        all || setting.origin().equals(settings.configFile().toString()))
                .forEach(shown::add);
        console().answer(backend.json ? json(shown) + "\n" : table(shown));
        return ExitCode.DONE;
    }

    /** The sections that are read by others than the settings themselves. */
    static Map<String, SectionSchema> sections() {
        return Map.of("nodes", NodeProfiles.schema(), "gateway", GatewaySettings.schema());
    }

    private static Setting provider(AvionicsSettings settings, String name) {
        ProviderSettings made = settings.provider(name);
        String value = made.provider() + " at " + made.endpoint().address() + ", model " + made.model()
                + (made.apiKey() == null ? "" : ", key ***");
        return new Setting(
                "providers." + name, List.of(), value, settings.configFile().toString());
    }

    private static List<Setting> agent(AvionicsSettings settings, String name) {
        AgentSettings agent = AgentSettings.of(settings, new AgentRegistry(), name, null);
        String path = "agents." + name + ".";
        List<Setting> fields = new ArrayList<>();
        fields.add(field(path, "provider", agent.provider(), agent));
        fields.add(field(path, "model", agent.model(), agent));
        fields.add(field(path, "temperature", agent.temperature(), agent));
        fields.add(field(path, "max-tokens", agent.maxTokens(), agent));
        fields.add(field(path, "timeout", agent.timeout().toMillis() / 1000.0, agent));
        fields.add(field(path, "context-window", agent.contextWindow(), agent));
        if (agent.serverUrl() != null) {
            fields.add(field(path, "server-url", agent.serverUrl(), agent));
        }
        return fields;
    }

    private static Setting field(String path, String name, Object value, AgentSettings agent) {
        return new Setting(
                path + name,
                List.of(),
                String.valueOf(value),
                String.valueOf(agent.origins().get(name)));
    }

    private static String table(List<Setting> settings) {
        int key = 7;
        int value = 5;
        for (Setting setting : settings) {
            key = Math.max(key, setting.key().length());
            value = Math.max(value, Math.min(50, text(setting).length()));
        }
        String form = "%-" + key + "s  %-" + value + "s  %s";
        StringBuilder table = new StringBuilder(row(form, "SETTING", "VALUE", "FROM"));
        for (Setting setting : settings) {
            table.append(row(form, setting.key(), text(setting), setting.origin()));
        }
        return table.toString();
    }

    private static String text(Setting setting) {
        return setting.value() == null ? "" : setting.value();
    }

    private static String row(String form, String... cells) {
        return String.format(Locale.ROOT, form, (Object[]) cells).stripTrailing() + "\n";
    }

    private static String json(List<Setting> settings) {
        JsonWriter json = new JsonWriter().beginArray();
        for (Setting setting : settings) {
            json.beginObject()
                    .field("setting", setting.key())
                    .field("value", setting.value())
                    .field("from", setting.origin())
                    .name("variables")
                    .beginArray();
            setting.variables().forEach(json::value);
            json.endArray().endObject();
        }
        return json.endArray().toString();
    }
}
