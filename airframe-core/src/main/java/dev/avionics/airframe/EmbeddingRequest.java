package dev.avionics.airframe;

import dev.avionics.airframe.json.JsonValues;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Texts to be turned into vectors.
 *
 * @param inputs at least one, none empty
 * @param dimensions the wanted length of the vectors, at least 1, or null for the model's own
 * @param purpose what the vectors are for, or null; backends that need one take {@link Purpose#DOCUMENT} then
 * @param extra fields put into the backend's request as they are: strings, numbers, booleans, nulls, lists and maps; copied
 */
public record EmbeddingRequest(
        List<String> inputs,
        @Nullable Integer dimensions,
        @Nullable Purpose purpose,
        Map<String, @Nullable Object> extra) {
    /** What vectors are for. */
    public enum Purpose {
        /** To be found. */
        DOCUMENT,
        /** To find with. */
        QUERY,
        /** To be sorted into classes. */
        CLASSIFICATION,
        /** To be grouped. */
        CLUSTERING,
        /** To be compared with each other. */
        SIMILARITY
    }

    public EmbeddingRequest {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("inputs: empty (expected: at least one text)");
        }
        if (inputs.contains("")) {
            throw new IllegalArgumentException("inputs: an empty text (expected: at least one character each)");
        }
        if (dimensions != null && dimensions < 1) {
            throw new IllegalArgumentException("dimensions: " + dimensions + " (expected: >= 1)");
        }
        extra = JsonValues.copyOf(extra);
    }

    /** Texts with all defaults. */
    public static EmbeddingRequest of(String... inputs) {
        return new EmbeddingRequest(List.of(inputs), null, null, Map.of());
    }
}
