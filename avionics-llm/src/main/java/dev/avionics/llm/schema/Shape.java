package dev.avionics.llm.schema;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How values of one Java type look in JSON. */
interface Shape {
    /**
     * The schema, a fresh map.
     *
     * @param closed whether what may be null has to be there all the same
     */
    Map<String, @Nullable Object> schema(boolean closed);

    /**
     * The Java value.
     *
     * @param path where the JSON value stands
     */
    @Nullable
    Object read(@Nullable Object json, String path);

    /** Whether null is a value, and a property of this may be left out. */
    default boolean isNullable() {
        return false;
    }

    /** The error of a value that is of another kind. */
    static JsonMismatchException unexpected(@Nullable Object json, String path, String expected) {
        return JsonMismatchException.at(path, kind(json) + " (expected: " + expected + ")");
    }

    private static String kind(@Nullable Object json) {
        if (json == null) {
            return "nothing";
        }
        if (json instanceof String text) {
            return "the text \"" + (text.length() <= 40 ? text : text.substring(0, 40) + "…") + "\"";
        }
        if (json instanceof Number || json instanceof Boolean) {
            return String.valueOf(json);
        }
        return json instanceof Map ? "an object" : "a list";
    }
}
