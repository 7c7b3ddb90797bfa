package dev.avionics.airframe.spi;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;

/** How a backend makes embeddings. */
public interface EmbeddingWire {
    /** The most texts in one request, at least 1; longer lists are split, and the vectors put together in order. */
    int maxBatch(EndpointSpec endpoint, String model);

    /** The most tokens in one request, guessed from the texts' length; a longer text goes alone. */
    default long maxBatchTokens(EndpointSpec endpoint, String model) {
        return Long.MAX_VALUE;
    }

    /** The vectors of at most {@link #maxBatch} texts. */
    Exchange<EmbeddingResult> embed(WireScope scope, EmbeddingRequest request);
}
