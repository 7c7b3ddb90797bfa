package dev.avionics.llm.schema;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.json.JsonValues;
import java.lang.reflect.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Java type as it is in JSON: its schema, and the way from JSON to it and back. Immutable, thread-safe.
 *
 * <p>Taken are records of, at any depth: strings, booleans, {@code char}, whole numbers, floating-point numbers, {@code BigInteger},
 * {@code BigDecimal} (with the precision of a {@code double}), enums by name, lists, sets, collections, arrays, maps from
 * strings, {@code Optional}, {@code LocalDate}, {@code LocalTime}, {@code LocalDateTime}, {@code OffsetDateTime},
 * {@code Instant}, {@code Duration}, {@code UUID}, {@code URI}, and {@code Object} for any JSON value. A component may be null or left
 * out if it is an {@code Optional}, a boxed primitive, or carries an annotation named {@code Nullable}. Types that contain
 * themselves are refused.
 *
 * @param <T> the type
 */
public final class JsonType<T> {
    private final Shape shape;

    private JsonType(Shape shape) {
        this.shape = shape;
    }

    /**
     * A class.
     *
     * @throws IllegalArgumentException if it is not taken; the message names the place
     */
    public static <T> JsonType<T> of(Class<T> type) {
        return new JsonType<>(new ShapeMaker().top(requireNonNull(type, "type")));
    }

    /** Any type, such as a list of records. */
    public static JsonType<?> of(Type type) {
        return new JsonType<>(new ShapeMaker().top(requireNonNull(type, "type")));
    }

    /** The schema. What may be null need not be there. */
    public Map<String, @Nullable Object> schema() {
        return shape.schema(false);
    }

    /** {@link #schema} as text. */
    public String schemaJson() {
        return JsonValues.write(schema());
    }

    /** The schema as strict backends want it: what may be null has to be there. What fits it fits {@link #schema}. */
    public String closedSchemaJson() {
        return JsonValues.write(shape.schema(true));
    }

    /**
     * Makes an object of JSON.
     *
     * @param json as of {@link JsonValues#parse}
     * @throws JsonMismatchException that names the path which is wrong
     */
    @SuppressWarnings("unchecked")
    public T read(@Nullable Object json) {
        return (T) requireNonNull(shape.read(json, "$"), "value");
    }

    /** As {@link #read(Object)}, from a text. */
    public T readText(String text) {
        return read(JsonValues.parse(text));
    }

    /**
     * Any value of a type that is taken as strings, numbers, booleans, nulls, lists and maps; no type need be named.
     *
     * @throws IllegalArgumentException if it, or something in it, is of a type that is not taken
     */
    public static @Nullable Object toJson(@Nullable Object value) {
        return Plain.of(value);
    }
}
