package dev.avionics.airframe.json;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * Writes one JSON value as UTF-8.
 *
 * <pre>{@code
 * byte[] body = new JsonWriter().beginObject()
 *         .field("model", model)
 *         .field("temperature", temperature)     // left out when null
 *         .name("messages").beginArray() ... .endArray()
 *         .endObject()
 *         .toBytes();
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class JsonWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(512);
    private final JsonGenerator generator = JsonFactories.STRICT.createGenerator(ObjectWriteContext.empty(), out);

    /** Begins an object. */
    public JsonWriter beginObject() {
        generator.writeStartObject();
        return this;
    }

    /** Ends the object. */
    public JsonWriter endObject() {
        generator.writeEndObject();
        return this;
    }

    /** Begins an array. */
    public JsonWriter beginArray() {
        generator.writeStartArray();
        return this;
    }

    /** Ends the array. */
    public JsonWriter endArray() {
        generator.writeEndArray();
        return this;
    }

    /** Writes a field's name; its value must follow. */
    public JsonWriter name(String name) {
        generator.writeName(name);
        return this;
    }

    /** Writes a field, unless the value is null. */
    public JsonWriter field(String name, @Nullable String value) {
        if (value != null) {
            generator.writeName(name);
            generator.writeString(value);
        }
        return this;
    }

    /** Writes a field, unless the value is null. */
    public JsonWriter field(String name, @Nullable Number value) {
        if (value != null) {
            generator.writeName(name);
            value(value);
        }
        return this;
    }

    /** Writes a field, unless the value is null. */
    public JsonWriter field(String name, @Nullable Boolean value) {
        if (value != null) {
            generator.writeName(name);
            generator.writeBoolean(value);
        }
        return this;
    }

    /** Writes a field whose value is JSON text already, unless it is null. The text is not checked. */
    public JsonWriter rawField(String name, @Nullable String json) {
        if (json != null) {
            generator.writeName(name);
            generator.writeRawValue(json);
        }
        return this;
    }

    /** Writes a value that is JSON text already. The text is not checked. */
    public JsonWriter raw(String json) {
        generator.writeRawValue(json);
        return this;
    }

    /**
     * Writes a string, number, boolean, null, list or map, as deep as it goes.
     *
     * @throws IllegalArgumentException for anything else, and for numbers that JSON does not have
     */
    public JsonWriter value(@Nullable Object value) {
        if (value == null) {
            generator.writeNull();
        } else if (value instanceof String text) {
            generator.writeString(text);
        } else if (value instanceof Boolean bool) {
            generator.writeBoolean(bool);
        } else if (value instanceof Number number) {
            number(number);
        } else if (value instanceof Map<?, ?> map) {
            generator.writeStartObject();
            map.forEach((key, element) -> {
                generator.writeName(String.valueOf(key));
                value(element);
            });
            generator.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            generator.writeStartArray();
            list.forEach(this::value);
            generator.writeEndArray();
        } else {
            throw new IllegalArgumentException("value: " + value.getClass().getName()
                    + " (expected: a string, number, boolean, null, list or map)");
        }
        return this;
    }

    private void number(Number number) {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) {
            generator.writeNumber(number.longValue());
        } else if (number instanceof BigDecimal decimal) {
            generator.writeNumber(decimal);
        } else if (number instanceof BigInteger integer) {
            generator.writeNumber(integer);
        } else {
            double value = number.doubleValue();
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("value: " + value + " (expected: a finite number)");
            }
            if (number instanceof Float single) {
                generator.writeNumber(single);
            } else {
                generator.writeNumber(value);
            }
        }
    }

    /** What was written; the writer is done with. */
    public byte[] toBytes() {
        generator.close();
        return out.toByteArray();
    }

    /** As {@link #toBytes}, as text. */
    @Override
    public String toString() {
        generator.flush();
        return out.toString(StandardCharsets.UTF_8);
    }
}
