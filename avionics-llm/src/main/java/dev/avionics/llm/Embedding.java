package dev.avionics.llm;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.call.CallContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Something that turns texts into vectors: a provider, or a whole gateway. Thread-safe. */
public interface Embedding {
    /**
     * Vectors of texts.
     *
     * @param model the embedding model's name, or null for the default one
     * @return fails with {@link dev.avionics.airframe.error.InferenceException} and nothing else; cancelling it ends the
     *     call
     */
    CompletableFuture<EmbeddingResult> embed(@Nullable String model, EmbeddingRequest request, CallContext context);

    /**
     * As {@link #embed}; blocks.
     *
     * @throws dev.avionics.airframe.error.InferenceException if there are none; of category CANCELLED if the thread is interrupted
     * @throws IllegalStateException on a transport thread
     */
    default EmbeddingResult vectors(@Nullable String model, EmbeddingRequest request, CallContext context) {
        return Waiting.forValue(embed(model, request, context));
    }

    /** A fresh call with the delivery that belongs to this. */
    CallContext newCall();
}
