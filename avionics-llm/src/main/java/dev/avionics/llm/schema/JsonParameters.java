package dev.avionics.llm.schema;

import dev.avionics.airframe.json.JsonValues;
import java.lang.reflect.Executable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parameters of a method as a JSON object; their types as in {@link JsonType}. Immutable, thread-safe. */
public final class JsonParameters {
    private final ObjectShape shape;

    private JsonParameters(ObjectShape shape) {
        this.shape = shape;
    }

    /**
     * The parameters of a method. Their names are those of {@link Described}, or of the class file if it was compiled with
     * {@code -parameters}.
     *
     * @throws IllegalArgumentException if a parameter has no name, or a type that is not taken
     */
    public static JsonParameters of(Executable method) {
        return new JsonParameters(new ShapeMaker().parameters(method));
    }

    /** The schema. What may be null need not be there. */
    public String schemaJson() {
        return JsonValues.write(shape.schema(false));
    }

    /**
     * The arguments, in the order of the parameters; unmodifiable.
     *
     * @param json the object, as of {@link JsonValues#parse}
     * @throws JsonMismatchException that names the path which is wrong
     */
    public List<@Nullable Object> read(@Nullable Object json) {
        return shape.values(json, "$");
    }
}
