package dev.avionics.llm.node;

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
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.spi.BackendAdapter;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.LeavingSource;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.ProviderCalls;
import dev.avionics.llm.ProviderRoute;
import dev.avionics.llm.TokenChunk;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An agent's {@link LLMProvider} over a fleet of nodes: each attempt goes where the fleet's router says. After a failure that
 * allows another target the next node is taken; of a node that is found dead, calls that it has not begun to answer leave for
 * another one at once. Thread-safe.
 */
public final class NodeProvider implements LLMProvider {
    private final NodeFleet fleet;
    private final Airframe airframe;
    private final String agent;
    private final String model;
    private final Set<String> tags;
    private final RetryPolicy retries;
    private final ProviderCalls calls;
    private volatile @Nullable RoutingDecision lastDecision;

    NodeProvider(NodeFleet fleet, Airframe airframe, Builder builder) {
        this.fleet = fleet;
        this.airframe = airframe;
        agent = builder.agent;
        model = builder.model;
        tags = Set.copyOf(builder.tags);
        retries = builder.retries;
        calls = new ProviderCalls(name(), builder.defaultOptions, fleet.ticker(), builder.telemetry);
        builder.telemetry.knowModel(model);
    }

    @Override
    public String name() {
        return "nodes";
    }

    /** Whose calls these are; empty for nobody's. */
    public String agent() {
        return agent;
    }

    /** The model that was asked for when this was made, else that of the agent's home, else empty. */
    @Override
    public String defaultModel() {
        return model.isEmpty()
                ? fleet.profiles().forAgent(agent).map(InferenceNode::model).orElse("")
                : model;
    }

    /** As {@link #defaultModel()}. */
    @Override
    public String defaultEmbeddingModel() {
        return defaultModel();
    }

    /**
     * That of the agent's home, else of the node that a call would go to now.
     *
     * @throws InferenceException of category OVERLOADED if there is none
     */
    @Override
    public EndpointSpec endpoint() {
        return usual(null).endpoint();
    }

    private Target usual(@Nullable String wanted) {
        RoutingRequest request = request(wanted, PrefixBlocks.none());
        return fleet.profiles()
                .forAgent(agent)
                .map(home -> new Target(home.endpoint(), wanted == null ? home.model() : wanted))
                .orElseGet(() -> new NodeCall(fleet.router(), request, false, decision -> {})
                        .first()
                        .target());
    }

    private RoutingRequest request(@Nullable String wanted, PrefixBlocks prefix) {
        return new RoutingRequest(agent, wanted == null ? model : wanted, tags, prefix);
    }

    /** Why the last call went where it went; null before the first. */
    public @Nullable RoutingDecision lastDecision() {
        return lastDecision;
    }

    @Override
    public CallContext newCall() {
        CallContext call = airframe.newCall();
        return agent.isEmpty() ? call : call.with("agent", agent);
    }

    @Override
    public Capabilities capabilities(@Nullable String wanted) {
        Target target = usual(wanted);
        return adapter(target).capabilities(target);
    }

    @Override
    public InferenceStream<InferenceEvent> infer(
            @Nullable String wanted, InferenceRequest request, CallContext context) {
        if (calls.isClosed()) {
            return calls.refusedStream(context);
        }
        try {
            Target usual = usual(wanted);
            return calls.infer(
                    airframe.attempts().with(retries), usual, route(wanted, usual, request), request, context);
        } catch (InferenceException nobody) {
            return InferenceStream.deferred(context, () -> CompletableFuture.failedFuture(nobody));
        }
    }

    @Override
    public ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route(
            @Nullable String wanted, InferenceRequest request) {
        return calls.whileOpen(route(wanted, usual(wanted), request));
    }

    private ProviderRoute<InferenceRequest, InferenceStream<InferenceEvent>> route(
            @Nullable String wanted, Target usual, InferenceRequest request) {
        NodeCall call = call(wanted, PrefixBlocks.of(usual.model(), request), request.stream());
        return calls.route(
                airframe.timeouts(usual),
                call,
                call,
                usual.model(),
                (attempt, question, bounded) -> attempt(call, attempt, question, bounded));
    }

    @Override
    public ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embeddingRoute(@Nullable String wanted) {
        return calls.embeddingWhileOpen(embeddingRoute(wanted, usual(wanted)));
    }

    private ProviderRoute<EmbeddingRequest, CompletableFuture<EmbeddingResult>> embeddingRoute(
            @Nullable String wanted, Target usual) {
        NodeCall call = call(wanted, PrefixBlocks.none(), false);
        return calls.embeddingRoute(
                airframe.timeouts(usual),
                call,
                call,
                usual.model(),
                (attempt, question, bounded) -> adapter(attempt.target()).embed(attempt.target(), question, bounded));
    }

    private BackendAdapter adapter(Target target) {
        return airframe.adapters().adapter(target.endpoint().kind());
    }

    private NodeCall call(@Nullable String wanted, PrefixBlocks prefix, boolean streamed) {
        return new NodeCall(fleet.router(), request(wanted, prefix), streamed, decision -> lastDecision = decision);
    }

    private InferenceStream<InferenceEvent> attempt(
            NodeCall call, Attempt attempt, InferenceRequest request, CallContext bounded) {
        Target target = attempt.target();
        InferenceStream<InferenceEvent> answer = adapter(target).infer(target, request, bounded);
        NodeLease lease = call.lease();
        if (lease == null) {
            return answer;
        }
        LeavingSource leaving = new LeavingSource(InferenceStream.sourceOf(answer), lease::alive);
        lease.onLost(() -> leaving.leave(dead(target)));
        return InferenceStream.from(bounded, leaving);
    }

    private static InferenceException dead(Target target) {
        String name = target.endpoint().name();
        return InferenceException.builder(
                        ErrorCategory.CONNECTION,
                        "node " + name + " does not answer any more: the call leaves it before its first token")
                .origin(ErrorOrigin.BACKEND)
                .provider(name)
                .endpoint(target.endpoint().address())
                .model(target.model())
                .sent(Sent.ALL)
                .build();
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(
            @Nullable String wanted, EmbeddingRequest request, CallContext context) {
        if (calls.isClosed()) {
            return calls.refused();
        }
        try {
            Target usual = usual(wanted);
            return calls.embed(
                    airframe.attempts().with(retries), usual, embeddingRoute(wanted, usual), request, context);
        } catch (InferenceException nobody) {
            return CompletableFuture.failedFuture(nobody);
        }
    }

    @Override
    public CompletableFuture<List<ModelInfo>> models(CallContext context) {
        if (calls.isClosed()) {
            return calls.refused();
        }
        try {
            Target usual = usual(null);
            NodeCall call = call(null, PrefixBlocks.none(), false);
            return airframe.attempts()
                    .with(retries)
                    .value(
                            context.observedBy(call),
                            airframe.timeouts(usual),
                            call,
                            (attempt, bounded) -> adapter(attempt.target()).models(attempt.target(), bounded));
        } catch (InferenceException nobody) {
            return CompletableFuture.failedFuture(nobody);
        }
    }

    /** The best state of the nodes that calls may go to: they are asked, all at once. */
    @Override
    public CompletableFuture<HealthState> health(CallContext context) {
        return fleet.health(request(null, PrefixBlocks.none()), context);
    }

    @Override
    public InferenceResult generateResult(@Nullable String wanted, String prompt, Map<String, ?> options) {
        return calls.result(this, wanted, prompt, options);
    }

    @Override
    public InferenceStream<TokenChunk> generateStream(@Nullable String wanted, String prompt, Map<String, ?> options) {
        return calls.chunks(this, wanted, prompt, options);
    }

    @Override
    public boolean supportsStreaming() {
        return true;
    }

    @Override
    public Map<String, Object> stats() {
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("provider", name());
        stats.put("agent", agent);
        stats.put("model", defaultModel());
        stats.put("max_retries", retries.maxAttempts() - 1);
        Map<String, Object> nodes = new LinkedHashMap<>();
        for (NodeStatus status : fleet.router().nodeHealth()) {
            nodes.put(status.node(), status.state() + " " + status.inFlight());
        }
        stats.put("nodes", nodes);
        calls.putInto(stats);
        return stats;
    }

    /** Takes no new calls; the fleet goes on. */
    @Override
    public void close() {
        calls.close();
    }

    @Override
    public String toString() {
        return "NodeProvider[agent=" + agent + ", model=" + model + ", tags=" + tags + "]";
    }

    /** Builds a {@link NodeProvider}; not thread-safe. */
    public static final class Builder {
        private final Function<Builder, NodeProvider> make;
        private final String agent;
        private String model = "";
        private Set<String> tags = Set.of();
        private RetryPolicy retries = RetryPolicy.DEFAULT;
        private Map<String, Object> defaultOptions = Map.of();
        private LLMTelemetry telemetry = LLMTelemetry.off();

        Builder(Function<Builder, NodeProvider> make, String agent) {
            this.make = make;
            this.agent = requireNonNull(agent, "agent");
        }

        /** The model of calls that name none; default that of the agent's home, or any if it has none. */
        public Builder model(String value) {
            model = requireNonNull(value, "value");
            return this;
        }

        /** What nodes have to have; default nothing. */
        public Builder tags(Set<String> value) {
            tags = Set.copyOf(value);
            return this;
        }

        /** How calls are tried again; default {@link RetryPolicy#DEFAULT}. */
        public Builder retryPolicy(RetryPolicy value) {
            retries = requireNonNull(value, "value");
            return this;
        }

        /** Options of {@code generate} that hold where the caller gives none; default none. */
        public Builder defaultOptions(Map<String, Object> value) {
            defaultOptions = new LinkedHashMap<>(value);
            return this;
        }

        /** Who is told of calls; default nobody. */
        public Builder telemetry(LLMTelemetry value) {
            telemetry = requireNonNull(value, "value");
            return this;
        }

        public NodeProvider build() {
            return make.apply(this);
        }
    }
}
