package dev.avionics.llm;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One backend with its default models. Thread-safe. */
public interface LLMProvider extends Inference, Embedding, AutoCloseable {
    /** The provider's name, such as {@code ollama}. */
    String name();

    /** The model that is used when none is named; empty where the backend serves a single one. */
    String defaultModel();

    /** The embedding model that is used when none is named; empty where there is none. */
    String defaultEmbeddingModel();

    /** The backend's address and manners. */
    EndpointSpec endpoint();

    /** What a model can do; null for the default one. */
    Capabilities capabilities(@Nullable String model);

    /** The models of the backend. */
    CompletableFuture<List<ModelInfo>> models(CallContext context);

    /** The backend's state; never fails, spends no tokens. */
    CompletableFuture<HealthState> health(CallContext context);

    /**
     * The text of an answer to one prompt; blocks.
     *
     * @param model the model's name, or null for the default one
     * @param options see {@link GenerationOptions}
     * @throws dev.avionics.airframe.error.InferenceException if there is no answer
     * @throws IllegalArgumentException if an option is unknown or wrong
     */
    String generate(@Nullable String model, String prompt, Map<String, ?> options);

    /** As {@link #generate}, with usage, finish reason and tool calls. */
    InferenceResult generateResult(@Nullable String model, String prompt, Map<String, ?> options);

    /** As {@link #generate}, piece by piece. Here the whole answer comes as one final chunk. */
    InferenceStream<TokenChunk> generateStream(@Nullable String model, String prompt, Map<String, ?> options);

    /** Whether the backend is healthy; blocks for a few seconds at most and never throws. */
    boolean healthCheck();

    /** Whether {@link #generateStream} gives more than one chunk. */
    boolean supportsStreaming();

    /** What was done here: configuration and counters, for people and dashboards. */
    Map<String, Object> stats();

    /** Takes no new calls; those under way go on to their end. */
    @Override
    void close();
}
