package dev.avionics.airframe.spi;

import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.json.JsonReader;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** One entry of a list of models while it is read. For one thread. */
public final class ModelEntry {
    private final Map<String, String> details = new LinkedHashMap<>();
    private String id = "";
    private @Nullable String owner;
    private @Nullable Integer window;

    /** An entry of which nothing is known. */
    public ModelEntry() {}

    /** Takes a name, unless there is one; null and empty are passed over. */
    public void id(@Nullable String value) {
        id = id.isEmpty() && value != null ? value : id;
    }

    /** Takes the owner's name. */
    public void owner(@Nullable String value) {
        owner = value;
    }

    /** Takes the number of tokens that fit; a value that cannot be one is passed over. */
    public void window(@Nullable Long tokens) {
        window = tokens == null || tokens < 1 || tokens > Integer.MAX_VALUE ? window : (Integer) tokens.intValue();
    }

    /** Whether the number of tokens is known. */
    public boolean hasWindow() {
        return window != null;
    }

    /** Takes a detail; null and empty are passed over. */
    public void detail(String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            details.put(name, value);
        }
    }

    /** Takes the current field as a detail, as long as it is a text, a number or a boolean. */
    public void detail(JsonReader json) {
        String name = json.field();
        detail(name, json.stringOrNull());
    }

    /** Takes the current field, a list of words, as a detail with commas between. */
    public void words(JsonReader json) {
        String name = json.field();
        StringJoiner words = new StringJoiner(",");
        if (json.enterArray()) {
            while (json.nextElement()) {
                words.add(json.stringOrEmpty());
            }
        }
        detail(name, words.toString());
    }

    /** The model; null as long as it has no name. */
    public @Nullable ModelInfo build() {
        return id.isBlank() ? null : new ModelInfo(id, owner, window, details);
    }
}
