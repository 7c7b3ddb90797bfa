package dev.avionics.gateway;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.spi.TokenEstimator;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.cost.Cost;
import dev.avionics.gateway.layer.AccountLayer;
import dev.avionics.gateway.layer.BreakerLayer;
import dev.avionics.gateway.layer.ObserveLayer;
import dev.avionics.gateway.layer.ResourceLayer;
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

        List<LayerOrder.Placed<GatewayLayer>> calls = new ArrayList<>();
        calls.add(new LayerOrder.Placed<>(LayerOrder.OBSERVE, new ObserveLayer(ended, wanted.telemetry.gateway())));
        calls.add(new LayerOrder.Placed<>(LayerOrder.ADMISSION, new ResourceLayer(resources)));
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
