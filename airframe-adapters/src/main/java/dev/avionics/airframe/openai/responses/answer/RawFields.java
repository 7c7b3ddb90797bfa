package dev.avionics.airframe.openai.responses.answer;

import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a JSON object by name, each byte for byte as it stands. What is no object has none. */
public final class RawFields {
    private final Map<String, String> fields = new LinkedHashMap<>();

    private RawFields() {}

    /** The fields of a JSON object; none for null. */
    public static RawFields of(@Nullable String object) {
        RawFields read = new RawFields();
        if (object != null) {
            JsonReader json = JsonReader.of(object);
            if (json.enterObject()) {
                while (json.nextField()) {
                    read.fields.put(json.field(), json.raw());
                }
            }
        }
        return read;
    }

    /** The field as it stands; null if there is none. */
    public @Nullable String raw(String name) {
        return fields.get(name);
    }

    /** The field as text; empty if it is none. */
    public String text(String name) {
        String raw = fields.get(name);
        return raw == null ? "" : JsonReader.of(raw).stringOrEmpty();
    }

    /** Whether the field is there, and neither null nor empty. */
    public boolean has(String name) {
        String raw = fields.get(name);
        return raw != null && !raw.equals("null") && !raw.equals("\"\"") && !raw.equals("[]");
    }

    /** These without some. */
    public RawFields without(List<String> names) {
        RawFields rest = new RawFields();
        rest.fields.putAll(fields);
        names.forEach(rest.fields::remove);
        return rest;
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return fields.isEmpty();
    }

    /** Writes the fields into the object that is open. */
    public void writeTo(JsonWriter json) {
        fields.forEach(json::rawField);
    }

    /** The object again. */
    public String json() {
        JsonWriter json = new JsonWriter().beginObject();
        writeTo(json);
        return json.endObject().toString();
    }
}
