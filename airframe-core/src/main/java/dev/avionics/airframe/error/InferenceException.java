package dev.avionics.airframe.error;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Usage;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The one error of calls to backends.
 *
 * <p>Carries a category, which the retry table reads, and what is known of the failed attempt. Neither message nor
 * excerpt ever holds a key. Errors of earlier attempts of the same call are its suppressed exceptions. Immutable apart
 * from those.
 */
public class InferenceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCategory category;
    private final ErrorOrigin origin;
    private final @Nullable String provider;
    private final @Nullable String model;
    private final @Nullable String endpoint;
    private final int status;
    private final @Nullable String code;
    private final @Nullable String requestId;
    private final @Nullable Duration retryAfter;
    private final @Nullable Boolean shouldRetry;
    private final transient RateLimitInfo rateLimits;
    private final int attempts;
    private final @Nullable String excerpt;
    private final Sent sent;
    private final @Nullable String clock;
    private final transient Usage usage;
    private final Remedy remedy;

    /** What makes another attempt at the same target worth while although the backend refused this one. */
    public enum Remedy {
        /** Nothing. */
        NONE,
        /** The protocol learned what the backend does not take, and leaves it out the next time. */
        LEARNED_FACT,
        /** The credential source offers another key. */
        OTHER_CREDENTIAL
    }

    /** How much of the request had left when the attempt failed. */
    public enum Sent {
        /** No byte: the backend cannot have seen it. */
        NOTHING,
        /** Some bytes: the backend cannot have acted on it. */
        PART,
        /** Every byte: the backend may have acted on it. */
        ALL,
        /** As {@link #PART} or shortly after, on a connection that was used before and had been closed. */
        STALE
    }

    /** Makes an error from a builder; for subclasses. */
    protected InferenceException(Builder builder) {
        super(builder.message, builder.cause);
        category = builder.category;
        origin = builder.origin == null ? defaultOrigin(builder.category) : builder.origin;
        provider = builder.provider;
        model = builder.model;
        endpoint = builder.endpoint;
        status = builder.status;
        code = builder.code;
        requestId = builder.requestId;
        retryAfter = builder.retryAfter;
        shouldRetry = builder.shouldRetry;
        rateLimits = builder.rateLimits;
        attempts = builder.attempts;
        excerpt = builder.excerpt;
        sent = builder.sent;
        clock = builder.clock;
        usage = builder.usage;
        remedy = builder.remedy;
    }

    /** A builder for an error of a category with a message for people. */
    public static Builder builder(ErrorCategory category, String message) {
        return new Builder(category, message);
    }

    /** An error of which only category and message are known. */
    public static InferenceException of(ErrorCategory category, String message) {
        return builder(category, message).build();
    }

    /** The category that decides what is done. */
    public ErrorCategory category() {
        return category;
    }

    /** Who is to blame. */
    public ErrorOrigin origin() {
        return origin;
    }

    /** The provider's name, if the attempt got as far as one. */
    public Optional<String> provider() {
        return Optional.ofNullable(provider);
    }

    /** The model that was asked for. */
    public Optional<String> model() {
        return Optional.ofNullable(model);
    }

    /** The address that was called, without secrets. */
    public Optional<String> endpoint() {
        return Optional.ofNullable(endpoint);
    }

    /** The HTTP status, if there was an answer. */
    public OptionalInt status() {
        return status == 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** The backend's own code or type of the error. */
    public Optional<String> code() {
        return Optional.ofNullable(code);
    }

    /** The provider's id of the request, for its support. */
    public Optional<String> requestId() {
        return Optional.ofNullable(requestId);
    }

    /** How long the backend asks to wait. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    /** The backend's explicit word that a retry is allowed (true) or useless (false). */
    public Optional<Boolean> shouldRetry() {
        return Optional.ofNullable(shouldRetry);
    }

    /** What the backend said of its limits. */
    public RateLimitInfo rateLimits() {
        return rateLimits == null ? RateLimitInfo.none() : rateLimits;
    }

    /** How many attempts were made, at least 1; 0 if nothing was tried. */
    public int attempts() {
        return attempts;
    }

    /** The start of the answer that was not understood, without secrets. */
    public Optional<String> excerpt() {
        return Optional.ofNullable(excerpt);
    }

    /** How much of the request had left. */
    public Sent sent() {
        return sent;
    }

    /** The clock that ran out, such as {@code first_byte}; with category TIMEOUT. */
    public Optional<String> clock() {
        return Optional.ofNullable(clock);
    }

    /** The tokens the failed attempt is known or guessed to have used. */
    public Usage usage() {
        return usage == null ? Usage.absent() : usage;
    }

    /** Why another attempt at the same target may do better. */
    public Remedy remedy() {
        return remedy;
    }

    /**
     * All that a person who reads a log needs, in one line: the message, which says what to do, then category, address, model,
     * status, request id, attempts, and how the backend's answer begins.
     */
    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(getClass().getName())
                .append(": ")
                .append(getMessage())
                .append(" [")
                .append(category);
        append(line, " at ", endpoint);
        append(line, ", model ", model);
        append(line, ", status ", status == 0 ? null : status);
        append(line, ", request ", requestId);
        append(line, ", attempts ", attempts < 2 ? null : attempts);
        append(line, ", answer: ", excerpt == null ? null : excerpt.strip().replaceAll("\\s*\\R\\s*", " "));
        return line.append(']').toString();
    }

    private static void append(StringBuilder line, String name, @Nullable Object value) {
        if (value != null && !value.equals("")) {
            line.append(name).append(value);
        }
    }

    /** A builder that starts from this error, with this error's cause. */
    public Builder toBuilder() {
        Builder builder = new Builder(category, requireNonNull(getMessage()));
        builder.cause = getCause();
        builder.origin = origin;
        builder.provider = provider;
        builder.model = model;
        builder.endpoint = endpoint;
        builder.status = status;
        builder.code = code;
        builder.requestId = requestId;
        builder.retryAfter = retryAfter;
        builder.shouldRetry = shouldRetry;
        builder.rateLimits = rateLimits();
        builder.attempts = attempts;
        builder.excerpt = excerpt;
        builder.sent = sent;
        builder.clock = clock;
        builder.usage = usage();
        builder.remedy = remedy;
        return builder;
    }

    private static ErrorOrigin defaultOrigin(ErrorCategory category) {
        return switch (category) {
            case CANCELLED, UNSUPPORTED -> ErrorOrigin.CALLER;
            case BUDGET_EXCEEDED, REJECTED -> ErrorOrigin.US;
            case CONNECTION, TIMEOUT -> ErrorOrigin.NETWORK;
            default -> ErrorOrigin.BACKEND;
        };
    }

    /** Builds an {@link InferenceException}; not thread-safe. */
    public static final class Builder {
        private final ErrorCategory category;
        private String message;
        private @Nullable Throwable cause;
        private @Nullable ErrorOrigin origin;
        private @Nullable String provider;
        private @Nullable String model;
        private @Nullable String endpoint;
        private int status;
        private @Nullable String code;
        private @Nullable String requestId;
        private @Nullable Duration retryAfter;
        private @Nullable Boolean shouldRetry;
        private RateLimitInfo rateLimits = RateLimitInfo.none();
        private int attempts;
        private @Nullable String excerpt;
        private Sent sent = Sent.ALL;
        private @Nullable String clock;
        private Usage usage = Usage.absent();
        private Remedy remedy = Remedy.NONE;

        private Builder(ErrorCategory category, String message) {
            this.category = requireNonNull(category, "category");
            this.message = requireNonNull(message, "message");
        }

        public Builder message(String value) {
            message = value;
            return this;
        }

        public Builder cause(@Nullable Throwable value) {
            cause = value;
            return this;
        }

        public Builder origin(ErrorOrigin value) {
            origin = value;
            return this;
        }

        public Builder provider(@Nullable String value) {
            provider = value;
            return this;
        }

        public Builder model(@Nullable String value) {
            model = value;
            return this;
        }

        public Builder endpoint(@Nullable String value) {
            endpoint = value;
            return this;
        }

        /** The HTTP status, or 0 for none. */
        public Builder status(int value) {
            status = value;
            return this;
        }

        public Builder code(@Nullable String value) {
            code = value;
            return this;
        }

        public Builder requestId(@Nullable String value) {
            requestId = value;
            return this;
        }

        public Builder retryAfter(@Nullable Duration value) {
            retryAfter = value;
            return this;
        }

        public Builder shouldRetry(@Nullable Boolean value) {
            shouldRetry = value;
            return this;
        }

        public Builder rateLimits(RateLimitInfo value) {
            rateLimits = value;
            return this;
        }

        public Builder attempts(int value) {
            attempts = value;
            return this;
        }

        public Builder excerpt(@Nullable String value) {
            excerpt = value;
            return this;
        }

        public Builder sent(Sent value) {
            sent = value;
            return this;
        }

        public Builder clock(@Nullable String value) {
            clock = value;
            return this;
        }

        public Builder usage(Usage value) {
            usage = value;
            return this;
        }

        public Builder remedy(Remedy value) {
            remedy = value;
            return this;
        }

        public InferenceException build() {
            return new InferenceException(this);
        }
    }
}
