package dev.avionics.llm.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value or null.
 *
 * @param optional whether the Java value is an {@link Optional}
 */
record NullableShape(Shape inner, boolean optional) implements Shape {
    @Override
    public Map<String, @Nullable Object> schema(boolean closed) {
        Map<String, @Nullable Object> schema = inner.schema(closed);
        if (schema.get("type") instanceof String type) {
            schema.put("type", List.of(type, "null"));
        }
        if (schema.get("enum") instanceof Collection<?> names) {
            List<@Nullable Object> more = new ArrayList<>(names);
            more.add(null);
            schema.put("enum", more);
        }
        return schema;
    }

    @Override
    public @Nullable Object read(@Nullable Object json, String path) {
        if (json == null) {
            return optional ? Optional.empty() : null;
        }
        Object value = inner.read(json, path);
        return optional ? Optional.ofNullable(value) : value;
    }

    @Override
    public boolean isNullable() {
        return true;
    }
}
