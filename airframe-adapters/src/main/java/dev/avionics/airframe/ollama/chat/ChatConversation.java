package dev.avionics.airframe.ollama.chat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.ollama.endpoint.Errors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The turns of {@code /api/chat}: a turn's content is one text, its pictures and tool calls stand beside it. */
final class ChatConversation extends Conversation {
    private final List<Turn> turns = new ArrayList<>();
    private final Map<String, String> toolNames = new HashMap<>();

    private static final class Turn {
        private final String role;
        private final StringBuilder content = new StringBuilder();
        private final StringBuilder thinking = new StringBuilder();
        private final List<String> images = new ArrayList<>(0);
        private final List<Part.ToolCall> calls = new ArrayList<>(0);
        private @Nullable String toolName;
        private @Nullable String callId;

        Turn(String role) {
            this.role = role;
        }
    }

    ChatConversation(List<Message> messages, Collection<Adjustment> adjustments) {
        super(messages, adjustments);
        messages.forEach(this::add);
    }

    private void add(Message message) {
        Turn turn = new Turn(message.role().wireName());
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolResult result) {
                turns.add(toolTurn(result));
            } else if (part instanceof Part.Thinking thinking) {
                think(thinking, turn);
            } else if (part instanceof Part.ToolCall call) {
                checkArguments(call);
                toolNames.put(call.id(), call.name());
                turn.calls.add(call);
            } else {
                add(part, turn.content, turn.images);
            }
        }
        if (message.only(Part.ToolResult.class).isEmpty()) {
            turns.add(turn);
        }
    }

    private void think(Part.Thinking thinking, Turn turn) {
        if (thinking.text().isEmpty()) {
            adjust(Adjustment.dropped(thinking, "it has no text, and only its own vendor understands the rest"));
            return;
        }
        if (!thinking.vendor().isEmpty()) {
            adjust(Adjustment.changed("thinking", "sent as text: what its vendor signed stays with that vendor"));
        }
        turn.thinking.append(thinking.text());
    }

    private Turn toolTurn(Part.ToolResult result) {
        Turn turn = new Turn("tool");
        turn.callId = result.callId();
        turn.toolName = result.name() != null ? result.name() : toolNames.get(result.callId());
        if (result.isError()) {
            adjust(Adjustment.dropped(
                    "toolResult.isError", "Ollama has no mark for a tool that failed: only its text is sent"));
        }
        result.content().forEach(part -> add(part, turn.content, turn.images));
        return turn;
    }

    private static void checkArguments(Part.ToolCall call) {
        try {
            call.arguments();
        } catch (InferenceException notAnObject) {
            throw Errors.invalid("the arguments of the call of tool " + call.name() + " are not a JSON object");
        }
    }

    @Override
    void write(JsonWriter json) {
        json.name("messages").beginArray();
        for (Turn turn : turns) {
            json.beginObject().field("role", turn.role).field("content", turn.content.toString());
            if (!turn.thinking.isEmpty()) {
                json.field("thinking", turn.thinking.toString());
            }
            if (!turn.images.isEmpty()) {
                json.name("images").value(turn.images);
            }
            if (!turn.calls.isEmpty()) {
                json.name("tool_calls").beginArray();
                for (Part.ToolCall call : turn.calls) {
                    json.beginObject().field("id", call.id()).name("function").beginObject();
                    json.field("name", call.name()).rawField("arguments", call.argumentsJson());
                    json.endObject().endObject();
                }
                json.endArray();
            }
            json.field("tool_name", turn.toolName).field("tool_call_id", turn.callId);
            json.endObject();
        }
        json.endArray();
    }

    @Override
    long bytes() {
        long bytes = 0;
        for (Turn turn : turns) {
            bytes += utf8(turn.content.toString()) + utf8(turn.thinking.toString());
            for (Part.ToolCall call : turn.calls) {
                bytes += call.name().length() + utf8(call.argumentsJson());
            }
        }
        return bytes;
    }

    @Override
    int pictures() {
        return turns.stream().mapToInt(turn -> turn.images.size()).sum();
    }
}
