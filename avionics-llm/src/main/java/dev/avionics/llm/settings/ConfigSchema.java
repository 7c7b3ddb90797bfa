package dev.avionics.llm.settings;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The JSON schema of {@code avionics.yaml}, for editors: which names there are, what they mean and how values look. */
public final class ConfigSchema {
    private static final String OBJECT = "object";

    private ConfigSchema() {}

    /**
     * The schema as text, with line ends.
     *
     * @param sections those that are read elsewhere, by their names; one that is not given may hold anything
     */
    public static String json(Map<String, SectionSchema> sections) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.put("title", "avionics.yaml");
        root.put("type", OBJECT);
        Map<String, Object> properties = new LinkedHashMap<>();
        for (SettingKey key : SettingTable.all()) {
            place(properties, key.name().split("\\."), 0, value(key));
        }
        properties.put("providers", providers());
        properties.put("agents", agents());
        properties.put("nodes", listOf(sections.get("nodes")));
        for (String name : List.of("gateway", "server")) {
            SectionSchema schema = sections.get(name);
            properties.put(name, schema == null ? Map.of("type", OBJECT) : schema.json());
        }
        root.put("properties", properties);
        root.put("additionalProperties", false);
        StringBuilder text = new StringBuilder();
        write(root, "", text);
        return text.append('\n').toString();
    }

    /** Puts a value below the names that lead to it. */
    @SuppressWarnings("unchecked")
    private static void place(Map<String, Object> properties, String[] names, int at, Map<String, Object> value) {
        if (at == names.length - 1) {
            properties.put(names[at], value);
            return;
        }
        Map<String, Object> section = (Map<String, Object>)
                properties.computeIfAbsent(names[at], name -> object(new LinkedHashMap<String, Object>()));
        place((Map<String, Object>) requireNonNull(section.get("properties")), names, at + 1, value);
    }

    private static Map<String, Object> object(Map<String, Object> properties) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", OBJECT);
        object.put("properties", properties);
        object.put("additionalProperties", false);
        return object;
    }

    private static Map<String, Object> value(SettingKey key) {
        Map<String, Object> value = form(key.form());
        List<String> words = new ArrayList<>();
        if (!key.variables().isEmpty()) {
            words.add("In the environment " + String.join(" or ", key.variables()) + ".");
        }
        if (key.byDefault() != null) {
            words.add("Default " + key.byDefault() + ".");
        }
        if (!words.isEmpty()) {
            value.put("description", String.join(" ", words));
        }
        return value;
    }

    private static Map<String, Object> form(SettingKey.Form form) {
        Map<String, Object> value = new LinkedHashMap<>();
        switch (form) {
            case DEPLOYMENT_MODE -> value.put("enum", List.of("single-node", "distributed"));
            case BOOLEAN -> value.put("type", "boolean");
            case TEMPERATURE -> range(value, "number", 0, 2);
            case SECONDS -> range(value, "number", 1, 600);
            case WAIT -> range(value, "number", 0, 600);
            case RETRIES -> range(value, "integer", 0, 10);
            case POSITIVE -> range(value, "integer", 1, null);
            case NOT_NEGATIVE -> range(value, "integer", 0, null);
            case LLAMASERVER_API -> value.put("enum", List.of("native", "openai"));
            case API_TYPE -> value.put("enum", List.of("auto", "ollama-chat", "ollama-generate", "openai", "native"));
            case TEXT, SECRET, URL, PROVIDER -> value.put("type", "string");
        }
        return value;
    }

    private static void range(Map<String, Object> value, String type, int least, @Nullable Integer most) {
        value.put("type", type);
        value.put("minimum", least);
        if (most != null) {
            value.put("maximum", most);
        }
    }

    private static Map<String, Object> providers() {
        Map<String, Object> fields = new LinkedHashMap<>();
        List<String> types = new ArrayList<>();
        for (ProviderId id : ProviderId.values()) {
            types.add(id.id());
            types.addAll(id.aliases());
        }
        fields.put(
                "type",
                described(Map.of("enum", types), "The backend's kind; the provider's own name if it is one of them."));
        fields.put("api-key-env", described(form(SettingKey.Form.TEXT), "The variable that holds the key."));
        fields.put("api-type", described(form(SettingKey.Form.TEXT), "The variant of the protocol, or a dialect."));
        for (String general : ConfigFile.GENERAL) {
            fields.put(general, value(SettingTable.require("llm." + general)));
        }
        for (ProviderId id : ProviderId.values()) {
            String section = SettingTable.section(id) + ".";
            for (SettingKey key : SettingTable.of(id)) {
                String name = key.name().substring(section.length());
                if (!name.contains(".")) {
                    fields.putIfAbsent(name, form(key.form()));
                }
            }
        }
        Map<String, Object> texts =
                Map.of("type", OBJECT, "additionalProperties", Map.of("type", List.of("string", "number", "boolean")));
        fields.put("headers", texts);
        fields.put("metadata", texts);
        // A limit of its own for streams and for whole answers.
        fields.put("max-tokens", Map.of("type", List.of("integer", OBJECT)));
        Map<String, Object> providers = new LinkedHashMap<>();
        providers.put("type", OBJECT);
        providers.put("description", "Providers by names of their own.");
        providers.put("additionalProperties", object(fields));
        return providers;
    }

    private static Map<String, Object> agents() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("provider", described(form(SettingKey.Form.TEXT), "A provider's name."));
        fields.put("model", form(SettingKey.Form.TEXT));
        fields.put("temperature", described(form(SettingKey.Form.TEMPERATURE), "Default 0.3."));
        fields.put("max-tokens", described(form(SettingKey.Form.POSITIVE), "Default 2000."));
        fields.put("server-url", described(form(SettingKey.Form.TEXT), "In place of the provider's own address."));
        fields.put(
                "timeout",
                described(Map.of("type", "number", "exclusiveMinimum", 0), "Seconds for a call. Default 120."));
        fields.put("context-window", described(form(SettingKey.Form.POSITIVE), "In tokens. Default 16384."));
        Map<String, Object> agents = new LinkedHashMap<>();
        agents.put("type", OBJECT);
        agents.put("description", "What holds for each agent.");
        agents.put("additionalProperties", object(fields));
        return agents;
    }

    private static Map<String, Object> listOf(@Nullable SectionSchema items) {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("type", "array");
        if (items != null) {
            list.put("items", items.json());
        }
        return list;
    }

    private static Map<String, Object> described(Map<String, ?> value, String words) {
        Map<String, Object> described = new LinkedHashMap<>(new TreeMap<>(value));
        described.put("description", words);
        return described;
    }

    private static void write(Object value, String indent, StringBuilder text) {
        if (!(value instanceof Map<?, ?> map)) {
            text.append(plain(value));
            return;
        }
        if (map.isEmpty()) {
            text.append("{}");
            return;
        }
        text.append("{\n");
        String separator = "";
        // Maps that have no order are written in that of their names.
        Map<Object, Object> ordered = map instanceof LinkedHashMap ? new LinkedHashMap<>(map) : new TreeMap<>(map);
        for (Map.Entry<Object, Object> entry : ordered.entrySet()) {
            text.append(separator)
                    .append(indent)
                    .append("  \"")
                    .append(entry.getKey())
                    .append("\": ");
            write(entry.getValue(), indent + "  ", text);
            separator = ",\n";
        }
        text.append('\n').append(indent).append('}');
    }

    private static String plain(Object value) {
        return new String(new JsonWriter().value(value).toBytes(), StandardCharsets.UTF_8);
    }
}
