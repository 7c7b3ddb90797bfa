package dev.avionics.airframe.json;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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

    /**
     * The fields of an object, copied all the way down; unmodifiable.
     *
     * @throws IllegalArgumentException that names the field, if a value is no string, number, boolean, null, list or map
     */
    public static Map<String, @Nullable Object> copyOf(Map<String, ? extends @Nullable Object> fields) {
        if (fields.isEmpty()) {
            return Map.of();
        }
        return copy("", fields);
    }

    private static Map<String, @Nullable Object> copy(String path, Map<?, ?> fields) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        fields.forEach((name, value) -> copy.put(String.valueOf(name), copy(path + name, value)));
        return Collections.unmodifiableMap(copy);
    }

    private static @Nullable Object copy(String path, @Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        if (value instanceof Map<?, ?> map) {
            return copy(path + ".", map);
        }
        if (value instanceof Iterable<?> list) {
            List<@Nullable Object> copy = new ArrayList<>();
            for (Object element : list) {
                copy.add(copy(path + "[" + copy.size() + "]", element));
            }
            return Collections.unmodifiableList(copy);
        }
        throw new IllegalArgumentException(
                path + ": " + value.getClass().getName() + " (expected: a string, number, boolean, null, list or map)");
    }

    /** Strings, numbers, booleans, nulls, lists and maps as JSON text. */
    public static String write(@Nullable Object value) {
        return new JsonWriter().value(value).toString();
    }

    private static String start(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
