package dev.avionics.llm.structured;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Usage;

/**
 * A value that a model gave.
 *
 * @param value the value
 * @param json the JSON text it was read from, without what stood around it
 * @param result the answer it came in
 * @param answers how many answers it took
 * @param usage the tokens of all of them
 */
public record StructuredResult<T>(T value, String json, InferenceResult result, int answers, Usage usage) {
    public StructuredResult {
        requireNonNull(value, "value");
        requireNonNull(json, "json");
        requireNonNull(result, "result");
        if (answers < 1) {
            throw new IllegalArgumentException("answers: " + answers + " (expected: >= 1)");
        }
        requireNonNull(usage, "usage");
    }
}
