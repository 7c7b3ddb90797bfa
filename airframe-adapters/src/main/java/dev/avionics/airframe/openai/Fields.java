package dev.avionics.airframe.openai;

import dev.avionics.airframe.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes the top-level fields of a request: the caller's own fields win, those that were refused before are left out. */
final class Fields {
    /** What callers cannot replace: the conversation, and what decides how the answer comes. */
    private static final Set<String> FIXED = Set.of("messages", "prompt", "stream");

    final JsonWriter json = new JsonWriter();
    private final Map<String, @Nullable Object> extra;
    private final Set<String> learned;
    private final Set<String> refused = new TreeSet<>();

    Fields(Map<String, @Nullable Object> ofEndpoint, Map<String, @Nullable Object> ofRequest, Set<String> learned) {
        if (ofEndpoint.isEmpty()) {
            extra = ofRequest;
        } else {
            extra = new LinkedHashMap<>(ofEndpoint);
            extra.putAll(ofRequest);
        }
        this.learned = learned;
        json.beginObject();
    }

    /** Whether a field is to be written: the caller does not set it, and the server has not refused it. */
    boolean takes(String name) {
        if (extra.containsKey(name)) {
            return false;
        }
        if (!learned.isEmpty() && learned.contains(Refusals.fact(name))) {
            refused.add(name);
            return false;
        }
        return true;
    }

    void put(String name, @Nullable Object value) {
        if (value != null && !name.isEmpty() && takes(name)) {
            json.name(name).value(value);
        }
    }

    void raw(String name, String value) {
        if (takes(name)) {
            json.rawField(name, value);
        }
    }

    /** The fields that were left out because the server had refused them. */
    Set<String> refused() {
        return refused;
    }

    byte[] end() {
        extra.forEach((name, value) -> {
            if (!FIXED.contains(name)) {
                json.name(name).value(value);
            }
        });
        return json.endObject().toBytes();
    }
}
