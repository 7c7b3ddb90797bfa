package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How tokens are chosen and when the answer stops. A null option is left to the backend.
 *
 * @param temperature 0 or more; most backends end at 2
 * @param topP nucleus sampling, 0 to 1
 * @param topK the number of candidates, at least 0
 * @param minP the least share of the best candidate's probability, 0 to 1
 * @param maxTokens the most new tokens, at least 0
 * @param stop sequences that end the answer; none is empty
 * @param seed makes sampling repeatable where the backend allows it
 * @param presencePenalty against tokens that were there, -2 to 2
 * @param frequencyPenalty against frequent tokens, -2 to 2
 * @param repeatPenalty the factor of llama.cpp and Ollama, over 0
 */
public record Sampling(
        @Nullable Double temperature,
        @Nullable Double topP,
        @Nullable Integer topK,
        @Nullable Double minP,
        @Nullable Integer maxTokens,
        List<String> stop,
        @Nullable Long seed,
        @Nullable Double presencePenalty,
        @Nullable Double frequencyPenalty,
        @Nullable Double repeatPenalty) {
    /** Everything left to the backend. */
    public static final Sampling NONE = new Sampling(null, null, null, null, null, List.of(), null, null, null, null);

    public Sampling {
        range("temperature", temperature, 0, Double.MAX_VALUE);
        range("topP", topP, 0, 1);
        range("minP", minP, 0, 1);
        range("presencePenalty", presencePenalty, -2, 2);
        range("frequencyPenalty", frequencyPenalty, -2, 2);
        range("repeatPenalty", repeatPenalty, 0, Double.MAX_VALUE);
        if (repeatPenalty != null && repeatPenalty == 0) {
            throw new IllegalArgumentException("repeatPenalty: 0.0 (expected: > 0)");
        }
        if (topK != null && topK < 0) {
            throw new IllegalArgumentException("topK: " + topK + " (expected: >= 0)");
        }
        if (maxTokens != null && maxTokens < 0) {
            throw new IllegalArgumentException("maxTokens: " + maxTokens + " (expected: >= 0)");
        }
        stop = List.copyOf(stop);
        if (stop.contains("")) {
            throw new IllegalArgumentException("stop: an empty sequence (expected: at least one character each)");
        }
    }

    private static void range(String name, @Nullable Double value, double least, double most) {
        if (value != null && !(value >= least && value <= most)) {
            String expected = most == Double.MAX_VALUE ? ">= " + least : least + " to " + most;
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }

    /** A builder with everything left to the backend. */
    public static Builder builder() {
        return NONE.toBuilder();
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Builds a {@link Sampling}; not thread-safe. */
    public static final class Builder {
        private @Nullable Double temperature;
        private @Nullable Double topP;
        private @Nullable Integer topK;
        private @Nullable Double minP;
        private @Nullable Integer maxTokens;
        private List<String> stop;
        private @Nullable Long seed;
        private @Nullable Double presencePenalty;
        private @Nullable Double frequencyPenalty;
        private @Nullable Double repeatPenalty;

        private Builder(Sampling from) {
            temperature = from.temperature;
            topP = from.topP;
            topK = from.topK;
            minP = from.minP;
            maxTokens = from.maxTokens;
            stop = from.stop;
            seed = from.seed;
            presencePenalty = from.presencePenalty;
            frequencyPenalty = from.frequencyPenalty;
            repeatPenalty = from.repeatPenalty;
        }

        public Builder temperature(@Nullable Double value) {
            temperature = value;
            return this;
        }

        public Builder topP(@Nullable Double value) {
            topP = value;
            return this;
        }

        public Builder topK(@Nullable Integer value) {
            topK = value;
            return this;
        }

        public Builder minP(@Nullable Double value) {
            minP = value;
            return this;
        }

        public Builder maxTokens(@Nullable Integer value) {
            maxTokens = value;
            return this;
        }

        public Builder stop(List<String> sequences) {
            stop = requireNonNull(sequences, "sequences");
            return this;
        }

        public Builder seed(@Nullable Long value) {
            seed = value;
            return this;
        }

        public Builder presencePenalty(@Nullable Double value) {
            presencePenalty = value;
            return this;
        }

        public Builder frequencyPenalty(@Nullable Double value) {
            frequencyPenalty = value;
            return this;
        }

        public Builder repeatPenalty(@Nullable Double value) {
            repeatPenalty = value;
            return this;
        }

        public Sampling build() {
            return new Sampling(
                    temperature,
                    topP,
                    topK,
                    minP,
                    maxTokens,
                    stop,
                    seed,
                    presencePenalty,
                    frequencyPenalty,
                    repeatPenalty);
        }
    }
}
