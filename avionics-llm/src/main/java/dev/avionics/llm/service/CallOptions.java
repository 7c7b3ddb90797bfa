package dev.avionics.llm.service;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * What one call wants otherwise than its {@link LLMService}; null leaves a thing as the service has it.
 *
 * @param model the model's name
 * @param system the system message; an empty one sends none
 * @param stream whether the backend shall send the answer piece by piece
 * @param temperature 0 or more
 * @param maxTokens the most new tokens, at least 0
 * @param correlationId goes through the events of the call; null for a fresh one; not empty
 */
public record CallOptions(
        @Nullable String model,
        @Nullable String system,
        @Nullable Boolean stream,
        @Nullable Double temperature,
        @Nullable Integer maxTokens,
        @Nullable String correlationId) {
    /** Everything as the service has it. */
    public static final CallOptions NONE = new CallOptions(null, null, null, null, null, null);

    public CallOptions {
        if (correlationId != null && correlationId.isEmpty()) {
            throw new IllegalArgumentException("correlationId: empty (expected: at least one character)");
        }
    }

    /** A model, and everything else as the service has it. */
    public static CallOptions model(String name) {
        return NONE.toBuilder().model(requireNonNull(name, "name")).build();
    }

    /** A builder with everything as the service has it. */
    public static Builder builder() {
        return NONE.toBuilder();
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Builds {@link CallOptions}; not thread-safe. */
    public static final class Builder {
        private @Nullable String model;
        private @Nullable String system;
        private @Nullable Boolean stream;
        private @Nullable Double temperature;
        private @Nullable Integer maxTokens;
        private @Nullable String correlationId;

        private Builder(CallOptions from) {
            model = from.model;
            system = from.system;
            stream = from.stream;
            temperature = from.temperature;
            maxTokens = from.maxTokens;
            correlationId = from.correlationId;
        }

        public Builder model(@Nullable String value) {
            model = value;
            return this;
        }

        public Builder system(@Nullable String value) {
            system = value;
            return this;
        }

        public Builder stream(@Nullable Boolean value) {
            stream = value;
            return this;
        }

        public Builder temperature(@Nullable Double value) {
            temperature = value;
            return this;
        }

        public Builder maxTokens(@Nullable Integer value) {
            maxTokens = value;
            return this;
        }

        public Builder correlationId(@Nullable String value) {
            correlationId = value;
            return this;
        }

        public CallOptions build() {
            return new CallOptions(model, system, stream, temperature, maxTokens, correlationId);
        }
    }
}
