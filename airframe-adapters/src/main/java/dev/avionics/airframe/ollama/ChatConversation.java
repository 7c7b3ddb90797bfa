package dev.avionics.airframe.ollama;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The turns of {@code /api/chat}: a turn's content is one text, its pictures and tool calls stand beside it. */
final class ChatConversation implements Conversation {
    private final List<Turn> turns = new ArrayList<>();
    private final Map<String, String> toolNames = new HashMap<>();
    private final Collection<Adjustment> adjustments;
    private long bytes;
    private int pictures;

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
        this.adjustments = adjustments;
        messages.forEach(this::add);
        for (Turn turn : turns) {
            bytes += RequestWriter.utf8(turn.content.toString()) + RequestWriter.utf8(turn.thinking.toString());
            for (Part.ToolCall call : turn.calls) {
                bytes += call.name().length() + RequestWriter.utf8(call.argumentsJson());
            }
            pictures += turn.images.size();
        }
    }

    private void add(Message message) {
        if (message.name() != null) {
            adjustments.add(Adjustment.dropped("message.name", "Ollama takes no names of speakers"));
        }
        Turn turn = new Turn(message.role().wireName());
        for (Part part : message.parts()) {
            if (part instanceof Part.ToolResult result) {
                turns.add(toolTurn(result));
            } else {
                add(turn, part);
            }
        }
        if (message.only(Part.ToolResult.class).isEmpty()) {
            turns.add(turn);
        }
    }

    private void add(Turn turn, Part part) {
        if (part instanceof Part.Text text) {
            turn.content.append(text.text());
        } else if (part instanceof Part.Image image) {
            turn.images.add(RequestWriter.picture(image));
        } else if (part instanceof Part.Thinking thinking) {
            turn.thinking.append(thinking.text());
        } else if (part instanceof Part.ToolCall call) {
            checkArguments(call);
            toolNames.put(call.id(), call.name());
            turn.calls.add(call);
        } else if (part instanceof Part.Refusal refusal) {
            turn.content.append(refusal.text());
        } else if (part instanceof Part.Opaque opaque) {
            adjustments.add(Adjustment.dropped(opaque.type(), "only its own vendor understands it"));
        } else {
            throw RequestWriter.unsupported("Ollama takes no documents");
        }
    }

    private Turn toolTurn(Part.ToolResult result) {
        Turn turn = new Turn("tool");
        turn.callId = result.callId();
        turn.toolName = result.name() != null ? result.name() : toolNames.get(result.callId());
        if (result.isError()) {
            adjustments.add(Adjustment.dropped(
                    "toolResult.isError", "Ollama has no mark for a tool that failed: only its text is sent"));
        }
        result.content().forEach(part -> add(turn, part));
        return turn;
    }

    private static void checkArguments(Part.ToolCall call) {
        try {
            call.arguments();
        } catch (InferenceException notAnObject) {
            throw RequestWriter.invalid("the arguments of the call of tool " + call.name() + " are not a JSON object");
        }
    }

    @Override
    public void write(JsonWriter json) {
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
            json.field("tool_name", turn.toolName)
                    .field("tool_call_id", turn.callId)
                    .endObject();
        }
        json.endArray();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public int pictures() {
        return pictures;
    }
}
