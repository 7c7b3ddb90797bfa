package dev.avionics.llm.telemetry;

import static java.util.Objects.requireNonNull;

import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How calls are told of.
 *
 * @param semconv names and instruments; default {@link SemconvVersion#V1_41}
 * @param content where prompts and answers are recorded; default nowhere. Anything else needs {@code contentAcknowledged}
 * @param contentAcknowledged whether somebody has said that prompts and answers may be where traces are read; default false
 * @param events whether each call gives an event with its details; default if the content has to be in it
 * @param redactor changes each text of prompts and answers before it is recorded or given to the hook; default none
 * @param hook gets what was said, whatever {@code content}; null for none
 * @param messageBytes the most bytes of one recorded message, at least 256; longer texts are cut and the JSON stays whole; default
 *     8192
 * @param propagation what backends are told that have no setting of their own; null, the default, is {@link
 *     Propagation#TRACEPARENT} for those that are free or at a private address and {@link Propagation#NONE} for all others
 * @param modelLimit how many names of models, besides the known ones, metrics tell apart, 0 to 1000; default 32. A name counts
 *     once a backend has answered under it; all others are {@code _OTHER}
 * @param knownModels names that metrics always tell apart, at most 1000
 * @param ownSpan whether a call has a span of ours; false for programs whose framework made one already. Default true
 * @param genAiSystem whether spans have {@code gen_ai.system} besides {@code gen_ai.provider.name}; default false
 * @param estimates whether tokens that were guessed on our side are recorded as if the backend had told them; default false
 */
public record TelemetryOptions(
        SemconvVersion semconv,
        ContentMode content,
        boolean contentAcknowledged,
        boolean events,
        UnaryOperator<String> redactor,
        @Nullable ContentHook hook,
        int messageBytes,
        @Nullable Propagation propagation,
        int modelLimit,
        Set<String> knownModels,
        boolean ownSpan,
        boolean genAiSystem,
        boolean estimates) {
    private static final Logger LOG = LoggerFactory.getLogger(TelemetryOptions.class);
    private static final int LEAST_MESSAGE = 256;
    private static final int MOST_MODELS = 1000;

    /** The property that permits the recording of prompts and answers; in the environment in capitals, with underscores. */
    public static final String ACKNOWLEDGED = "avionics.telemetry.content.acknowledged";

    /** All defaults. */
    public static final TelemetryOptions DEFAULT = builder().build();

    public TelemetryOptions {
        requireNonNull(semconv, "semconv");
        requireNonNull(content, "content");
        requireNonNull(redactor, "redactor");
        if (content != ContentMode.NO_CONTENT && !contentAcknowledged) {
            throw new IllegalArgumentException("content: " + content + " (expected: NO_CONTENT, or " + ACKNOWLEDGED
                    + "=true, which says that whoever reads the traces may read prompts and answers)");
        }
        if (messageBytes < LEAST_MESSAGE) {
            throw new IllegalArgumentException(
                    "messageBytes: " + messageBytes + " (expected: >= " + LEAST_MESSAGE + ")");
        }
        if (modelLimit < 0 || modelLimit > MOST_MODELS) {
            throw new IllegalArgumentException("modelLimit: " + modelLimit + " (expected: 0 to " + MOST_MODELS + ")");
        }
        knownModels = Set.copyOf(knownModels);
        if (knownModels.size() > MOST_MODELS) {
            throw new IllegalArgumentException(
                    "knownModels: " + knownModels.size() + " names (expected: at most " + MOST_MODELS + ")");
        }
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.semconv = semconv;
        builder.content = content;
        builder.contentAcknowledged = contentAcknowledged;
        builder.events = events;
        builder.redactor = redactor;
        builder.hook = hook;
        builder.messageBytes = messageBytes;
        builder.propagation = propagation;
        builder.modelLimit = modelLimit;
        builder.knownModels = knownModels;
        builder.ownSpan = ownSpan;
        builder.genAiSystem = genAiSystem;
        builder.estimates = estimates;
        return builder;
    }

    /**
     * What system properties and environment say; see {@link #from}.
     *
     * @throws IllegalArgumentException if a value is wrong, or content is wanted without {@link #ACKNOWLEDGED}
     */
    public static TelemetryOptions fromEnvironment() {
        return from(TelemetryOptions::ofProcess);
    }

    private static @Nullable String ofProcess(String property) {
        String set = System.getProperty(property);
        return set != null ? set : System.getenv(environmentName(property));
    }

    /** The name of a property in the environment. */
    static String environmentName(String property) {
        return property.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /**
     * What properties say: {@code otel.semconv-stability.opt-in}, {@code otel.instrumentation.genai.capture-message-content}, {@code
     * otel.instrumentation.genai.emit-event}, and of our own {@link #ACKNOWLEDGED}, {@code avionics.telemetry.compat}, {@code
     * avionics.telemetry.propagation}, {@code avionics.telemetry.own-span}.
     *
     * @param property the value of a property, or null
     * @throws IllegalArgumentException if a value is wrong, or content is wanted without {@link #ACKNOWLEDGED}
     */
    public static TelemetryOptions from(UnaryOperator<@Nullable String> property) {
        Builder builder = builder().semconv(SemconvVersion.ofOptIn(property.apply("otel.semconv-stability.opt-in")));
        String capture = property.apply("otel.instrumentation.genai.capture-message-content");
        if (capture != null) {
            if (capture.strip().equalsIgnoreCase("true")) {
                LOG.warn("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true is read as EVENT_ONLY: write that,"
                        + " SPAN_ONLY or SPAN_AND_EVENT");
            }
            builder.content(ContentMode.of(capture), Boolean.parseBoolean(property.apply(ACKNOWLEDGED)));
        }
        String emit = property.apply("otel.instrumentation.genai.emit-event");
        if (emit != null) {
            builder.events(Boolean.parseBoolean(emit.strip()));
        }
        String compat = property.apply("avionics.telemetry.compat");
        if (compat != null && !compat.isBlank() && !compat.strip().equals("gen_ai.system")) {
            throw new IllegalArgumentException("avionics.telemetry.compat: " + compat + " (expected: gen_ai.system)");
        }
        String ownSpan = property.apply("avionics.telemetry.own-span");
        return builder.genAiSystem(compat != null && !compat.isBlank())
                .propagation(Propagation.of(property.apply("avionics.telemetry.propagation")))
                .ownSpan(ownSpan == null || Boolean.parseBoolean(ownSpan.strip()))
                .build();
    }

    /** Builds {@link TelemetryOptions}; not thread-safe. */
    public static final class Builder {
        private SemconvVersion semconv = SemconvVersion.V1_41;
        private ContentMode content = ContentMode.NO_CONTENT;
        private boolean contentAcknowledged;
        private @Nullable Boolean events;
        private UnaryOperator<String> redactor = UnaryOperator.identity();
        private @Nullable ContentHook hook;
        private int messageBytes = 8192;
        private @Nullable Propagation propagation;
        private int modelLimit = 32;
        private Set<String> knownModels = Set.of();
        private boolean ownSpan = true;
        private boolean genAiSystem;
        private boolean estimates;

        private Builder() {}

        public Builder semconv(SemconvVersion value) {
            semconv = requireNonNull(value, "value");
            return this;
        }

        /**
         * Where prompts and answers are recorded.
         *
         * @param acknowledged whether that is permitted
         */
        public Builder content(ContentMode value, boolean acknowledged) {
            content = requireNonNull(value, "value");
            contentAcknowledged = acknowledged;
            return this;
        }

        public Builder events(boolean value) {
            events = value;
            return this;
        }

        public Builder redactor(UnaryOperator<String> value) {
            redactor = requireNonNull(value, "value");
            return this;
        }

        public Builder hook(@Nullable ContentHook value) {
            hook = value;
            return this;
        }

        public Builder messageBytes(int value) {
            messageBytes = value;
            return this;
        }

        public Builder propagation(@Nullable Propagation value) {
            propagation = value;
            return this;
        }

        public Builder modelLimit(int value) {
            modelLimit = value;
            return this;
        }

        public Builder knownModels(Set<String> value) {
            knownModels = Set.copyOf(value);
            return this;
        }

        public Builder ownSpan(boolean value) {
            ownSpan = value;
            return this;
        }

        public Builder genAiSystem(boolean value) {
            genAiSystem = value;
            return this;
        }

        public Builder estimates(boolean value) {
            estimates = value;
            return this;
        }

        public TelemetryOptions build() {
            return new TelemetryOptions(
                    semconv,
                    content,
                    contentAcknowledged,
                    events == null ? content.onEvent() : events,
                    redactor,
                    hook,
                    messageBytes,
                    propagation,
                    modelLimit,
                    knownModels,
                    ownSpan,
                    genAiSystem,
                    estimates);
        }
    }
}
