package dev.avionics.airframe.gemini.request;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.gemini.answer.VendorFields;
import dev.avionics.airframe.gemini.model.ModelRules;
import dev.avionics.airframe.gemini.model.Unsendable;
import dev.avionics.airframe.spi.Turns;
import dev.avionics.airframe.spi.Turns.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as Google takes it: instructions apart or in front of the first question, turns that alternate and hold only
 * what can be sent, each result of a tool with the tool's name.
 *
 * @param instructions the text of the instructions; empty if there are none, or they stand in the turns
 * @param turns neighbours have different speakers, none is empty
 */
record Conversation(List<Part> instructions, List<Turn> turns) {
    static Conversation of(List<Message> messages, ModelRules rules, List<Adjustment> adjustments) {
        Turns sorted = Turns.of(messages, adjustments);
        Filter filter = new Filter(messages, adjustments);
        List<Turn> turns = new ArrayList<>();
        for (Turn turn : sorted.turns()) {
            List<Part> parts = new ArrayList<>(turn.parts().size());
            turn.parts().forEach(part -> filter.sendable(part).ifPresent(parts::add));
            add(turns, turn.ofModel(), parts);
        }
        List<Part> instructions = instructions(sorted.instructions());
        if (turns.isEmpty() && instructions.isEmpty()) {
            throw Unsendable.invalid("messages: nothing in them can be sent (expected: at least one text)");
        }
        if (turns.isEmpty() || (!instructions.isEmpty() && !rules.takesSystemInstruction())) {
            adjustments.add(Adjustment.changed(
                    "system message",
                    turns.isEmpty()
                            ? "there was no other message: sent as the user's"
                            : "the model takes no instructions: put in front of the user's first text"));
            return new Conversation(List.of(), inFront(instructions, turns));
        }
        return new Conversation(instructions, turns);
    }

    private static void add(List<Turn> turns, boolean ofModel, List<Part> parts) {
        if (parts.isEmpty()) {
            return;
        }
        int last = turns.size() - 1;
        if (last >= 0 && turns.get(last).ofModel() == ofModel) {
            List<Part> both = new ArrayList<>(turns.get(last).parts());
            both.addAll(parts);
            turns.set(last, new Turn(ofModel, both));
        } else {
            turns.add(new Turn(ofModel, parts));
        }
    }

    private static List<Part> instructions(List<Part> parts) {
        List<Part> texts = new ArrayList<>();
        for (Part part : parts) {
            if (!(part instanceof Part.Text text)) {
                throw Unsendable.unsupported("Google takes text only as instructions, no " + Adjustment.nameOf(part)
                        + ": put it into a message of the user");
            }
            if (!text.text().isEmpty()) {
                texts.add(text);
            }
        }
        return texts;
    }

    private static List<Turn> inFront(List<Part> instructions, List<Turn> turns) {
        StringBuilder words = new StringBuilder();
        for (Part part : instructions) {
            words.append(words.isEmpty() ? "" : "\n\n").append(((Part.Text) part).text());
        }
        List<Turn> all = new ArrayList<>(turns);
        boolean userBegins = !all.isEmpty() && !all.get(0).ofModel();
        List<Part> parts = userBegins ? new ArrayList<>(all.remove(0).parts()) : new ArrayList<>();
        int text = 0;
        while (text < parts.size() && !(parts.get(text) instanceof Part.Text)) {
            text++;
        }
        if (text < parts.size()) {
            Part.Text first = (Part.Text) parts.get(text);
            parts.set(text, new Part.Text(words + "\n\n" + first.text(), first.vendor(), first.cache()));
        } else {
            parts.add(0, new Part.Text(words.toString()));
        }
        all.add(0, new Turn(false, parts));
        return all;
    }

    /** Leaves out what Google has no place for, and says so. */
    private static final class Filter {
        private final Map<String, String> names = new HashMap<>();
        private final List<Adjustment> adjustments;
        private boolean thinkingTold;

        Filter(List<Message> messages, List<Adjustment> adjustments) {
            this.adjustments = adjustments;
            boolean hinted = false;
            for (Message message : messages) {
                message.toolCalls().forEach(call -> names.put(call.id(), call.name()));
                hinted |= message.parts().stream().anyMatch(part -> part.cache() != null);
            }
            if (hinted) {
                adjustments.add(Adjustment.dropped(
                        "cache hint", "Google caches by itself; a cache of one's own is named by cachedContent"));
            }
        }

        Optional<Part> sendable(Part part) {
            if (part instanceof Part.Text text) {
                boolean signed = VendorFields.signature(text) != null;
                return text.text().isEmpty() && !signed ? Optional.empty() : Optional.of(text);
            }
            if (part instanceof Part.Thinking thinking) {
                return sendable(thinking);
            }
            if (part instanceof Part.Refusal refusal) {
                return refusal.text().isEmpty() ? Optional.empty() : Optional.of(new Part.Text(refusal.text()));
            }
            if (part instanceof Part.ToolResult result) {
                return Optional.of(named(result));
            }
            if (part instanceof Part.Opaque opaque) {
                return sendable(opaque);
            }
            return Optional.of(part);
        }

        private Optional<Part> sendable(Part.Thinking thinking) {
            if (VendorFields.signature(thinking) != null) {
                return Optional.of(thinking);
            }
            if (!thinkingTold) {
                thinkingTold = true;
                adjustments.add(Adjustment.dropped(thinking, "Google takes back only thoughts that it signed"));
            }
            return Optional.empty();
        }

        private Optional<Part> sendable(Part.Opaque opaque) {
            if (opaque.vendor().of(VendorFields.VENDOR).isEmpty()) {
                adjustments.add(Adjustment.dropped(opaque, "only its own vendor understands it"));
                return Optional.empty();
            }
            // Remarks about an answer are no part of the conversation.
            return VendorFields.isAboutTheAnswer(opaque) ? Optional.empty() : Optional.of(opaque);
        }

        private Part.ToolResult named(Part.ToolResult result) {
            @Nullable String name = result.name() == null ? names.get(result.callId()) : result.name();
            if (name == null) {
                throw Unsendable.invalid("tool result " + result.callId()
                        + ": Google wants the tool's name, and no tool call before it has this id");
            }
            return new Part.ToolResult(
                    result.callId(), name, result.content(), result.isError(), result.vendor(), result.cache());
        }
    }
}
