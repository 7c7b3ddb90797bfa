package dev.avionics.gateway;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The attempt layers from one on, and the backend behind them. */
final class AttemptChain implements AttemptLayer.Next {
    private final AttemptLayer layer;
    private final AttemptLayer.Next next;

    private AttemptChain(AttemptLayer layer, AttemptLayer.Next next) {
        this.layer = layer;
        this.next = next;
    }

    /** All layers, the first outermost, around the backend. */
    static AttemptLayer.Next of(List<AttemptLayer> layers, AttemptLayer.Next backend) {
        AttemptLayer.Next chain = backend;
        for (int i = layers.size() - 1; i >= 0; i--) {
            chain = new AttemptChain(layers.get(i), chain);
        }
        return chain;
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayAttempt attempt, InferenceRequest request, GatewayCall call) {
        return layer.infer(attempt, request, call, next);
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(
            GatewayAttempt attempt, EmbeddingRequest request, GatewayCall call) {
        return layer.embed(attempt, request, call, next);
    }
}
