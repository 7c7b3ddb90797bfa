package dev.avionics.airframe.ollama;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.json.JsonWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The one prompt of {@code /api/generate}. System turns become {@code system}. A single user turn is sent as it is;
 * several turns become one text with the speakers' names before each, ending with the assistant's.
 */
final class PromptConversation implements Conversation {
    private final String system;
    private final String prompt;
    private final List<String> images = new ArrayList<>(0);

    PromptConversation(List<Message> messages, Collection<Adjustment> adjustments) {
        StringBuilder instructions = new StringBuilder();
        List<Message> turns = new ArrayList<>();
        for (Message message : messages) {
            if (message.name() != null) {
                adjustments.add(Adjustment.dropped("message.name", "Ollama takes no names of speakers"));
            }
            if (message.role() == Role.SYSTEM) {
                instructions.append(instructions.isEmpty() ? "" : "\n\n").append(message.text());
            } else {
                turns.add(message);
            }
        }
        if (turns.isEmpty()) {
            throw RequestWriter.invalid(
                    "messages: system turns only (expected: a user turn, which becomes the prompt)");
        }
        system = instructions.toString();
        prompt = prompt(turns, adjustments);
    }

    private String prompt(List<Message> turns, Collection<Adjustment> adjustments) {
        if (turns.size() == 1 && turns.get(0).role() == Role.USER) {
            return text(turns.get(0), adjustments);
        }
        adjustments.add(Adjustment.changed(
                "messages", "/api/generate takes one prompt: the turns are sent as one text with the speakers' names"));
        StringBuilder script = new StringBuilder();
        for (Message turn : turns) {
            script.append(script.isEmpty() ? "" : "\n\n")
                    .append(turn.role() == Role.USER ? "User: " : "Assistant: ")
                    .append(text(turn, adjustments));
        }
        if (turns.get(turns.size() - 1).role() == Role.USER) {
            script.append("\n\nAssistant:");
        }
        return script.toString();
    }

    private String text(Message turn, Collection<Adjustment> adjustments) {
        StringBuilder text = new StringBuilder();
        for (Part part : turn.parts()) {
            if (part instanceof Part.Text plain) {
                text.append(plain.text());
            } else if (part instanceof Part.Refusal refusal) {
                text.append(refusal.text());
            } else if (part instanceof Part.Image image) {
                images.add(RequestWriter.picture(image));
            } else if (part instanceof Part.Thinking) {
                adjustments.add(Adjustment.dropped("thinking of earlier turns", "/api/generate has no place for it"));
            } else if (part instanceof Part.Opaque opaque) {
                adjustments.add(Adjustment.dropped(opaque.type(), "only its own vendor understands it"));
            } else if (part instanceof Part.Document) {
                throw RequestWriter.unsupported("Ollama takes no documents");
            } else {
                throw RequestWriter.unsupported(
                        "/api/generate takes no tool calls and no tool results: use the apiType ollama-chat");
            }
        }
        return text.toString();
    }

    @Override
    public void write(JsonWriter json) {
        json.field("prompt", prompt);
        if (!system.isEmpty()) {
            json.field("system", system);
        }
        if (!images.isEmpty()) {
            json.name("images").value(images);
        }
    }

    @Override
    public long bytes() {
        return RequestWriter.utf8(prompt) + RequestWriter.utf8(system);
    }

    @Override
    public int pictures() {
        return images.size();
    }
}
