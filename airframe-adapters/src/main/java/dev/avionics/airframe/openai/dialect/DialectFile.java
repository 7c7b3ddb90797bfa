package dev.avionics.airframe.openai.dialect;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.json.JsonValues;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads dialects: ours of {@code dialects.json}, and those that other jars have in {@code META-INF/avionics/openai-dialects.json}. */
final class DialectFile {
    private static final String OURS = "/dev/avionics/airframe/openai/dialects.json";
    private static final String OTHERS = "META-INF/avionics/openai-dialects.json";

    private static final List<String> FIELDS = List.of("name", "aliases", "hosts", "switches", "yes", "no", "errors");

    /**
     * One dialect and what it is known by.
     *
     * @param names the dialect's own and its aliases
     * @param hosts those that speak it, and all below them
     */
    record Entry(Dialect dialect, List<String> names, List<String> hosts) {}

    private DialectFile() {}

    /**
     * All dialects; those of this library come last, so that others may take their place.
     *
     * @throws IllegalStateException if a file is malformed; it names the file
     */
    static List<Entry> all() {
        try {
            List<URL> files = new ArrayList<>(
                    Collections.list(DialectFile.class.getClassLoader().getResources(OTHERS)));
            files.add(requireNonNull(DialectFile.class.getResource(OURS), OURS));
            List<Entry> entries = new ArrayList<>();
            for (URL file : files) {
                read(file, entries);
            }
            return List.copyOf(entries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the dialects of a file after those that there are. */
    static void read(URL file, List<Entry> entries) throws IOException {
        try (InputStream bytes = file.openStream()) {
            Map<String, @Nullable Object> root =
                    JsonValues.parseObject(new String(bytes.readAllBytes(), StandardCharsets.UTF_8));
            for (Object each : list(root.get("dialects"))) {
                entries.add(entry(map(each)));
            }
        } catch (RuntimeException malformed) {
            throw new IllegalStateException(file + ": " + malformed.getMessage(), malformed);
        }
    }

    private static Entry entry(Map<?, ?> json) {
        Object named = json.get("name");
        String name = named == null ? "" : named.toString();
        if (name.isEmpty()) {
            throw new IllegalArgumentException("a dialect has no name: " + json);
        }
        for (Object field : json.keySet()) {
            if (!FIELDS.contains(String.valueOf(field))) {
                throw new IllegalArgumentException(
                        "dialect " + name + ": " + field + " (expected one of " + FIELDS + ")");
            }
        }
        List<String> names = new ArrayList<>(List.of(name));
        names.addAll(texts(json.get("aliases")));
        EnumMap<Dialect.Switch, String> switches = new EnumMap<>(Dialect.Switch.class);
        map(json.get("switches"))
                .forEach((key, value) -> put(switches, name, String.valueOf(key), String.valueOf(value)));
        Dialect generic = Dialect.generic();
        Capabilities can = with(generic.capabilities(), json.get("yes"), Support.YES);
        can = with(can, json.get("no"), Support.NO);
        List<Dialect.ErrorRule> errors = new ArrayList<>();
        list(json.get("errors")).forEach(rule -> errors.add(errorRule(map(rule))));
        Dialect dialect = generic.with(name, switches).with(can, errors);
        return new Entry(dialect, names, texts(json.get("hosts")));
    }

    private static void put(Map<Dialect.Switch, String> switches, String dialect, String key, String value) {
        Dialect.Switch which = Dialect.named(key);
        if (!which.takes(value)) {
            throw new IllegalArgumentException(
                    "dialect " + dialect + ": " + key + ": " + value + " (expected: true or false)");
        }
        switches.put(which, value);
    }

    private static Capabilities with(Capabilities can, @Nullable Object features, Support support) {
        Capabilities with = can;
        for (String feature : texts(features)) {
            with = with.with(support, Feature.valueOf(feature));
        }
        return with;
    }

    private static Dialect.ErrorRule errorRule(Map<?, ?> json) {
        Set<Integer> statuses = new LinkedHashSet<>();
        list(json.get("statuses")).forEach(status -> statuses.add(((Number) status).intValue()));
        Object words = json.get("words");
        return new Dialect.ErrorRule(
                Set.copyOf(statuses),
                words == null ? null : Pattern.compile(words.toString(), Pattern.CASE_INSENSITIVE),
                ErrorCategory.valueOf(String.valueOf(json.get("category"))));
    }

    private static Map<?, ?> map(@Nullable Object json) {
        return json instanceof Map<?, ?> map ? map : Map.of();
    }

    private static List<?> list(@Nullable Object json) {
        return json instanceof List<?> list ? list : List.of();
    }

    private static List<String> texts(@Nullable Object json) {
        return list(json).stream().map(String::valueOf).toList();
    }
}
