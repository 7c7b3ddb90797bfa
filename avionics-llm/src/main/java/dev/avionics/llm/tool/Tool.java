package dev.avionics.llm.tool;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.schema.JsonMismatchException;
import dev.avionics.llm.schema.JsonProblem;
import dev.avionics.llm.schema.JsonSchema;
import dev.avionics.llm.schema.JsonType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A tool and what it does. Arguments are held against its schema before it runs. Thread-safe if its function is. */
public final class Tool {
    private final ToolSpec spec;
    private final JsonSchema schema;
    private final Function<Map<String, @Nullable Object>, Callable<@Nullable Object>> binder;

    private Tool(ToolSpec spec, Function<Map<String, @Nullable Object>, Callable<@Nullable Object>> binder) {
        this.spec = requireNonNull(spec, "spec");
        this.binder = binder;
        try {
            schema = JsonSchema.parse(spec.parametersJson());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("tool " + spec.name() + ": " + e.getMessage(), e);
        }
    }

    /**
     * A tool with a schema of one's own.
     *
     * @param function takes the arguments as strings, longs, doubles, booleans, nulls, lists and maps
     * @throws IllegalArgumentException if the schema is none
     */
    public static Tool of(ToolSpec spec, ToolFunction<Map<String, @Nullable Object>> function) {
        requireNonNull(function, "function");
        return new Tool(spec, arguments -> () -> function.call(arguments));
    }

    /**
     * A tool whose arguments are a record.
     *
     * @param arguments the record, of types that {@link JsonType} takes
     * @throws IllegalArgumentException if the record is not taken
     */
    public static <A extends Record> Tool of(
            String name, String description, Class<A> arguments, ToolFunction<A> function) {
        requireNonNull(function, "function");
        JsonType<A> type = JsonType.of(arguments);
        return new Tool(ToolSpec.of(name, description, type.schemaJson()), json -> {
            A read = type.read(json);
            return () -> function.call(read);
        });
    }

    /**
     * The methods of an object that carry {@link ToolMethod}, also those that are not public, static or inherited from classes.
     *
     * @throws IllegalArgumentException if there is none, two have one name, or a parameter cannot be made of JSON
     */
    public static List<Tool> methodsOf(Object object) {
        return MethodTools.of(requireNonNull(object, "object"));
    }

    static Tool bound(ToolSpec spec, Function<Map<String, @Nullable Object>, Callable<@Nullable Object>> binder) {
        return new Tool(spec, binder);
    }

    /** Its name, description and schema. */
    public ToolSpec spec() {
        return spec;
    }

    /**
     * Checks the arguments; nothing runs yet.
     *
     * @throws JsonMismatchException if they are not as they have to be
     */
    Callable<@Nullable Object> bind(String argumentsJson) {
        List<JsonProblem> problems = schema.check(argumentsJson);
        if (!problems.isEmpty()) {
            throw JsonMismatchException.of(problems);
        }
        return binder.apply(JsonValues.parseObject(argumentsJson));
    }

    @Override
    public String toString() {
        return "Tool[" + spec.name() + "]";
    }
}
