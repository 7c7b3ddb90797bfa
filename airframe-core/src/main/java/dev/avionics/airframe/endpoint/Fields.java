package dev.avionics.airframe.endpoint;

import dev.avionics.airframe.call.Timeouts;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The fields of one object, each read once; those that nobody asked for are refused at the end. */
final class Fields {
    private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(Long.MAX_VALUE / 1_000_000_000L);

    private final String path;
    private final Map<String, @Nullable Object> left = new LinkedHashMap<>();
    private final TreeSet<String> asked = new TreeSet<>();

    Fields(Map<?, ?> map) {
        this("", map);
    }

    private Fields(String path, Map<?, ?> map) {
        this.path = path;
        map.forEach((name, value) -> left.put(String.valueOf(name), value));
    }

    private @Nullable Object take(String name) {
        asked.add(name);
        return left.remove(name);
    }

    String text(String name) {
        String text = textOrNull(name);
        if (text == null || text.isEmpty()) {
            throw new IllegalArgumentException(path + name + ": missing");
        }
        return text;
    }

    String text(String name, String otherwise) {
        String text = textOrNull(name);
        return text == null ? otherwise : text;
    }

    @Nullable
    String textOrNull(String name) {
        Object value = take(name);
        if (value != null && !(value instanceof String)) {
            throw new IllegalArgumentException(path + name + ": " + value + " (expected: a string)");
        }
        return (String) value;
    }

    @Nullable
    Integer wholeOrNull(String name) {
        Object value = take(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number
                && number.doubleValue() == Math.rint(number.doubleValue())
                && Math.abs(number.doubleValue()) <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw new IllegalArgumentException(path + name + ": " + value + " (expected: a whole number)");
    }

    Fields object(String name) {
        Object value = take(name);
        if (value == null) {
            return new Fields(path + name + ".", Map.of());
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(path + name + " (expected: an object)");
        }
        return new Fields(path + name + ".", map);
    }

    /** Strings by name; numbers and booleans as they are written. */
    Map<String, String> texts(String name) {
        Fields fields = object(name);
        Map<String, String> texts = new LinkedHashMap<>();
        fields.left.forEach((key, value) -> {
            if (!(value instanceof String || value instanceof Number || value instanceof Boolean)) {
                throw new IllegalArgumentException(fields.path + key + " (expected: a string)");
            }
            texts.put(key, String.valueOf(value));
        });
        return texts;
    }

    Timeouts.@Nullable Override clocks(String name) {
        Fields fields = object(name);
        if (fields.left.isEmpty()) {
            return null;
        }
        Timeouts.Override clocks = new Timeouts.Override(
                fields.seconds("connect"),
                fields.seconds("firstByte"),
                fields.seconds("idle"),
                fields.seconds("progress"),
                fields.seconds("tail"),
                fields.seconds("total"));
        fields.refuseOthers();
        return clocks;
    }

    private @Nullable Duration seconds(String name) {
        Object value = take(name);
        if (value == null) {
            return null;
        }
        BigDecimal seconds = value instanceof Number number ? new BigDecimal(number.toString()) : BigDecimal.ZERO;
        if (seconds.signum() <= 0 || seconds.compareTo(MOST_SECONDS) > 0) {
            throw new IllegalArgumentException(path + name + ": " + value + " (expected: seconds, > 0)");
        }
        return Duration.ofNanos(seconds.movePointRight(9).longValue());
    }

    void refuseOthers() {
        for (String name : left.keySet()) {
            String expected = EndpointListReader.isKeyName(name)
                    ? "apiKeyEnv with the name of an environment variable"
                    : "one of " + String.join(", ", asked);
            throw new IllegalArgumentException(path + name + ": unknown field (expected: " + expected + ")");
        }
    }
}
