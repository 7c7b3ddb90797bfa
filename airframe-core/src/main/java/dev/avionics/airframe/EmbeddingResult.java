package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The vectors of texts, in the order of the texts. The arrays belong to the caller.
 *
 * @param vectors one for each text, all of one length
 * @param usage the tokens read
 * @param target who answered
 * @param model the model as the backend names it, or null
 */
public record EmbeddingResult(
        List<float[]> vectors,
        Usage usage,
        Target target,
        @Nullable String model) {
    public EmbeddingResult {
        vectors = List.copyOf(vectors);
        requireNonNull(usage, "usage");
        requireNonNull(target, "target");
    }

    /** The length of the vectors; 0 if there are none. */
    public int dimensions() {
        return vectors.isEmpty() ? 0 : vectors.get(0).length;
    }
}
