package dev.avionics.airframe.ollama.chat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.ollama.endpoint.Errors;
import dev.avionics.airframe.spi.CacheHints;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/** A conversation in the form that one of Ollama's ways to an answer takes, and what both take alike. */
abstract class Conversation {
    private final Collection<Adjustment> adjustments;

    Conversation(List<Message> messages, Collection<Adjustment> adjustments) {
        this.adjustments = adjustments;
        CacheHints.drop(messages, "Ollama caches prompts by itself", adjustments);
        if (messages.stream().anyMatch(message -> message.name() != null)) {
            adjust(Adjustment.dropped("message.name", "Ollama takes no names of speakers"));
        }
    }

    /** Writes its fields. */
    abstract void write(JsonWriter json);

    /** The bytes of its texts. */
    abstract long bytes();

    /** How many pictures are in it. */
    abstract int pictures();

    final void adjust(Adjustment adjustment) {
        adjustments.add(adjustment);
    }

    /** Adds a part to a turn's text or its pictures; refuses what Ollama has no place for. */
    final void add(Part part, StringBuilder text, List<String> images) {
        if (part instanceof Part.Text plain) {
            text.append(plain.text());
        } else if (part instanceof Part.Refusal refusal) {
            adjust(Adjustment.changed("refusal", "sent as plain text: Ollama has no mark for it"));
            text.append(refusal.text());
        } else if (part instanceof Part.Image image) {
            images.add(picture(image));
        } else if (part instanceof Part.Opaque) {
            adjust(Adjustment.dropped(part, "only its own vendor understands it"));
        } else if (part instanceof Part.Document) {
            throw Errors.unsupported("Ollama takes no documents");
        } else {
            throw Errors.unsupported(
                    "/api/generate takes no " + Adjustment.nameOf(part) + "s: use the apiType ollama-chat");
        }
    }

    /** The base64 text of a picture; Ollama takes bytes only. */
    private static String picture(Part.Image image) {
        if (image.source() instanceof Part.MediaSource.Inline inline) {
            return inline.base64();
        }
        throw Errors.unsupported("Ollama takes pictures as bytes only, not by address or file id");
    }

    static long utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
