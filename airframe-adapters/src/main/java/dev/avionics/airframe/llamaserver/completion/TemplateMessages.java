package dev.avionics.airframe.llamaserver.completion;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import java.util.Collection;
import java.util.List;

/** Writes a conversation as {@code /apply-template} takes it: texts, thinking apart, tool calls and their results. */
final class TemplateMessages {
    private final JsonWriter json;
    private final Collection<Adjustment> adjustments;

    TemplateMessages(JsonWriter json, Collection<Adjustment> adjustments) {
        this.json = json;
        this.adjustments = adjustments;
    }

    void write(List<Message> messages) {
        json.name("messages").beginArray();
        for (Message message : messages) {
            if (message.name() != null) {
                adjustments.add(Adjustment.dropped("message.name", "templates know no names of speakers"));
            }
            List<Part.ToolResult> results = message.only(Part.ToolResult.class);
            if (results.isEmpty()) {
                turn(message);
            } else {
                results.forEach(this::result);
            }
        }
        json.endArray();
    }

    private void turn(Message message) {
        StringBuilder text = new StringBuilder();
        StringBuilder thinking = new StringBuilder();
        for (Part part : message.parts()) {
            if (part instanceof Part.Thinking thought) {
                think(thought, thinking);
            } else if (!(part instanceof Part.ToolCall)) {
                text(part, text);
            }
        }
        json.beginObject().field("role", message.role().wireName()).field("content", text.toString());
        if (!thinking.isEmpty()) {
            json.field("reasoning_content", thinking.toString());
        }
        List<Part.ToolCall> calls = message.toolCalls();
        if (!calls.isEmpty()) {
            json.name("tool_calls").beginArray();
            for (Part.ToolCall call : calls) {
                json.beginObject().field("id", call.id()).field("type", "function");
                json.name("function").beginObject().field("name", call.name());
                json.field("arguments", call.argumentsJson()).endObject().endObject();
            }
            json.endArray();
        }
        json.endObject();
    }

    private void think(Part.Thinking thought, StringBuilder thinking) {
        if (thought.text().isEmpty()) {
            adjustments.add(
                    Adjustment.dropped(thought, "it has no text, and only its own vendor understands the rest"));
            return;
        }
        if (!thought.vendor().isEmpty()) {
            adjustments.add(
                    Adjustment.changed("thinking", "sent as text: what its vendor signed stays with that vendor"));
        }
        thinking.append(thought.text());
    }

    private void text(Part part, StringBuilder text) {
        if (part instanceof Part.Text plain) {
            text.append(plain.text());
        } else if (part instanceof Part.Refusal refusal) {
            adjustments.add(Adjustment.changed("refusal", "sent as plain text"));
            text.append(refusal.text());
        } else if (part instanceof Part.Opaque) {
            adjustments.add(Adjustment.dropped(part, "only its own vendor understands it"));
        } else {
            throw unsupported(Adjustment.nameOf(part) + "s");
        }
    }

    private void result(Part.ToolResult result) {
        StringBuilder text = new StringBuilder();
        result.content().forEach(part -> text(part, text));
        if (result.isError()) {
            adjustments.add(Adjustment.dropped(
                    "toolResult.isError", "templates have no mark for a tool that failed: only its text is sent"));
        }
        json.beginObject().field("role", "tool").field("tool_call_id", result.callId());
        json.field("name", result.name()).field("content", text.toString()).endObject();
    }

    static InferenceException unsupported(String what) {
        return InferenceException.of(
                ErrorCategory.UNSUPPORTED,
                what + " cannot be sent to llama-server's native completions (use api type openai for them)");
    }
}
