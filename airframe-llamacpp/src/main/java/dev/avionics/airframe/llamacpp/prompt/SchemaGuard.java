package dev.avionics.airframe.llamacpp.prompt;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets only those JSON Schemas through that the native converter is known to take. What it does not understand ends the
 * whole process, so anything in doubt is refused here.
 */
public final class SchemaGuard {
    private static final Set<String> TYPES =
            Set.of("object", "array", "string", "number", "integer", "boolean", "null");
    private static final Set<String> PLAIN = Set.of(
            "title",
            "description",
            "default",
            "examples",
            "$schema",
            "$id",
            "$comment",
            "required",
            "enum",
            "const",
            "minItems",
            "maxItems",
            "minLength",
            "maxLength",
            "minimum",
            "maximum");
    private static final int DEEPEST = 32;

    private SchemaGuard() {}

    /**
     * Checks a schema.
     *
     * @throws InferenceException of category UNSUPPORTED that names the place that cannot be taken
     */
    public static void check(String schemaJson) {
        Map<String, @Nullable Object> schema = JsonValues.parseObject(schemaJson);
        schema("$", schema, 0);
    }

    private static void schema(String path, @Nullable Object value, int depth) {
        if (depth > DEEPEST) {
            throw refused(path, "it is nested more than " + DEEPEST + " deep");
        }
        if (value instanceof Boolean) {
            return;
        }
        if (!(value instanceof Map<?, ?> schema)) {
            throw refused(path, "a schema must be an object");
        }
        for (Map.Entry<?, ?> entry : schema.entrySet()) {
            String key = String.valueOf(entry.getKey());
            String at = path + "." + key;
            switch (key) {
                case "type" -> type(at, entry.getValue());
                case "properties" -> {
                    if (!(entry.getValue() instanceof Map<?, ?> properties)) {
                        throw refused(at, "it must be an object");
                    }
                    properties.forEach((name, inner) -> schema(at + "." + name, inner, depth + 1));
                }
                case "items", "additionalProperties" -> schema(at, entry.getValue(), depth + 1);
                case "anyOf", "oneOf" -> {
                    if (!(entry.getValue() instanceof List<?> choices) || choices.isEmpty()) {
                        throw refused(at, "it must be a list that is not empty");
                    }
                    for (int i = 0; i < choices.size(); i++) {
                        schema(at + "[" + i + "]", choices.get(i), depth + 1);
                    }
                }
                default -> {
                    if (!PLAIN.contains(key)) {
                        throw refused(at, "this keyword cannot be used with a model in the process");
                    }
                }
            }
        }
    }

    private static void type(String path, @Nullable Object value) {
        List<?> names = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
        if (names.isEmpty()) {
            throw refused(path, "it must name a type");
        }
        for (Object name : names) {
            if (!(name instanceof String) || !TYPES.contains(name)) {
                throw refused(path, name + " is not a type of JSON Schema");
            }
        }
    }

    private static InferenceException refused(String path, String why) {
        return InferenceException.builder(
                        ErrorCategory.UNSUPPORTED,
                        "the JSON schema cannot be used at " + path + ": " + why
                                + " (a llama-server takes more keywords)")
                .origin(ErrorOrigin.CALLER)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }
}
