package dev.avionics.gateway;

import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The call layers from one on, and the attempts behind them. */
final class CallChain implements GatewayLayer.Next {
    private final GatewayLayer layer;
    private final GatewayLayer.Next next;

    private CallChain(GatewayLayer layer, GatewayLayer.Next next) {
        this.layer = layer;
        this.next = next;
    }

    /** All layers, the first outermost, around the attempts. */
    static GatewayLayer.Next of(List<GatewayLayer> layers, GatewayLayer.Next attempts) {
        GatewayLayer.Next chain = attempts;
        for (int i = layers.size() - 1; i >= 0; i--) {
            chain = new CallChain(layers.get(i), chain);
        }
        return chain;
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call) {
        return layer.infer(request, call, next);
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(GatewayEmbedding request, GatewayCall call) {
        return layer.embed(request, call, next);
    }
}
