package dev.avionics.airframe.json;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.Collections;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON text to plain Java values and back. */
public final class JsonValues {
    private JsonValues() {}

    /**
     * The value of a JSON text: strings, longs, doubles, booleans, nulls, lists and maps.
     *
     * @throws InferenceException of category PARSE if the text is not one JSON value
     */
    public static @Nullable Object parse(String json) {
        JsonReader reader = JsonReader.of(json);
        Object value = reader.tree();
        reader.finish();
        return value;
    }

    /**
     * The value of a JSON text that is an object; unmodifiable.
     *
     * @throws InferenceException of category PARSE if it is not
     */
    @SuppressWarnings("unchecked")
    public static Map<String, @Nullable Object> parseObject(String json) {
        Object value = parse(json);
        if (!(value instanceof Map<?, ?> map)) {
            throw InferenceException.of(ErrorCategory.PARSE, "not a JSON object: " + start(json));
        }
        return Collections.unmodifiableMap((Map<String, @Nullable Object>) map);
    }

    /** Strings, numbers, booleans, nulls, lists and maps as JSON text. */
    public static String write(@Nullable Object value) {
        return new JsonWriter().value(value).toString();
    }

    private static String start(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
