package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonValues;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A tool that the model may ask for.
 *
 * @param name one to 128 characters
 * @param description what the tool does, for the model; may be empty
 * @param parametersJson the JSON Schema of the arguments, an object, as text; sent byte-exact
 * @param strict whether the backend shall hold the model to the schema where it can
 */
public record ToolSpec(String name, String description, String parametersJson, boolean strict) {
    private static final String NO_PARAMETERS = "{\"type\":\"object\",\"properties\":{}}";

    public ToolSpec {
        requireNonNull(name, "name");
        if (name.isEmpty() || name.length() > 128) {
            throw new IllegalArgumentException("name: " + name.length() + " characters (expected: 1 to 128)");
        }
        requireNonNull(description, "description");
        Schemas.requireObject("parametersJson", parametersJson);
    }

    /** A tool with a schema as text. */
    public static ToolSpec of(String name, String description, String parametersJson) {
        return new ToolSpec(name, description, parametersJson, false);
    }

    /** A tool with a schema as a map of maps, lists, strings, numbers and booleans. */
    public static ToolSpec of(String name, String description, Map<String, ? extends @Nullable Object> parameters) {
        return new ToolSpec(name, description, JsonValues.write(parameters), false);
    }

    /** A tool without parameters. */
    public static ToolSpec of(String name, String description) {
        return new ToolSpec(name, description, NO_PARAMETERS, false);
    }
}
