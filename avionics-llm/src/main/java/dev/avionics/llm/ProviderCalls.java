package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.Attempts;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.telemetry.CallTelemetry;
import dev.avionics.llm.telemetry.LLMTelemetry;
import dev.avionics.llm.telemetry.TelemetryCall;
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
    private final LLMTelemetry telemetry;
    private volatile boolean closed;

    /**
     * Calls of one provider, none so far.
     *
     * @param provider its name
     * @param defaultOptions options of {@code generate} that hold where the caller gives none; copied
     * @param ticker measures what calls take
     */
    public ProviderCalls(String provider, Map<String, Object> defaultOptions, Ticker ticker) {
        this(provider, defaultOptions, ticker, LLMTelemetry.off());
    }

    /**
     * As {@link #ProviderCalls(String, Map, Ticker)}, for calls that are told of.
     *
     * @param telemetry is told of calls of {@link #infer} and {@link #embed}, and knows what they cost
     */
    public ProviderCalls(String provider, Map<String, Object> defaultOptions, Ticker ticker, LLMTelemetry telemetry) {
        this.provider = requireNonNull(provider, "provider");
        this.defaultOptions = new LinkedHashMap<>(defaultOptions);
        this.telemetry = requireNonNull(telemetry, "telemetry");
        counters = new CallCounters(provider, requireNonNull(ticker, "ticker"), telemetry);
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

    /**
     * A call for which somebody else makes the attempts, and who tells of it: counted and logged, and nothing more.
     *
     * @param operation makes one attempt
     */
    public ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route(
            Timeouts timeouts,
            AttemptPlan plan,
            CallObserver observer,
            String model,
            ProviderRoute.Operation<InferenceRequest, InferenceStream<InferenceEvent>> operation) {
        CallWatch watch = counters.watch(model);
        return new ProviderRoute<>(timeouts, plan, with(watch, observer), (attempt, question, bounded) -> {
            watch.of(bounded);
            return operation.attempt(attempt, question, bounded);
        });
    }

    /** As {@link #route}, for vectors of texts. */
    public ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embeddingRoute(
            Timeouts timeouts,
            AttemptPlan plan,
            CallObserver observer,
            String model,
            ProviderRoute.Operation<EmbeddingRequest, CompletableFuture<EmbeddingResult>> operation) {
        CallWatch watch = counters.watch(model);
        return new ProviderRoute<>(timeouts, plan, with(watch, observer), (attempt, question, bounded) -> {
            watch.of(bounded);
            return watch.watch(operation.attempt(attempt, question, bounded));
        });
    }

    /** The route as it is given to others: from {@link #close} on its attempts are refused. */
    public ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> whileOpen(
            ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route) {
        return new ProviderRoute<>(
                route.timeouts(),
                route.plan(),
                route.observer(),
                (attempt, question, bounded) ->
                        closed ? refusedStream(bounded) : route.operation().attempt(attempt, question, bounded));
    }

    /** As {@link #whileOpen}, for vectors of texts. */
    public ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embeddingWhileOpen(
            ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> route) {
        return new ProviderRoute<>(
                route.timeouts(),
                route.plan(),
                route.observer(),
                (attempt, question, bounded) ->
                        closed ? refused() : route.operation().attempt(attempt, question, bounded));
    }

    private static CallObserver with(CallWatch watch, CallObserver observer) {
        return observer == CallObserver.NONE ? watch : watch.and(observer);
    }

    /**
     * Runs a whole call of a route and tells of it, if there is somebody to tell.
     *
     * @param usual where its first attempt will probably go
     */
    public InferenceStream<InferenceEvent> infer(
            Attempts by,
            Target usual,
            ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route,
            InferenceRequest request,
            CallContext context) {
        CallContext observed = context.observedBy(route.observer());
        if (!telemetry.isOn()) {
            return by.infer(
                    observed,
                    route.timeouts(),
                    route.plan(),
                    (attempt, bounded) -> route.operation().attempt(attempt, request, bounded));
        }
        CallTelemetry told = telemetry.start(TelemetryCall.chat(provider, usual, request, context));
        return by.infer(
                observed.observedBy(told),
                route.timeouts(),
                route.plan(),
                (attempt, bounded) -> told.watch(route.operation().attempt(attempt, request, told.attempt(bounded))));
    }

    /** As {@link #infer}, for vectors of texts. */
    public CompletableFuture<EmbeddingResult> embed(
            Attempts by,
            Target usual,
            ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> route,
            EmbeddingRequest request,
            CallContext context) {
        CallContext observed = context.observedBy(route.observer());
        if (!telemetry.isOn()) {
            return by.value(
                    observed,
                    route.timeouts(),
                    route.plan(),
                    (attempt, bounded) -> route.operation().attempt(attempt, request, bounded));
        }
        CallTelemetry told = telemetry.start(TelemetryCall.embeddings(provider, usual, request, context));
        return by.value(
                observed.observedBy(told),
                route.timeouts(),
                route.plan(),
                (attempt, bounded) -> told.watch(route.operation().attempt(attempt, request, told.attempt(bounded))));
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
