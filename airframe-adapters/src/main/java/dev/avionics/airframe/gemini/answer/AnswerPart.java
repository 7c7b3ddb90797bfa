package dev.avionics.airframe.gemini.answer;

import dev.avionics.airframe.json.JsonReader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One part of a candidate as it came. */
final class AnswerPart {
    /** The text; null if it is no text. */
    @Nullable
    String text;

    /** Whether the text is a thought. */
    boolean thought;

    /** The signature as JSON text; null for none. */
    @Nullable
    String signature;

    /** The tool call; null if it is none. */
    @Nullable
    Call call;

    /** Every field as JSON text, for parts that only Google understands. */
    final Map<String, String> others = new LinkedHashMap<>(2);

    /** A tool call, whole or a piece of one. */
    static final class Call {
        String id = "";
        String name = "";

        @Nullable
        String arguments;

        @Nullable
        String pieces;

        boolean goesOn;
    }

    private AnswerPart() {}

    /** Reads the current value; null if it is no object. */
    static @Nullable AnswerPart read(JsonReader json) {
        if (!json.enterObject()) {
            return null;
        }
        AnswerPart part = new AnswerPart();
        while (json.nextField()) {
            switch (json.field()) {
                case "text" -> part.text = json.stringOrNull();
                case "thought" -> part.thought = Boolean.TRUE.equals(json.booleanOrNull());
                case VendorFields.SIGNATURE ->
                    part.signature = json.type() == JsonReader.Type.STRING ? json.raw() : null;
                case "functionCall" -> part.call = call(json);
                default -> {
                    if (!json.isNull()) {
                        part.others.put(json.field(), json.raw());
                    }
                }
            }
        }
        return part;
    }

    private static @Nullable Call call(JsonReader json) {
        if (!json.enterObject()) {
            return null;
        }
        Call call = new Call();
        while (json.nextField()) {
            switch (json.field()) {
                case "id" -> call.id = json.stringOrEmpty();
                case "name" -> call.name = json.stringOrEmpty();
                case "args" -> call.arguments = json.isNull() ? null : json.raw();
                case "partialArgs" -> call.pieces = json.raw();
                case "willContinue" -> call.goesOn = Boolean.TRUE.equals(json.booleanOrNull());
                default -> {}
            }
        }
        return call;
    }

    /** The name of what it is, where it is neither text nor tool call. */
    String type() {
        return others.isEmpty() ? "text" : others.keySet().iterator().next();
    }

    /** The part as JSON text. */
    String json() {
        Map<String, String> fields = new LinkedHashMap<>(others);
        if (thought) {
            fields.put("thought", "true");
        }
        if (signature != null) {
            fields.put(VendorFields.SIGNATURE, signature);
        }
        return VendorFields.object(fields);
    }
}
