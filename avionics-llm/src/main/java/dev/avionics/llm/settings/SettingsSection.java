package dev.avionics.llm.settings;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.settings.AvionicsSettings.Setting;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A part of {@code avionics.yaml} that is read by whom it belongs to: fields with their values, each of which is checked when it
 * is read. What is wrong is a {@link SettingsException} that names the field, what was expected, and the file.
 */
public final class SettingsSection {
    private static final String NAMES_BELOW = "names with values below it";

    private final AvionicsSettings settings;
    private final String path;
    private final Map<?, ?> fields;

    private SettingsSection(AvionicsSettings settings, String path, Map<?, ?> fields) {
        this.settings = settings;
        this.path = path;
        this.fields = fields;
    }

    /** A section as {@link AvionicsSettings#section} has it; without fields if it is not there. */
    public static SettingsSection of(AvionicsSettings settings, String name) {
        return new SettingsSection(requireNonNull(settings, "settings"), name, settings.section(name));
    }

    /** The items of a section that is a list, each with fields of its own. */
    public static List<SettingsSection> list(AvionicsSettings settings, String name) {
        List<SettingsSection> items = new ArrayList<>();
        for (Object item : settings.list(name)) {
            String path = name + "[" + items.size() + "]";
            if (!(item instanceof Map<?, ?> fields)) {
                throw new SettingsException(path + " (expected: " + NAMES_BELOW + "); from " + settings.configFile());
            }
            items.add(new SettingsSection(settings, path, fields));
        }
        return items;
    }

    /**
     * Checks that there are no fields but these; what stands below them is checked when it is read.
     *
     * @return this
     */
    public SettingsSection allow(SectionSchema schema) {
        List<String> names = schema.names();
        for (Object field : fields.keySet()) {
            if (!names.contains(String.valueOf(field))) {
                throw new SettingsException(path + "." + field + ": no such setting"
                        + NearestName.hint(String.valueOf(field), names) + "; from " + settings.configFile());
            }
        }
        return this;
    }

    /** The names of the fields, in the file's order. */
    public List<String> names() {
        return fields.keySet().stream().map(String::valueOf).toList();
    }

    /** Where this is, such as {@code gateway.fallback}. */
    public String path() {
        return path;
    }

    /** Whether a field is there and has a value. */
    public boolean has(String field) {
        return fields.get(field) != null;
    }

    /** What a field holds below it; without fields if it is not there. */
    public SettingsSection inner(String field) {
        Object value = fields.get(field);
        if (value == null) {
            return new SettingsSection(settings, path + "." + field, Map.of());
        }
        if (value instanceof Map<?, ?> below) {
            return new SettingsSection(settings, path + "." + field, below);
        }
        throw wrong(field, NAMES_BELOW);
    }

    /** A field's text; empty if it is not there. */
    public Optional<String> text(String field) {
        Object value = fields.get(field);
        if (value == null || value instanceof String) {
            return Optional.ofNullable((String) value);
        }
        throw wrong(field, "one value");
    }

    /**
     * A field's text as something else.
     *
     * @param read throws IllegalArgumentException for what it cannot read
     * @param expected what can be read, in words
     */
    public <V> Optional<V> value(String field, Function<String, V> read, String expected) {
        return text(field).map(text -> {
            try {
                return read.apply(text);
            } catch (IllegalArgumentException e) {
                throw wrong(field + ": " + text, expected);
            }
        });
    }

    /** A field that is a list, or names with commas between them; empty if it is not there. */
    public List<String> texts(String field) {
        Object value = fields.get(field);
        if (value == null) {
            return List.of();
        }
        if (value instanceof Map) {
            throw wrong(field, "a list");
        }
        return value instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of(String.valueOf(value).strip().split("\\s*,\\s*"));
    }

    /** A field that is a number; empty if it is not there. */
    public Optional<BigDecimal> number(String field) {
        return value(field, BigDecimal::new, "a number");
    }

    /**
     * A field that is a whole number.
     *
     * @param least the smallest that is right
     */
    public Optional<Integer> whole(String field, int least) {
        return value(
                field,
                text -> {
                    int value = Integer.parseInt(text);
                    if (value < least) {
                        throw new IllegalArgumentException(text);
                    }
                    return value;
                },
                "a whole number, >= " + least);
    }

    /** A field that is a time in seconds above 0, up to a year. */
    public Optional<Duration> seconds(String field) {
        return value(
                field,
                text -> {
                    BigDecimal value = new BigDecimal(text);
                    if (value.signum() <= 0 || value.compareTo(BigDecimal.valueOf(31_536_000)) > 0) {
                        throw new IllegalArgumentException(text);
                    }
                    return Duration.ofNanos(value.movePointRight(9).longValue());
                },
                "seconds above 0");
    }

    /** A field that is true or false; empty if it is not there. */
    public Optional<Boolean> flag(String field) {
        return value(
                field,
                text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "true", "yes", "on", "1" -> true;
                    case "false", "no", "off", "0" -> false;
                    default -> throw new IllegalArgumentException(text);
                },
                "true or false");
    }

    /** A field that is one of the names of an enum, in lower case with hyphens. */
    public <E extends Enum<E>> Optional<E> oneOf(String field, Class<E> type) {
        List<String> names = new ArrayList<>();
        for (E constant : type.getEnumConstants()) {
            names.add(written(constant));
        }
        return value(
                field,
                text -> Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_')),
                "one of " + String.join(", ", names));
    }

    static String written(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Every field of a schema as it is in force here, those below it too; for printing. */
    public List<Setting> settings(SectionSchema schema) {
        List<Setting> shown = new ArrayList<>();
        for (SectionSchema.Field field : schema.fields()) {
            SectionSchema below = field.below();
            if (below != null) {
                SettingsSection inner = inner(field.name());
                if (field.named()) {
                    inner.names().forEach(name -> shown.addAll(inner.inner(name).settings(below)));
                } else {
                    shown.addAll(inner.settings(below));
                }
                continue;
            }
            Object value = fields.get(field.name());
            String origin = value != null
                    ? settings.configFile().toString()
                    : field.byDefault() == null ? "not set" : "default";
            shown.add(new Setting(
                    path + "." + field.name(), List.of(), value == null ? field.byDefault() : text(value), origin));
        }
        return shown;
    }

    private static String text(Object value) {
        return value instanceof List<?> list
                ? String.join(", ", list.stream().map(String::valueOf).toList())
                : value.toString();
    }

    /** What is thrown for a field that is wrong. */
    public SettingsException wrong(String field, String expected) {
        return new SettingsException(
                path + "." + field + " (expected: " + expected + "); from " + settings.configFile());
    }

    /** What is thrown for this as a whole; an error that names its field already stays what it is. */
    public SettingsException wrong(IllegalArgumentException why) {
        if (why instanceof SettingsException told) {
            return told;
        }
        return new SettingsException(path + ": " + why.getMessage() + "; from " + settings.configFile());
    }
}
