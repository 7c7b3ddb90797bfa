package dev.avionics.llm.schema;

import static java.util.Objects.requireNonNull;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Schema that JSON texts are held against. Draft 2020-12 unless {@code $schema} says otherwise; formats are checked.
 * Nothing is fetched: a reference out of the schema is an error. Immutable, thread-safe.
 */
public final class JsonSchema {
    private static final int MOST_PROBLEMS = 10;

    private final String json;
    private final Map<String, @Nullable Object> tree;
    private final Schema schema;

    private JsonSchema(String json, Map<String, @Nullable Object> tree, Schema schema) {
        this.json = json;
        this.tree = tree;
        this.schema = schema;
    }

    /**
     * Reads a schema.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static JsonSchema parse(String json) {
        requireNonNull(json, "json");
        try {
            Map<String, @Nullable Object> tree = JsonValues.parseObject(json);
            Schema schema = Registry.INSTANCE.getSchema(json, InputFormat.JSON);
            schema.initializeValidators();
            return new JsonSchema(json, tree, schema);
        } catch (InferenceException | SchemaException e) {
            throw new IllegalArgumentException("json: " + e.getMessage() + " (expected: a JSON Schema)", e);
        }
    }

    /** The schema as it was given. */
    public String json() {
        return json;
    }

    /**
     * Holds a JSON text against this.
     *
     * @return what is wrong, at most ten places; empty if it fits
     */
    public List<JsonProblem> check(String text) {
        String plain;
        try {
            // Written anew, so that the validator's parser, which has limits of its own, finds what ours found.
            plain = JsonValues.write(JsonValues.parse(text));
        } catch (InferenceException malformed) {
            return List.of(new JsonProblem("$", String.valueOf(malformed.getMessage())));
        }
        List<JsonProblem> problems = new ArrayList<>();
        for (com.networknt.schema.Error error : schema.validate(plain, InputFormat.JSON)) {
            if (problems.size() < MOST_PROBLEMS) {
                problems.add(new JsonProblem(String.valueOf(error.getInstanceLocation()), error.getMessage()));
            }
        }
        return List.copyOf(problems);
    }

    /** Whether what fits is an object. */
    public boolean isObject() {
        return "object".equals(tree.get("type"));
    }

    /**
     * Whether a backend can hold a model strictly to this: all objects name all of their properties, require each, and take no
     * others.
     */
    public boolean isClosed() {
        return isObject() && closed(tree);
    }

    private static boolean closed(@Nullable Object node) {
        if (node instanceof Collection<?> list) {
            return list.stream().allMatch(JsonSchema::closed);
        }
        if (!(node instanceof Map<?, ?> map)) {
            return true;
        }
        boolean object = map.containsKey("properties") || isOfType(map, "object");
        if (object) {
            boolean shut = Boolean.FALSE.equals(map.get("additionalProperties"));
            Collection<?> required = map.get("required") instanceof Collection<?> names ? names : List.of();
            Map<?, ?> properties = map.get("properties") instanceof Map<?, ?> named ? named : Map.of();
            if (!shut || !required.containsAll(properties.keySet())) {
                return false;
            }
            return properties.values().stream().allMatch(JsonSchema::closed) && closedBesides(map);
        }
        // A schema that says nothing takes anything.
        return !map.isEmpty() && closedBesides(map);
    }

    private static boolean closedBesides(Map<?, ?> map) {
        for (String keyword : List.of("items", "anyOf")) {
            if (map.containsKey(keyword) && !closed(map.get(keyword))) {
                return false;
            }
        }
        for (String keyword : List.of("$defs", "definitions")) {
            if (map.get(keyword) instanceof Map<?, ?> named && !closed(new ArrayList<>(named.values()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOfType(Map<?, ?> map, String type) {
        Object said = map.get("type");
        return type.equals(said) || (said instanceof Collection<?> list && list.contains(type));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof JsonSchema that && json.equals(that.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    @Override
    public String toString() {
        return json;
    }

    /** Made with the first schema: the validator takes a while to load. */
    private static final class Registry {
        static final SchemaRegistry INSTANCE = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaCacheEnabled(false)
                        .schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .formatAssertionsEnabled(true)
                                .locale(Locale.ENGLISH)
                                .pathType(PathType.JSON_PATH)
                                .build()));
    }
}
