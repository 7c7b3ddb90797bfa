package dev.avionics.airframe.http;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the body of an error says, whichever of the shapes in use it has: an {@code error} object or text, {@code message},
 * {@code detail} as text or list, {@code errors}, RFC 7807, any of these in an array or as JSON text within a message,
 * plain text, HTML, or nothing. The texts are the backend's own and may hold keys.
 *
 * @param status the status that the body names, 400 to 599, or 0
 * @param code the error's code as text, a number too; empty if it has none
 * @param type the error's type or status word; empty if it has none
 * @param message the words for people; empty if there are none
 * @param param the field of the request that is to blame; empty if it names none
 * @param requestId the id of the request; empty if it names none
 * @param html whether the body is a page
 * @param json the body as {@link JsonValues} reads it, or null if it is no JSON
 */
public record ErrorDetails(
        int status,
        String code,
        String type,
        String message,
        String param,
        String requestId,
        boolean html,
        @Nullable Object json) {
    private static final int LONGEST_TEXT = 4000;
    private static final Pattern TITLE = Pattern.compile("(?is)<title[^>]{0,200}>\\s*([^<]{1,300}?)\\s*</title>");
    private static final Pattern CUT_MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.){1,2000}+)");
    private static final ErrorDetails EMPTY = new ErrorDetails(0, "", "", "", "", "", false, null);

    public ErrorDetails {
        requireNonNull(code, "code");
        requireNonNull(type, "type");
        requireNonNull(message, "message");
        requireNonNull(param, "param");
        requireNonNull(requestId, "requestId");
    }

    /** Reads a body; leaves the buffer as it is. */
    public static ErrorDetails of(ByteBuffer body) {
        return of(StandardCharsets.UTF_8.decode(body.duplicate()).toString());
    }

    /** Reads a body, or the error part of one. */
    public static ErrorDetails of(String body) {
        String text = body.strip();
        if (text.startsWith("\uFEFF")) {
            text = text.substring(1).strip();
        }
        if (text.isEmpty()) {
            return EMPTY;
        }
        if (text.startsWith("<")) {
            return ofPage(text);
        }
        char first = text.charAt(0);
        if (first == '{' || first == '[' || first == '"') {
            try {
                Object json = JsonValues.parse(text);
                return new Reading(json).details();
            } catch (InferenceException notJson) {
                return ofText(text, first == '"' ? null : cutMessage(text));
            }
        }
        return ofText(text, null);
    }

    private static ErrorDetails ofPage(String text) {
        Matcher title = TITLE.matcher(start(text));
        return new ErrorDetails(0, "", "", title.find() ? title.group(1) : "", "", "", true, null);
    }

    private static ErrorDetails ofText(String text, @Nullable String message) {
        return new ErrorDetails(0, "", "", start(message == null ? text : message), "", "", false, null);
    }

    /** The message of a JSON text that was cut. */
    private static @Nullable String cutMessage(String text) {
        Matcher found = CUT_MESSAGE.matcher(start(text));
        return found.find() ? found.group(1) : null;
    }

    private static String start(String text) {
        return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT);
    }

    /** Whether nothing is known of the error. */
    public boolean isEmpty() {
        return code.isEmpty() && type.isEmpty() && message.isEmpty();
    }

    /**
     * All texts under a name, wherever they stand in the body; for what vendors hide in lists of details.
     *
     * @param name the field's name
     */
    public List<String> texts(String name) {
        List<String> found = new ArrayList<>();
        collect(json, name, found, 0);
        return found;
    }

    /** This with the code and the words that stand under these names, where they do. */
    ErrorDetails named(String codeName, String messageName) {
        List<String> codes = texts(codeName);
        List<String> messages = texts(messageName);
        return new ErrorDetails(
                status,
                codes.isEmpty() ? code : codes.get(0),
                type,
                messages.isEmpty() ? message : start(messages.get(0)),
                param,
                requestId,
                html,
                json);
    }

    private static void collect(@Nullable Object value, String name, List<String> found, int depth) {
        if (depth > 12) {
            return;
        }
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> {
                if (name.equals(key) && inner instanceof String text) {
                    found.add(text);
                } else {
                    collect(inner, name, found, depth + 1);
                }
            });
        } else if (value instanceof List<?> list) {
            list.forEach(inner -> collect(inner, name, found, depth + 1));
        }
    }

    /** One pass over a parsed body. What is met first holds; what is nested fills the gaps. */
    private static final class Reading {
        private final @Nullable Object json;
        private int status;
        private String code = "";
        private String type = "";
        private String message = "";
        private String param = "";
        private String requestId = "";

        Reading(@Nullable Object json) {
            this.json = json;
        }

        ErrorDetails details() {
            read(json, 0);
            return new ErrorDetails(status, code, type, start(message), param, requestId, false, json);
        }

        private void read(@Nullable Object value, int depth) {
            if (depth > 6) {
                return;
            }
            if (value instanceof String text) {
                readText(text, depth);
            } else if (value instanceof List<?> list) {
                readList(list, depth);
            } else if (value instanceof Map<?, ?> map) {
                readObject(map, depth);
            }
        }

        private void readText(String text, int depth) {
            String trimmed = text.strip();
            if (trimmed.startsWith("{") && depth < 6) {
                try {
                    read(JsonValues.parse(trimmed), depth + 1);
                    return;
                } catch (InferenceException notJson) {
                    // Words that begin with a brace.
                }
            }
            if (message.isEmpty()) {
                message = trimmed;
            }
        }

        private void readList(List<?> list, int depth) {
            List<String> lines = new ArrayList<>();
            for (Object element : list) {
                if (element instanceof Map<?, ?> map && map.get("loc") instanceof List<?> where) {
                    lines.add(complaint(map, where));
                } else if (element instanceof String text) {
                    lines.add(text);
                }
            }
            if (!lines.isEmpty()) {
                readText(String.join("; ", lines), depth);
            } else if (!list.isEmpty()) {
                read(list.get(0), depth + 1);
            }
        }

        /** One complaint of a validator: where, and what. */
        private String complaint(Map<?, ?> map, List<?> where) {
            StringBuilder place = new StringBuilder();
            for (Object step : where) {
                place.append(place.length() == 0 ? "" : ".").append(step);
            }
            if (param.isEmpty()) {
                param = place.toString();
            }
            if (type.isEmpty()) {
                type = text(map.get("type"));
            }
            return place + ": " + text(map.get("msg"));
        }

        private void readObject(Map<?, ?> map, int depth) {
            if (requestId.isEmpty()) {
                requestId = firstText(map, "request_id", "requestId");
            }
            Object error = map.get("error");
            boolean nested = error instanceof Map<?, ?> || error instanceof List<?>;
            if (nested) {
                read(error, depth + 1);
            }
            readStatus(map);
            if (code.isEmpty()) {
                code = nested ? "" : firstText(map, "code", "error_code", "errorcode", "Code");
            }
            if (type.isEmpty()) {
                type = nested ? "" : typeOf(map);
            }
            if (param.isEmpty()) {
                param = text(map.get("param"));
            }
            for (String name : new String[] {"message", "Message", "msg", "error_message", "error_description"}) {
                read(map.get(name), depth + 1);
            }
            if (error instanceof String word) {
                readErrorWord(word, depth);
            }
            for (String name : new String[] {"detail", "errors", "faultstring", "fault", "reason", "title"}) {
                if (message.isEmpty()) {
                    read(map.get(name), depth + 1);
                }
            }
            readInner(map, depth);
        }

        /** {@code "error": "…"} is the message, unless that stands beside it; then it is the code. */
        private void readErrorWord(String word, int depth) {
            if (message.isEmpty()) {
                readText(word, depth + 1);
            } else if (code.isEmpty() && !word.equals(message)) {
                code = word;
            }
        }

        private void readInner(Map<?, ?> map, int depth) {
            // Of a failed answer of the Responses API, of Anthropic, and of routers that pass on what another said.
            if (map.get("response") instanceof Map<?, ?> response && response.get("error") != null) {
                read(response.get("error"), depth + 1);
            }
            if (map.get("details") instanceof Map<?, ?> details && code.isEmpty()) {
                code = firstText(details, "error_code");
            }
            if (map.get("metadata") instanceof Map<?, ?> metadata && metadata.get("raw") instanceof String raw) {
                String routers = message;
                if (routers.equalsIgnoreCase("provider returned error")) {
                    message = "";
                    read(raw, depth + 1);
                    message = message.isEmpty() ? routers : message;
                }
            }
        }

        private void readStatus(Map<?, ?> map) {
            for (String name : new String[] {"code", "status", "statusCode", "status_code", "raw_status_code"}) {
                String digits = text(map.get(name));
                if (status == 0 && digits.matches("[45][0-9][0-9]")) {
                    status = Integer.parseInt(digits);
                }
            }
        }

        private static String typeOf(Map<?, ?> map) {
            String type = text(map.get("type"));
            // The kind of the frame, not of the error.
            if (type.equals("error") || type.startsWith("response.")) {
                type = "";
            }
            if (type.isEmpty()) {
                type = firstText(map, "error_type", "__type");
            }
            // The status words of Google: UPPER_CASE.
            String word = text(map.get("status"));
            return type.isEmpty() && word.matches("[A-Z][A-Z_]{2,}") ? word : type;
        }

        private static String firstText(Map<?, ?> map, String... names) {
            for (String name : names) {
                String text = text(map.get(name));
                if (!text.isEmpty()) {
                    return text;
                }
            }
            return "";
        }

        private static String text(@Nullable Object value) {
            if (value instanceof String text) {
                return text.strip();
            }
            if (value instanceof Double number && number == Math.rint(number)) {
                return String.format(Locale.ROOT, "%.0f", number);
            }
            return value instanceof Number ? value.toString() : "";
        }
    }
}
