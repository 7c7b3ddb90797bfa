package dev.avionics.llm.structured;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the JSON in what a model says. */
final class JsonText {
    private static final Pattern FENCE = Pattern.compile("```[a-zA-Z0-9]*[ \\t]*\\r?\\n?(.*?)```", Pattern.DOTALL);

    private JsonText() {}

    /** The JSON text in an answer; the answer itself, stripped, if there is none. */
    static String in(String answer) {
        String stripped = (answer.startsWith("\uFEFF") ? answer.substring(1) : answer).strip();
        for (String candidate : candidates(stripped)) {
            if (isJson(candidate)) {
                return candidate;
            }
        }
        return stripped;
    }

    private static List<String> candidates(String answer) {
        List<String> candidates = new ArrayList<>();
        candidates.add(answer);
        // Code in strings may hold fences of its own: the outermost come first.
        int open = answer.indexOf("```");
        int close = answer.lastIndexOf("```");
        if (open >= 0) {
            String body = answer.substring(open + 3, close > open ? close : answer.length());
            candidates.add(body.replaceFirst("^[a-zA-Z0-9]*\\s*", "").strip());
        }
        for (Matcher fence = FENCE.matcher(answer); fence.find(); ) {
            candidates.add(fence.group(1).strip());
        }
        for (String pair : List.of("{}", "[]")) {
            int from = answer.indexOf(pair.charAt(0));
            int to = answer.lastIndexOf(pair.charAt(1));
            if (from >= 0 && to > from) {
                candidates.add(answer.substring(from, to + 1));
            }
        }
        return candidates;
    }

    private static boolean isJson(String text) {
        try {
            JsonValues.parse(text);
            return true;
        } catch (InferenceException malformed) {
            return false;
        }
    }
}
