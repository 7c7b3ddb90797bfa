package dev.avionics.airframe.anthropic.answer;

import dev.avionics.airframe.json.JsonReader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a frame adds to a block, or says of the answer's end. */
final class Delta {
    @Nullable
    String text;

    @Nullable
    String thinking;

    @Nullable
    String partialJson;

    @Nullable
    String signature;

    @Nullable
    String citation;

    @Nullable
    String stopReason;

    @Nullable
    String stopDetails;

    Map<String, String> others = Map.of();

    /** Reads the current value. */
    static Delta read(JsonReader json) {
        Delta delta = new Delta();
        if (!json.enterObject()) {
            return delta;
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "type" -> json.skip();
                case "text" -> delta.text = json.stringOrNull();
                case "thinking" -> delta.thinking = json.stringOrNull();
                case "partial_json" -> delta.partialJson = json.stringOrNull();
                case "signature" -> delta.signature = json.stringOrNull();
                case "citation" -> delta.citation = json.isNull() ? null : json.raw();
                case "stop_reason" -> delta.stopReason = json.stringOrNull();
                case "stop_details" -> delta.stopDetails = json.isNull() ? null : json.raw();
                default -> delta.other(json);
            }
        }
        return delta;
    }

    private void other(JsonReader json) {
        if (json.isNull()) {
            return;
        }
        if (others.isEmpty()) {
            others = new LinkedHashMap<>(2);
        }
        String name = json.field();
        others.put(name, json.raw());
    }
}
