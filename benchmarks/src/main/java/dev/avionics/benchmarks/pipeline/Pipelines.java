package dev.avionics.benchmarks.pipeline;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.benchmarks.Scenario;
import dev.avionics.benchmarks.parts.Material;
import dev.avionics.benchmarks.parts.MemoryTransport;
import dev.avionics.cost.CostCalculator;
import dev.avionics.gateway.GatewayBuilder;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.LayerOrder;
import dev.avionics.gateway.Pricing;
import dev.avionics.gateway.ProviderLookup;
import dev.avionics.gateway.cache.CacheRules;
import dev.avionics.gateway.layer.AccountLayer;
import dev.avionics.gateway.layer.ObserveLayer;
import dev.avionics.gateway.limit.Budget;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.limit.LimitPolicy;
import dev.avionics.gateway.limit.RateLimits;
import dev.avionics.gateway.limit.TargetLimits;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One provider over answers in memory, asked directly and through gateways with more and more layers. Calls run to their end on the
 * thread that makes them.
 */
final class Pipelines implements AutoCloseable {
    /** Limits and budgets that are counted and never reached. */
    private static final RateLimits MANY = new RateLimits(1_000_000_000L, 50_000_000_000L);

    private static final int MOST_AT_ONCE = 1_000;
    private static final String MUCH_USD = "1000000000";

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Pipeline> all = new ArrayList<>();
    private final BackendProvider provider;
    private final Airframe airframe;
    private final List<InferenceRequest> requests;

    /**
     * One way to ask.
     *
     * @param kind what its figures are compared with
     * @param ask makes a call that has not begun
     */
    record Pipeline(String name, Kind kind, Supplier<InferenceStream<InferenceEvent>> ask) {}

    /** What a pipeline is there for. */
    enum Kind {
        /** The provider itself: all others are compared with it. */
        DIRECT,
        /** Has one more layer than the pipeline before it. */
        STEP,
        /** Has a layer twice that none can be without, on top of the first step: its share of that. */
        TWICE
    }

    Pipelines(Scenario scenario) {
        boolean streamed = scenario == Scenario.STREAM;
        requests = Material.requests(streamed, 2 * CacheRules.DEFAULT.entries());
        airframe = opened(Airframe.builder()
                .transport(streamed ? MemoryTransport.streamed() : MemoryTransport.whole())
                .delivery(Delivery.TRANSPORT)
                .build());
        provider = opened(new BackendProvider(
                ProviderSettings.builder(ProviderId.OPENAI_COMPATIBLE)
                        .name("openai")
                        .apiKey(Secret.of("key-of-the-benchmark"))
                        .model(Scenario.MODEL)
                        .build(),
                airframe));
        all.add(new Pipeline(
                "provider", Kind.DIRECT, asked(request -> provider.infer(null, request, provider.newCall()))));
        layers();
    }

    /** Each step adds to what those before it have built. A layer that is new gets a line here. */
    private void layers() {
        List<Consumer<GatewayBuilder>> steps = new ArrayList<>();
        step(
                steps,
                "plan, attempts, observe, account",
                gateway -> gateway.pricing(Pricing.NONE).breaker(false));
        twice(
                "observe, once more",
                gateway -> gateway.layer(
                        LayerOrder.OBSERVE,
                        new ObserveLayer(
                                (call, outcome) -> {}, LLMTelemetry.off().gateway())));
        twice(
                "account, once more",
                gateway -> gateway.attemptLayer(LayerOrder.ACCOUNT, new AccountLayer(Pricing.NONE, Ticker.system())));
        step(steps, "prices", gateway -> gateway.pricing(Pricing.of(CostCalculator.shared())));
        step(steps, "breaker", gateway -> gateway.breaker(true));
        step(steps, "cache, each call misses", gateway -> gateway.cache(CacheRules.DEFAULT.withAnyTemperature(true)));
        step(steps, "single flight", gateway -> gateway.singleFlight(true));
        step(
                steps,
                "limits: rates of agent and target, concurrency of both, pacing",
                gateway -> gateway.limits(LimitPolicy.builder()
                        .perAgent(MANY)
                        .concurrentPerAgent(MOST_AT_ONCE)
                        .perTarget(new TargetLimits(MANY, MOST_AT_ONCE, true))
                        .build()));
        step(
                steps,
                "budgets of agent and provider",
                gateway -> gateway.budgets(BudgetPolicy.builder()
                        .perAgent(Budget.perDay(MUCH_USD).andPerMonth(MUCH_USD))
                        .perProvider(Budget.perDay(MUCH_USD))
                        .build()));
        step(steps, "telemetry, metrics only", gateway -> gateway.telemetry(telemetry(Sampler.alwaysOff())));
        step(steps, "telemetry, every span", gateway -> gateway.telemetry(telemetry(Sampler.alwaysOn())));
        // Last, since what it costs to wake its thread depends on how far apart the calls are.
        step(steps, "resource callback", gateway -> gateway.resourceCallback((in, out) -> Optional.empty()));
    }

    private void step(List<Consumer<GatewayBuilder>> steps, String name, Consumer<GatewayBuilder> step) {
        steps.add(step);
        all.add(new Pipeline(name, Kind.STEP, gateway(steps)));
    }

    private void twice(String name, Consumer<GatewayBuilder> step) {
        all.add(new Pipeline(
                name,
                Kind.TWICE,
                gateway(List.of(gateway -> gateway.pricing(Pricing.NONE).breaker(false), step))));
    }

    private Supplier<InferenceStream<InferenceEvent>> gateway(List<Consumer<GatewayBuilder>> steps) {
        GatewayBuilder builder = LLMGateway.builder(ProviderLookup.of(provider), airframe);
        steps.forEach(step -> step.accept(builder));
        LLMGateway gateway = opened(builder.build());
        return asked(request -> gateway.infer(null, request, gateway.newCall()));
    }

    /** One request after the other, round and round: by the time a request comes again, its answer is no longer in the cache. */
    private Supplier<InferenceStream<InferenceEvent>> asked(
            Function<InferenceRequest, InferenceStream<InferenceEvent>> ask) {
        AtomicInteger asked = new AtomicInteger();
        return () -> ask.apply(requests.get(Math.floorMod(asked.getAndIncrement(), requests.size())));
    }

    private LLMTelemetry telemetry(Sampler sampler) {
        OpenTelemetrySdk sdk = opened(MemoryTelemetry.sdk(sampler));
        return LLMTelemetry.of(sdk);
    }

    /** The provider first, then gateways. */
    List<Pipeline> all() {
        return List.copyOf(all);
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.add(resource);
        return resource;
    }

    @Override
    public void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
