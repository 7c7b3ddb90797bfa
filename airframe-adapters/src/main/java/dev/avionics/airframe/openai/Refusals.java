package dev.avionics.airframe.openai;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells from a refusal what the server does not take, so that it can be left out: facts such as {@code no stream_options}. */
final class Refusals {
    static final String NO_DEVELOPER = "no developer role";
    static final String NO_JSON_SCHEMA = "no json_schema";
    static final String NO_STRICT = "no strict";

    /** What can be left out, or sent in another form, without changing what is asked. */
    private static final List<String> OPTIONAL = List.of(
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "top_p",
            "top_k",
            "min_p",
            "seed",
            "random_seed",
            "presence_penalty",
            "frequency_penalty",
            "repetition_penalty",
            "repeat_penalty",
            "reasoning_effort",
            "reasoning",
            "thinking",
            "enable_thinking",
            "chat_template_kwargs",
            "parallel_tool_calls",
            "response_format",
            "stop",
            "user");

    private static final Pattern SAYS_NO = Pattern.compile(
            "unsupported|not support|n't support|unrecognized|unrecognised"
                    + "|unknown|unexpected|not permitted|not allowed|not available|unavailable|extra_forbidden|extra fields"
                    + "|additional propert|no such (field|parameter)|deprecated|incompatible|cannot be used|is invalid for");

    private Refusals() {}

    static String fact(String field) {
        return "no " + field;
    }

    /**
     * The facts that a refusal teaches.
     *
     * @param status the answer's status
     * @param body the answer's body
     * @param known what was learned before
     */
    static Set<String> learn(int status, String body, Set<String> known) {
        Set<String> facts = new TreeSet<>();
        String text = body.toLowerCase(Locale.ROOT);
        if ((status != 400 && status != 422) || !SAYS_NO.matcher(text).find()) {
            return facts;
        }
        String param = param(body);
        if (text.contains("'developer'") || text.contains("\"developer\"") || text.contains("developer role")) {
            facts.add(NO_DEVELOPER);
        } else if (!param.isEmpty() && isOptional(param)) {
            facts.add(fact(top(param)));
        } else if (param.isEmpty() || param.equals("body")) {
            for (String field : OPTIONAL) {
                if (names(text, field)) {
                    facts.add(fact(field));
                }
            }
        }
        if (facts.contains(fact("max_tokens")) && facts.contains(fact("max_completion_tokens"))) {
            // "Use max_completion_tokens instead" names both: the one it asks for stays.
            boolean oldWanted = text.indexOf("max_tokens") > text.indexOf("max_completion_tokens");
            facts.remove(fact(oldWanted ? "max_tokens" : "max_completion_tokens"));
        }
        if (facts.contains(fact("response_format")) && !known.contains(NO_JSON_SCHEMA) && !names(text, "json_object")) {
            facts.remove(fact("response_format"));
            facts.add(NO_JSON_SCHEMA);
        }
        if (text.contains("strict") && (param.endsWith("strict") || names(text, "strict"))) {
            facts.add(NO_STRICT);
        }
        facts.removeAll(known);
        return facts;
    }

    private static boolean isOptional(String param) {
        return OPTIONAL.contains(top(param));
    }

    private static String top(String param) {
        int end = param.indexOf('.');
        return end < 0 ? param : param.substring(0, end);
    }

    /** Whether a text names a field: a word with an underscore by itself, a plain word in quotes only. */
    private static boolean names(String text, String field) {
        boolean plain = field.indexOf('_') < 0;
        for (int at = text.indexOf(field); at >= 0; at = text.indexOf(field, at + 1)) {
            char before = at == 0 ? ' ' : text.charAt(at - 1);
            int end = at + field.length();
            char after = end == text.length() ? ' ' : text.charAt(end);
            boolean quoted = "'\"`".indexOf(before) >= 0 && "'\"`\\".indexOf(after) >= 0;
            boolean alone = !Character.isLetterOrDigit(before)
                    && before != '_'
                    && !Character.isLetterOrDigit(after)
                    && after != '_';
            if (quoted || (alone && !plain)) {
                return true;
            }
        }
        return false;
    }

    private static String param(String body) {
        try {
            if (JsonValues.parse(body) instanceof Map<?, ?> map) {
                Object error = map.get("error");
                @Nullable Object param = error instanceof Map<?, ?> inner ? inner.get("param") : map.get("param");
                return param instanceof String text ? text : "";
            }
        } catch (InferenceException notJson) {
            return "";
        }
        return "";
    }
}
