package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;

/** The check of JSON Schemas that come as text. */
final class Schemas {
    private Schemas() {}

    static void requireObject(String name, String json) {
        try {
            JsonValues.parseObject(requireNonNull(json, name));
        } catch (InferenceException malformed) {
            // A wrong argument, not a wrong answer of a backend.
            throw new IllegalArgumentException(
                    name + ": " + malformed.getMessage() + " (expected: a JSON Schema object)", malformed);
        }
    }
}
