package dev.avionics.airframe.ollama;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Ollama says of errors: {@code {"error":"text"}} with a status before the first output, and as a line of an
 * answer with status 200 after it. The text tells more than the status.
 */
final class Errors {
    /** The code of an answer that is not about a model: the path is not known. */
    static final String NO_PATH = "no_path";

    private static final int MAX_BODY = 64 << 10;

    private static final Pattern CONTEXT = pattern("exceed(s|ed)? (the )?(available |max |maximum )?context"
            + "|prompt (is )?too long|exceeds? maximum context|context length exceeded");
    private static final Pattern NO_THINKING = pattern("does not support thinking|thinking is not supported");
    private static final Pattern THINK_VALUE = pattern("invalid think value|think must be");
    private static final Pattern THINK_TYPE = pattern("cannot unmarshal string into .*\\bthink\\b");
    private static final Pattern NO_MODEL = pattern("model .*not found|try pulling it");
    private static final Pattern CANNOT = pattern("does not support|missing data required for image input");
    private static final Pattern BUSY = pattern("server busy|maximum pending requests");
    private static final Pattern QUOTA = pattern("usage limit|upgrade (to|your)|insufficient (credit|balance)");
    private static final Pattern MEMORY = pattern("more system memory|out of memory|cudaMalloc failed");

    private final WireScope scope;
    private final boolean thinks;
    private final boolean adaptive;

    /**
     * Makes a reader of errors for one attempt.
     *
     * @param scope the attempt
     * @param thinks whether thinking was asked for
     * @param adaptive whether the size of the context window was guessed on our side
     */
    Errors(WireScope scope, boolean thinks, boolean adaptive) {
        this.scope = scope;
        this.thinks = thinks;
        this.adaptive = adaptive;
    }

    /** Reads the body of an answer whose status is an error. */
    <R> Step.ReadAll<R> refused(HttpHead head) {
        return new Step.ReadAll<>(MAX_BODY, body -> {
            String raw = StandardCharsets.UTF_8.decode(body).toString();
            String text = text(raw);
            return new Step.Fail<>(refusal(head, text, raw), learned(text));
        });
    }

    private InferenceException refusal(HttpHead head, String text, String raw) {
        return build(text, head.status())
                .status(head.status())
                .requestId(head.header("x-request-id").orElse(null))
                .excerpt(Excerpt.of(raw))
                .build();
    }

    /** The error that an answer holds; {@code status} is 0 unless the answer names one. */
    InferenceException inAnswer(String text, int status) {
        return build(text, status).excerpt(Excerpt.of(text)).build();
    }

    private InferenceException.Builder build(String text, int status) {
        String said = text.isBlank() ? "status " + status : Excerpt.of(text);
        if (NO_THINKING.matcher(text).find()) {
            return of(ErrorCategory.INVALID_REQUEST, said, "no_thinking");
        }
        if (CONTEXT.matcher(text).find()) {
            return of(ErrorCategory.CONTEXT_LENGTH, said, "context_length");
        }
        if (NO_MODEL.matcher(text).find()) {
            String hint = scope.model().isEmpty() ? "" : ": try `ollama pull " + scope.model() + "`";
            return of(ErrorCategory.MODEL_NOT_FOUND, said + hint, "model_not_found");
        }
        if (CANNOT.matcher(text).find()) {
            return of(ErrorCategory.UNSUPPORTED, said, "unsupported").origin(ErrorOrigin.BACKEND);
        }
        if (BUSY.matcher(text).find()) {
            return of(ErrorCategory.OVERLOADED, said, "busy");
        }
        if (MEMORY.matcher(text).find()) {
            return of(ErrorCategory.SERVER_ERROR, said, "out_of_memory");
        }
        if ((status == 429 || status == 402) && QUOTA.matcher(text).find()) {
            return of(ErrorCategory.QUOTA_EXHAUSTED, said, "usage_limit");
        }
        return byStatus(said, status);
    }

    private static InferenceException.Builder byStatus(String said, int status) {
        return switch (status) {
            case 401 ->
                of(
                        ErrorCategory.AUTHENTICATION,
                        said + ": sign in with `ollama signin`, or set a key of the hosted service",
                        null);
            case 402 -> of(ErrorCategory.QUOTA_EXHAUSTED, said, null);
            case 403 -> of(ErrorCategory.PERMISSION, said, null);
            case 404, 405, 410 ->
                of(ErrorCategory.MODEL_NOT_FOUND, said + ": is the base URL that of an Ollama server?", NO_PATH);
            case 408, 504 -> of(ErrorCategory.TIMEOUT, said, null).origin(ErrorOrigin.BACKEND);
            case 429 -> of(ErrorCategory.RATE_LIMITED, said, null);
            case 499 -> of(ErrorCategory.CANCELLED, said, null).origin(ErrorOrigin.BACKEND);
            case 503, 529 -> of(ErrorCategory.OVERLOADED, said, null);
            default ->
                of(status / 100 == 4 ? ErrorCategory.INVALID_REQUEST : ErrorCategory.SERVER_ERROR, said, null);
        };
    }

    private static InferenceException.Builder of(ErrorCategory category, String message, @Nullable String code) {
        return InferenceException.builder(category, "Ollama: " + message).code(code);
    }

    /** What another attempt would do better. */
    private Set<String> learned(String text) {
        if (thinks && NO_THINKING.matcher(text).find()) {
            return Set.of(Facts.NO_THINKING);
        }
        if (thinks && THINK_TYPE.matcher(text).find()) {
            return Set.of(Facts.THINKING_IS_BOOLEAN);
        }
        if (thinks && THINK_VALUE.matcher(text).find()) {
            return Set.of(Facts.NO_MAX_THINKING);
        }
        if (adaptive && CONTEXT.matcher(text).find()) {
            return Set.of(Facts.DENSE_TEXT);
        }
        return Set.of();
    }

    /** The words in a body: {@code {"error":"text"}}, {@code {"error":{"message":"text"}}}, or any text. */
    private static String text(String body) {
        String trimmed = body.strip();
        if (trimmed.startsWith("<")) {
            return "an HTML page came instead of JSON";
        }
        if (!trimmed.startsWith("{")) {
            return trimmed;
        }
        try {
            JsonReader json = JsonReader.of(trimmed);
            String text = null;
            json.enterObject();
            while (json.nextField()) {
                if (json.field().equals("error")) {
                    text = text(json);
                }
            }
            return text == null ? trimmed : text;
        } catch (InferenceException notJson) {
            // A body that was cut: its start says enough.
            return trimmed;
        }
    }

    /** The words of an {@code error} value; null if it holds none. */
    static @Nullable String text(JsonReader json) {
        if (json.type() != JsonReader.Type.OBJECT) {
            String text = json.stringOrNull();
            return text == null || text.isEmpty() ? null : text;
        }
        String raw = null;
        String message = null;
        json.enterObject();
        while (json.nextField()) {
            if (json.field().equals("message")) {
                message = json.stringOrNull();
            } else if (raw == null) {
                raw = json.field() + ": " + json.raw();
            }
        }
        return message != null ? message : raw == null ? "an error without words" : raw;
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
