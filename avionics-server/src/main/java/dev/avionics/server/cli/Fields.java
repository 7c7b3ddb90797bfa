package dev.avionics.server.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object, each of the type it must be. */
final class Fields {
    private final String path;
    private final Map<String, @Nullable Object> values;

    Fields(String path, Map<String, @Nullable Object> values) {
        this.path = path;
        this.values = values;
    }

    List<String> names() {
        return List.copyOf(values.keySet());
    }

    @Nullable
    Object value(String name) {
        return values.get(name);
    }

    @Nullable
    String text(String name) {
        Object value = values.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(name, "a string");
    }

    String requiredText(String name) {
        String text = text(name);
        if (text == null) {
            throw new IllegalArgumentException(path + name + ": missing");
        }
        return text;
    }

    @Nullable
    Double number(String name) {
        Object value = values.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw wrong(name, "a number");
    }

    @Nullable
    Integer integer(String name) {
        Double number = number(name);
        if (number == null) {
            return null;
        }
        if (number != Math.rint(number) || Math.abs(number) > Integer.MAX_VALUE) {
            throw wrong(name, "a whole number");
        }
        return number.intValue();
    }

    @Nullable
    Boolean flag(String name) {
        Object value = values.get(name);
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        throw wrong(name, "true or false");
    }

    @Nullable
    Fields object(String name) {
        Object value = values.get(name);
        return value == null ? null : of(path + name, value);
    }

    @Nullable
    List<Fields> objects(String name) {
        Object value = values.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof List<?> list)) {
            throw wrong(name, "an array");
        }
        List<Fields> objects = new ArrayList<>();
        for (Object element : list) {
            objects.add(of(path + name + "[" + objects.size() + "]", element));
        }
        return objects;
    }

    IllegalArgumentException wrong(String name, String expected) {
        return new IllegalArgumentException(path + name + ": wrong type (expected: " + expected + ")");
    }

    @SuppressWarnings("unchecked")
    private static Fields of(String path, @Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return new Fields(path + ".", (Map<String, @Nullable Object>) map);
        }
        throw new IllegalArgumentException(path + ": wrong type (expected: an object)");
    }
}
