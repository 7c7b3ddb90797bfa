package dev.avionics.airframe.gemini.answer;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonValues;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of one tool call that come value by value, each with its place as a JSON path such as {@code $.steps[2].name}.
 * Strings may come in pieces, which are joined.
 */
final class PartialArguments {
    private static final Pattern STEP = Pattern.compile(
            "\\.([^.\\[\\]]+)|\\[([0-9]{1,6})]|\\['((?:[^'\\\\]|\\\\.)*)']|\\[\"((?:[^\"\\\\]|\\\\.)*)\"]");
    private static final int DEEPEST = 100;
    private static final int LONGEST_LIST = 100_000;

    private final Map<String, @Nullable Object> root = new LinkedHashMap<>();

    /** Takes the array {@code partialArgs}. */
    void take(JsonReader json) {
        if (!json.enterArray()) {
            return;
        }
        while (json.nextElement()) {
            String path = "";
            Object value = null;
            if (json.enterObject()) {
                while (json.nextField()) {
                    switch (json.field()) {
                        case "jsonPath" -> path = json.stringOrEmpty();
                        case "stringValue", "numberValue", "boolValue" -> value = json.tree();
                        default -> {}
                    }
                }
            }
            put(path, value);
        }
    }

    private void put(String path, @Nullable Object value) {
        List<Object> steps = steps(path);
        Object at = root;
        for (int i = 0; i < steps.size(); i++) {
            Object step = steps.get(i);
            Object old = get(at, step, path);
            Object next;
            if (i == steps.size() - 1) {
                next = old instanceof String begun && value instanceof String more ? begun + more : value;
            } else if (old instanceof Map<?, ?> || old instanceof List<?>) {
                next = old;
            } else {
                next = steps.get(i + 1) instanceof Integer ? new ArrayList<>() : new LinkedHashMap<>();
            }
            set(at, step, next, path);
            at = next == null ? root : next;
        }
    }

    private static @Nullable Object get(Object container, Object step, String path) {
        if (container instanceof Map<?, ?> map && step instanceof String name) {
            return map.get(name);
        }
        if (container instanceof List<?> list && step instanceof Integer index) {
            return index < list.size() ? list.get(index) : null;
        }
        throw malformed(path);
    }

    @SuppressWarnings("unchecked")
    private static void set(Object container, Object step, @Nullable Object value, String path) {
        if (container instanceof Map<?, ?> map && step instanceof String name) {
            ((Map<String, @Nullable Object>) map).put(name, value);
            return;
        }
        List<@Nullable Object> list = (List<@Nullable Object>) container;
        int index = (Integer) step;
        if (index >= LONGEST_LIST) {
            throw malformed(path);
        }
        while (list.size() <= index) {
            list.add(null);
        }
        list.set(index, value);
    }

    /** Names as strings, places in lists as integers. */
    private static List<Object> steps(String path) {
        List<Object> steps = new ArrayList<>();
        Matcher step = STEP.matcher(path);
        int at = 1;
        while (path.startsWith("$") && at < path.length() && step.find(at) && step.start() == at) {
            String index = step.group(2);
            if (index != null) {
                steps.add(Integer.valueOf(index));
            } else if (step.group(1) != null) {
                steps.add(step.group(1));
            } else {
                String quoted = step.group(3) != null ? step.group(3) : step.group(4);
                steps.add(quoted.replaceAll("\\\\(.)", "$1"));
            }
            at = step.end();
        }
        if (steps.isEmpty() || at < path.length() || steps.size() > DEEPEST) {
            throw malformed(path);
        }
        return steps;
    }

    private static InferenceException malformed(String path) {
        return InferenceException.builder(
                        ErrorCategory.PARSE, "a part of a tool call's arguments has no readable place")
                .excerpt(Excerpt.of(path))
                .build();
    }

    /** The arguments as far as they came, as JSON text. */
    String json() {
        return JsonValues.write(root);
    }
}
