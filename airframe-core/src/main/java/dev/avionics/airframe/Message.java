package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One turn of a conversation.
 *
 * <p>Images belong to user, assistant and tool turns only; tool calls to assistant turns; tool results to tool turns,
 * which hold nothing else.
 *
 * @param role who speaks
 * @param parts what is said, in order; copied; empty is allowed for the assistant only
 * @param name the speaker's name where a backend takes one, or null
 * @param createdAt when it was said, or null; never sent to a backend
 */
public record Message(
        Role role,
        List<Part> parts,
        @Nullable String name,
        @Nullable Instant createdAt) {
    public Message {
        requireNonNull(role, "role");
        parts = List.copyOf(parts);
        if (parts.isEmpty() && role != Role.ASSISTANT) {
            throw new IllegalArgumentException("parts: empty (expected: at least one for " + role.wireName() + ")");
        }
        for (Part part : parts) {
            if (part instanceof Part.Image && role == Role.SYSTEM) {
                throw new IllegalArgumentException("image in a system message (expected: in user or assistant)");
            }
            if ((part instanceof Part.ToolCall || part instanceof Part.Thinking) && role != Role.ASSISTANT) {
                throw new IllegalArgumentException(part.getClass().getSimpleName() + " in a " + role.wireName()
                        + " message (expected: assistant)");
            }
            if (part instanceof Part.ToolResult != (role == Role.TOOL)) {
                throw new IllegalArgumentException(part.getClass().getSimpleName() + " in a " + role.wireName()
                        + " message (expected: tool results in tool messages, and nothing else there)");
            }
        }
    }

    /** A turn without name and time. */
    public Message(Role role, List<Part> parts) {
        this(role, parts, null, null);
    }

    /** Instructions to the model. */
    public static Message system(String text) {
        return new Message(Role.SYSTEM, List.of(new Part.Text(text)));
    }

    /** A question in plain text. */
    public static Message user(String text) {
        return new Message(Role.USER, List.of(new Part.Text(text)));
    }

    /** A question made of parts, such as text and images. */
    public static Message user(Part... parts) {
        return new Message(Role.USER, List.of(parts));
    }

    /** An answer in plain text. */
    public static Message assistant(String text) {
        return new Message(Role.ASSISTANT, List.of(new Part.Text(text)));
    }

    /** An answer made of parts, such as tool calls. */
    public static Message assistant(Part... parts) {
        return new Message(Role.ASSISTANT, List.of(parts));
    }

    /**
     * The result of a tool call.
     *
     * @param callId the call's id, not empty
     * @param name the tool's name, or null
     * @param content what the tool gave
     */
    public static Message toolResult(String callId, @Nullable String name, String content) {
        return new Message(Role.TOOL, List.of(new Part.ToolResult(callId, name, content)));
    }

    /** This turn with a time. */
    public Message at(Instant time) {
        return new Message(role, parts, name, time);
    }

    /** All text parts, joined; empty if there is none. */
    public String text() {
        return joinText(parts);
    }

    /** All thinking parts, joined; empty if there is none. */
    public String thinking() {
        StringBuilder joined = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Part.Thinking thinking) {
                joined.append(thinking.text());
            }
        }
        return joined.toString();
    }

    /** The tool calls, in order. */
    public List<Part.ToolCall> toolCalls() {
        return only(Part.ToolCall.class);
    }

    /** The images, in order. */
    public List<Part.Image> images() {
        return only(Part.Image.class);
    }

    /** The parts of one kind, in order. */
    public <P extends Part> List<P> only(Class<P> kind) {
        List<P> found = new ArrayList<>();
        for (Part part : parts) {
            if (kind.isInstance(part)) {
                found.add(kind.cast(part));
            }
        }
        return List.copyOf(found);
    }

    static String joinText(List<? extends Part> parts) {
        if (parts.size() == 1 && parts.get(0) instanceof Part.Text only) {
            return only.text();
        }
        StringBuilder joined = new StringBuilder();
        for (Part part : parts) {
            if (part instanceof Part.Text text) {
                joined.append(text.text());
            }
        }
        return joined.toString();
    }
}
