package dev.avionics.airframe.ollama.endpoint;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.ErrorDetails;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what Ollama says of errors: {@code {"error":"text"}} with a status before the first output, and as a line of an
 * answer with status 200 after it. There are no codes: the text tells what the status leaves open.
 */
public final class Errors {
    private static final int MAX_BODY = 64 << 10;

    private static final Pattern CONTEXT = pattern("exceed(s|ed)? (the )?(available |max(imum)? )?context"
            + "|prompt (is )?too long|truncation exceeds maximum context");
    private static final Pattern NO_THINKING = pattern("does not support thinking|thinking is not supported");
    private static final Pattern THINK_VALUE = pattern("invalid think value|think must be");
    private static final Pattern THINK_TYPE = pattern("cannot unmarshal string into .*\\bthink\\b");
    private static final Pattern NO_MODEL = pattern("\\bmodel\\b.{0,300}\\bnot found|try pulling it");
    private static final Pattern CANNOT = pattern("does not support|missing data required for image input");
    private static final Pattern BUSY = pattern("server busy|maximum pending requests");
    private static final Pattern QUOTA = pattern("usage limit|upgrade (to|your|for)");

    private static final HttpErrors ERRORS = HttpErrors.of("Ollama").mapping(Errors::category);

    private final WireScope scope;
    private final boolean thinks;
    private final boolean adaptive;

    /**
     * Makes a reader of the errors of one attempt.
     *
     * @param scope the attempt
     * @param thinks whether thinking was asked for
     * @param adaptive whether the size of the context window was guessed on our side
     */
    public Errors(WireScope scope, boolean thinks, boolean adaptive) {
        this.scope = scope;
        this.thinks = thinks;
        this.adaptive = adaptive;
    }

    /** For requests that neither think nor have a guessed window. */
    public Errors(WireScope scope) {
        this(scope, false, false);
    }

    /** Reads the body of an answer whose status is an error. */
    public <R> Step.ReadAll<R> refused(HttpHead head) {
        return new Step.ReadAll<>(MAX_BODY, body -> refusal(head, body));
    }

    /** As {@link #refused}, when the body is there. */
    public <R> Step.Fail<R> refusal(HttpHead head, ByteBuffer body) {
        InferenceException why = ERRORS.of(head, body, scope.now());
        return new Step.Fail<>(withHint(why), learned(ErrorDetails.of(body).message()));
    }

    /** The error that a frame of an answer is. */
    public InferenceException inAnswer(String frame) {
        return withHint(ERRORS.inBand(frame));
    }

    /** Whether a refusal is not about a model, but says that the server does not know the path. */
    public static boolean isUnknownPath(HttpHead head, ByteBuffer body) {
        boolean missing = head.status() == 404 || head.status() == 405;
        return missing && !NO_MODEL.matcher(ErrorDetails.of(body).message()).find();
    }

    private static @Nullable ErrorCategory category(int status, ErrorDetails details) {
        String text = details.message();
        if (NO_THINKING.matcher(text).find()) {
            return ErrorCategory.INVALID_REQUEST;
        }
        if (CANNOT.matcher(text).find()) {
            return ErrorCategory.UNSUPPORTED;
        }
        if (CONTEXT.matcher(text).find()) {
            return ErrorCategory.CONTEXT_LENGTH;
        }
        if (NO_MODEL.matcher(text).find()) {
            return ErrorCategory.MODEL_NOT_FOUND;
        }
        if (BUSY.matcher(text).find()) {
            return ErrorCategory.OVERLOADED;
        }
        if ((status == 429 || status == 402) && QUOTA.matcher(text).find()) {
            return ErrorCategory.QUOTA_EXHAUSTED;
        }
        return null;
    }

    private InferenceException withHint(InferenceException why) {
        String message = String.valueOf(why.getMessage());
        if (why.category() == ErrorCategory.MODEL_NOT_FOUND
                && NO_MODEL.matcher(message).find()) {
            return why.toBuilder()
                    .message(message + "; to fetch it: ollama pull " + scope.model())
                    .build();
        }
        if (why.category() == ErrorCategory.AUTHENTICATION && !new Settings(scope.endpoint()).isCloud()) {
            return why.toBuilder()
                    .message(message + "; for models that the hosted service runs: ollama signin")
                    .build();
        }
        return why;
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

    /** A request that Ollama has no form for. */
    public static InferenceException unsupported(String message) {
        return InferenceException.of(ErrorCategory.UNSUPPORTED, message);
    }

    /** A request or a setting that cannot be right. */
    public static InferenceException invalid(String message) {
        return InferenceException.builder(ErrorCategory.INVALID_REQUEST, message)
                .origin(ErrorOrigin.CALLER)
                .build();
    }

    private static Pattern pattern(String regex) {
        return Pattern.compile(regex, Pattern.CASE_INSENSITIVE);
    }
}
