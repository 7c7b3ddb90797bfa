package dev.avionics.llm.telemetry;

import static io.opentelemetry.api.common.AttributeKey.booleanKey;
import static io.opentelemetry.api.common.AttributeKey.doubleKey;
import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringArrayKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.AttributeType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every name of the conventions for generative AI that is used here, in both versions: attributes and instruments. No other
 * class writes such a name down. The constants that OpenTelemetry publishes for them are all deprecated.
 */
final class GenAiSemconv {
    private GenAiSemconv() {}

    /** Takes attributes: a span, a builder of one, a builder of attributes. */
    interface Sink {
        <T> void set(AttributeKey<T> key, T value);
    }

    /** An attribute; in a version it may have no name, or two, or another type. */
    enum Attribute {
        OPERATION_NAME(stringKey("gen_ai.operation.name")),
        PROVIDER_NAME(stringKey("gen_ai.provider.name")),
        CONVERSATION_ID(stringKey("gen_ai.conversation.id")),
        OUTPUT_TYPE(stringKey("gen_ai.output.type")),
        REQUEST_MODEL(stringKey("gen_ai.request.model")),
        REQUEST_STREAM(booleanKey("gen_ai.request.stream")),
        REQUEST_CHOICE_COUNT(longKey("gen_ai.request.choice.count")),
        REQUEST_SEED(longKey("gen_ai.request.seed")),
        REQUEST_TOP_K(List.of(doubleKey("gen_ai.request.top_k")), List.of(longKey("gen_ai.request.top_k"))),
        REQUEST_TOP_P(doubleKey("gen_ai.request.top_p")),
        REQUEST_TEMPERATURE(doubleKey("gen_ai.request.temperature")),
        REQUEST_MAX_TOKENS(longKey("gen_ai.request.max_tokens")),
        REQUEST_FREQUENCY_PENALTY(doubleKey("gen_ai.request.frequency_penalty")),
        REQUEST_PRESENCE_PENALTY(doubleKey("gen_ai.request.presence_penalty")),
        REQUEST_STOP_SEQUENCES(stringArrayKey("gen_ai.request.stop_sequences")),
        REQUEST_REASONING_LEVEL(List.of(), List.of(stringKey("gen_ai.request.reasoning.level"))),
        EMBEDDINGS_DIMENSIONS(longKey("gen_ai.embeddings.dimension.count")),
        RESPONSE_ID(stringKey("gen_ai.response.id")),
        RESPONSE_MODEL(stringKey("gen_ai.response.model")),
        RESPONSE_FINISH_REASONS(stringArrayKey("gen_ai.response.finish_reasons")),
        RESPONSE_TIME_TO_FIRST_CHUNK(doubleKey("gen_ai.response.time_to_first_chunk")),
        USAGE_INPUT(longKey("gen_ai.usage.input_tokens")),
        USAGE_OUTPUT(longKey("gen_ai.usage.output_tokens")),
        USAGE_CACHE_READ(longKey("gen_ai.usage.cache_read.input_tokens")),
        // Back-ends are in the middle of the move from one name to the other.
        USAGE_CACHE_WRITE(
                List.of(
                        longKey("gen_ai.usage.cache_creation.input_tokens"),
                        longKey("gen_ai.usage.cache_write.input_tokens")),
                List.of(longKey("gen_ai.usage.cache_write.input_tokens"))),
        USAGE_REASONING(longKey("gen_ai.usage.reasoning.output_tokens")),
        USAGE_AUDIO_INPUT(List.of(), List.of(longKey("gen_ai.usage.audio.input_tokens"))),
        USAGE_AUDIO_OUTPUT(List.of(), List.of(longKey("gen_ai.usage.audio.output_tokens"))),
        TOKEN_TYPE(List.of(stringKey("gen_ai.token.type")), List.of()),
        TOKEN_MODALITY(List.of(), List.of(stringKey("gen_ai.token.modality"))),
        INPUT_MESSAGES(stringKey("gen_ai.input.messages")),
        OUTPUT_MESSAGES(stringKey("gen_ai.output.messages")),
        SYSTEM_INSTRUCTIONS(stringKey("gen_ai.system_instructions")),
        TOOL_DEFINITIONS(stringKey("gen_ai.tool.definitions"));

        private final List<AttributeKey<?>> v141;
        private final List<AttributeKey<?>> latest;

        Attribute(AttributeKey<?> both) {
            this(List.of(both), List.of(both));
        }

        Attribute(List<AttributeKey<?>> v141, List<AttributeKey<?>> latest) {
            this.v141 = v141;
            this.latest = latest;
        }

        /** Its names in a version; empty if it has none there. */
        List<AttributeKey<?>> keys(SemconvVersion version) {
            return version == SemconvVersion.V1_41 ? v141 : latest;
        }

        /** Sets it under each of its names; null sets nothing. Numbers become what the version wants. */
        @SuppressWarnings("unchecked")
        void put(SemconvVersion version, Sink sink, @Nullable Object value) {
            if (value == null) {
                return;
            }
            List<AttributeKey<?>> keys = keys(version);
            for (int i = 0; i < keys.size(); i++) {
                AttributeKey<?> key = keys.get(i);
                Object fit = value instanceof Number number ? number(key.getType(), number) : value;
                sink.set((AttributeKey<Object>) key, fit);
            }
        }

        private static Object number(AttributeType type, Number value) {
            return type == AttributeType.LONG ? (Object) value.longValue() : (Object) value.doubleValue();
        }
    }

    /** A kind of instrument. */
    enum Shape {
        /** A distribution. */
        HISTOGRAM,
        /** A sum that only grows. */
        COUNTER
    }

    /** An instrument as one version has it. */
    record Cell(Shape shape, String name) {}

    /** An instrument; in a version there may be none. */
    enum Instrument {
        DURATION(
                new Cell(Shape.HISTOGRAM, "gen_ai.client.operation.duration"),
                new Cell(Shape.HISTOGRAM, "gen_ai.client.inference.duration"),
                "s",
                "How long a call took, with all its attempts"),
        EMBEDDINGS_DURATION(
                new Cell(Shape.HISTOGRAM, "gen_ai.client.operation.duration"),
                new Cell(Shape.HISTOGRAM, "gen_ai.client.operation.duration"),
                "s",
                "How long a call took, with all its attempts"),
        TIME_TO_FIRST_CHUNK(
                new Cell(Shape.HISTOGRAM, "gen_ai.client.operation.time_to_first_chunk"),
                new Cell(Shape.HISTOGRAM, "gen_ai.client.inference.time_to_first_chunk"),
                "s",
                "How long a streamed call waited for its first content"),
        TIME_PER_OUTPUT_CHUNK(
                new Cell(Shape.HISTOGRAM, "gen_ai.client.operation.time_per_output_chunk"),
                new Cell(Shape.HISTOGRAM, "gen_ai.client.inference.time_per_output_chunk"),
                "s",
                "The gaps between contents of a streamed call"),
        TOKEN_USAGE(
                new Cell(Shape.HISTOGRAM, "gen_ai.client.token.usage"),
                null,
                "{token}",
                "Tokens of a call, by gen_ai.token.type"),
        INPUT_TOKENS(
                null,
                new Cell(Shape.COUNTER, "gen_ai.client.inference.usage.input_tokens"),
                "{token}",
                "All prompt tokens"),
        OUTPUT_TOKENS(
                null,
                new Cell(Shape.COUNTER, "gen_ai.client.inference.usage.output_tokens"),
                "{token}",
                "All produced tokens"),
        CACHE_READ_TOKENS(
                null,
                new Cell(Shape.COUNTER, "gen_ai.client.inference.usage.cache_read.input_tokens"),
                "{token}",
                "Prompt tokens taken from the backend's cache"),
        CACHE_WRITE_TOKENS(
                null,
                new Cell(Shape.COUNTER, "gen_ai.client.inference.usage.cache_write.input_tokens"),
                "{token}",
                "Prompt tokens written to the backend's cache"),
        REASONING_TOKENS(
                null,
                new Cell(Shape.COUNTER, "gen_ai.client.inference.usage.reasoning.output_tokens"),
                "{token}",
                "Tokens the model thought with"),
        OPERATION_INPUT_TOKENS(
                null,
                new Cell(Shape.HISTOGRAM, "gen_ai.client.inference.operation.input_tokens"),
                "{token}",
                "Prompt tokens of one call"),
        OPERATION_OUTPUT_TOKENS(
                null,
                new Cell(Shape.HISTOGRAM, "gen_ai.client.inference.operation.output_tokens"),
                "{token}",
                "Produced tokens of one call");

        private final @Nullable Cell v141;
        private final @Nullable Cell latest;
        private final String unit;
        private final String description;

        Instrument(@Nullable Cell v141, @Nullable Cell latest, String unit, String description) {
            this.v141 = v141;
            this.latest = latest;
            this.unit = unit;
            this.description = description;
        }

        /** What it is in a version; null if there is none. */
        @Nullable
        Cell cell(SemconvVersion version) {
            return version == SemconvVersion.V1_41 ? v141 : latest;
        }

        String unit() {
            return unit;
        }

        String description() {
            return description;
        }

        /** The boundaries that the conventions advise. */
        List<Double> buckets() {
            return unit.equals("s") ? SECONDS : TOKENS;
        }
    }

    /** The event with a call's details. */
    static final String DETAILS_EVENT = "gen_ai.client.inference.operation.details";

    /** The name of {@link Attribute#PROVIDER_NAME} before version 1.37, for back-ends that know no other. */
    static final AttributeKey<String> OLD_SYSTEM = stringKey("gen_ai.system");

    private static final List<Double> SECONDS =
            List.of(0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92);
    private static final List<Double> TOKENS = List.of(
            1.0,
            4.0,
            16.0,
            64.0,
            256.0,
            1024.0,
            4096.0,
            16384.0,
            65536.0,
            262144.0,
            1048576.0,
            4194304.0,
            16777216.0,
            67108864.0);
}
