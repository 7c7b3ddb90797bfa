package dev.avionics.llm.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The values of every source, in the order in which they win. Immutable once built. */
final class SettingSources {
    private final List<Source> sources = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final Map<String, Variable> variables = new LinkedHashMap<>();

    /**
     * A value and where it comes from.
     *
     * @param name how it is called there
     * @param place the source in words; the file and line for {@code .env}
     */
    record Found(SettingKey key, String value, String name, String place) {
        String origin() {
            return place.equals("default") ? place : name + " (" + place + ")";
        }
    }

    /** Values of one source, by key. Of several names for a key the first one of the table counts. */
    private record Source(Map<String, Found> byKey) {}

    void addExplicit(Map<String, String> values) {
        Map<String, Found> byKey = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            SettingKey key = SettingTable.require(name);
            put(byKey, key, value, key.name(), "given");
        });
        sources.add(new Source(byKey));
    }

    void addSystemProperties(Map<String, String> properties) {
        Set<String> sections = SettingTable.keys().stream()
                .map(key -> "avionics." + key.substring(0, key.indexOf('.') + 1))
                .collect(Collectors.toSet());
        Map<String, Found> byKey = new LinkedHashMap<>();
        // Sorted, so that the same error comes first each time.
        new TreeMap<>(properties).forEach((name, value) -> {
            if (sections.stream().noneMatch(name::startsWith)) {
                return;
            }
            String plain = name.substring("avionics.".length());
            SettingKey key = SettingTable.find(plain)
                    .orElseThrow(() -> new SettingsException(name + ": no such setting (system property)"
                            + NearestName.of(plain, SettingTable.keys())
                                    .map(near -> "; did you mean avionics." + near + "?")
                                    .orElse("")));
            put(byKey, key, value, name, "system property");
        });
        sources.add(new Source(byKey));
    }

    void addEnvironment(Map<String, String> environment) {
        Map<String, DotEnvFile.Entry> entries = new LinkedHashMap<>();
        environment.forEach((name, value) -> entries.put(name, new DotEnvFile.Entry(value, 0)));
        addVariables(entries, null);
    }

    void addDotEnv(Path file) {
        addVariables(DotEnvFile.read(file), file);
    }

    void addFile(ConfigFile file) {
        sources.add(new Source(file.values()));
    }

    /** These with other values in front, and without what the sources say of some keys. */
    SettingSources under(Map<String, Found> first, Set<String> without) {
        SettingSources under = new SettingSources();
        under.sources.add(new Source(first));
        for (Source source : sources) {
            Map<String, Found> left = new LinkedHashMap<>(source.byKey);
            left.keySet().removeAll(without);
            under.sources.add(new Source(left));
        }
        return under;
    }

    /** A variable of the environment or of {@code .env}, whether a setting or not; names are case-blind. */
    Optional<Variable> variable(String name) {
        return Optional.ofNullable(variables.get(name.toUpperCase(Locale.ROOT)));
    }

    /**
     * A variable.
     *
     * @param name as it is written there
     * @param place the environment, or file and line
     */
    record Variable(String name, String value, String place) {}

    private void addVariables(Map<String, DotEnvFile.Entry> entries, @Nullable Path file) {
        // Names are case-blind; the spelling in capitals wins.
        Map<String, String> written = new TreeMap<>();
        for (String name : new TreeMap<>(entries).descendingKeySet()) {
            written.put(name.toUpperCase(Locale.ROOT), name);
        }
        Map<String, Found> byKey = new LinkedHashMap<>();
        for (SettingKey key : SettingTable.all()) {
            for (String variable : key.variables()) {
                String name = written.get(variable);
                DotEnvFile.Entry entry = name == null ? null : entries.get(name);
                if (name != null && entry != null) {
                    put(byKey, key, entry.value(), name, place(file, entry));
                }
            }
        }
        sources.add(new Source(byKey));
        written.forEach((upper, name) -> {
            DotEnvFile.Entry entry = entries.get(name);
            if (entry != null && !entry.value().isBlank()) {
                variables.putIfAbsent(upper, new Variable(name, entry.value().strip(), place(file, entry)));
            }
            if (entry != null
                    && upper.startsWith("LLM_")
                    && SettingTable.find(upper).isEmpty()) {
                warnings.add(name + " (" + place(file, entry) + "): no such setting"
                        + NearestName.hint(upper, SettingTable.variables()));
            }
        });
    }

    private static String place(@Nullable Path file, DotEnvFile.Entry entry) {
        return file == null ? "environment" : file + ":" + entry.line();
    }

    private static void put(Map<String, Found> byKey, SettingKey key, String value, String name, String place) {
        // An empty value is how shells and .env files say "not set".
        if (!value.isBlank()) {
            byKey.putIfAbsent(key.name(), new Found(key, value.strip(), name, place));
        }
    }

    /** What the first source that knows one of the keys says; within a source the first key wins. */
    Optional<Found> find(SettingKey... keys) {
        for (Source source : sources) {
            for (SettingKey key : keys) {
                Found found = source.byKey.get(key.name());
                if (found != null) {
                    return Optional.of(found);
                }
            }
        }
        return Optional.empty();
    }

    /** As {@link #find}, or else the default of the first key that has one. */
    Optional<Found> findOrDefault(SettingKey... keys) {
        Optional<Found> found = find(keys);
        if (found.isPresent()) {
            return found;
        }
        for (SettingKey key : keys) {
            String byDefault = key.byDefault();
            if (byDefault != null) {
                return Optional.of(new Found(key, byDefault, key.name(), "default"));
            }
        }
        return Optional.empty();
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }
}
