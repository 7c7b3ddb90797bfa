package dev.avionics.airframe.anthropic.request;

import dev.avionics.airframe.json.JsonValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A JSON schema in the part of the language that the API holds a model to. What it refuses is left out, and said in the
 * description in its place; objects are closed, as it demands.
 *
 * @param json the schema; the very text that was given if nothing had to change
 * @param changed what had to change, in words; empty for nothing
 */
record OutputSchema(String json, Set<String> changed) {
    private static final Set<String> KEYWORDS = Set.of(
            "$schema",
            "$ref",
            "$defs",
            "definitions",
            "type",
            "properties",
            "required",
            "items",
            "additionalProperties",
            "anyOf",
            "allOf",
            "enum",
            "const",
            "default",
            "title",
            "description",
            "format");
    private static final Set<String> FORMATS =
            Set.of("date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid");

    /** The schema that the API takes. */
    static OutputSchema of(String given) {
        Set<String> changed = new TreeSet<>();
        Map<String, @Nullable Object> fitting = fitting(JsonValues.parseObject(given), changed);
        return new OutputSchema(changed.isEmpty() ? given : JsonValues.write(fitting), changed);
    }

    private static Map<String, @Nullable Object> fitting(Map<?, ?> schema, Set<String> changed) {
        Map<String, @Nullable Object> fitting = new LinkedHashMap<>();
        List<String> said = new ArrayList<>();
        schema.forEach((key, value) -> {
            String name = String.valueOf(key);
            if (name.equals("oneOf")) {
                changed.add("oneOf");
                fitting.put("anyOf", inside("anyOf", value, changed));
            } else if (KEYWORDS.contains(name) && !(name.equals("format") && !FORMATS.contains(value))) {
                fitting.put(name, inside(name, value, changed));
            } else {
                changed.add(name);
                said.add(name + ": " + JsonValues.write(value));
            }
        });
        if (!said.isEmpty()) {
            Object words = fitting.get("description");
            fitting.put("description", (words == null ? "" : words + " ") + "(" + String.join(", ", said) + ")");
        }
        boolean object = "object".equals(fitting.get("type")) || fitting.containsKey("properties");
        if (object && !Boolean.FALSE.equals(fitting.get("additionalProperties"))) {
            changed.add("additionalProperties");
            fitting.put("additionalProperties", false);
        }
        return fitting;
    }

    private static @Nullable Object inside(String name, @Nullable Object value, Set<String> changed) {
        switch (name) {
            case "properties", "$defs", "definitions" -> {
                if (value instanceof Map<?, ?> map) {
                    Map<String, @Nullable Object> all = new LinkedHashMap<>();
                    map.forEach((key, one) -> all.put(String.valueOf(key), schema(one, changed)));
                    return all;
                }
                return value;
            }
            case "anyOf", "allOf" -> {
                if (value instanceof List<?> list) {
                    List<@Nullable Object> all = new ArrayList<>();
                    list.forEach(one -> all.add(schema(one, changed)));
                    return all;
                }
                return value;
            }
            case "items" -> {
                return schema(value, changed);
            }
            default -> {
                return value;
            }
        }
    }

    private static @Nullable Object schema(@Nullable Object value, Set<String> changed) {
        return value instanceof Map<?, ?> map ? fitting(map, changed) : value;
    }
}
