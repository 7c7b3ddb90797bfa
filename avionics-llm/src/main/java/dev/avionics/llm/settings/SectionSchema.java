package dev.avionics.llm.settings;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which fields a section of {@code avionics.yaml} has, what they mean and how values look: what is not here is refused when the section is
 * read, and editors are told the rest. Immutable.
 */
public final class SectionSchema {
    private final List<Field> fields;

    /**
     * A field.
     *
     * @param form a JSON Schema of its value; empty if it has fields of its own
     * @param byDefault what holds without it, as it would be written; null if nothing does
     * @param words what it is, in a sentence
     * @param below its own fields, or those of each of its names; null if it has none
     * @param named whether names stand below it that are not known beforehand
     */
    record Field(
            String name,
            Map<String, Object> form,
            @Nullable String byDefault,
            String words,
            @Nullable SectionSchema below,
            boolean named) {}

    private SectionSchema(List<Field> fields) {
        this.fields = List.copyOf(fields);
    }

    /** A builder without fields. */
    public static Builder builder() {
        return new Builder();
    }

    /** The names of the fields, in their order. */
    public List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    List<Field> fields() {
        return fields;
    }

    /** The schema of the section as JSON Schema. */
    Map<String, Object> json() {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Field field : fields) {
            Map<String, Object> value = new LinkedHashMap<>(form(field));
            value.put(
                    "description",
                    field.words() + (field.byDefault() == null ? "" : " Default " + field.byDefault() + "."));
            properties.put(field.name(), value);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("type", "object");
        object.put("properties", properties);
        object.put("additionalProperties", false);
        return object;
    }

    private static Map<String, Object> form(Field field) {
        SectionSchema below = field.below();
        if (below == null) {
            return field.form();
        }
        if (!field.named()) {
            return below.json();
        }
        Map<String, Object> names = new LinkedHashMap<>();
        names.put("type", "object");
        names.put("additionalProperties", below.json());
        return names;
    }

    /**
     * Builds a {@link SectionSchema}; not thread-safe. A default is as it would be written in the file, null for none; words are one
     * sentence or more.
     */
    public static final class Builder {
        private final List<Field> fields = new ArrayList<>();

        private Builder() {}

        private Builder field(String name, Map<String, Object> form, @Nullable String byDefault, String words) {
            fields.add(new Field(
                    requireNonNull(name, "name"), form, byDefault, requireNonNull(words, "words"), null, false));
            return this;
        }

        /** A text. */
        public Builder text(String name, @Nullable String byDefault, String words) {
            return field(name, Map.of("type", "string"), byDefault, words);
        }

        /** A list of texts, or one text with commas between them. */
        public Builder texts(String name, String words) {
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("type", List.of("array", "string"));
            form.put("items", Map.of("type", "string"));
            return field(name, form, null, words);
        }

        /** A number, at least {@code least}. */
        public Builder number(String name, int least, @Nullable String byDefault, String words) {
            return field(name, least("number", "minimum", least), byDefault, words);
        }

        /** A whole number, at least {@code least}. */
        public Builder whole(String name, int least, @Nullable String byDefault, String words) {
            return field(name, least("integer", "minimum", least), byDefault, words);
        }

        /** A time in seconds. */
        public Builder seconds(String name, @Nullable String byDefault, String words) {
            return field(name, least("number", "exclusiveMinimum", 0), byDefault, words);
        }

        private static Map<String, Object> least(String type, String bound, int least) {
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("type", type);
            form.put(bound, least);
            return form;
        }

        /** True or false. */
        public Builder flag(String name, boolean byDefault, String words) {
            return field(name, Map.of("type", "boolean"), String.valueOf(byDefault), words);
        }

        /** One of the names of an enum, as {@link SettingsSection#oneOf} reads them. */
        public Builder oneOf(String name, Enum<?> byDefault, String words) {
            List<String> names = new ArrayList<>();
            for (Enum<?> constant : byDefault.getDeclaringClass().getEnumConstants()) {
                names.add(SettingsSection.written(constant));
            }
            return field(name, Map.of("enum", names), SettingsSection.written(byDefault), words);
        }

        /** Fields below a name. */
        public Builder section(String name, SectionSchema below, String words) {
            fields.add(new Field(
                    requireNonNull(name, "name"), Map.of(), null, words, requireNonNull(below, "below"), false));
            return this;
        }

        /** Fields below each of some names, which are not known beforehand. */
        public Builder named(String name, SectionSchema below, String words) {
            fields.add(new Field(
                    requireNonNull(name, "name"), Map.of(), null, words, requireNonNull(below, "below"), true));
            return this;
        }

        /** Texts under names that are not known beforehand. */
        public Builder free(String name, String words) {
            Map<String, Object> form = new LinkedHashMap<>();
            form.put("type", "object");
            form.put("additionalProperties", Map.of("type", List.of("string", "number", "boolean")));
            return field(name, form, null, words);
        }

        public SectionSchema build() {
            return new SectionSchema(fields);
        }
    }
}
