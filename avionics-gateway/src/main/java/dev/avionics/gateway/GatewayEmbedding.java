package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingRequest;
import org.jspecify.annotations.Nullable;

/**
 * Texts that are to become vectors, and who asks; see {@link GatewayRequest} for what is not said here. Fallback targets are
 * not used: vectors of two models have nothing to do with each other.
 *
 * @param embedding the texts
 * @param provider the provider; null for that of the settings
 * @param model the embedding model; null for the provider's own
 */
public record GatewayEmbedding(
        EmbeddingRequest embedding,
        @Nullable String provider,
        @Nullable String model,
        String agent,
        String key) {
    public GatewayEmbedding {
        requireNonNull(embedding, "embedding");
        requireNonNull(agent, "agent");
        requireNonNull(key, "key");
    }

    /** Texts with all defaults. */
    public static GatewayEmbedding of(EmbeddingRequest embedding) {
        return new GatewayEmbedding(embedding, null, null, GatewayRequest.UNKNOWN_AGENT, "");
    }
}
