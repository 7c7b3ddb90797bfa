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
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A provider by the name of its class; what it does is the backend provider's. */
abstract sealed class ProviderView implements LLMProvider
        permits LlamaServerProvider, OpenAIProvider, AnthropicProvider, AzureAIFoundryProvider {
    private final BackendProvider backend;

    ProviderView(BackendProvider backend) {
        this.backend = backend;
    }

    @Override
    public final String name() {
        return backend.name();
    }

    @Override
    public final String defaultModel() {
        return backend.defaultModel();
    }

    @Override
    public final String defaultEmbeddingModel() {
        return backend.defaultEmbeddingModel();
    }

    @Override
    public final EndpointSpec endpoint() {
        return backend.endpoint();
    }

    @Override
    public final CallContext newCall() {
        return backend.newCall();
    }

    @Override
    public final Capabilities capabilities(@Nullable String model) {
        return backend.capabilities(model);
    }

    @Override
    public final InferenceStream<InferenceEvent> infer(
            @Nullable String model, InferenceRequest request, CallContext context) {
        return backend.infer(model, request, context);
    }

    @Override
    public final CompletableFuture<EmbeddingResult> embed(
            @Nullable String model, EmbeddingRequest request, CallContext context) {
        return backend.embed(model, request, context);
    }

    @Override
    public final ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route(
            @Nullable String model, InferenceRequest request) {
        return backend.route(model, request);
    }

    @Override
    public final ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embeddingRoute(
            @Nullable String model) {
        return backend.embeddingRoute(model);
    }

    @Override
    public final CompletableFuture<List<ModelInfo>> models(CallContext context) {
        return backend.models(context);
    }

    @Override
    public final CompletableFuture<HealthState> health(CallContext context) {
        return backend.health(context);
    }

    @Override
    public final InferenceResult generateResult(@Nullable String model, String prompt, Map<String, ?> options) {
        return backend.generateResult(model, prompt, options);
    }

    @Override
    public final InferenceStream<TokenChunk> generateStream(
            @Nullable String model, String prompt, Map<String, ?> options) {
        return backend.generateStream(model, prompt, options);
    }

    @Override
    public final boolean supportsStreaming() {
        return true;
    }

    @Override
    public final Map<String, Object> stats() {
        return backend.stats();
    }

    @Override
    public final void close() {
        backend.close();
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[" + backend + "]";
    }
}
