package dev.avionics.llm.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One value.
 *
 * @param keywords its schema
 * @param expected what it has to be, in words
 * @param reader gives null for a JSON value that is not so, or throws a {@link RuntimeException}
 */
record ScalarShape(Map<String, @Nullable Object> keywords, String expected, Function<Object, @Nullable Object> reader)
        implements Shape {
    private static final int MOST_DIGITS = 1000;
    private static final String TIME = "\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?";
    private static final Map<Class<?>, Shape> KNOWN = known();

    /** The shape of a class that is one value, or null. */
    static @Nullable Shape of(Class<?> type) {
        return type.isEnum() ? choice(type) : KNOWN.get(type);
    }

    private static Map<Class<?>, Shape> known() {
        Map<Class<?>, Shape> known = new HashMap<>();
        known.put(String.class, new ScalarShape(Map.of("type", "string"), "a text", ScalarShape::text));
        Shape truth = new ScalarShape(
                Map.of("type", "boolean"), "true or false", json -> json instanceof Boolean ? json : null);
        known.put(boolean.class, truth);
        known.put(Boolean.class, truth);
        Shape letter = new ScalarShape(
                Map.of("type", "string", "minLength", 1, "maxLength", 1),
                "one character",
                json -> json instanceof String text && text.length() == 1 ? text.charAt(0) : null);
        known.put(char.class, letter);
        known.put(Character.class, letter);
        whole(known, byte.class, Byte.class, BigInteger::byteValueExact);
        whole(known, short.class, Short.class, BigInteger::shortValueExact);
        whole(known, int.class, Integer.class, BigInteger::intValueExact);
        whole(known, long.class, Long.class, BigInteger::longValueExact);
        known.put(BigInteger.class, integer("a whole number", number -> number));
        number(known, float.class, Float.class, number -> finite(number.floatValue()));
        number(known, double.class, Double.class, number -> finite(number.doubleValue()));
        known.put(BigDecimal.class, decimal("a number", number -> number));
        known.put(LocalDate.class, words("date", null, "a date such as 2026-01-31", LocalDate::parse));
        known.put(LocalTime.class, words(null, "^" + TIME + "$", "a time such as 09:30:00", LocalTime::parse));
        known.put(
                LocalDateTime.class,
                words(
                        null,
                        "^\\d{4}-\\d{2}-\\d{2}T" + TIME + "$",
                        "a date and time such as 2026-01-31T09:30:00",
                        LocalDateTime::parse));
        String moment = "a moment such as 2026-01-31T09:30:00Z";
        known.put(
                Instant.class,
                words(
                        "date-time",
                        null,
                        moment,
                        text -> OffsetDateTime.parse(text).toInstant()));
        known.put(OffsetDateTime.class, words("date-time", null, moment, OffsetDateTime::parse));
        known.put(Duration.class, words("duration", null, "a duration such as PT1H30M", Duration::parse));
        known.put(
                UUID.class,
                words("uuid", null, "a UUID such as 123e4567-e89b-12d3-a456-426614174000", UUID::fromString));
        known.put(URI.class, words("uri", null, "an address such as https://example.com/", URI::create));
        known.put(Object.class, new AnyShape());
        return Map.copyOf(known);
    }

    private static @Nullable Object text(Object json) {
        return json instanceof String ? json : null;
    }

    private static void whole(
            Map<Class<?>, Shape> known, Class<?> plain, Class<?> boxed, Function<BigInteger, Object> exact) {
        Shape shape = integer("a whole number that fits into " + plain.getSimpleName(), exact);
        known.put(plain, shape);
        known.put(boxed, shape);
    }

    private static void number(
            Map<Class<?>, Shape> known, Class<?> plain, Class<?> boxed, Function<BigDecimal, Object> narrow) {
        Shape shape = decimal("a number that fits into " + plain.getSimpleName(), narrow);
        known.put(plain, shape);
        known.put(boxed, shape);
    }

    private static Shape integer(String expected, Function<BigInteger, Object> exact) {
        return new ScalarShape(
                Map.of("type", "integer"),
                expected,
                json -> json instanceof Number number ? exact.apply(whole(exact(number))) : null);
    }

    private static BigInteger whole(BigDecimal number) {
        // A short text may stand for a number that fills the memory.
        if ((long) number.precision() - number.scale() > MOST_DIGITS) {
            throw new ArithmeticException("too large");
        }
        return number.toBigIntegerExact();
    }

    private static Shape decimal(String expected, Function<BigDecimal, Object> narrow) {
        return new ScalarShape(
                Map.of("type", "number"),
                expected,
                json -> json instanceof Number number ? narrow.apply(exact(number)) : null);
    }

    private static BigDecimal exact(Number number) {
        return number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
    }

    private static Object finite(Number number) {
        if (!Double.isFinite(number.doubleValue())) {
            throw new ArithmeticException("too large");
        }
        return number;
    }

    private static Shape words(
            @Nullable String format, @Nullable String pattern, String expected, Function<String, Object> parser) {
        Map<String, @Nullable Object> keywords = new LinkedHashMap<>();
        keywords.put("type", "string");
        if (format != null) {
            keywords.put("format", format);
        }
        if (pattern != null) {
            keywords.put("pattern", pattern);
        }
        return new ScalarShape(keywords, expected, json -> json instanceof String text ? parser.apply(text) : null);
    }

    private static Shape choice(Class<?> type) {
        Map<String, Object> constants = new LinkedHashMap<>();
        for (Object constant : type.getEnumConstants()) {
            constants.put(((Enum<?>) constant).name(), constant);
        }
        List<String> names = List.copyOf(constants.keySet());
        Map<String, @Nullable Object> keywords = new LinkedHashMap<>();
        keywords.put("type", "string");
        keywords.put("enum", names);
        return new ScalarShape(
                keywords,
                "one of " + String.join(", ", names),
                json -> json instanceof String name ? constants.get(name) : null);
    }

    @Override
    public Map<String, @Nullable Object> schema(boolean closed) {
        return new LinkedHashMap<>(keywords);
    }

    @Override
    public Object read(@Nullable Object json, String path) {
        Object value = null;
        if (json != null) {
            try {
                value = reader.apply(json);
            } catch (RuntimeException notSo) {
                value = null;
            }
        }
        if (value == null) {
            throw Shape.unexpected(json, path, expected);
        }
        return value;
    }

    /** Any JSON value, as it is. */
    private record AnyShape() implements Shape {
        @Override
        public Map<String, @Nullable Object> schema(boolean closed) {
            return new LinkedHashMap<>();
        }

        @Override
        public @Nullable Object read(@Nullable Object json, String path) {
            return json;
        }
    }
}
