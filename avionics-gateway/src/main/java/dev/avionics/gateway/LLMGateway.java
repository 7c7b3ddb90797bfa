package dev.avionics.gateway;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportThread;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.llm.Embedding;
import dev.avionics.llm.Inference;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.client.LLMClient;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.node.NodeFleet;
import dev.avionics.llm.settings.AvionicsSettings;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls to any provider, made safe for production: fallback, cost, limits, budgets, cache, telemetry, each in a layer of its own;
 * {@link LayerOrder} says in which order. Thread-safe.
 *
 * <pre>{@code
 * LLMGateway gateway = LLMGateway.builder(AvionicsSettings.load())
 *         .fallback(FallbackPolicy.to(List.of(GatewayTarget.parse("openai/gpt-4o-mini"))))
 *         .build();
 * GatewayResponse response = gateway.complete(GatewayRequest.builder("Analyze this code")
 *         .system("You are a code reviewer").agent("planner").temperature(0.3).build());
 * }</pre>
 */
public final class LLMGateway implements Inference, Embedding, AutoCloseable {
    private static final Consumer<StreamingChunk> NOBODY = chunk -> {};

    private final Airframe airframe;
    private final ProviderLookup providers;
    private final GatewayLayer.Next chain;
    private final StatsBook stats;
    private final Callbacks callbacks;
    private final ResourceGate resources;
    private final ResponseMaker responses;
    private final Clock clock;
    private final List<AutoCloseable> owned;
    private volatile @Nullable Consumer<StreamingChunk> streamingCallback;

    LLMGateway(GatewayBuilder builder) {
        providers = builder.providers;
        airframe = builder.airframe;
        clock = builder.clock;
        stats = new StatsBook();
        callbacks = new Callbacks();
        responses = new ResponseMaker(builder.ticker, clock, builder.textTools);
        streamingCallback = builder.streamingCallback;
        GatewayAssembly assembly = new GatewayAssembly(builder, callbacks, this::ended);
        resources = assembly.resources();
        chain = assembly.chain();
        owned = List.copyOf(builder.owned);
    }

    /**
     * A builder of a gateway that has all of its own: the backends on the class path, the providers, agents and nodes of these
     * settings, what the section {@code gateway} says, and what {@link GatewayCustomizer}s add. Closing the gateway closes it all; so a builder that is made is to be built.
     *
     * @throws dev.avionics.llm.settings.SettingsException if the settings are wrong
     */
    public static GatewayBuilder builder(AvionicsSettings settings) {
        GatewaySettings section = GatewaySettings.of(settings);
        Airframe airframe = Airframe.create();
        GatewayBuilder builder = null;
        try {
            NodeFleet fleet = NodeFleet.of(settings, airframe);
            LLMFactory factory = new LLMFactory(() -> settings, airframe, new AgentRegistry(), fleet);
            builder =
                    builder(ProviderLookup.of(factory), airframe).owns(factory).owns(fleet);
            return builder.settings(section).owns(airframe).discover(LLMGateway.class.getClassLoader());
        } catch (RuntimeException | Error bad) {
            if (builder != null) {
                close(builder.owned, bad);
            }
            airframe.close();
            throw bad;
        }
    }

    /** A builder; lookup and airframe stay their owners'. */
    public static GatewayBuilder builder(ProviderLookup providers, Airframe airframe) {
        return new GatewayBuilder(providers, airframe);
    }

    private void ended(GatewayCall call, Outcome outcome) {
        stats.ended(outcome, call.ledger());
    }

    private GatewayCall call(String agent, String key, CallContext context) {
        CallContext known = context.attributes().containsKey("agent") ? context : context.with("agent", agent);
        return new GatewayCall(agent, key, known, new CallLedger(stats::attempted));
    }

    /**
     * An answer and what it took; blocks.
     *
     * @throws AllProvidersFailedException if every target of several failed
     * @throws InferenceException if there is no answer; of category CANCELLED if the thread is interrupted
     * @throws IllegalStateException on a transport thread
     */
    public GatewayResponse complete(GatewayRequest request) {
        if (TransportThread.isCurrent()) {
            throw new IllegalStateException("this blocks, and would hold up the transport thread that it runs on");
        }
        GatewayCall call = call(request.agent(), request.key(), newCall());
        ResponseMaker.Watch watch = responses.watch(request, call, false);
        ResultAssembler assembler = new ResultAssembler();
        try (EventCursor<InferenceEvent> events =
                watch.on(answer(whole(request), call)).open()) {
            while (events.hasNext()) {
                assembler.accept(events.next());
            }
        }
        return watch.response(assembler.result());
    }

    /** As {@link #complete}, without blocking; the future completes where the call is delivered, and cancelling it ends the call. */
    public CompletableFuture<GatewayResponse> completeAsync(GatewayRequest request) {
        GatewayCall call = call(request.agent(), request.key(), newCall());
        ResponseMaker.Watch watch = responses.watch(request, call, false);
        CompletableFuture<InferenceResult> result =
                watch.on(answer(whole(request), call)).collect();
        CompletableFuture<GatewayResponse> response = result.thenApply(watch::response);
        response.whenComplete((value, error) -> {
            if (response.isCancelled()) {
                result.cancel(false);
            }
        });
        return response;
    }

    private static GatewayRequest whole(GatewayRequest request) {
        return request.with(request.inference().toBuilder().stream(false).build());
    }

    /**
     * An answer piece by piece; the last chunk is final and has the tokens of the whole call. What was used is booked when the answer
     * ends, and when the reader leaves early for the part that was made.
     */
    public InferenceStream<StreamingChunk> completeStream(GatewayRequest request) {
        GatewayCall call = call(request.agent(), request.key(), newCall());
        Consumer<StreamingChunk> callback = streamingCallback;
        Consumer<StreamingChunk> told = callback == null
                ? NOBODY
                : chunk -> callbacks.run(call, "streaming_callback_error", () -> callback.accept(chunk));
        return answer(request, call).map(new ChunkMaker(call, clock, told));
    }

    /** An answer with all its events; nothing is sent before the stream is consumed. */
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, CallContext context) {
        return answer(request, call(request.agent(), request.key(), context));
    }

    private InferenceStream<InferenceEvent> answer(GatewayRequest request, GatewayCall call) {
        return chain.infer(request, call);
    }

    /**
     * As {@link #infer(GatewayRequest, CallContext)}; the agent is the context's attribute {@code agent}, the key its attribute
     * {@code key}.
     */
    @Override
    public InferenceStream<InferenceEvent> infer(
            @Nullable String model, InferenceRequest request, CallContext context) {
        GatewayRequest asked = GatewayRequest.of(request)
                .withTarget(null, model)
                .withAgent(agent(context))
                .withKey(context.attributes().getOrDefault("key", ""));
        return infer(asked, context);
    }

    private static String agent(CallContext context) {
        return context.attributes().getOrDefault("agent", GatewayRequest.UNKNOWN_AGENT);
    }

    /** Vectors of texts, through the same limits, budgets, breakers and telemetry. */
    public CompletableFuture<EmbeddingResult> embed(GatewayEmbedding request, CallContext context) {
        return chain.embed(request, call(request.agent(), request.key(), context));
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(
            @Nullable String model, EmbeddingRequest request, CallContext context) {
        return embed(
                new GatewayEmbedding(
                        request,
                        null,
                        model,
                        agent(context),
                        context.attributes().getOrDefault("key", "")),
                context);
    }

    @Override
    public CallContext newCall() {
        return airframe.newCall();
    }

    /** The simple client whose calls go through this gateway. */
    public LLMClient client() {
        return LLMClient.over(this, this, () -> providers.forAgent(GatewayRequest.UNKNOWN_AGENT));
    }

    /** What was done so far; each end is counted before its call's own end is told. */
    public GatewayStats stats() {
        return stats.snapshot();
    }

    /** Puts another resource callback in, from the next call on; null for none. */
    public void setResourceCallback(@Nullable ResourceCallback callback) {
        resources.set(callback);
    }

    /**
     * Puts another callback for chunks in, from the next stream on; null for none. It is called for each chunk in order, on a thread of
     * the gateway's callbacks: what it throws or how long it takes hurts no call.
     */
    public void setStreamingCallback(@Nullable Consumer<StreamingChunk> callback) {
        streamingCallback = callback;
    }

    /** Callbacks that were dropped because one of them blocked while thousands waited. */
    public long droppedCallbacks() {
        return callbacks.dropped();
    }

    /** Waits, after the close, for callbacks that were called before it; false if the time is over first. */
    boolean awaitCallbacks(long time, TimeUnit unit) throws InterruptedException {
        return callbacks.await(time, unit);
    }

    /** Ends what the gateway owns; calls under way go on to their end. */
    @Override
    public void close() {
        callbacks.close();
        IllegalStateException failed = new IllegalStateException("not everything of the gateway could be closed");
        close(owned, failed);
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }

    private static void close(List<AutoCloseable> resources, Throwable told) {
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (Exception e) {
                told.addSuppressed(e);
            }
        }
    }
}
