package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What providers over Airframe have in common: {@code generate} with default options, counters of calls, and their end. For
 * those who write one. Thread-safe.
 */
public final class ProviderCalls {
    private final String provider;
    private final Map<String, Object> defaultOptions;
    private final CallCounters counters;
    private volatile boolean closed;

    /**
     * Calls of one provider, none so far.
     *
     * @param provider its name
     * @param defaultOptions options of {@code generate} that hold where the caller gives none; copied
     * @param ticker measures what calls take
     */
    public ProviderCalls(String provider, Map<String, Object> defaultOptions, Ticker ticker) {
        this.provider = requireNonNull(provider, "provider");
        this.defaultOptions = new LinkedHashMap<>(defaultOptions);
        counters = new CallCounters(provider, requireNonNull(ticker, "ticker"));
    }

    /** {@link LLMProvider#generateResult} by way of {@link Inference#infer}; blocks. */
    public InferenceResult result(Inference by, @Nullable String model, String prompt, Map<String, ?> options) {
        InferenceRequest request = request(prompt, options).stream(false).build();
        return Waiting.forResult(by.infer(model, request, by.newCall()));
    }

    /** {@link LLMProvider#generateStream} by way of {@link Inference#infer}. */
    public InferenceStream<TokenChunk> chunks(
            Inference by, @Nullable String model, String prompt, Map<String, ?> options) {
        return by.infer(model, request(prompt, options).build(), by.newCall()).map(new ChunkView(false));
    }

    private InferenceRequest.Builder request(String prompt, Map<String, ?> options) {
        return GenerationOptions.toRequest(prompt, GenerationOptions.merged(defaultOptions, options)).toBuilder();
    }

    /** Counts one call; to be added to its observers. */
    public CallObserver watch(String model) {
        return counters.watch(model);
    }

    /**
     * Counts the end of a call for a value, such as embeddings.
     *
     * @param watch from {@link #watch(String)}, which the call is observed by
     */
    public <R> CompletableFuture<R> watch(CompletableFuture<R> call, CallObserver watch) {
        return counters.watch(call, watch);
    }

    /** Adds the counters to statistics. */
    public void putInto(Map<String, Object> stats) {
        counters.putInto(stats);
    }

    /** Takes no new calls. */
    public void close() {
        closed = true;
    }

    /** Whether no new calls are taken. */
    public boolean isClosed() {
        return closed;
    }

    /** The answer to a call after the end: fails with REJECTED. */
    public InferenceStream<InferenceEvent> refusedStream(CallContext context) {
        return Waiting.failed(context, Waiting.closed(provider));
    }

    /** As {@link #refusedStream}, for a value. */
    public <R> CompletableFuture<R> refused() {
        return CompletableFuture.failedFuture(Waiting.closed(provider));
    }
}
