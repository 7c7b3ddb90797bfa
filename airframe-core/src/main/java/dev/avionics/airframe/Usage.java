package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * The tokens of one call in disjoint buckets: their sum is what was processed, or what is billed where a backend tells both.
 * Each is known, estimated or absent.
 *
 * @param inputUncached prompt tokens that were read anew, audio apart
 * @param cacheRead prompt tokens taken from the backend's prompt cache
 * @param cacheWriteShort prompt tokens written to the cache for about five minutes
 * @param cacheWriteLong prompt tokens written to the cache for about an hour
 * @param audioInput prompt tokens of sound
 * @param output tokens of the answer, reasoning and audio apart
 * @param reasoning tokens the model thought with
 * @param audioOutput tokens of spoken answer
 * @param told what the backend itself called its totals, where its own figures contradict each other, or where it bills other
 *     figures than it counts; else null
 */
public record Usage(
        TokenCount inputUncached,
        TokenCount cacheRead,
        TokenCount cacheWriteShort,
        TokenCount cacheWriteLong,
        TokenCount audioInput,
        TokenCount output,
        TokenCount reasoning,
        TokenCount audioOutput,
        @Nullable Told told) {
    /**
     * Figures as the backend tells them, although they do not add up to the buckets: reasoning that is not in the output it
     * belongs to, a cache read larger than its prompt, or tokens that are processed and not billed. For showing beside the
     * backend's own figures; the buckets are what costs.
     *
     * @param input what the backend calls its input
     * @param output what the backend calls its output
     * @param cacheRead what the backend calls read from its cache
     */
    public record Told(TokenCount input, TokenCount output, TokenCount cacheRead) {
        public Told {
            requireNonNull(input, "input");
            requireNonNull(output, "output");
            requireNonNull(cacheRead, "cacheRead");
        }
    }

    private static final Usage ABSENT = builder().build();

    public Usage {
        requireNonNull(inputUncached, "inputUncached");
        requireNonNull(cacheRead, "cacheRead");
        requireNonNull(cacheWriteShort, "cacheWriteShort");
        requireNonNull(cacheWriteLong, "cacheWriteLong");
        requireNonNull(audioInput, "audioInput");
        requireNonNull(output, "output");
        requireNonNull(reasoning, "reasoning");
        requireNonNull(audioOutput, "audioOutput");
    }

    /** Nothing is known. */
    public static Usage absent() {
        return ABSENT;
    }

    /** Input and output guessed on our side, nothing else known. */
    public static Usage estimated(long input, long output) {
        return builder()
                .inputUncached(TokenCount.estimated(input))
                .output(TokenCount.estimated(output))
                .build();
    }

    /** All prompt tokens; absent if no bucket of the input is present. */
    public TokenCount inputTotal() {
        return inputUncached
                .plus(cacheRead)
                .plus(cacheWriteShort)
                .plus(cacheWriteLong)
                .plus(audioInput);
    }

    /** All produced tokens, reasoning included; absent if no bucket of the output is present. */
    public TokenCount outputTotal() {
        return output.plus(reasoning).plus(audioOutput);
    }

    /** Tokens written to the backend's cache, whatever their life. */
    public TokenCount cacheWrite() {
        return cacheWriteShort.plus(cacheWriteLong);
    }

    /** All prompt tokens as the backend tells them; {@link #inputTotal} unless {@link #told} says otherwise. */
    public TokenCount inputTold() {
        return told == null ? inputTotal() : told.input();
    }

    /** All produced tokens as the backend tells them; {@link #outputTotal} unless {@link #told} says otherwise. */
    public TokenCount outputTold() {
        return told == null ? outputTotal() : told.output();
    }

    /** Cached prompt tokens as the backend tells them; {@link #cacheRead} unless {@link #told} says otherwise. */
    public TokenCount cacheReadTold() {
        return told == null ? cacheRead : told.cacheRead();
    }

    /** Input and output together. */
    public TokenCount total() {
        return inputTotal().plus(outputTotal());
    }

    /** Whether any bucket holds a number. */
    public boolean isPresent() {
        return total().isPresent();
    }

    /** Whether any bucket holds a number of our own making. */
    public boolean isEstimated() {
        return total().isEstimated();
    }

    /** Bucket by bucket sum; what the backends themselves called their totals is left behind. */
    public Usage plus(Usage other) {
        return new Usage(
                inputUncached.plus(other.inputUncached),
                cacheRead.plus(other.cacheRead),
                cacheWriteShort.plus(other.cacheWriteShort),
                cacheWriteLong.plus(other.cacheWriteLong),
                audioInput.plus(other.audioInput),
                output.plus(other.output),
                reasoning.plus(other.reasoning),
                audioOutput.plus(other.audioOutput),
                null);
    }

    /** A builder with every bucket absent. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.inputUncached = inputUncached;
        builder.cacheRead = cacheRead;
        builder.cacheWriteShort = cacheWriteShort;
        builder.cacheWriteLong = cacheWriteLong;
        builder.audioInput = audioInput;
        builder.output = output;
        builder.reasoning = reasoning;
        builder.audioOutput = audioOutput;
        builder.told = told;
        return builder;
    }

    /** Builds a {@link Usage}; not thread-safe. */
    public static final class Builder {
        private TokenCount inputUncached = TokenCount.absent();
        private TokenCount cacheRead = TokenCount.absent();
        private TokenCount cacheWriteShort = TokenCount.absent();
        private TokenCount cacheWriteLong = TokenCount.absent();
        private TokenCount audioInput = TokenCount.absent();
        private TokenCount output = TokenCount.absent();
        private TokenCount reasoning = TokenCount.absent();
        private TokenCount audioOutput = TokenCount.absent();
        private @Nullable Told told;

        private Builder() {}

        public Builder inputUncached(TokenCount count) {
            inputUncached = count;
            return this;
        }

        /**
         * Sets the uncached input from a total that includes the cache and audio buckets set so far.
         *
         * @param total all prompt tokens as backends of the OpenAI family report them
         */
        public Builder inputTotal(TokenCount total) {
            inputUncached = total.minus(cacheRead)
                    .minus(cacheWriteShort)
                    .minus(cacheWriteLong)
                    .minus(audioInput);
            return this;
        }

        public Builder cacheRead(TokenCount count) {
            cacheRead = count;
            return this;
        }

        public Builder cacheWriteShort(TokenCount count) {
            cacheWriteShort = count;
            return this;
        }

        public Builder cacheWriteLong(TokenCount count) {
            cacheWriteLong = count;
            return this;
        }

        public Builder audioInput(TokenCount count) {
            audioInput = count;
            return this;
        }

        public Builder output(TokenCount count) {
            output = count;
            return this;
        }

        /**
         * Sets the plain output from a total that includes the reasoning and audio buckets set so far.
         *
         * @param total all produced tokens as backends of the OpenAI family report them
         */
        public Builder outputTotal(TokenCount total) {
            output = total.minus(reasoning).minus(audioOutput);
            return this;
        }

        public Builder reasoning(TokenCount count) {
            reasoning = count;
            return this;
        }

        public Builder audioOutput(TokenCount count) {
            audioOutput = count;
            return this;
        }

        /** Sets the totals as the backend tells them, where they contradict its other figures. */
        public Builder told(@Nullable Told figures) {
            told = figures;
            return this;
        }

        public Usage build() {
            return new Usage(
                    inputUncached,
                    cacheRead,
                    cacheWriteShort,
                    cacheWriteLong,
                    audioInput,
                    output,
                    reasoning,
                    audioOutput,
                    told);
        }
    }
}
