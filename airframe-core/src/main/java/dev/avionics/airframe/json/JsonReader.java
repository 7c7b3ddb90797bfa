package dev.avionics.airframe.json;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/**
 * A cursor over one JSON value in bytes. Forgiving about types, strict about syntax.
 *
 * <pre>{@code
 * if (json.enterObject()) {
 *     while (json.nextField()) {
 *         switch (json.field()) {
 *             case "id" -> id = json.stringOrNull();
 *             case "choices" -> {
 *                 if (json.enterArray()) {
 *                     while (json.nextElement()) { ... }
 *                 }
 *             }
 *             default -> {}
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>A value that nobody reads is skipped. Loops must be run to their end. Not thread-safe. Syntax errors are
 * {@link InferenceException}s of category PARSE.
 */
public final class JsonReader {
    private final byte[] bytes;
    private final int offset;
    private final JsonParser parser;
    private boolean pending;
    private int depth;
    private boolean somethingFollows;
    private String field = "";

    /** What a value is. */
    public enum Type {
        /** An object. */
        OBJECT,
        /** An array. */
        ARRAY,
        /** A string. */
        STRING,
        /** A number. */
        NUMBER,
        /** True or false. */
        BOOLEAN,
        /** Null. */
        NULL
    }

    private JsonReader(byte[] bytes, int offset, int length) {
        int mark = startsWithByteOrderMark(bytes, offset, length) ? 3 : 0;
        this.bytes = bytes;
        this.offset = offset + mark;
        try {
            parser = JsonFactories.STRICT.createParser(ObjectReadContext.empty(), bytes, offset + mark, length - mark);
            if (parser.nextToken() == null) {
                throw InferenceException.of(ErrorCategory.PARSE, "the JSON text is empty");
            }
            pending = true;
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    private static boolean startsWithByteOrderMark(byte[] bytes, int offset, int length) {
        return length >= 3
                && bytes[offset] == (byte) 0xEF
                && bytes[offset + 1] == (byte) 0xBB
                && bytes[offset + 2] == (byte) 0xBF;
    }

    /** Reads a slice of an array, which must not change meanwhile. */
    public static JsonReader of(byte[] bytes, int offset, int length) {
        return new JsonReader(bytes, offset, length);
    }

    /** Reads an array, which must not change meanwhile. */
    public static JsonReader of(byte[] bytes) {
        return new JsonReader(bytes, 0, bytes.length);
    }

    /** Reads what remains of a buffer, which is copied and left as it is. */
    public static JsonReader of(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return of(bytes);
    }

    /** Reads a text. */
    public static JsonReader of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** What the current value is. */
    public Type type() {
        return switch (token()) {
            case START_OBJECT -> Type.OBJECT;
            case START_ARRAY -> Type.ARRAY;
            case VALUE_STRING -> Type.STRING;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Type.NUMBER;
            case VALUE_TRUE, VALUE_FALSE -> Type.BOOLEAN;
            case VALUE_NULL -> Type.NULL;
            default -> throw new IllegalStateException("no value here: call nextField() or nextElement() first");
        };
    }

    /** Whether the current value is null. */
    public boolean isNull() {
        return token() == JsonToken.VALUE_NULL;
    }

    /** Enters the current value if it is an object; anything else is skipped and gives false. */
    public boolean enterObject() {
        return enter(JsonToken.START_OBJECT);
    }

    /** Enters the current value if it is an array; anything else is skipped and gives false. */
    public boolean enterArray() {
        return enter(JsonToken.START_ARRAY);
    }

    private boolean enter(JsonToken wanted) {
        if (token() != wanted) {
            skip();
            return false;
        }
        pending = false;
        depth++;
        return true;
    }

    /** Goes to the next field of the entered object; false at its end, which leaves the object. */
    public boolean nextField() {
        try {
            skipPending();
            if (parser.nextToken() == JsonToken.END_OBJECT) {
                left();
                return false;
            }
            field = parser.currentName();
            parser.nextToken();
            pending = true;
            return true;
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /** The name of the current field. */
    public String field() {
        return field;
    }

    /** Goes to the next element of the entered array; false at its end, which leaves the array. */
    public boolean nextElement() {
        try {
            skipPending();
            if (parser.nextToken() == JsonToken.END_ARRAY) {
                left();
                return false;
            }
            pending = true;
            return true;
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /**
     * An object or array was left. Behind the outermost one the parser is closed: only then are the names that it met kept
     * for the next one, which makes that three times as fast.
     */
    private void left() {
        depth--;
        if (depth == 0) {
            try {
                somethingFollows = parser.nextToken() != null;
            } catch (JacksonException garbage) {
                somethingFollows = true;
            }
            parser.close();
        }
    }

    /** Passes over the current value. */
    public void skip() {
        try {
            skipPending();
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /** The current value as text: a string, or a number or boolean as it is written; null for anything else. */
    public @Nullable String stringOrNull() {
        try {
            JsonToken token = token();
            if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
                skipPending();
                return null;
            }
            pending = false;
            return parser.getString();
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /** As {@link #stringOrNull}, with an empty text for null. */
    public String stringOrEmpty() {
        String value = stringOrNull();
        return value == null ? "" : value;
    }

    /** The current value as a whole number, fractions cut; null if it is no number or out of range. */
    public @Nullable Long longOrNull() {
        try {
            JsonToken token = token();
            pendingDone(token);
            if (token == JsonToken.VALUE_NUMBER_INT) {
                return switch (parser.getNumberType()) {
                    case INT, LONG -> parser.getLongValue();
                    default -> null;
                };
            }
            if (token == JsonToken.VALUE_NUMBER_FLOAT) {
                double value = parser.getDoubleValue();
                return Math.abs(value) < 9e18 ? (Long) (long) value : null;
            }
            return null;
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /** The current value as a number; null if it is none. */
    public @Nullable Double doubleOrNull() {
        try {
            JsonToken token = token();
            pendingDone(token);
            boolean number = token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT;
            return number ? (Double) parser.getDoubleValue() : null;
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /** The current value as a boolean; null if it is none. */
    public @Nullable Boolean booleanOrNull() {
        try {
            JsonToken token = token();
            pendingDone(token);
            return token == JsonToken.VALUE_TRUE ? Boolean.TRUE : token == JsonToken.VALUE_FALSE ? Boolean.FALSE : null;
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /** The current value as JSON text, byte for byte as it stands. */
    public String raw() {
        try {
            token();
            int from = offset + (int) parser.currentTokenLocation().getByteOffset();
            JsonToken token = token();
            if (token.isStructStart()) {
                parser.skipChildren();
            } else {
                // Reads to the token's end, so that the location stands behind it.
                parser.getStringLength();
                if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
                    pending = false;
                    return parser.getString();
                }
            }
            pending = false;
            int to = offset + (int) parser.currentLocation().getByteOffset();
            return new String(bytes, from, to - from, StandardCharsets.UTF_8);
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /**
     * The current value as strings, longs, doubles, booleans, nulls, lists and maps that keep their order. Whole numbers
     * and fractions that are too large become {@link java.math.BigInteger} and {@link java.math.BigDecimal}. Of fields
     * with one name the last holds.
     */
    public @Nullable Object tree() {
        return switch (type()) {
            case OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                enterObject();
                while (nextField()) {
                    String name = field;
                    map.put(name, tree());
                }
                yield map;
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                enterArray();
                while (nextElement()) {
                    list.add(tree());
                }
                yield list;
            }
            case NUMBER -> number();
            case BOOLEAN -> booleanOrNull();
            case STRING -> stringOrNull();
            case NULL -> {
                skip();
                yield null;
            }
        };
    }

    private Number number() {
        try {
            pending = false;
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                return switch (parser.getNumberType()) {
                    case INT, LONG -> parser.getLongValue();
                    default -> parser.getBigIntegerValue();
                };
            }
            double value = parser.getDoubleValue();
            return Double.isInfinite(value) ? parser.getDecimalValue() : (Number) value;
        } catch (NumberFormatException beyondAll) {
            throw InferenceException.of(ErrorCategory.PARSE, "not valid JSON: a number is out of range");
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /** The current value as an array of floats; elements that are no numbers become 0. Null if it is no array. */
    public float @Nullable [] floatsOrNull() {
        if (!enterArray()) {
            return null;
        }
        float[] values = new float[512];
        int count = 0;
        try {
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (count == values.length) {
                    values = Arrays.copyOf(values, count * 2);
                }
                if (token == JsonToken.VALUE_NUMBER_FLOAT || token == JsonToken.VALUE_NUMBER_INT) {
                    values[count++] = parser.getFloatValue();
                } else {
                    parser.skipChildren();
                    values[count++] = 0;
                }
            }
            left();
            return Arrays.copyOf(values, count);
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /**
     * Reads on to the end of the text from wherever it stands, so that what is wrong there is found. Not needed otherwise.
     *
     * @throws InferenceException of category PARSE if the rest is malformed or something follows the value
     */
    public void finish() {
        try {
            skipPending();
            while (depth > 0) {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    return; // Closed before.
                }
                if (token.isStructStart()) {
                    parser.skipChildren();
                } else if (token.isStructEnd()) {
                    left();
                }
            }
            if (somethingFollows || parser.nextToken() != null) {
                throw InferenceException.of(ErrorCategory.PARSE, "something follows the JSON value");
            }
        } catch (JacksonException e) {
            throw malformed(e);
        } finally {
            parser.close();
        }
    }

    /** Gives buffers back; for a reader that was not read to its end and is done with. */
    public void close() {
        pending = false;
        parser.close();
    }

    private JsonToken token() {
        JsonToken token = parser.currentToken();
        if (token == null || !pending) {
            throw new IllegalStateException("no value here: it was read already");
        }
        return token;
    }

    private void pendingDone(JsonToken token) {
        if (token.isStructStart()) {
            parser.skipChildren();
        }
        pending = false;
    }

    private void skipPending() {
        if (pending) {
            pending = false;
            parser.skipChildren();
        }
    }

    private static InferenceException malformed(JacksonException e) {
        return InferenceException.builder(ErrorCategory.PARSE, "not valid JSON: " + firstLine(e))
                .cause(e)
                .build();
    }

    private static String firstLine(JacksonException e) {
        String text = e.getOriginalMessage();
        if (text == null) {
            return e.getClass().getSimpleName();
        }
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        // Where the source is, it could only say that it hides it.
        int place = line.indexOf(" (start marker at");
        return place < 0 ? line : line.substring(0, place);
    }
}
