package dev.avionics.gateway;

import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.concurrent.CompletableFuture;

/**
 * Something around a logical call, whatever the number of its attempts. One layer serves all calls and is thread-safe. It
 * waits by {@link InferenceStream#deferred}, never by blocking, and sets nothing aside before the stream is consumed. Where
 * it stands among the others {@link LayerOrder} says.
 */
public interface GatewayLayer {
    /** An answer; what is not this layer's affair is {@code next}'s. */
    InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next);

    /** Vectors; unless a layer does otherwise they are not its affair. */
    default CompletableFuture<EmbeddingResult> embed(GatewayEmbedding request, GatewayCall call, Next next) {
        return next.embed(request, call);
    }

    /** The layers further in, and the attempts at last. */
    interface Next {
        /** The answer as the inner layers give it. */
        InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call);

        /** The vectors as the inner layers give them. */
        CompletableFuture<EmbeddingResult> embed(GatewayEmbedding request, GatewayCall call);
    }
}
