package dev.avionics.llm.schema;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object with properties that are known.
 *
 * @param maker makes the Java value of the values of the properties; null where the values are all that is wanted
 */
record ObjectShape(
        String description,
        List<Property> properties,
        @Nullable Constructor<?> maker) implements Shape {
    /** One of its properties. */
    record Property(String name, String description, Shape shape) {
        Map<String, @Nullable Object> schema(boolean closed) {
            Map<String, @Nullable Object> schema = shape.schema(closed);
            if (!description.isEmpty()) {
                schema.put("description", description);
            }
            return schema;
        }
    }

    @Override
    public Map<String, @Nullable Object> schema(boolean closed) {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (Property property : properties) {
            named.put(property.name, property.schema(closed));
            if (closed || !property.shape.isNullable()) {
                required.add(property.name);
            }
        }
        Map<String, @Nullable Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        if (!description.isEmpty()) {
            schema.put("description", description);
        }
        schema.put("properties", named);
        schema.put("required", required);
        schema.put("additionalProperties", false);
        return schema;
    }

    /** The values of the properties, in their order; null if one may be null. */
    List<@Nullable Object> values(@Nullable Object json, String path) {
        if (!(json instanceof Map<?, ?> map)) {
            throw Shape.unexpected(json, path, "an object");
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (Property property : properties) {
            String place = JsonProblem.property(path, property.name);
            if (!map.containsKey(property.name) && !property.shape.isNullable()) {
                throw JsonMismatchException.at(place, "missing");
            }
            values.add(property.shape.read(map.get(property.name), place));
        }
        return Collections.unmodifiableList(values);
    }

    @Override
    public @Nullable Object read(@Nullable Object json, String path) {
        List<@Nullable Object> values = values(json, path);
        if (maker == null) {
            return values;
        }
        try {
            return maker.newInstance(values.toArray());
        } catch (InvocationTargetException e) {
            // The record's own checks.
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof Error error) {
                throw error;
            }
            String words = cause.getMessage();
            throw JsonMismatchException.at(
                    path, words == null ? cause.getClass().getSimpleName() : words);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(maker + " cannot be called", e);
        }
    }
}
