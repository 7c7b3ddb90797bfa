package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
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
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** An {@link LLMProvider} over one endpoint and the adapter of its kind, whatever backend that is. Thread-safe. */
public final class BackendProvider implements LLMProvider {
    private final ProviderSettings settings;
    private final EndpointSpec endpoint;
    private final Airframe airframe;
    private final RetryPolicy retries;
    private final ProviderCalls calls;

    /** A provider for the settings; the airframe stays its owner's. */
    public BackendProvider(ProviderSettings settings, Airframe airframe) {
        this(settings, airframe, Ticker.system());
    }

    /** As {@link #BackendProvider(ProviderSettings, Airframe)}, with a clock of one's own for the statistics. */
    public BackendProvider(ProviderSettings settings, Airframe airframe, Ticker ticker) {
        this(settings, airframe, ticker, LLMTelemetry.off());
    }

    /** As {@link #BackendProvider(ProviderSettings, Airframe)}, with somebody who is told of calls. */
    public BackendProvider(ProviderSettings settings, Airframe airframe, LLMTelemetry telemetry) {
        this(settings, airframe, Ticker.system(), telemetry);
    }

    private BackendProvider(ProviderSettings settings, Airframe airframe, Ticker ticker, LLMTelemetry telemetry) {
        this.settings = requireNonNull(settings, "settings");
        this.airframe = requireNonNull(airframe, "airframe");
        endpoint = settings.endpoint();
        retries = RetryPolicy.DEFAULT.withMaxRetries(settings.maxRetries());
        calls = new ProviderCalls(name(), settings.defaultOptions(), ticker, telemetry);
        telemetry.knowModel(settings.model());
        telemetry.knowModel(settings.embeddingModel());
    }

    /** What it was made from. */
    public ProviderSettings settings() {
        return settings;
    }

    @Override
    public String name() {
        return settings.name();
    }

    @Override
    public String defaultModel() {
        return settings.model();
    }

    @Override
    public String defaultEmbeddingModel() {
        return settings.embeddingModel();
    }

    @Override
    public EndpointSpec endpoint() {
        return endpoint;
    }

    @Override
    public CallContext newCall() {
        return airframe.newCall();
    }

    @Override
    public Capabilities capabilities(@Nullable String model) {
        Target target = target(model);
        return airframe.adapters().adapter(endpoint.kind()).capabilities(target);
    }

    private Target target(@Nullable String model) {
        return new Target(endpoint, model == null ? settings.model() : model);
    }

    @Override
    public InferenceStream<InferenceEvent> infer(
            @Nullable String model, InferenceRequest request, CallContext context) {
        if (calls.isClosed()) {
            return calls.refusedStream(context);
        }
        Target target = target(model);
        try {
            return calls.infer(airframe.attempts().with(retries), target, route(target), sent(request), context);
        } catch (InferenceException noAdapter) {
            return Waiting.failed(context, noAdapter);
        }
    }

    private InferenceRequest sent(InferenceRequest request) {
        return settings.omitTemperature() && request.sampling().temperature() != null
                ? request.toBuilder().temperature(null).build()
                : request;
    }

    @Override
    public ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route(
            @Nullable String model, InferenceRequest request) {
        return calls.whileOpen(route(target(model)));
    }

    private ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route(Target target) {
        BackendAdapter adapter = airframe.adapters().adapter(endpoint.kind());
        return calls.route(
                airframe.timeouts(target),
                AttemptPlan.single(target),
                CallObserver.NONE,
                target.model(),
                (attempt, question, bounded) -> adapter.infer(attempt.target(), sent(question), bounded));
    }

    @Override
    public ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embeddingRoute(@Nullable String model) {
        return calls.embeddingWhileOpen(embeddingRoute(embeddingTarget(model)));
    }

    private ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embeddingRoute(Target target) {
        BackendAdapter adapter = airframe.adapters().adapter(endpoint.kind());
        return calls.embeddingRoute(
                airframe.timeouts(target),
                AttemptPlan.single(target),
                CallObserver.NONE,
                target.model(),
                (attempt, question, bounded) -> adapter.embed(attempt.target(), question, bounded));
    }

    private Target embeddingTarget(@Nullable String model) {
        return new Target(endpoint, model == null ? settings.embeddingModel() : model);
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(
            @Nullable String model, EmbeddingRequest request, CallContext context) {
        if (calls.isClosed()) {
            return calls.refused();
        }
        Target target = embeddingTarget(model);
        try {
            return calls.embed(airframe.attempts(), target, embeddingRoute(target), request, context);
        } catch (InferenceException noAdapter) {
            return CompletableFuture.failedFuture(noAdapter);
        }
    }

    @Override
    public CompletableFuture<List<ModelInfo>> models(CallContext context) {
        if (calls.isClosed()) {
            return calls.refused();
        }
        return airframe.models(target(null), context);
    }

    @Override
    public CompletableFuture<HealthState> health(CallContext context) {
        return airframe.health(target(null), context);
    }

    @Override
    public InferenceResult generateResult(@Nullable String model, String prompt, Map<String, ?> options) {
        return calls.result(this, model, prompt, options);
    }

    @Override
    public InferenceStream<TokenChunk> generateStream(@Nullable String model, String prompt, Map<String, ?> options) {
        return calls.chunks(this, model, prompt, options);
    }

    @Override
    public boolean supportsStreaming() {
        return true;
    }

    @Override
    public Map<String, Object> stats() {
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("provider", name());
        stats.put("backend", endpoint.kind().id());
        stats.put("base_url", endpoint.address());
        stats.put("api_type", endpoint.apiType());
        stats.put("model", settings.model());
        Timeouts.Override timeouts = settings.timeouts();
        Duration total = timeouts == null ? null : timeouts.total();
        Duration longest = total == null && timeouts != null ? timeouts.firstByte() : total;
        if (longest != null) {
            stats.put("timeout", longest.toMillis() / 1000.0);
        }
        stats.put("max_retries", settings.maxRetries());
        calls.putInto(stats);
        return stats;
    }

    @Override
    public void close() {
        calls.close();
    }

    @Override
    public String toString() {
        return "BackendProvider[" + endpoint + ", model=" + settings.model() + "]";
    }
}
