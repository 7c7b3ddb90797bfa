package dev.avionics.gateway;

import dev.avionics.airframe.Part;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds tool calls that a model wrote as JSON into its text: {@code {"tool": name, "parameters": {…}}}, or several in
 * {@code {"steps": [{…}, …]}}, with any words around them. JSON that is broken gives none.
 */
final class TextToolCalls {
    private TextToolCalls() {}

    /**
     * The calls in a text, in order.
     *
     * @param seed makes the ids of the calls
     */
    static List<Part.ToolCall> in(String text, String seed) {
        List<Part.ToolCall> calls = new ArrayList<>();
        int at = text.indexOf('{');
        while (at >= 0) {
            int end = endOfObject(text, at);
            if (end < 0) {
                break;
            }
            if (read(text.substring(at, end)) instanceof Map<?, ?> object && take(object, seed, calls)) {
                at = text.indexOf('{', end);
            } else {
                at = text.indexOf('{', at + 1);
            }
        }
        return calls;
    }

    /** Behind the brace that closes the one at a place; -1 if there is none. Braces in strings do not count. */
    private static int endOfObject(String text, int from) {
        int depth = 0;
        boolean inString = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (inString) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    inString = false;
                }
            } else if (c == '"') {
                inString = true;
            } else if (c == '{') {
                depth++;
            } else if (c == '}' && --depth == 0) {
                return i + 1;
            }
        }
        return -1;
    }

    private static @Nullable Object read(String json) {
        JsonReader reader = JsonReader.of(json);
        try {
            Object tree = reader.tree();
            reader.finish();
            return tree;
        } catch (InferenceException notJson) {
            // Words in braces are not a call.
            return null;
        } finally {
            reader.close();
        }
    }

    private static boolean take(Map<?, ?> object, String seed, List<Part.ToolCall> calls) {
        if (object.get("steps") instanceof List<?> steps) {
            boolean found = false;
            for (Object step : steps) {
                found |= step instanceof Map<?, ?> one && take(one, seed, calls);
            }
            return found;
        }
        if (!(object.get("tool") instanceof String name) || name.isEmpty()) {
            return false;
        }
        Object parameters = object.get("parameters");
        if (parameters != null && !(parameters instanceof Map<?, ?>)) {
            return false;
        }
        String arguments =
                parameters == null ? "{}" : new JsonWriter().value(parameters).toString();
        calls.add(new Part.ToolCall("call_" + seed + "_" + calls.size(), name, arguments));
        return true;
    }
}
