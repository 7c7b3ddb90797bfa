package dev.avionics.llm;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One backend with its default models. Thread-safe.
 *
 * <p>What blocks here refuses to run on a transport thread, with {@link IllegalStateException}, and ends with category
 * CANCELLED when its thread is interrupted.
 */
public interface LLMProvider extends Inference, Embedding, AutoCloseable {
    /** The provider's name, such as {@code ollama}. */
    String name();

    /** The model that is used when none is named; empty where the backend serves a single one. */
    String defaultModel();

    /** The embedding model that is used when none is named; empty where there is none or a single one. */
    String defaultEmbeddingModel();

    /** The backend's address and manners. */
    EndpointSpec endpoint();

    /** What a model can do; null for the default one. */
    @Override
    Capabilities capabilities(@Nullable String model);

    /** The models of the backend; fails with {@link dev.avionics.airframe.error.InferenceException} and nothing else. */
    CompletableFuture<List<ModelInfo>> models(CallContext context);

    /** The backend's state; never fails, spends no tokens. */
    CompletableFuture<HealthState> health(CallContext context);

    /**
     * A conversation with this provider in single attempts. Unless a provider does better, an attempt is a whole call of {@link #infer}
     * with the tries that it makes by itself.
     *
     * @param model the model's name, or null for the default one
     * @param request what will be asked; attempts may change it
     * @throws dev.avionics.airframe.error.InferenceException if there is nobody to ask, such as without a node
     */
    default ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route(
            @Nullable String model, InferenceRequest request) {
        return ProviderRoute.single(
                Timeouts.LOCAL,
                new Target(endpoint(), model == null ? defaultModel() : model),
                CallObserver.NONE,
                (attempt, question, bounded) -> infer(attempt.target().model(), question, bounded.unobserved()));
    }

    /** As {@link #route}, for vectors of texts by {@link #embed}. */
    default ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embeddingRoute(@Nullable String model) {
        return ProviderRoute.single(
                Timeouts.LOCAL,
                new Target(endpoint(), model == null ? defaultEmbeddingModel() : model),
                CallObserver.NONE,
                (attempt, question, bounded) -> embed(attempt.target().model(), question, bounded.unobserved()));
    }

    /**
     * The text of an answer to one prompt; blocks.
     *
     * @param model the model's name, or null for the default one
     * @param options see {@link GenerationOptions}; empty for the defaults
     * @throws dev.avionics.airframe.error.InferenceException if there is no answer
     * @throws IllegalArgumentException if an option is unknown or wrong
     */
    default String generate(@Nullable String model, String prompt, Map<String, ?> options) {
        return generateResult(model, prompt, options).text();
    }

    /** As {@link #generate}, with usage, finish reason and tool calls. */
    default InferenceResult generateResult(@Nullable String model, String prompt, Map<String, ?> options) {
        InferenceRequest request =
                GenerationOptions.apply(options, GenerationOptions.toRequest(prompt, Map.of()).toBuilder()).stream(
                                false)
                        .build();
        return Waiting.forResult(infer(model, request, newCall()));
    }

    /**
     * As {@link #generate}, piece by piece; the last chunk is final. Unless a provider does better, {@link #generate} runs
     * when the stream is consumed, and its text comes as one chunk.
     */
    default InferenceStream<TokenChunk> generateStream(@Nullable String model, String prompt, Map<String, ?> options) {
        return Waiting.oneChunk(this, model, prompt, options);
    }

    /** Whether the backend is healthy; blocks for at most 5 seconds and never throws. */
    default boolean healthCheck() {
        return Waiting.forHealth(this, Duration.ofSeconds(5));
    }

    /** Whether {@link #generateStream} gives the text in pieces as it comes. */
    default boolean supportsStreaming() {
        return false;
    }

    /** What was done here: configuration and counters by name, for people and dashboards; without keys. */
    default Map<String, Object> stats() {
        return Map.of("provider", name(), "base_url", endpoint().address());
    }

    /** Takes no new calls; those under way go on to their end. */
    @Override
    void close();
}
