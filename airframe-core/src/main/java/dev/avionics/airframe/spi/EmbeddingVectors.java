package dev.avionics.airframe.spi;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The vectors of one answer, put in the order of the texts they belong to. Not thread-safe. */
public final class EmbeddingVectors {
    private final @Nullable Integer dimensions;
    private final float[] @Nullable [] vectors;

    /** Room for the vectors of a request's texts. */
    public EmbeddingVectors(EmbeddingRequest request) {
        dimensions = request.dimensions();
        vectors = new float[request.inputs().size()][];
    }

    /** The vector of a text. Places that the request has not, and null, are passed over. */
    public void put(int place, float @Nullable [] vector) {
        if (vector != null && place >= 0 && place < vectors.length) {
            vectors[place] = vector;
        }
    }

    /**
     * All vectors as a result.
     *
     * @param model the model that answered as the backend names it, or null
     * @throws InferenceException of category PARSE if a text has no vector or one of another length than the rest;
     *     UNSUPPORTED if the backend took no notice of the dimensions that were asked for, which would spoil an index
     */
    public EmbeddingResult result(WireScope scope, Usage usage, @Nullable String model) {
        for (int i = 0; i < vectors.length; i++) {
            if (vectors[i] == null) {
                throw InferenceException.of(
                        ErrorCategory.PARSE,
                        "the answer holds no vector for text " + (i + 1) + " of " + vectors.length);
            }
        }
        checkLengths();
        List<float[]> all =
                Arrays.stream(vectors).map(vector -> requireNonNull(vector)).toList();
        return new EmbeddingResult(all, usage, new Target(scope.endpoint(), scope.model()), model);
    }

    private void checkLengths() {
        int length = requireNonNull(vectors[0]).length;
        for (float[] vector : vectors) {
            if (requireNonNull(vector).length != length) {
                throw InferenceException.of(ErrorCategory.PARSE, "vectors of different lengths came");
            }
        }
        if (dimensions != null && dimensions != length) {
            throw InferenceException.of(
                    ErrorCategory.UNSUPPORTED,
                    "dimensions: the vectors have " + length + " (expected: " + dimensions + " as asked for)");
        }
    }
}
