package dev.avionics.airframe.llamacpp;

import static java.util.Objects.requireNonNull;

import de.kherud.llama.LlamaModel;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.CapabilityCheck;
import dev.avionics.airframe.llamacpp.model.ModelOptions;
import dev.avionics.airframe.llamacpp.model.NativeLibrary;
import dev.avionics.airframe.llamacpp.model.NativeModel;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.spi.BackendAdapterProvider.Host;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/** Models in this process. Text and embeddings only. */
final class LlamaCppAdapter implements BackendAdapter {
    private static final Capabilities CAPABILITIES = Capabilities.unknown()
            .yes(
                    Feature.CHAT,
                    Feature.STREAM,
                    Feature.JSON_OBJECT,
                    Feature.JSON_SCHEMA,
                    Feature.EMBEDDINGS,
                    Feature.MODELS,
                    Feature.HEALTH,
                    Feature.USAGE_IN_STREAM,
                    Feature.CONTINUE_TEXT)
            .no(
                    Feature.CONTINUE_TOKENS,
                    Feature.TOOLS,
                    Feature.STREAMED_TOOL_ARGUMENTS,
                    Feature.FORCED_TOOL,
                    Feature.IMAGES,
                    Feature.IMAGE_URLS,
                    Feature.DOCUMENTS,
                    Feature.THINKING,
                    Feature.PROMPT_CACHE,
                    Feature.RERANK);

    private final Host host;
    private final Set<Generation> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    LlamaCppAdapter(Host host) {
        this.host = requireNonNull(host, "host");
    }

    @Override
    public Capabilities capabilities(Target target) {
        return CAPABILITIES;
    }

    @Override
    public InferenceStream<InferenceEvent> infer(Target target, InferenceRequest request, CallContext context) {
        if (closed) {
            throw rejected();
        }
        InferenceException refusal = CapabilityCheck.refuse(CAPABILITIES, request, target);
        if (refusal != null) {
            throw refusal.toBuilder()
                    .message(refusal.getMessage() + " (a llama-server with api type openai, or Ollama, takes more)")
                    .build();
        }
        NativeModel model = NativeModel.of(ModelOptions.of(target, false));
        Generation generation = new Generation(host, model, target, request, context);
        running.add(generation);
        return InferenceStream.from(context, generation).observe(outcome -> running.remove(generation));
    }

    @Override
    public CompletableFuture<HealthState> health(Target target, CallContext context) {
        HealthState.Status status = HealthState.Status.HEALTHY;
        String detail;
        try {
            ModelOptions options = ModelOptions.of(target, false);
            options.check(target);
            detail = "the model file " + options.file() + " is there";
        } catch (InferenceException | IllegalArgumentException e) {
            status = HealthState.Status.UNHEALTHY;
            detail = String.valueOf(e.getMessage());
        }
        return CompletableFuture.completedFuture(
                new HealthState(status, host.clock().instant(), detail));
    }

    @Override
    public CompletableFuture<List<ModelInfo>> models(Target target, CallContext context) {
        try {
            ModelOptions options = ModelOptions.of(target, false);
            options.check(target);
            return CompletableFuture.completedFuture(List.of(new ModelInfo(
                    options.file().getFileName().toString(),
                    null,
                    options.context(),
                    Map.of("path", options.file().toString()))));
        } catch (InferenceException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(Target target, EmbeddingRequest request, CallContext context) {
        CompletableFuture<EmbeddingResult> result = new CompletableFuture<>();
        try {
            if (closed) {
                throw rejected();
            }
            ModelOptions options = ModelOptions.of(target, true);
            options.check(target);
            NativeModel model = NativeModel.of(options);
            model.slots().execute(() -> embed(model, target, request, result));
        } catch (InferenceException e) {
            result.completeExceptionally(e);
        } catch (RejectedExecutionException full) {
            result.completeExceptionally(
                    InferenceException.builder(ErrorCategory.REJECTED, "too many embeddings wait already")
                            .cause(full)
                            .build());
        }
        return result;
    }

    private static void embed(
            NativeModel model, Target target, EmbeddingRequest request, CompletableFuture<EmbeddingResult> result) {
        try {
            LlamaModel llama = model.open();
            List<float[]> vectors = new ArrayList<>(request.inputs().size());
            long tokens = 0;
            for (String text : request.inputs()) {
                if (result.isDone()) {
                    return;
                }
                tokens += llama.encode(text).length;
                vectors.add(normalised(llama.embed(text)));
            }
            Usage usage =
                    Usage.builder().inputUncached(TokenCount.known(tokens)).build();
            result.complete(new EmbeddingResult(
                    vectors, usage, target, model.options().file().getFileName().toString()));
        } catch (InferenceException known) {
            result.completeExceptionally(known);
        } catch (RuntimeException | LinkageError e) {
            boolean tooLong = String.valueOf(e.getMessage()).contains("too large to process");
            result.completeExceptionally(InferenceException.builder(
                            tooLong ? ErrorCategory.CONTEXT_LENGTH : ErrorCategory.SERVER_ERROR,
                            "llama.cpp failed: " + e.getMessage())
                    .provider(target.endpoint().name())
                    .cause(e)
                    .build());
        }
    }

    /** To length 1, as every other backend gives them. */
    private static float[] normalised(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += (double) value * value;
        }
        if (sum == 0) {
            return vector;
        }
        float factor = (float) (1 / Math.sqrt(sum));
        float[] scaled = new float[vector.length];
        for (int i = 0; i < vector.length; i++) {
            scaled[i] = vector[i] * factor;
        }
        return scaled;
    }

    @Override
    public CompletableFuture<RerankResult> rerank(Target target, RerankRequest request, CallContext context) {
        return CompletableFuture.failedFuture(
                NativeLibrary.unsupported("a model in the process does not rank documents; nothing was sent", null));
    }

    private static InferenceException rejected() {
        return InferenceException.builder(ErrorCategory.REJECTED, "the adapter is closed")
                .origin(ErrorOrigin.US)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }

    /** Ends every answer under way. The models stay open: closing them gives no memory back. */
    @Override
    public void close() {
        closed = true;
        running.forEach(generation -> generation.fail(rejected()));
        running.forEach(generation -> generation.cancel(CancelReason.SHUTDOWN));
    }
}
