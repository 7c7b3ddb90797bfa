package dev.avionics.airframe.anthropic.answer;

import dev.avionics.airframe.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message of the API: a whole answer, or the start of a streamed one, which mostly has no content yet. */
final class Head {
    @Nullable
    String id;

    @Nullable
    String model;

    @Nullable
    String stopReason;

    @Nullable
    String stopDetails;

    @Nullable
    List<String> content;

    @Nullable
    UsageFigures usage;

    /** Reads the current value. */
    static Head read(JsonReader json) {
        Head head = new Head();
        if (json.enterObject()) {
            while (json.nextField()) {
                head.field(json);
            }
        }
        return head;
    }

    /** Reads the current field, if it belongs to a message. */
    void field(JsonReader json) {
        switch (json.field()) {
            case "id" -> id = json.stringOrNull();
            case "model" -> model = json.stringOrNull();
            case "stop_reason" -> stopReason = json.stringOrNull();
            case "stop_details" -> stopDetails = json.isNull() ? null : json.raw();
            case "usage" -> usage = UsageFigures.read(json);
            case "content" -> {
                if (json.enterArray()) {
                    List<String> blocks = new ArrayList<>(2);
                    while (json.nextElement()) {
                        blocks.add(json.raw());
                    }
                    content = blocks;
                }
            }
            default -> {}
        }
    }
}
