package dev.avionics.testkit.record;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Bodies that are JSON objects or arrays. */
final class JsonBody {
    private JsonBody() {}

    /** The value, or null if the body is no JSON object or array. */
    static @Nullable Object of(byte[] body) {
        try {
            Object value = JsonValues.parse(new String(body, StandardCharsets.UTF_8));
            return value instanceof Map || value instanceof List ? value : null;
        } catch (InferenceException noJson) {
            return null;
        }
    }
}
