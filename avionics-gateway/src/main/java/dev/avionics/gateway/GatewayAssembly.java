package dev.avionics.gateway;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.spi.TokenEstimator;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.cost.Cost;
import dev.avionics.gateway.cache.CacheKeys;
import dev.avionics.gateway.cache.CacheRules;
import dev.avionics.gateway.cache.ResponseCache;
import dev.avionics.gateway.cache.SemanticCache;
import dev.avionics.gateway.layer.AccountLayer;
import dev.avionics.gateway.layer.BreakerLayer;
import dev.avionics.gateway.layer.BudgetLayer;
import dev.avionics.gateway.layer.CacheLayer;
import dev.avionics.gateway.layer.ConcurrencyLayer;
import dev.avionics.gateway.layer.ObserveLayer;
import dev.avionics.gateway.layer.PacingLayer;
import dev.avionics.gateway.layer.RateLayer;
import dev.avionics.gateway.layer.ResourceLayer;
import dev.avionics.gateway.layer.SemanticCacheLayer;
import dev.avionics.gateway.layer.SingleFlightLayer;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.gateway.state.StateLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Puts the layers that a builder asks for around the attempts, in the order of {@link LayerOrder}. */
final class GatewayAssembly {
    private final ResourceGate resources;
    private final GatewayLayer.Next chain;

    GatewayAssembly(GatewayBuilder wanted, Callbacks callbacks, BiConsumer<GatewayCall, Outcome> ended) {
        resources = new ResourceGate(
                callbacks,
                wanted.airframe.scheduler(),
                wanted.enforceResources,
                wanted.resourceCallback,
                GatewayAssembly::estimate);
        List<LayerOrder.Placed<AttemptLayer>> attempts = new ArrayList<>();
        attempts.add(new LayerOrder.Placed<>(LayerOrder.ACCOUNT, new AccountLayer(wanted.pricing, wanted.ticker)));
        if (wanted.breaker) {
            attempts.add(new LayerOrder.Placed<>(LayerOrder.BREAKER, new BreakerLayer(wanted.ticker)));
        }
        attempts.addAll(wanted.attemptLayers);
        SharedState state = state(wanted);
        Scheduler scheduler = wanted.airframe.scheduler();
        attempts.add(new LayerOrder.Placed<>(
                LayerOrder.PACING, new PacingLayer(wanted.limits, state, scheduler, wanted.ticker)));
        if (wanted.budgets != null) {
            attempts.add(new LayerOrder.Placed<>(
                    LayerOrder.BUDGET, new BudgetLayer(wanted.budgets, wanted.pricing, state, wanted.clock)));
        }

        List<LayerOrder.Placed<GatewayLayer>> calls = new ArrayList<>();
        calls.add(new LayerOrder.Placed<>(LayerOrder.OBSERVE, new ObserveLayer(ended, wanted.telemetry.gateway())));
        calls.add(new LayerOrder.Placed<>(LayerOrder.ADMISSION, new ResourceLayer(resources)));
        addSharing(calls, wanted);
        calls.add(new LayerOrder.Placed<>(
                LayerOrder.ADMISSION, new RateLayer(wanted.limits, state, scheduler, wanted.ticker)));
        calls.add(new LayerOrder.Placed<>(
                LayerOrder.CONCURRENCY, new ConcurrencyLayer(wanted.limits, state, scheduler, wanted.ticker)));
        calls.addAll(wanted.callLayers);

        AttemptRunner runner = new AttemptRunner(
                wanted.providers,
                wanted.fallback,
                LayerOrder.sorted(attempts),
                wanted.airframe.attempts(),
                wanted.retries,
                wanted.airframe.scheduler(),
                wanted.hedging == null ? null : new Hedging(wanted.hedging, wanted.airframe.scheduler(), wanted.ticker),
                wanted.telemetry);
        chain = CallChain.of(LayerOrder.sorted(calls), runner);
    }

    private static void addSharing(List<LayerOrder.Placed<GatewayLayer>> calls, GatewayBuilder wanted) {
        CacheRules rules = wanted.cache;
        CacheKeys keys = new CacheKeys(wanted.providers, rules != null && rules.anyTemperature());
        if (rules != null) {
            ResponseCache cache = wanted.state == null
                    ? ResponseCache.inMemory(rules, wanted.ticker)
                    : ResponseCache.over(wanted.state, rules);
            calls.add(new LayerOrder.Placed<>(LayerOrder.CACHE, new CacheLayer(keys, cache)));
        }
        if (wanted.semanticRules != null && wanted.semanticEmbedding != null) {
            SemanticCache semantic = new SemanticCache(wanted.semanticRules, wanted.ticker);
            calls.add(new LayerOrder.Placed<>(
                    LayerOrder.SEMANTIC_CACHE,
                    new SemanticCacheLayer(
                            keys,
                            wanted.semanticRules,
                            semantic,
                            wanted.semanticEmbedding,
                            wanted.airframe.scheduler(),
                            wanted.ticker)));
        }
        if (wanted.singleFlight) {
            calls.add(new LayerOrder.Placed<>(
                    LayerOrder.SINGLE_FLIGHT, new SingleFlightLayer(keys, wanted.airframe.scheduler(), wanted.ticker)));
        }
    }

    private static SharedState state(GatewayBuilder wanted) {
        // The local one holds nothing that would have to be closed.
        return wanted.state != null
                ? wanted.state
                : LocalState.create(wanted.ticker, wanted.clock, StateLimits.DEFAULT);
    }

    private static ResourceGate.Estimate estimate(InferenceRequest request) {
        return new ResourceGate.Estimate(
                InputEstimate.of(request, TokenEstimator.CHARS_PER_TOKEN),
                Cost.unpriced("no target is chosen before the call"));
    }

    ResourceGate resources() {
        return resources;
    }

    GatewayLayer.Next chain() {
        return chain;
    }
}
