package dev.avionics.airframe.cohere.chat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Part.MediaSource;
import dev.avionics.airframe.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Writes a conversation as the array {@code messages}, and gathers the documents in it, which stand beside it. */
final class MessageWriter {
    private final JsonWriter json;
    private final List<Adjustment> adjustments;
    private final List<String> documents = new ArrayList<>(0);

    MessageWriter(JsonWriter json, List<Adjustment> adjustments) {
        this.json = json;
        this.adjustments = adjustments;
    }

    /** The documents of the messages written so far, as JSON. */
    List<String> documents() {
        return documents;
    }

    void write(List<Message> messages) {
        json.beginArray();
        for (Message message : messages) {
            if (message.name() != null) {
                adjustments.add(Adjustment.dropped("message.name", "Cohere takes no names of speakers"));
            }
            switch (message.role()) {
                case SYSTEM, USER -> {
                    json.beginObject().field("role", message.role().wireName()).name("content");
                    content(message.parts());
                    json.endObject();
                }
                case ASSISTANT -> assistant(message);
                case TOOL -> message.only(Part.ToolResult.class).forEach(this::result);
            }
        }
        json.endArray();
    }

    /** Plain text as a string, anything else as a list. */
    private void content(List<Part> parts) {
        List<Part> taken = new ArrayList<>(parts.size());
        boolean plain = true;
        for (Part part : parts) {
            if (part instanceof Part.Document document) {
                documents.add(document(document, "doc:" + documents.size()));
            } else if (part instanceof Part.Text || part instanceof Part.Image) {
                taken.add(part);
                plain &= part instanceof Part.Text;
            } else {
                adjustments.add(Adjustment.dropped(part, "Cohere has no place for it here"));
            }
        }
        if (plain) {
            StringBuilder text = new StringBuilder();
            taken.forEach(part -> text.append(((Part.Text) part).text()));
            json.value(text.toString());
            return;
        }
        json.beginArray();
        for (Part part : taken) {
            if (part instanceof Part.Text text) {
                block("text", text.text());
            } else if (part instanceof Part.Image image) {
                json.beginObject().field("type", "image_url").name("image_url").beginObject();
                json.field("url", address(image.source())).endObject().endObject();
            }
        }
        json.endArray();
    }

    private void block(String type, String words) {
        json.beginObject().field("type", type).field(type, words).endObject();
    }

    private static String address(MediaSource source) {
        if (source instanceof MediaSource.Inline inline) {
            return inline.dataUri();
        }
        if (source instanceof MediaSource.Url url) {
            return url.url().toString();
        }
        throw ChatRequest.unsupported("Cohere takes no images by file id: give their bytes or their address");
    }

    private static String document(Part.Document document, String id) {
        if (!(document.source() instanceof MediaSource.Inline inline)
                || !inline.mediaType().startsWith("text/")) {
            throw ChatRequest.unsupported("Cohere takes documents as text only: give their bytes, of a type text/…");
        }
        String text = new String(Base64.getDecoder().decode(inline.base64()), StandardCharsets.UTF_8);
        JsonWriter one =
                new JsonWriter().beginObject().field("id", id).name("data").beginObject();
        one.field("title", document.title()).field("text", text);
        return new String(one.endObject().endObject().toBytes(), StandardCharsets.UTF_8);
    }

    /** A turn of the model: as it came if Cohere's own, else fitted to what Cohere knows. */
    private void assistant(Message message) {
        List<Part.ToolCall> calls = message.toolCalls();
        boolean own = message.parts().stream()
                .anyMatch(part -> part.vendor().of(Notes.VENDOR).isPresent());
        List<Part> blocks = new ArrayList<>();
        StringBuilder plan = new StringBuilder();
        List<String> citations = new ArrayList<>(0);
        for (Part part : message.parts()) {
            Notes notes = Notes.of(part);
            if (notes != null && notes.citations() != null) {
                citations.add(notes.citations());
            }
            if (part instanceof Part.Thinking thinking && notes != null && notes.isPlan()) {
                plan.append(thinking.text());
            } else if (part instanceof Part.Thinking && notes == null) {
                adjustments.add(Adjustment.dropped("thinking of earlier turns", "Cohere takes its own back, only"));
            } else if (part instanceof Part.Text text && !calls.isEmpty() && !own) {
                plan.append(text.text());
                adjustments.add(
                        Adjustment.changed("text beside tool calls", "Cohere's name for it is a plan, sent as such"));
            } else if (part instanceof Part.Text || part instanceof Part.Thinking) {
                blocks.add(part);
            } else if (part instanceof Part.Refusal refusal) {
                blocks.add(new Part.Text(refusal.text()));
            } else if (!(part instanceof Part.ToolCall)) {
                adjustments.add(Adjustment.dropped(part, "Cohere has no place for it in the model's turn"));
            }
        }
        json.beginObject().field("role", "assistant");
        if (!blocks.isEmpty() || calls.isEmpty()) {
            json.name("content");
            spoken(blocks);
        }
        json.field("tool_plan", plan.isEmpty() ? null : plan.toString());
        if (!calls.isEmpty()) {
            json.name("tool_calls").beginArray();
            calls.forEach(this::call);
            json.endArray();
        }
        json.rawField("citations", Notes.joined(citations)).endObject();
    }

    private void spoken(List<Part> blocks) {
        if (blocks.stream().anyMatch(Part.Thinking.class::isInstance)) {
            json.beginArray();
            for (Part part : blocks) {
                if (part instanceof Part.Thinking thinking) {
                    block("thinking", thinking.text());
                } else if (part instanceof Part.Text text) {
                    block("text", text.text());
                }
            }
            json.endArray();
        } else {
            content(blocks);
        }
    }

    private void call(Part.ToolCall call) {
        json.beginObject().field("id", call.id()).field("type", "function");
        json.name("function").beginObject().field("name", call.name());
        json.field("arguments", call.argumentsJson()).endObject().endObject();
    }

    private void result(Part.ToolResult result) {
        if (result.isError()) {
            adjustments.add(Adjustment.dropped(
                    "toolResult.isError", "Cohere has no mark for a tool that failed: only its text is sent"));
        }
        json.beginObject().field("role", "tool").field("tool_call_id", result.callId());
        json.name("content");
        if (result.content().stream().allMatch(Part.Text.class::isInstance)) {
            json.value(result.text());
        } else {
            json.beginArray();
            for (int i = 0; i < result.content().size(); i++) {
                resultBlock(result.content().get(i), result.callId() + ":" + i);
            }
            json.endArray();
        }
        json.endObject();
    }

    private void resultBlock(Part part, String id) {
        if (part instanceof Part.Text text) {
            block("text", text.text());
        } else if (part instanceof Part.Document document) {
            json.beginObject().field("type", "document").rawField("document", document(document, id));
            json.endObject();
        } else {
            throw ChatRequest.unsupported("Cohere takes no images from tools: give them in a user message");
        }
    }
}
