package dev.avionics.llm.schema;

import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Many values of one shape: a list, a set, an array, or a map from strings.
 *
 * @param component the class of an array's elements, else null
 */
record ManyShape(Kind kind, Shape element, @Nullable Class<?> component) implements Shape {
    /** What it is in Java. */
    enum Kind {
        LIST,
        SET,
        ARRAY,
        MAP
    }

    @Override
    public Map<String, @Nullable Object> schema(boolean closed) {
        Map<String, @Nullable Object> schema = new LinkedHashMap<>();
        schema.put("type", kind == Kind.MAP ? "object" : "array");
        schema.put(kind == Kind.MAP ? "additionalProperties" : "items", element.schema(closed));
        return schema;
    }

    @Override
    public Object read(@Nullable Object json, String path) {
        if (kind == Kind.MAP) {
            return map(json, path);
        }
        if (!(json instanceof List<?> list)) {
            throw Shape.unexpected(json, path, "a list");
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (Object each : list) {
            values.add(element.read(each, path + "[" + values.size() + "]"));
        }
        return switch (kind) {
            case SET -> Collections.unmodifiableSet(new LinkedHashSet<>(values));
            case ARRAY -> array(values);
            default -> Collections.unmodifiableList(values);
        };
    }

    private Object array(List<@Nullable Object> values) {
        Object array = Array.newInstance(component == null ? Object.class : component, values.size());
        for (int i = 0; i < values.size(); i++) {
            Array.set(array, i, values.get(i));
        }
        return array;
    }

    private Object map(@Nullable Object json, String path) {
        if (!(json instanceof Map<?, ?> map)) {
            throw Shape.unexpected(json, path, "an object");
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            String key = String.valueOf(name);
            values.put(key, element.read(value, JsonProblem.property(path, key)));
        });
        return Collections.unmodifiableMap(values);
    }
}
