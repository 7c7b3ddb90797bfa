package dev.avionics.airframe.llamaserver.completion;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Conversations as plain text, for prompts without a template. */
public final class PlainText {
    private PlainText() {}

    /** All turns with the roles as plain words, open for the assistant's next. */
    public static String tagged(List<Message> messages, Collection<Adjustment> adjustments) {
        StringBuilder prompt = new StringBuilder();
        for (Message message : messages) {
            String role = message.role().wireName();
            prompt.append(role.substring(0, 1).toUpperCase(Locale.ROOT)).append(role.substring(1));
            prompt.append(": ").append(of(message, adjustments)).append('\n');
        }
        return prompt.append("Assistant:").toString();
    }

    /**
     * What a turn says.
     *
     * @param adjustments is told what is sent in another form, or not at all
     * @throws InferenceException of category UNSUPPORTED if it holds images or documents
     */
    public static String of(Message message, Collection<Adjustment> adjustments) {
        StringBuilder text = new StringBuilder();
        for (Part part : message.parts()) {
            add(part, text, adjustments);
        }
        return text.toString();
    }

    private static void add(Part part, StringBuilder text, Collection<Adjustment> adjustments) {
        if (part instanceof Part.Text plain) {
            text.append(plain.text());
        } else if (part instanceof Part.ToolResult result) {
            result.content().forEach(inner -> add(inner, text, adjustments));
        } else if (part instanceof Part.Image || part instanceof Part.Document) {
            throw InferenceException.of(
                    ErrorCategory.UNSUPPORTED, Adjustment.nameOf(part) + "s cannot be sent as plain text");
        } else if (part instanceof Part.Opaque) {
            adjustments.add(Adjustment.dropped(part, "only its own vendor understands it"));
        } else {
            adjustments.add(Adjustment.changed(Adjustment.nameOf(part), "sent as plain text"));
            text.append(words(part));
        }
    }

    private static String words(Part part) {
        if (part instanceof Part.Thinking thinking) {
            return "<think>\n" + thinking.text() + "\n</think>\n";
        }
        if (part instanceof Part.ToolCall call) {
            return "[call of tool " + call.name() + ": " + call.argumentsJson() + "]";
        }
        return part instanceof Part.Refusal refusal ? refusal.text() : "";
    }
}
