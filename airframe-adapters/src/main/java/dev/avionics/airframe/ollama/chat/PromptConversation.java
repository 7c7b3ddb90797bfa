package dev.avionics.airframe.ollama.chat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.ollama.endpoint.Errors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The one prompt of {@code /api/generate}. System turns become {@code system}. A single user turn is sent as it is;
 * several turns become one text with the speakers' names before each, ending with the assistant's.
 */
final class PromptConversation extends Conversation {
    private final StringBuilder system = new StringBuilder();
    private final List<String> images = new ArrayList<>(0);
    private final String prompt;

    PromptConversation(List<Message> messages, Collection<Adjustment> adjustments) {
        super(messages, adjustments);
        List<Message> turns = new ArrayList<>();
        for (Message message : messages) {
            if (message.role() == Role.SYSTEM) {
                if (!turns.isEmpty()) {
                    adjust(Adjustment.changed(
                            "system message", "instructions in mid-conversation were put in front of it"));
                }
                system.append(system.isEmpty() ? "" : "\n\n").append(text(message));
            } else {
                turns.add(message);
            }
        }
        if (turns.isEmpty()) {
            throw Errors.invalid("messages: system turns only (expected: a user turn, which becomes the prompt)");
        }
        prompt = prompt(turns);
    }

    private String prompt(List<Message> turns) {
        if (turns.size() == 1 && turns.get(0).role() == Role.USER) {
            return text(turns.get(0));
        }
        adjust(Adjustment.changed(
                "messages", "/api/generate takes one prompt: the turns are sent as one text with the speakers' names"));
        StringBuilder script = new StringBuilder();
        for (Message turn : turns) {
            script.append(script.isEmpty() ? "" : "\n\n")
                    .append(turn.role() == Role.USER ? "User: " : "Assistant: ")
                    .append(text(turn));
        }
        if (turns.get(turns.size() - 1).role() == Role.USER) {
            script.append("\n\nAssistant:");
        }
        return script.toString();
    }

    private String text(Message turn) {
        StringBuilder text = new StringBuilder();
        for (Part part : turn.parts()) {
            if (part instanceof Part.Thinking) {
                adjust(Adjustment.dropped(part, "/api/generate has no place for thinking of earlier turns"));
            } else {
                add(part, text, images);
            }
        }
        return text.toString();
    }

    @Override
    void write(JsonWriter json) {
        json.field("prompt", prompt);
        if (!system.isEmpty()) {
            json.field("system", system.toString());
        }
        if (!images.isEmpty()) {
            json.name("images").value(images);
        }
    }

    @Override
    long bytes() {
        return utf8(prompt) + utf8(system.toString());
    }

    @Override
    int pictures() {
        return images.size();
    }
}
