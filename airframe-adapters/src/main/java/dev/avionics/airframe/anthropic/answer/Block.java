package dev.avionics.airframe.anthropic.answer;

import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.json.JsonWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One block of an answer: what it began with, and what was added piece by piece. */
final class Block {
    private final String raw;
    private final Map<String, String> texts = new LinkedHashMap<>(4);
    private final Map<String, String> others = new LinkedHashMap<>(2);
    // Of blocks that are told when they are whole.
    private final Map<String, StringBuilder> grown = new LinkedHashMap<>(2);
    private final Map<String, String> set = new LinkedHashMap<>(0);
    private final StringBuilder input = new StringBuilder(0);
    private final List<String> citations = new ArrayList<>(0);
    private boolean inputCame;

    private Block(String raw) {
        this.raw = raw;
        JsonReader json = JsonReader.of(raw);
        if (!json.enterObject()) {
            return;
        }
        while (json.nextField()) {
            String name = json.field();
            if (json.type() == JsonReader.Type.STRING) {
                texts.put(name, json.stringOrEmpty());
            } else if (name.equals("citations")) {
                citations(json);
            } else if (!json.isNull()) {
                others.put(name, json.raw());
            }
        }
    }

    /** Reads a block's JSON text. */
    static Block read(String raw) {
        return new Block(raw);
    }

    String type() {
        return text("type");
    }

    /** A text that it began with; empty if it had none. */
    String text(String name) {
        return texts.getOrDefault(name, "");
    }

    /** The JSON text of another value that it began with, or null. */
    @Nullable
    String json(String name) {
        return others.get(name);
    }

    private void citations(JsonReader json) {
        if (json.enterArray()) {
            while (json.nextElement()) {
                citations.add(json.raw());
            }
        }
    }

    /** Keeps what is wanted when the block is whole. */
    void add(Delta delta) {
        if (delta.citation != null) {
            citations.add(delta.citation);
        }
        if (delta.partialJson != null) {
            inputCame |= !delta.partialJson.isEmpty();
        }
        if (delta.signature != null) {
            grow("signature", delta.signature);
        }
    }

    /** As {@link #add}, and all else too: for blocks that nobody but their vendor understands. */
    void addAll(Delta delta) {
        add(delta);
        if (delta.partialJson != null) {
            input.append(delta.partialJson);
        }
        if (delta.text != null) {
            grow("text", delta.text);
        }
        if (delta.thinking != null) {
            grow("thinking", delta.thinking);
        }
        for (Map.Entry<String, String> other : delta.others.entrySet()) {
            if (JsonValues.parse(other.getValue()) instanceof String more) {
                grow(other.getKey(), more);
            } else {
                set.put(other.getKey(), other.getValue());
            }
        }
    }

    private void grow(String name, String more) {
        if (!more.isEmpty()) {
            grown.computeIfAbsent(name, key -> new StringBuilder(text(key))).append(more);
        }
    }

    /** The arguments that it began with, if none came piece by piece; null for none. */
    @Nullable
    String inputAtStart() {
        String whole = json("input");
        return inputCame || whole == null || whole.replaceAll("\\s", "").equals("{}") ? null : whole;
    }

    String signature() {
        StringBuilder came = grown.get("signature");
        return came == null ? text("signature") : came.toString();
    }

    /** The citations as a JSON array; null if there are none. */
    @Nullable
    String citations() {
        return citations.isEmpty() ? null : "[" + String.join(",", citations) + "]";
    }

    /** The whole block as JSON: the text that came, if nothing was added. */
    String whole() {
        if (grown.isEmpty() && set.isEmpty() && input.length() == 0) {
            return raw;
        }
        Map<String, String> late = new LinkedHashMap<>(set);
        grown.forEach((name, text) -> late.put(name, JsonValues.write(text.toString())));
        if (input.length() > 0) {
            late.put("input", input.toString());
        }
        JsonWriter json = new JsonWriter().beginObject();
        JsonReader began = JsonReader.of(raw);
        if (began.enterObject()) {
            while (began.nextField()) {
                String name = began.field();
                String value = began.raw();
                String later = late.remove(name);
                json.rawField(name, later == null ? value : later);
            }
        }
        late.forEach(json::rawField);
        return json.endObject().toString();
    }
}
