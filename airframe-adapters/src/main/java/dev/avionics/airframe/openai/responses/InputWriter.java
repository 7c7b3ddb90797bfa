package dev.avionics.airframe.openai.responses;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Part.MediaSource;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.responses.answer.RawFields;
import dev.avionics.airframe.openai.responses.answer.ResponseFrames;
import dev.avionics.airframe.spi.ToolCallIds;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes a conversation as the array {@code input}. What the vendor itself has said goes back as it came: ids, phases and
 * annotations of messages, whole reasoning items, whole items of its own tools.
 */
final class InputWriter {
    private static final Pattern CALL_ID = Pattern.compile(".{1,64}");
    private static final int MADE_ID = 24;
    private static final String ID = "id";

    private final JsonWriter json;
    private final String vendor;
    private final String left;
    private final String instructor;
    private final boolean stored;
    private final List<Adjustment> adjustments;
    /** The items that results answer, by the calls' ids in the conversation. */
    private final Map<String, Answered> calls = new HashMap<>();

    private boolean messageOpen;
    private @Nullable String messageHead;

    private record Answered(String id, String resultType) {}

    /**
     * A writer.
     *
     * @param instructor the role of instructions
     * @param stored whether the backend keeps answers, so that it knows an item by its id alone
     */
    InputWriter(JsonWriter json, String vendor, String instructor, boolean stored, List<Adjustment> adjustments) {
        this.json = json;
        this.vendor = vendor;
        left = ResponsesWire.left(vendor);
        this.instructor = instructor;
        this.stored = stored;
        this.adjustments = adjustments;
    }

    void write(List<Message> messages) {
        json.beginArray();
        for (Message message : messages) {
            if (message.name() != null) {
                adjustments.add(Adjustment.dropped("name", "the API has no names of speakers"));
            }
            switch (message.role()) {
                case SYSTEM -> turn(instructor, message);
                case USER -> turn("user", message);
                case ASSISTANT -> assistant(message);
                case TOOL -> message.only(Part.ToolResult.class).forEach(this::result);
            }
        }
        json.endArray();
    }

    private void turn(String role, Message message) {
        json.beginObject().field("role", role).name("content").beginArray();
        message.parts().forEach(this::content);
        json.endArray().endObject();
    }

    private void content(Part part) {
        RawFields own = own(part);
        if (part instanceof Part.Text text) {
            json.beginObject().field("type", "input_text").field("text", text.text());
            json.endObject();
        } else if (part instanceof Part.Image image) {
            json.beginObject().field("type", "input_image");
            address(image.source(), "image_url", "image_url");
            json.rawField("detail", own.has("detail") ? own.raw("detail") : "\"auto\"");
            json.endObject();
        } else if (part instanceof Part.Document document) {
            json.beginObject().field("type", "input_file");
            if (document.source() instanceof MediaSource.Inline) {
                json.field("filename", document.title() == null ? "document" : document.title());
            }
            address(document.source(), "file_data", "file_url");
            json.endObject();
        } else if (part instanceof Part.Opaque opaque && own.text("type").equals(opaque.type())) {
            json.raw(opaque.vendor().of(left).orElseThrow());
        } else {
            adjustments.add(Adjustment.dropped(part, "the API has no place for it here"));
        }
    }

    private void address(MediaSource source, String bytes, String address) {
        if (source instanceof MediaSource.Inline inline) {
            json.field(bytes, inline.dataUri());
        } else if (source instanceof MediaSource.Url url) {
            json.field(address, url.url().toString());
        } else if (source instanceof MediaSource.FileId file && file.vendor().equals(vendor)) {
            json.field("file_id", file.id());
        } else {
            throw InferenceException.of(
                    ErrorCategory.UNSUPPORTED,
                    "a file of another vendor cannot be sent to " + vendor
                            + " (give its bytes, its address, or the id of a file of " + vendor + ")");
        }
    }

    private void assistant(Message message) {
        // An item whose reasoning is missing is refused by its id, and taken without.
        boolean ids = true;
        for (Part part : message.parts()) {
            if (part instanceof Part.Text text) {
                said(part, ids, "output_text", "text", text.text());
            } else if (part instanceof Part.Refusal refusal) {
                said(part, ids, "refusal", "refusal", refusal.text());
            } else {
                close();
                if (part instanceof Part.ToolCall call) {
                    call(call, ids);
                } else if (!item(part)) {
                    ids &= own(part).isEmpty();
                }
            }
        }
        close();
    }

    /** A piece of a message; pieces of one message in a row go into one item. */
    private void said(Part part, boolean ids, String type, String field, String text) {
        RawFields own = own(part);
        String head = own.raw("item");
        if (messageOpen && !Objects.equals(head, messageHead)) {
            close();
        }
        if (!messageOpen) {
            messageOpen = true;
            messageHead = head;
            json.beginObject().field("type", "message").field("role", "assistant");
            if (head != null) {
                RawFields fields = RawFields.of(head);
                (ids ? fields : fields.without(List.of(ID))).writeTo(json);
                json.field("status", "completed");
            }
            json.name("content").beginArray();
        }
        json.beginObject().field("type", type).field(field, text);
        RawFields.of(own.raw("content")).writeTo(json);
        json.endObject();
    }

    private void close() {
        if (messageOpen) {
            messageOpen = false;
            json.endArray().endObject();
        }
    }

    private void call(Part.ToolCall call, boolean ids) {
        RawFields own = own(call);
        boolean custom = own.text("type").equals(ResponseFrames.CUSTOM_CALL);
        boolean ours = own.has("type");
        String id = ours ? call.id() : ToolCallIds.fitting(call.id(), CALL_ID, MADE_ID);
        calls.put(call.id(), new Answered(id, custom ? "custom_tool_call_output" : "function_call_output"));
        json.beginObject();
        json.field("type", custom ? ResponseFrames.CUSTOM_CALL : ResponseFrames.FUNCTION_CALL);
        json.field("call_id", id).field("name", call.name());
        if (custom) {
            json.field("input", String.valueOf(call.arguments().getOrDefault(ResponseFrames.CUSTOM_INPUT, "")));
        } else {
            json.field("arguments", call.argumentsJson());
        }
        if (ours) {
            own.without(ids ? List.of("type") : List.of("type", ID)).writeTo(json);
        }
        json.endObject();
    }

    /** An item of the vendor's own as it came; false if it is not sent. */
    private boolean item(Part part) {
        RawFields own = own(part);
        String type = part instanceof Part.Thinking
                ? ResponseFrames.REASONING
                : part instanceof Part.Opaque opaque ? opaque.type() : "";
        if (type.isEmpty() || !own.text("type").equals(type)) {
            adjustments.add(Adjustment.dropped(part, "the backend takes its own only"));
            return false;
        }
        boolean whole = own.has("encrypted_content") || own.has("content");
        if (type.equals(ResponseFrames.REASONING) && !whole && !stored) {
            adjustments.add(Adjustment.dropped(part, "it came without its encrypted form, and the backend keeps none"));
            return false;
        }
        json.raw(part.vendor().of(left).orElseThrow());
        return true;
    }

    private void result(Part.ToolResult result) {
        Answered call = calls.getOrDefault(
                result.callId(),
                new Answered(ToolCallIds.fitting(result.callId(), CALL_ID, MADE_ID), "function_call_output"));
        if (result.isError()) {
            adjustments.add(Adjustment.dropped(
                    "toolResult.isError", "the API has no mark for a tool that failed: only its text is sent"));
        }
        json.beginObject().field("type", call.resultType).field("call_id", call.id);
        if (result.content().stream().allMatch(Part.Text.class::isInstance)) {
            json.field("output", result.text());
        } else {
            json.name("output").beginArray();
            result.content().forEach(this::content);
            json.endArray();
        }
        json.endObject();
    }

    private RawFields own(Part part) {
        return RawFields.of(part.vendor().of(left).orElse(null));
    }
}
