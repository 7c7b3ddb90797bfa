package dev.avionics.airframe.spi;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells from a refusal which fields of a request a backend does not take, as facts that {@link RequestFields} heeds when the
 * request is made once more: {@code no stream_options}.
 */
public final class RefusedFields {
    private static final Pattern SAYS_NO =
            Pattern.compile("unsupported|not support|n't support|unrecognized|unrecognised"
                    + "|unknown|unexpected|not permitted|not allowed|not available|unavailable|extra_forbidden|extra fields"
                    + "|extra inputs|additional propert|no such (field|parameter)|deprecated|incompatible|cannot be used"
                    + "|is invalid for");

    private RefusedFields() {}

    /** The fact that a backend does not take a field. */
    public static String fact(String field) {
        return "no " + field;
    }

    /** Whether an answer refuses something about the request's form, so that facts can be learned from it. */
    public static boolean speaksOfFields(int status, String body) {
        return (status == 400 || status == 422)
                && SAYS_NO.matcher(body.toLowerCase(Locale.ROOT)).find();
    }

    /**
     * The facts that a refusal teaches.
     *
     * @param status the answer's status
     * @param body the answer's body
     * @param optional the fields that can be left out without changing what is asked
     */
    public static Set<String> learn(int status, String body, List<String> optional) {
        Set<String> facts = new TreeSet<>();
        if (!speaksOfFields(status, body)) {
            return facts;
        }
        String text = body.toLowerCase(Locale.ROOT);
        String param = top(param(body));
        if (optional.contains(param)) {
            facts.add(fact(param));
        } else if (param.isEmpty() || param.equals("body")) {
            for (String field : optional) {
                if (names(text, field)) {
                    facts.add(fact(field));
                }
            }
        }
        return facts;
    }

    private static String top(String param) {
        int end = param.indexOf('.');
        return end < 0 ? param : param.substring(0, end);
    }

    /**
     * Whether a text names a field: a word with an underscore by itself, a plain word in quotes only.
     *
     * @param text in lower case
     */
    public static boolean names(String text, String field) {
        String wanted = field.toLowerCase(Locale.ROOT);
        boolean plain = wanted.equals(field) && wanted.indexOf('_') < 0;
        for (int at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
            char before = at == 0 ? ' ' : text.charAt(at - 1);
            int end = at + wanted.length();
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

    /** What the body names as the parameter at fault; empty if it names none. */
    public static String param(String body) {
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
