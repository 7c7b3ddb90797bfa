package dev.avionics.airframe.openai.chat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Part.MediaSource;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.answer.VendorNotes;
import dev.avionics.airframe.openai.dialect.Dialect;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a conversation as the array {@code messages}. */
final class MessageWriter {
    private final JsonWriter json;
    private final Dialect dialect;
    private final String vendor;
    private final String systemRole;
    private final List<Adjustment> adjustments;

    MessageWriter(JsonWriter json, Dialect dialect, String vendor, boolean developer, List<Adjustment> adjustments) {
        this.json = json;
        this.dialect = dialect;
        this.vendor = vendor;
        this.adjustments = adjustments;
        systemRole = developer ? "developer" : "system";
    }

    void write(List<Message> messages) {
        json.beginArray();
        Role before = Role.SYSTEM;
        List<Part> pictures = new ArrayList<>();
        for (Message message : messages) {
            Role role = message.role();
            if (role != Role.TOOL && !pictures.isEmpty()) {
                picturesOfTools(pictures);
                before = Role.USER;
            }
            if (role == Role.USER && before == Role.TOOL && dialect.is(Dialect.Switch.ASSISTANT_AFTER_TOOL_RESULT)) {
                json.beginObject()
                        .field("role", "assistant")
                        .field("content", "I have the results.")
                        .endObject();
            }
            switch (role) {
                case SYSTEM -> turn(systemRole, message);
                case USER -> turn("user", message);
                case ASSISTANT -> assistant(message);
                case TOOL -> results(message, pictures);
            }
            before = role;
        }
        if (!pictures.isEmpty()) {
            picturesOfTools(pictures);
        }
        json.endArray();
    }

    private void turn(String role, Message message) {
        json.beginObject().field("role", role).field("name", message.name());
        json.name("content");
        content(message.parts());
        json.endObject();
    }

    private void content(List<Part> parts) {
        boolean plain = true;
        for (Part part : parts) {
            boolean hint = part.cache() != null && dialect.is(Dialect.Switch.CACHE_CONTROL);
            plain &= part instanceof Part.Text && !hint;
        }
        if (plain) {
            StringBuilder text = new StringBuilder();
            parts.forEach(part -> text.append(((Part.Text) part).text()));
            json.value(text.toString());
            return;
        }
        json.beginArray();
        parts.forEach(this::part);
        json.endArray();
    }

    private void part(Part part) {
        if (part instanceof Part.Text text) {
            json.beginObject().field("type", "text").field("text", text.text());
            if (part.cache() != null && dialect.is(Dialect.Switch.CACHE_CONTROL)) {
                json.rawField("cache_control", "{\"type\":\"ephemeral\"}");
            }
            json.endObject();
        } else if (part instanceof Part.Image image) {
            json.beginObject().field("type", "image_url").name("image_url").beginObject();
            json.field("url", imageAddress(image.source())).endObject().endObject();
        } else if (part instanceof Part.Document document) {
            document(document);
        } else if (part instanceof Part.Opaque opaque
                && opaque.vendor().of(vendor).isPresent()) {
            json.raw(opaque.vendor().of(vendor).orElseThrow());
        } else {
            adjustments.add(Adjustment.dropped(nameOf(part), "the backend has no place for it"));
        }
    }

    private static String imageAddress(MediaSource source) {
        if (source instanceof MediaSource.Inline inline) {
            return inline.dataUri();
        }
        if (source instanceof MediaSource.Url url) {
            return url.url().toString();
        }
        throw unsupported("an image by file id cannot be sent to chat completions (give its bytes or its address)");
    }

    private void document(Part.Document document) {
        json.beginObject().field("type", "file").name("file").beginObject();
        MediaSource source = document.source();
        if (source instanceof MediaSource.Inline inline) {
            json.field("filename", document.title() == null ? "document" : document.title());
            json.field("file_data", inline.dataUri());
        } else if (source instanceof MediaSource.FileId file && file.vendor().equals(vendor)) {
            json.field("file_id", file.id());
        } else {
            throw unsupported(
                    "a document can be sent to chat completions as bytes or as a file of the same vendor only");
        }
        json.endObject().endObject();
    }

    private void assistant(Message message) {
        json.beginObject().field("role", "assistant").field("name", message.name());
        StringBuilder text = new StringBuilder();
        boolean spoken = false;
        boolean parted = false;
        for (Part part : message.parts()) {
            if (part instanceof Part.Text words) {
                text.append(words.text());
                spoken = true;
            } else if (part instanceof Part.Refusal refusal) {
                text.append(refusal.text());
                spoken = true;
            } else if (part instanceof Part.Image) {
                parted = true;
            }
        }
        json.name("content");
        List<Part.ToolCall> calls = message.toolCalls();
        if (parted) {
            content(message.parts().stream()
                    .filter(part -> part instanceof Part.Text || part instanceof Part.Image)
                    .toList());
        } else if (spoken || calls.isEmpty() || dialect.is(Dialect.Switch.NON_NULL_ASSISTANT_CONTENT)) {
            json.value(text.toString());
        } else {
            json.value(null);
        }
        thinking(message, !calls.isEmpty());
        if (!calls.isEmpty()) {
            json.name("tool_calls").beginArray();
            calls.forEach(this::call);
            json.endArray();
        }
        json.endObject();
    }

    private void thinking(Message message, boolean calls) {
        String field = dialect.text(Dialect.Switch.REASONING_REPLAY);
        if (!field.isEmpty()) {
            String thinking = message.thinking();
            // Asked for with tool calls even when there was no thought; without them only what there was is sent.
            if (!thinking.isEmpty() || calls) {
                json.field(field, thinking);
            }
        }
        if (dialect.is(Dialect.Switch.REASONING_DETAILS)) {
            for (Part part : message.parts()) {
                String details = ofVendor(part, VendorNotes.REASONING_DETAILS);
                if (details != null) {
                    json.rawField(VendorNotes.REASONING_DETAILS, details);
                    break;
                }
            }
        }
    }

    private void call(Part.ToolCall call) {
        json.beginObject()
                .field("id", call.id())
                .field("type", "function")
                .name("function")
                .beginObject();
        json.field("name", call.name()).field("arguments", call.argumentsJson()).endObject();
        json.rawField("extra_content", ofVendor(call, "extra_content"));
        json.endObject();
    }

    /** A field of what the vendor left with a part, byte for byte; null if it left none. */
    private @Nullable String ofVendor(Part part, String field) {
        String data = part.vendor().of(vendor).orElse(null);
        if (data == null) {
            return null;
        }
        JsonReader reader = JsonReader.of(data);
        String found = null;
        if (reader.enterObject()) {
            while (reader.nextField()) {
                if (reader.field().equals(field)) {
                    found = reader.raw();
                }
            }
        }
        return found;
    }

    private void results(Message message, List<Part> pictures) {
        for (Part.ToolResult result : message.only(Part.ToolResult.class)) {
            json.beginObject().field("role", "tool").field("tool_call_id", result.callId());
            if (dialect.is(Dialect.Switch.TOOL_RESULT_NAME)) {
                json.field("name", result.name());
            }
            json.field("content", result.text()).endObject();
            result.content().stream()
                    .filter(part -> !(part instanceof Part.Text))
                    .forEach(pictures::add);
        }
    }

    /** Tool messages hold text only: what else a tool gave follows in a user turn. */
    private void picturesOfTools(List<Part> pictures) {
        adjustments.add(Adjustment.changed("tool result", "images and documents of tools were sent as a user message"));
        json.beginObject().field("role", "user").name("content").beginArray();
        part(new Part.Text("From the tools:"));
        pictures.forEach(this::part);
        json.endArray().endObject();
        pictures.clear();
    }

    private static String nameOf(Part part) {
        return part.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    private static InferenceException unsupported(String why) {
        return InferenceException.of(ErrorCategory.UNSUPPORTED, why);
    }
}
