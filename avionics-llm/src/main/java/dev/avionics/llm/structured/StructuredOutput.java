package dev.avionics.llm.structured;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.Inference;
import dev.avionics.llm.schema.JsonMismatchException;
import dev.avionics.llm.schema.JsonProblem;
import dev.avionics.llm.schema.JsonSchema;
import dev.avionics.llm.schema.JsonType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Asks a model for values of one kind. Thread-safe; one is enough for many calls.
 *
 * <p>Where the backend takes a schema, it gets one; else the model is told it in words, and the backend is asked for some JSON if
 * it can do that. JSON is found in code fences and between words, and is held against the schema in either case. An answer that
 * does not fit is shown to the model with what is wrong, once unless set otherwise.
 *
 * @param <T> the values
 */
public final class StructuredOutput<T> {
    private final Inference inference;
    private final @Nullable String model;
    private final String name;
    private final JsonSchema schema;
    private final JsonSchema sentSchema;
    private final Function<String, T> reader;
    private final int repairs;
    private final @Nullable Capabilities capabilities;
    private final UnaryOperator<CallContext> call;

    private StructuredOutput(Builder<T> builder) {
        inference = builder.inference;
        model = builder.model;
        name = builder.name;
        schema = builder.schema;
        sentSchema = builder.sentSchema;
        reader = builder.reader;
        repairs = builder.repairs;
        capabilities = builder.capabilities;
        call = builder.call;
    }

    /**
     * A builder for values of a record class.
     *
     * @param inference a provider or a gateway, which stays its owner's
     * @param type the record, of types that {@link JsonType} takes
     * @throws IllegalArgumentException if the record is not taken
     */
    public static <T extends Record> Builder<T> builder(Inference inference, Class<T> type) {
        JsonType<T> json = JsonType.of(type);
        String name = type.getSimpleName().replaceAll("[^a-zA-Z0-9_-]", "_");
        return new Builder<>(
                inference,
                name,
                JsonSchema.parse(json.schemaJson()),
                JsonSchema.parse(json.closedSchemaJson()),
                json::readText);
    }

    /**
     * A builder for JSON objects by a schema: maps of strings, longs, doubles, booleans, nulls, lists and maps.
     *
     * @param name what the backend calls the schema: letters, digits, underscores and hyphens
     * @param schemaJson of objects, sent as it is
     * @throws IllegalArgumentException if it is no such schema
     */
    public static Builder<Map<String, @Nullable Object>> builder(Inference inference, String name, String schemaJson) {
        JsonSchema schema = JsonSchema.parse(schemaJson);
        if (!schema.isObject()) {
            throw new IllegalArgumentException(
                    "schemaJson: not of objects (expected: \"type\": \"object\" at its top)");
        }
        return new Builder<>(inference, requireNonNull(name, "name"), schema, schema, JsonValues::parseObject);
    }

    /** What answers are held against. */
    public JsonSchema schema() {
        return schema;
    }

    /** As {@link #start(InferenceRequest, TextListener)}, without a listener. */
    public CompletableFuture<StructuredResult<T>> start(InferenceRequest request) {
        return start(request, (answer, piece) -> {});
    }

    /**
     * Asks for a value.
     *
     * @param request its form of output is replaced
     * @param listener sees the raw text meanwhile
     * @return completes where answers are delivered. Fails with {@link JsonMismatchException}, of category PARSE, if the last
     *     answer does not fit either; with category CONTENT_FILTER if the model refuses; else with what the call failed with.
     *     Cancelling it cancels the call
     */
    public CompletableFuture<StructuredResult<T>> start(InferenceRequest request, TextListener listener) {
        return new Asking<>(this, request, requireNonNull(listener, "listener")).start();
    }

    /** As {@link #ask(InferenceRequest)}, for one user message. */
    public StructuredResult<T> ask(String prompt) {
        return ask(InferenceRequest.of(prompt));
    }

    /**
     * As {@link #start}, and waits for it.
     *
     * @throws InferenceException as {@link #start} tells; of category CANCELLED if this thread is interrupted, whose flag stays set
     * @throws IllegalStateException on a transport thread
     */
    public StructuredResult<T> ask(InferenceRequest request) {
        if (TransportThread.isCurrent()) {
            throw new IllegalStateException("ask blocks, and this is a transport thread: use start");
        }
        CompletableFuture<StructuredResult<T>> coming = start(request);
        try {
            return coming.get();
        } catch (InterruptedException e) {
            coming.cancel(true);
            Thread.currentThread().interrupt();
            throw InferenceException.builder(ErrorCategory.CANCELLED, "interrupted while waiting for the answer")
                    .cause(e)
                    .build();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof InferenceException known) {
                throw known;
            }
            throw new IllegalStateException("the call broke", e);
        }
    }

    /**
     * The value in a text that a model gave elsewhere, such as at the end of a {@link dev.avionics.llm.tool.ToolLoop}.
     *
     * @throws JsonMismatchException if there is none, or it does not fit
     */
    public T read(String text) {
        return readJson(JsonText.in(text));
    }

    T readJson(String json) {
        List<JsonProblem> problems = schema.check(json);
        if (!problems.isEmpty()) {
            throw JsonMismatchException.of(problems);
        }
        return reader.apply(json);
    }

    Inference inference() {
        return inference;
    }

    @Nullable
    String model() {
        return model;
    }

    int repairs() {
        return repairs;
    }

    CallContext newCall() {
        return call.apply(inference.newCall());
    }

    /** The form that the backend is asked for. */
    OutputFormat format() {
        Capabilities able = capabilities;
        if (able == null) {
            able = inference.capabilities(model);
        }
        if (able.of(Feature.JSON_SCHEMA) == Support.YES) {
            return new OutputFormat(OutputFormat.Kind.JSON_SCHEMA, name, sentSchema.json(), sentSchema.isClosed());
        }
        return able.of(Feature.JSON_OBJECT) == Support.YES ? OutputFormat.JSON_OBJECT : OutputFormat.TEXT;
    }

    /**
     * Builds a {@link StructuredOutput}; not thread-safe.
     *
     * @param <T> the values
     */
    public static final class Builder<T> {
        private final Inference inference;
        private final String name;
        private final JsonSchema schema;
        private final JsonSchema sentSchema;
        private final Function<String, T> reader;
        private @Nullable String model;
        private int repairs = 1;
        private @Nullable Capabilities capabilities;
        private UnaryOperator<CallContext> call = UnaryOperator.identity();

        private Builder(
                Inference inference,
                String name,
                JsonSchema schema,
                JsonSchema sentSchema,
                Function<String, T> reader) {
            this.inference = requireNonNull(inference, "inference");
            this.name = name;
            this.schema = schema;
            this.sentSchema = sentSchema;
            this.reader = reader;
        }

        /** The model's name, or null for the default one. */
        public Builder<T> model(@Nullable String value) {
            model = value;
            return this;
        }

        /** How often the model may try again when its answer does not fit; default 1. */
        public Builder<T> repairs(int value) {
            if (value < 0) {
                throw new IllegalArgumentException("repairs: " + value + " (expected: >= 0)");
            }
            repairs = value;
            return this;
        }

        /** What the backend can do; default what {@link Inference#capabilities} says at each call. */
        public Builder<T> capabilities(Capabilities value) {
            capabilities = requireNonNull(value, "value");
            return this;
        }

        /** Changes the call of each answer: its clocks, attributes, observers. */
        public Builder<T> call(UnaryOperator<CallContext> value) {
            call = requireNonNull(value, "value");
            return this;
        }

        public StructuredOutput<T> build() {
            return new StructuredOutput<>(this);
        }
    }

    /** The words that stand for a schema where the backend takes none. */
    String instruction() {
        return "Answer with one JSON object and nothing else: no words around it, no code fence. It has to fit this JSON"
                + " Schema:\n" + schema.json();
    }
}
