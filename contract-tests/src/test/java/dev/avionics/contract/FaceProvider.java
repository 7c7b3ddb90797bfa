package dev.avionics.contract;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.ProviderCalls;
import dev.avionics.llm.ProviderRoute;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A provider over any endpoint, also of a kind that no settings lead to. */
final class FaceProvider implements LLMProvider {
    private final EndpointSpec endpoint;
    private final String model;
    private final Airframe airframe;
    private final ProviderCalls calls;

    FaceProvider(EndpointSpec endpoint, String model, Airframe airframe) {
        this.endpoint = endpoint;
        this.model = model;
        this.airframe = airframe;
        calls = new ProviderCalls(endpoint.name(), Map.of(), Ticker.system());
    }

    private Target target(@Nullable String named) {
        return new Target(endpoint, named == null ? model : named);
    }

    private BackendAdapter adapter() {
        return airframe.adapters().adapter(endpoint.kind());
    }

    @Override
    public String name() {
        return endpoint.name();
    }

    @Override
    public String defaultModel() {
        return model;
    }

    @Override
    public String defaultEmbeddingModel() {
        return model;
    }

    @Override
    public EndpointSpec endpoint() {
        return endpoint;
    }

    @Override
    public Capabilities capabilities(@Nullable String named) {
        return adapter().capabilities(target(named));
    }

    @Override
    public CompletableFuture<List<ModelInfo>> models(CallContext context) {
        return airframe.models(target(null), context);
    }

    @Override
    public CompletableFuture<HealthState> health(CallContext context) {
        return airframe.health(target(null), context);
    }

    @Override
    public CallContext newCall() {
        return airframe.newCall();
    }

    @Override
    public InferenceStream<InferenceEvent> infer(
            @Nullable String named, InferenceRequest request, CallContext context) {
        Target to = target(named);
        return calls.infer(airframe.attempts(), to, route(named, request), request, context);
    }

    @Override
    public ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route(
            @Nullable String named, InferenceRequest request) {
        Target to = target(named);
        return calls.route(
                airframe.timeouts(to),
                AttemptPlan.single(to),
                CallObserver.NONE,
                to.model(),
                (attempt, question, bounded) -> adapter().infer(attempt.target(), question, bounded));
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(
            @Nullable String named, EmbeddingRequest request, CallContext context) {
        return adapter().embed(target(named), request, context);
    }

    @Override
    public void close() {
        calls.close();
    }
}
