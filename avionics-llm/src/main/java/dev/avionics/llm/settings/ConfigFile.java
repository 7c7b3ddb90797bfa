package dev.avionics.llm.settings;

import dev.avionics.llm.settings.SettingSources.Found;
import dev.avionics.llm.settings.YamlFile.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands in {@code avionics.yaml}: values of the table of settings, providers under names of their own, and sections that
 * belong to others. A name that nothing reads is an error.
 */
final class ConfigFile {
    /** Sections that are read elsewhere. */
    static final Set<String> OTHERS = Set.of("agents", "nodes", "gateway", "server");

    private static final String PROVIDERS = "providers";
    private static final String TYPE = "type";

    /** What a named provider may set besides its type's own settings. */
    static final List<String> GENERAL =
            List.of("temperature", "disable-temperature", "max-tokens", "timeout", "max-retries");

    /** What a named provider may set that has no setting elsewhere. */
    private static final List<String> OWN = List.of(TYPE, "api-type", "api-key-env", "headers", "metadata");

    private final Path file;
    private final Map<String, Found> values = new LinkedHashMap<>();
    private final Map<String, Named> providers = new LinkedHashMap<>();
    private final Map<String, Value> others = new LinkedHashMap<>();

    /**
     * A provider under a name of its own.
     *
     * @param values by key of the table, such as {@code groq.model}
     * @param apiType the variant of its protocol; null for the type's
     * @param keyVariable the variable that holds its key; null for none
     */
    record Named(
            String name,
            ProviderId type,
            Map<String, Found> values,
            @Nullable String apiType,
            @Nullable Found keyVariable,
            Map<String, String> headers,
            Map<String, String> metadata) {}

    private ConfigFile(Path file) {
        this.file = file;
    }

    /** No file. */
    static ConfigFile none() {
        return new ConfigFile(Path.of("avionics.yaml"));
    }

    /**
     * Reads a file.
     *
     * @throws SettingsException if there is something that nobody understands; it names the line and the nearest right name
     */
    static ConfigFile read(Path path) {
        ConfigFile config = new ConfigFile(path);
        YamlFile.read(path).forEach(config::top);
        return config;
    }

    Map<String, Found> values() {
        return values;
    }

    Map<String, Named> providers() {
        return providers;
    }

    /** A section that is read elsewhere; null if it is not there. */
    @Nullable
    Value other(String section) {
        return others.get(section);
    }

    Path file() {
        return file;
    }

    private void top(String section, Value value) {
        if (section.equals(PROVIDERS)) {
            mapping(section, value).forEach(this::provider);
        } else if (OTHERS.contains(section)) {
            others.put(section, value);
        } else if (sections().contains(section)) {
            flat(section + ".", value);
        } else {
            List<String> right = new ArrayList<>(sections());
            right.add(PROVIDERS);
            right.addAll(OTHERS);
            throw unknown(section, section, value, right);
        }
    }

    private static Set<String> sections() {
        Set<String> sections = new LinkedHashSet<>();
        SettingTable.keys().forEach(key -> sections.add(key.substring(0, key.indexOf('.'))));
        return sections;
    }

    private void flat(String prefix, Value value) {
        mapping(prefix.substring(0, prefix.length() - 1), value).forEach((name, inner) -> {
            String key = prefix + name;
            if (!inner.fields().isEmpty()) {
                flat(key + ".", inner);
                return;
            }
            SettingKey known = SettingTable.find(key).orElseThrow(() -> unknown(key, key, inner, SettingTable.keys()));
            put(values, known, key, inner);
        });
    }

    private void put(Map<String, Found> into, SettingKey key, String name, Value value) {
        if (!value.isPlain()) {
            throw wrong(name, value, "one value");
        }
        String text = value.text();
        if (text != null && !text.isBlank()) {
            into.put(key.name(), new Found(key, text.strip(), name, place(value)));
        }
    }

    private void provider(String name, Value value) {
        String path = PROVIDERS + "." + name;
        Map<String, Value> fields = mapping(path, value);
        ProviderId type = type(path, name, fields.get(TYPE), value);
        Map<String, Found> own = new LinkedHashMap<>();
        String section = SettingTable.section(type) + ".";
        fields.forEach((field, inner) -> {
            if (!OWN.contains(field)) {
                setting(own, type, path + "." + field, field, inner);
            }
        });
        Value key = fields.get("api-key-env");
        Found variable = key == null || key.text() == null
                ? null
                : new Found(SettingTable.require(section + "api-key"), key.text(), path + ".api-key-env", place(key));
        Value apiType = fields.get("api-type");
        providers.put(
                name,
                new Named(
                        name,
                        type,
                        own,
                        apiType == null ? null : apiType.text(),
                        variable,
                        texts(path + ".headers", fields.get("headers")),
                        texts(path + ".metadata", fields.get("metadata"))));
    }

    /** A value of the type's own, or a general one; or more than one, such as {@code max-tokens: {stream: 100}}. */
    private void setting(Map<String, Found> own, ProviderId type, String path, String field, Value value) {
        if (!value.fields().isEmpty()) {
            value.fields().forEach((name, inner) -> setting(own, type, path + "." + name, field + "." + name, inner));
            return;
        }
        SettingKey key = SettingTable.of(type, field);
        if (key == null && GENERAL.contains(field)) {
            key = SettingTable.require("llm." + field);
        }
        if (key == null) {
            throw unknown(path, field, value, fieldsOf(type));
        }
        put(own, key, path, value);
    }

    private ProviderId type(String path, String name, @Nullable Value told, Value at) {
        String text = told == null || told.text() == null ? name : told.text();
        try {
            return ProviderId.of(text);
        } catch (SettingsException e) {
            String words = String.valueOf(e.getMessage()).replaceFirst("^provider: ", "");
            throw new SettingsException(path + ".type: " + words + "; from " + place(told == null ? at : told));
        }
    }

    private static List<String> fieldsOf(ProviderId type) {
        List<String> fields = new ArrayList<>(OWN);
        fields.addAll(GENERAL);
        String section = SettingTable.section(type) + ".";
        SettingTable.of(type).forEach(key -> fields.add(key.name().substring(section.length())));
        return fields;
    }

    private Map<String, String> texts(String path, @Nullable Value value) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (value != null) {
            mapping(path, value).forEach((name, inner) -> {
                String text = inner.text();
                if (text == null) {
                    throw wrong(path + "." + name, inner, "one value");
                }
                texts.put(name, text);
            });
        }
        return texts;
    }

    private Map<String, Value> mapping(String path, Value value) {
        if (value.fields().isEmpty() && (value.text() != null || !value.items().isEmpty())) {
            throw wrong(path, value, "names with values below it");
        }
        return value.fields();
    }

    private String place(Value value) {
        return file + ":" + value.line();
    }

    private SettingsException wrong(String path, Value value, String expected) {
        return new SettingsException(path + " (expected: " + expected + "); from " + place(value));
    }

    private SettingsException unknown(String path, String name, Value value, List<String> right) {
        return new SettingsException(
                path + ": no such setting" + NearestName.hint(name, right) + "; from " + place(value));
    }
}
