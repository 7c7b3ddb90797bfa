package dev.avionics.testkit.record;

import dev.avionics.testkit.record.RecordedExchange.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds in what a request is not the recorded one. A star of the recording stands for any character, and a masked header or
 * parameter for any value, as secrets differ from run to run.
 */
final class Comparison {
    private static final int SHOWN = 120;

    private final List<String> differences = new ArrayList<>();

    private Comparison() {}

    /** The differences, one a line; none if the requests are the same but for ignored headers. */
    static List<String> of(Request recorded, Request actual, Set<String> ignoredHeaders) {
        Comparison comparison = new Comparison();
        comparison.value("method", recorded.method(), actual.method());
        comparison.value("path", recorded.path(), actual.path());
        comparison.named("query parameter ", parameters(recorded.query()), parameters(actual.query()));
        comparison.named(
                "header ", without(recorded.headers(), ignoredHeaders), without(actual.headers(), ignoredHeaders));
        comparison.bodies(recorded.body(), actual.body());
        return comparison.differences;
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String parameter : query.isEmpty() ? new String[0] : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String name = equals < 0 ? parameter : parameter.substring(0, equals);
            String value = equals < 0 ? "" : parameter.substring(equals + 1);
            parameters.merge(name, value, (one, other) -> one + "&" + other);
        }
        return parameters;
    }

    private static Map<String, String> without(Map<String, String> headers, Set<String> ignored) {
        Map<String, String> rest = new TreeMap<>(headers);
        rest.keySet().removeAll(ignored);
        return rest;
    }

    private void named(String what, Map<String, String> recorded, Map<String, String> actual) {
        Set<String> names = new TreeSet<>(recorded.keySet());
        names.addAll(actual.keySet());
        for (String name : names) {
            String value = actual.get(name);
            if (value != null && Scrubber.MASK.equals(recorded.get(name))) {
                continue;
            }
            value(what + name, recorded.get(name), value);
        }
    }

    private void bodies(byte[] recorded, byte[] actual) {
        Object expected = JsonBody.of(recorded);
        Object found = JsonBody.of(actual);
        if (expected != null && found != null) {
            json("body", expected, found);
        } else if (!Arrays.equals(recorded, actual)) {
            value(
                    "body",
                    new String(recorded, StandardCharsets.ISO_8859_1),
                    new String(actual, StandardCharsets.ISO_8859_1));
        }
    }

    private void json(String at, @Nullable Object recorded, @Nullable Object actual) {
        if (recorded instanceof Map<?, ?> one && actual instanceof Map<?, ?> other) {
            Set<String> names = new TreeSet<>();
            one.keySet().forEach(name -> names.add(String.valueOf(name)));
            other.keySet().forEach(name -> names.add(String.valueOf(name)));
            for (String name : names) {
                String inner = at + "." + name;
                if (!one.containsKey(name)) {
                    differ(inner, "(none)", shown(other.get(name)));
                } else if (!other.containsKey(name)) {
                    differ(inner, shown(one.get(name)), "(none)");
                } else {
                    json(inner, one.get(name), other.get(name));
                }
            }
        } else if (recorded instanceof List<?> one && actual instanceof List<?> other) {
            for (int i = 0; i < Math.max(one.size(), other.size()); i++) {
                String inner = at + "[" + i + "]";
                if (i >= one.size()) {
                    differ(inner, "(none)", shown(other.get(i)));
                } else if (i >= other.size()) {
                    differ(inner, shown(one.get(i)), "(none)");
                } else {
                    json(inner, one.get(i), other.get(i));
                }
            }
        } else if (recorded instanceof String one && actual instanceof String other) {
            value(at, one, other);
        } else if (!Objects.equals(recorded, actual)) {
            differ(at, shown(recorded), shown(actual));
        }
    }

    private void value(String what, @Nullable String recorded, @Nullable String actual) {
        if (recorded == null || actual == null) {
            differ(what, recorded == null ? "(none)" : shown(recorded), actual == null ? "(none)" : shown(actual));
        } else if (!isSame(recorded, actual)) {
            // Long texts are shown from shortly before the first difference.
            int from = 0;
            while (from < Math.min(recorded.length(), actual.length())
                    && recorded.charAt(from) == actual.charAt(from)) {
                from++;
            }
            from = recorded.length() <= SHOWN && actual.length() <= SHOWN ? 0 : Math.max(0, from - SHOWN / 4);
            differ(what, shown(recorded.substring(from)), shown(actual.substring(from)));
        }
    }

    private static boolean isSame(String recorded, String actual) {
        if (recorded.length() != actual.length()) {
            return false;
        }
        for (int i = 0; i < recorded.length(); i++) {
            if (recorded.charAt(i) != actual.charAt(i) && recorded.charAt(i) != '*') {
                return false;
            }
        }
        return true;
    }

    private void differ(String what, String recorded, String actual) {
        differences.add(what + ": " + actual + " (recorded: " + recorded + ")");
    }

    private static String shown(@Nullable Object value) {
        String text =
                value instanceof String ? "\"" + value + "\"" : dev.avionics.airframe.json.JsonValues.write(value);
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }
}
