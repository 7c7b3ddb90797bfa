package dev.avionics.testkit.model;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.backend.SeenRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Loose reading and writing of JSON: what is missing or of another type is empty. */
final class Json {
    private Json() {}

    static Map<String, @Nullable Object> body(SeenRequest request) {
        return JsonValues.parseObject(request.bodyText());
    }

    /** An object of names and values in turn; values that are null are left out. */
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i + 1] != null) {
                object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
            }
        }
        return object;
    }

    static String write(@Nullable Object value) {
        return JsonValues.write(value);
    }

    static String text(Map<String, @Nullable Object> object, String name) {
        return object.get(name) instanceof String text ? text : "";
    }

    static boolean isTrue(Map<String, @Nullable Object> object, String name) {
        return Boolean.TRUE.equals(object.get(name));
    }

    static @Nullable Number number(Map<String, @Nullable Object> object, String name) {
        return object.get(name) instanceof Number number ? number : null;
    }

    @SuppressWarnings("unchecked")
    static Map<String, @Nullable Object> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : Map.of();
    }

    static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    /** A text, or the texts of a list. */
    static List<String> texts(@Nullable Object value) {
        if (value instanceof String text) {
            return List.of(text);
        }
        List<String> texts = new ArrayList<>();
        list(value).forEach(one -> texts.add(String.valueOf(one)));
        return texts;
    }
}
