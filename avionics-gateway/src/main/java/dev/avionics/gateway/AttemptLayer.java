package dev.avionics.gateway;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.concurrent.CompletableFuture;

/**
 * Something around every attempt of a call. One layer serves all attempts and is thread-safe. It waits by {@link
 * InferenceStream#deferred}, never by blocking, and settles by the stream's {@link InferenceStream#observe}. Where it stands
 * among the others {@link LayerOrder} says.
 */
public interface AttemptLayer {
    /** One attempt; what is not this layer's affair is {@code next}'s. */
    InferenceStream<InferenceEvent> infer(
            GatewayAttempt attempt, InferenceRequest request, GatewayCall call, Next next);

    /** One attempt at vectors; unless a layer does otherwise they are not its affair. */
    default CompletableFuture<EmbeddingResult> embed(
            GatewayAttempt attempt, EmbeddingRequest request, GatewayCall call, Next next) {
        return next.embed(attempt, request, call);
    }

    /**
     * Whether an attempt at this target would be let through at once, as far as this layer is concerned. A plan passes over targets
     * that are not free while another is. Must be quick; takes nothing.
     *
     * @param target with the model that will be asked for; empty where the backend serves a single one
     */
    default boolean isFree(GatewayTarget target) {
        return true;
    }

    /** The layers further in, and the backend at last. */
    interface Next {
        /** The attempt as the inner layers make it. */
        InferenceStream<InferenceEvent> infer(GatewayAttempt attempt, InferenceRequest request, GatewayCall call);

        /** The attempt at vectors as the inner layers make it. */
        CompletableFuture<EmbeddingResult> embed(GatewayAttempt attempt, EmbeddingRequest request, GatewayCall call);
    }
}
