package dev.avionics.airframe.openai.chat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.answer.VendorNotes;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.openai.dialect.Dialect.Switch;
import dev.avionics.airframe.spi.CacheHints;
import dev.avionics.airframe.spi.ToolCallIds;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Writes a conversation as the array {@code messages}. */
final class MessageWriter {
    private static final int MADE_ID_LENGTH = 9;

    private final JsonWriter json;
    private final Dialect dialect;
    private final String systemRole;
    private final List<Adjustment> adjustments;
    private final PartWriter parts;

    MessageWriter(JsonWriter json, Dialect dialect, String vendor, boolean developer, List<Adjustment> adjustments) {
        this.json = json;
        this.dialect = dialect;
        this.adjustments = adjustments;
        parts = new PartWriter(json, dialect, vendor, adjustments);
        systemRole = developer ? "developer" : "system";
    }

    void write(List<Message> messages) {
        if (!dialect.is(Switch.CACHE_CONTROL)) {
            CacheHints.drop(messages, "the server caches prompts by itself", adjustments);
        }
        json.beginArray();
        Role before = Role.SYSTEM;
        List<Part> pictures = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            Message message = messages.get(i);
            Role role = message.role();
            if (role != Role.TOOL && !pictures.isEmpty()) {
                picturesOfTools(pictures);
                before = Role.USER;
            }
            if (role == Role.USER && before == Role.TOOL && dialect.is(Switch.ASSISTANT_AFTER_TOOL_RESULT)) {
                json.beginObject()
                        .field("role", "assistant")
                        .field("content", "I have the results.")
                        .endObject();
            }
            switch (role) {
                case SYSTEM -> turn(systemRole, message);
                case USER -> turn("user", message);
                case ASSISTANT -> assistant(message, i == messages.size() - 1);
                case TOOL -> results(message, pictures);
            }
            before = role;
        }
        if (!pictures.isEmpty()) {
            picturesOfTools(pictures);
        }
        json.endArray();
    }

    private void begin(String role, Message message) {
        json.beginObject().field("role", role);
        if (dialect.is(Switch.NAMES)) {
            json.field("name", message.name());
        } else if (message.name() != null) {
            adjustments.add(Adjustment.dropped("message.name", "the backend takes no names of speakers"));
        }
    }

    private void turn(String role, Message message) {
        begin(role, message);
        json.name("content");
        parts.content(message.parts());
        json.endObject();
    }

    private void assistant(Message message, boolean last) {
        begin("assistant", message);
        boolean thoughts = dialect.text(Switch.REASONING_REPLAY).equals("parts");
        List<Part> content = new ArrayList<>();
        boolean plain = true;
        for (Part part : message.parts()) {
            boolean apart = part instanceof Part.ToolCall || (part instanceof Part.Thinking && !thoughts);
            if (!apart) {
                content.add(part);
                plain &= part instanceof Part.Text || part instanceof Part.Refusal;
            }
        }
        json.name("content");
        List<Part.ToolCall> calls = message.toolCalls();
        if (!plain) {
            parts.content(content);
        } else if (!content.isEmpty() || calls.isEmpty() || dialect.is(Switch.NON_NULL_ASSISTANT_CONTENT)) {
            json.value(joined(content));
        } else {
            json.value(null);
        }
        if (!thoughts) {
            thinking(message, !calls.isEmpty());
        }
        if (!calls.isEmpty()) {
            json.name("tool_calls").beginArray();
            calls.forEach(this::call);
            json.endArray();
        }
        String prefix = dialect.text(Switch.ASSISTANT_PREFIX);
        if (last && !prefix.isEmpty() && calls.isEmpty()) {
            json.field(prefix, true);
        }
        json.endObject();
    }

    private static String joined(List<Part> content) {
        StringBuilder text = new StringBuilder();
        for (Part part : content) {
            text.append(part instanceof Part.Refusal refusal ? refusal.text() : ((Part.Text) part).text());
        }
        return text.toString();
    }

    private void thinking(Message message, boolean calls) {
        String field = dialect.text(Switch.REASONING_REPLAY);
        List<Part.Thinking> thoughts = message.only(Part.Thinking.class);
        if (!field.isEmpty()) {
            String thinking = message.thinking();
            // Asked for with tool calls even when there was no thought; without them only what there was is sent.
            if (!thinking.isEmpty() || calls) {
                json.field(field, thinking);
            }
        }
        boolean details = dialect.is(Switch.REASONING_DETAILS) && details(message);
        if (field.isEmpty() && !details && !thoughts.isEmpty()) {
            adjustments.add(Adjustment.dropped(thoughts.get(0), "the backend has no place for earlier thinking"));
        }
    }

    private boolean details(Message message) {
        for (Part part : message.parts()) {
            String details = parts.ofVendor(part, VendorNotes.REASONING_DETAILS);
            if (details != null) {
                json.rawField(VendorNotes.REASONING_DETAILS, details);
                return true;
            }
        }
        return false;
    }

    private void call(Part.ToolCall call) {
        json.beginObject()
                .field("id", id(call.id()))
                .field("type", "function")
                .name("function")
                .beginObject();
        json.field("name", call.name()).field("arguments", call.argumentsJson()).endObject();
        json.rawField("extra_content", parts.ofVendor(call, "extra_content"));
        json.endObject();
    }

    private String id(String id) {
        String allowed = dialect.text(Switch.TOOL_CALL_IDS);
        return allowed.isEmpty() ? id : ToolCallIds.fitting(id, Pattern.compile(allowed), MADE_ID_LENGTH);
    }

    private void results(Message message, List<Part> pictures) {
        for (Part.ToolResult result : message.only(Part.ToolResult.class)) {
            json.beginObject().field("role", "tool").field("tool_call_id", id(result.callId()));
            if (dialect.is(Switch.TOOL_RESULT_NAME)) {
                json.field("name", result.name());
            }
            if (result.isError()) {
                adjustments.add(Adjustment.dropped(
                        "toolResult.isError", "there is no mark for a tool that failed: only its text is sent"));
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
        parts.part(new Part.Text("From the tools:"));
        pictures.forEach(parts::part);
        json.endArray().endObject();
        pictures.clear();
    }
}
