package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The form that the answer's text must have.
 *
 * @param kind free text, any JSON object, or JSON by a schema
 * @param name the schema's name, given with {@link Kind#JSON_SCHEMA} only
 * @param schemaJson the schema as text, given with {@link Kind#JSON_SCHEMA} only
 * @param strict whether the backend shall hold the model to every keyword of the schema; false without one
 */
public record OutputFormat(
        Kind kind, @Nullable String name, @Nullable String schemaJson, boolean strict) {
    /** The kinds of form. */
    public enum Kind {
        /** Free text. */
        TEXT,
        /** Some JSON object. */
        JSON_OBJECT,
        /** JSON that fits a schema. */
        JSON_SCHEMA
    }

    /** Free text. */
    public static final OutputFormat TEXT = new OutputFormat(Kind.TEXT, null, null, false);
    /** Some JSON object. */
    public static final OutputFormat JSON_OBJECT = new OutputFormat(Kind.JSON_OBJECT, null, null, false);

    public OutputFormat {
        requireNonNull(kind, "kind");
        if ((kind == Kind.JSON_SCHEMA) != (schemaJson != null)) {
            throw new IllegalArgumentException("schemaJson: " + (schemaJson == null ? "none" : "given") + " with kind "
                    + kind + " (expected: with kind JSON_SCHEMA, and only there)");
        }
        if ((name != null) != (schemaJson != null) || (strict && schemaJson == null)) {
            throw new IllegalArgumentException("name: " + name + ", strict: " + strict + " with kind " + kind
                    + " (expected: a name with a schema, and neither without)");
        }
        if (schemaJson != null) {
            Schemas.requireObject("schemaJson", schemaJson);
        }
    }

    /** JSON that fits a schema, held strictly where the backend can. */
    public static OutputFormat jsonSchema(String name, String schemaJson) {
        return new OutputFormat(Kind.JSON_SCHEMA, name, requireNonNull(schemaJson, "schemaJson"), true);
    }
}
