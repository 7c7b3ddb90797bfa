package dev.avionics.airframe.http;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.Step;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes errors of answers: the category from status, code, type and words, the wait that the backend asks for, the
 * request's id, and one line for people that says what to do. One table for all backends, which a protocol can overrule.
 *
 * <p>Immutable; a protocol keeps one.
 */
public final class HttpErrors {
    private static final int LONGEST_MESSAGE = 300;
    private static final int MOST_ERROR_BYTES = 64 << 10;
    private static final String[] REQUEST_IDS = {
        "x-request-id",
        "request-id",
        "apim-request-id",
        "x-ms-request-id",
        "x-amzn-requestid",
        "x-goog-request-id",
        "nvcf-reqid",
        "x-trace-id",
        "x-debug-trace-id",
        "cf-ray"
    };

    private final String provider;
    private final UnaryOperator<ErrorDetails> reading;
    private final Mapping mapping;
    private final Function<ErrorDetails, @Nullable Duration> waits;

    /** A protocol's own word on categories. */
    @FunctionalInterface
    public interface Mapping {
        /**
         * The category of an error.
         *
         * @param status the answer's status, or for an error inside an answer what it names, or 0
         * @param details what the body says
         * @return null to leave it to the common table
         */
        @Nullable
        ErrorCategory category(int status, ErrorDetails details);
    }

    private HttpErrors(
            String provider,
            UnaryOperator<ErrorDetails> reading,
            Mapping mapping,
            Function<ErrorDetails, @Nullable Duration> waits) {
        this.provider = requireNonNull(provider, "provider");
        this.reading = requireNonNull(reading, "reading");
        this.mapping = requireNonNull(mapping, "mapping");
        this.waits = requireNonNull(waits, "waits");
    }

    /** The common table for a provider of this name. */
    public static HttpErrors of(String provider) {
        return new HttpErrors(provider, details -> details, (status, details) -> null, details -> null);
    }

    /**
     * This for errors that have their code and their words under names which nobody else uses, wherever in the body.
     *
     * @param code the name of the field that a program reads
     * @param message the name of the field that people read
     */
    public HttpErrors fields(String code, String message) {
        return new HttpErrors(provider, details -> details.named(code, message), mapping, waits);
    }

    /** This with a mapping that is asked before the common table. */
    public HttpErrors mapping(Mapping own) {
        return new HttpErrors(provider, reading, own, waits);
    }

    /** This with a way to find the wait in a body, asked when no header tells it; gives null for none. */
    public HttpErrors waits(Function<ErrorDetails, @Nullable Duration> own) {
        return new HttpErrors(provider, reading, mapping, own);
    }

    /**
     * The error that an answer is.
     *
     * @param head the answer's head: any status, also 200 with a body that is an error or no answer at all
     * @param body the body, maybe cut; left as it is
     * @param now the time, for waits that name a point in time
     * @param known secrets to be masked besides what looks like one
     */
    public InferenceException of(HttpHead head, ByteBuffer body, Instant now, Secret... known) {
        int status = head.status();
        if (status / 100 == 3) {
            return redirect(head);
        }
        String text = StandardCharsets.UTF_8.decode(body.duplicate()).toString();
        ErrorDetails details = reading.apply(ErrorDetails.of(text));
        if (status / 100 == 2 && details.json() == null) {
            return unreadable(head, details, text, known);
        }
        int meant = status / 100 == 2 ? details.status() : status;
        ErrorCategory category = category(meant, details);
        RateLimitInfo limits = RateLimitHeaders.of(head, now);
        Duration wait = wait(head, details, limits, category, now);
        return builder(category, status, details, wait, known)
                .requestId(requestId(head, details))
                .retryAfter(wait)
                .shouldRetry(shouldRetry(head))
                .rateLimits(limits)
                .excerpt(text.isBlank() ? null : Excerpt.of(text, Excerpt.LENGTH, known))
                .build();
    }

    /** The step that reads the body of an answer which is an error, and fails with it. */
    public <R> Step<R> refused(HttpHead head, Instant now) {
        return refused(head, now, (status, body) -> Set.of());
    }

    /**
     * As {@link #refused(HttpHead, Instant)}, with what can be learned from it.
     *
     * @param learn is given status and body, and gives the facts that another try would heed
     */
    public <R> Step<R> refused(HttpHead head, Instant now, BiFunction<Integer, String, Set<String>> learn) {
        return new Step.ReadAll<>(
                MOST_ERROR_BYTES,
                body -> new Step.Fail<>(
                        of(head, body, now),
                        learn.apply(
                                head.status(),
                                StandardCharsets.UTF_8.decode(body.duplicate()).toString())));
    }

    /**
     * The error that stands inside an answer whose status was good.
     *
     * @param json the frame, or only the value of its field {@code error}
     * @param known secrets to be masked besides what looks like one
     */
    public InferenceException inBand(String json, Secret... known) {
        ErrorDetails details = reading.apply(ErrorDetails.of(json));
        ErrorCategory category = category(details.status(), details);
        Duration wait = bodyWait(details);
        return builder(category, details.status(), details, wait, known)
                .requestId(details.requestId().isEmpty() ? null : details.requestId())
                .retryAfter(wait)
                .excerpt(Excerpt.of(json, Excerpt.LENGTH, known))
                .build();
    }

    /** The provider's id of the request; null if the head does not tell it. */
    public static @Nullable String requestId(HttpHead head) {
        for (String name : REQUEST_IDS) {
            String value = head.header(name).orElse("").strip();
            if (!value.isEmpty()) {
                return Excerpt.of(value, 200);
            }
        }
        return null;
    }

    /** A page came where JSON was expected. */
    static InferenceException htmlPage() {
        return InferenceException.builder(
                        ErrorCategory.PARSE,
                        "an HTML page came instead of JSON: is the base URL right, is a proxy or login page in between?")
                .code("html")
                .build();
    }

    private ErrorCategory category(int status, ErrorDetails details) {
        ErrorCategory own = mapping.category(status, details);
        return own == null ? ErrorRules.category(status, details) : own;
    }

    private InferenceException.Builder builder(
            ErrorCategory category, int status, ErrorDetails details, @Nullable Duration wait, Secret... known) {
        String code = codeOf(details, status);
        InferenceException.Builder builder = InferenceException.builder(
                        category, message(category, status, code, details, wait, known))
                .provider(provider)
                .status(status)
                .code(code.isEmpty() ? null : Excerpt.of(code, 100, known));
        return builder.origin(ErrorOrigin.BACKEND);
    }

    /** The word that says most: a code that only repeats the status says nothing. */
    private static String codeOf(ErrorDetails details, int status) {
        boolean says = !details.code().isEmpty()
                && !details.code().equals(String.valueOf(status))
                && !details.code().equals(String.valueOf(details.status()));
        return says ? details.code() : details.type();
    }

    private String message(
            ErrorCategory category,
            int status,
            String code,
            ErrorDetails details,
            @Nullable Duration wait,
            Secret... known) {
        StringBuilder line = new StringBuilder(provider);
        line.append(status == 0 ? " reported an error" : " answered " + status);
        if (!code.isEmpty()) {
            line.append(" (").append(Excerpt.of(code, 100, known)).append(')');
        }
        String words = Excerpt.of(details.message(), LONGEST_MESSAGE, known).strip();
        if (!words.isEmpty()) {
            line.append(": ").append(details.html() ? "page \"" + words + "\"" : words);
        } else if (details.html()) {
            line.append(" with an HTML page");
        }
        String advice = advice(category, status, details, wait);
        if (!advice.isEmpty()) {
            line.append(words.isEmpty() ? ": " : " – ").append(advice);
        }
        return line.toString();
    }

    private static String advice(ErrorCategory category, int status, ErrorDetails details, @Nullable Duration wait) {
        return switch (category) {
            case AUTHENTICATION ->
                status == 407 ? "the proxy wants a user name and a password" : "check the API key of this endpoint";
            case PERMISSION ->
                details.html()
                        ? "a proxy or firewall refused it: check the base URL and the network"
                        : "check what the API key may do, and the region";
            case MODEL_NOT_FOUND ->
                details.json() != null && speaksOfModel(details)
                        ? "check the model's name"
                        : "there is no such path or model: check the base URL (with or without /v1) and the model's name";
            case INVALID_REQUEST -> details.message().isEmpty() ? "the request was refused without a reason" : "";
            case CONTEXT_LENGTH -> "shorten the conversation, or choose a model with a larger context window";
            case CONTENT_FILTER -> "change the content; asking again does not help";
            case RATE_LIMITED -> wait == null ? "send less, or later" : "wait " + seconds(wait);
            case QUOTA_EXHAUSTED -> "check the account's plan and balance; waiting does not help";
            case OVERLOADED -> wait == null ? "try again later" : "try again in " + seconds(wait);
            case SERVER_ERROR, TIMEOUT -> details.message().isEmpty() ? "the backend failed; try again later" : "";
            case CONNECTION, PARSE, UNSUPPORTED, BUDGET_EXCEEDED, REJECTED, CANCELLED -> "";
        };
    }

    private static boolean speaksOfModel(ErrorDetails details) {
        String all = (details.code() + details.type() + details.message()).toLowerCase(Locale.ROOT);
        return all.contains("model") || all.contains("deployment") || all.contains("function");
    }

    private static String seconds(Duration wait) {
        return wait.toMillis() < 1000 ? wait.toMillis() + " ms" : (wait.toMillis() + 999) / 1000 + " s";
    }

    private @Nullable Duration wait(
            HttpHead head, ErrorDetails details, RateLimitInfo limits, ErrorCategory category, Instant now) {
        Duration wait = RetryAfter.ofHeaders(head, now);
        if (wait == null) {
            wait = bodyWait(details);
        }
        return wait == null && category == ErrorCategory.RATE_LIMITED ? RetryAfter.ofLimits(limits) : wait;
    }

    private @Nullable Duration bodyWait(ErrorDetails details) {
        Duration own = RetryAfter.sane(waits.apply(details));
        return own == null ? RetryAfter.ofBody(details) : own;
    }

    private static @Nullable Boolean shouldRetry(HttpHead head) {
        String word = head.header("x-should-retry").orElse("").strip();
        return word.equalsIgnoreCase("true") ? Boolean.TRUE : word.equalsIgnoreCase("false") ? Boolean.FALSE : null;
    }

    private static @Nullable String requestId(HttpHead head, ErrorDetails details) {
        String header = requestId(head);
        return header != null || details.requestId().isEmpty() ? header : Excerpt.of(details.requestId(), 200);
    }

    private InferenceException redirect(HttpHead head) {
        return InferenceException.builder(
                        ErrorCategory.INVALID_REQUEST,
                        provider + " answered " + head.status() + ", a redirect" + place(head)
                                + ": redirects are not followed, check the base URL")
                .provider(provider)
                .status(head.status())
                .code("redirect")
                .requestId(requestId(head))
                .build();
    }

    /** Where the redirect leads, without user part and query. */
    private static String place(HttpHead head) {
        try {
            URI to = URI.create(head.header("location").orElse("").strip());
            String path = to.getRawPath() == null ? "" : to.getRawPath();
            String host = to.getHost() == null ? "" : to.getScheme() + "://" + to.getHost() + port(to);
            return host.isEmpty() && path.isEmpty() ? "" : " to " + Excerpt.of(host + path, 200);
        } catch (IllegalArgumentException noAddress) {
            return "";
        }
    }

    private static String port(URI uri) {
        return uri.getPort() < 0 ? "" : ":" + uri.getPort();
    }

    private InferenceException unreadable(HttpHead head, ErrorDetails details, String text, Secret... known) {
        String what;
        if (details.html()) {
            what = requireNonNull(htmlPage().getMessage());
        } else if (text.isBlank()) {
            what = "the answer is empty";
        } else {
            what = "the answer is no JSON: " + Excerpt.of(text, 100, known).strip();
        }
        return InferenceException.builder(ErrorCategory.PARSE, provider + " answered " + head.status() + ": " + what)
                .provider(provider)
                .status(head.status())
                .code(details.html() ? "html" : null)
                .requestId(requestId(head))
                .excerpt(text.isBlank() ? null : Excerpt.of(text, Excerpt.LENGTH, known))
                .build();
    }
}
