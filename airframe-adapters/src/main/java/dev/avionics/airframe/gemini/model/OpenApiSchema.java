package dev.avionics.airframe.gemini.model;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Puts a JSON Schema into the dialect that older models of Google take: no references, one type for each value, texts only in
 * {@code enum}. What has no counterpart is left out and told.
 */
public final class OpenApiSchema {
    private static final Set<String> KNOWN = Set.of(
            "type",
            "format",
            "title",
            "description",
            "nullable",
            "enum",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minLength",
            "maxLength",
            "minimum",
            "maximum",
            "pattern",
            "example",
            "default",
            "required",
            "propertyOrdering");
    private static final Set<String> SILENT = Set.of("$schema", "$id", "$comment", "$defs", "definitions");
    private static final int DEEPEST = 60;

    private final Map<String, @Nullable Object> root;
    private final Set<String> leftOut = new TreeSet<>();

    private OpenApiSchema(Map<String, @Nullable Object> root) {
        this.root = root;
    }

    /**
     * The schema in Google's dialect, as JSON text.
     *
     * @param leftOut is told the keywords that have no counterpart
     * @throws InferenceException of category UNSUPPORTED if the schema refers to itself, or to what is not in it
     */
    public static String of(String schema, Set<String> leftOut) {
        Map<String, @Nullable Object> root = JsonValues.parseObject(schema);
        OpenApiSchema made = new OpenApiSchema(root);
        String json = JsonValues.write(made.schema(root, 0));
        leftOut.addAll(made.leftOut);
        return json;
    }

    private Map<String, @Nullable Object> schema(Map<?, ?> from, int depth) {
        if (depth > DEEPEST) {
            throw unsupported("a schema that refers to itself, or is very deep");
        }
        Map<String, @Nullable Object> to = new LinkedHashMap<>();
        if (from.get("$ref") instanceof String reference) {
            to.putAll(schema(referred(reference), depth + 1));
        }
        from.forEach((key, value) -> keyword(String.valueOf(key), value, to, depth));
        return to;
    }

    private void keyword(String name, @Nullable Object value, Map<String, @Nullable Object> to, int depth) {
        switch (name) {
            case "$ref" -> {}
            case "type" -> type(value, to);
            case "const" -> texts(List.of(String.valueOf(value)), value instanceof String, name, to);
            case "enum" -> {
                List<?> values = value instanceof List<?> list ? list : List.of();
                texts(values, values.stream().allMatch(String.class::isInstance), name, to);
            }
            case "properties" -> {
                Map<String, @Nullable Object> properties = new LinkedHashMap<>();
                map(value).forEach((key, inner) -> properties.put(String.valueOf(key), schema(map(inner), depth + 1)));
                to.put(name, properties);
            }
            case "items" -> to.put(name, schema(map(value), depth + 1));
            case "anyOf", "oneOf" -> anyOf(value, to, depth);
            case "allOf" -> {
                for (Object one : value instanceof List<?> list ? list : List.of()) {
                    merge(to, schema(map(one), depth + 1));
                }
            }
            default -> {
                if (KNOWN.contains(name)) {
                    to.put(name, value);
                } else if (!SILENT.contains(name)) {
                    leftOut.add(name);
                }
            }
        }
    }

    private static void type(@Nullable Object value, Map<String, @Nullable Object> to) {
        if (!(value instanceof List<?> types)) {
            to.put("type", value);
            return;
        }
        List<?> named = types.stream().filter(type -> !"null".equals(type)).toList();
        if (named.size() < types.size()) {
            to.put("nullable", true);
        }
        if (named.size() == 1) {
            to.put("type", named.get(0));
        } else {
            to.put("anyOf", named.stream().map(type -> Map.of("type", type)).toList());
        }
    }

    private void texts(List<?> values, boolean allTexts, String keyword, Map<String, @Nullable Object> to) {
        if (allTexts) {
            to.put("enum", values);
            to.putIfAbsent("type", "string");
        } else {
            leftOut.add(keyword);
        }
    }

    private void anyOf(@Nullable Object value, Map<String, @Nullable Object> to, int depth) {
        List<Map<String, @Nullable Object>> choices = new ArrayList<>();
        for (Object one : value instanceof List<?> list ? list : List.of()) {
            if ("null".equals(map(one).get("type"))) {
                to.put("nullable", true);
            } else {
                choices.add(schema(map(one), depth + 1));
            }
        }
        if (choices.size() == 1) {
            merge(to, choices.get(0));
        } else {
            to.put("anyOf", choices);
        }
    }

    private static void merge(Map<String, @Nullable Object> to, Map<String, @Nullable Object> more) {
        more.forEach((name, value) -> {
            Object old = to.get(name);
            if (old instanceof Map<?, ?> properties && value instanceof Map<?, ?> others) {
                Map<Object, @Nullable Object> both = new LinkedHashMap<>(properties);
                both.putAll(others);
                to.put(name, both);
            } else if (old instanceof List<?> list && value instanceof List<?> others) {
                List<@Nullable Object> both = new ArrayList<>(list);
                both.addAll(others);
                to.put(name, both);
            } else {
                to.put(name, value);
            }
        });
    }

    private Map<?, ?> referred(String reference) {
        Object at = root;
        String[] steps = reference.split("/", -1);
        for (int i = 0; i < steps.length; i++) {
            boolean start = i == 0 && steps[i].equals("#");
            if (!start) {
                at = at instanceof Map<?, ?> map
                        ? map.get(steps[i].replace("~1", "/").replace("~0", "~"))
                        : null;
            }
        }
        if (!(at instanceof Map<?, ?> found) || !reference.startsWith("#")) {
            throw unsupported("a schema that refers to " + reference + ", which is not in it");
        }
        return found;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static InferenceException unsupported(String what) {
        return Unsendable.unsupported(
                "the model does not take " + what + "; write its parts out, or use a newer model");
    }
}
