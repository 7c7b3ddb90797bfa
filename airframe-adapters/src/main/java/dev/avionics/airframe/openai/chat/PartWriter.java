package dev.avionics.airframe.openai.chat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Part.MediaSource;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.openai.dialect.Dialect.Switch;
import dev.avionics.airframe.spi.CacheHints;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes what a turn holds: a text, or an array of parts. */
final class PartWriter {
    private final JsonWriter json;
    private final Dialect dialect;
    private final String vendor;
    private final List<Adjustment> adjustments;

    PartWriter(JsonWriter json, Dialect dialect, String vendor, List<Adjustment> adjustments) {
        this.json = json;
        this.dialect = dialect;
        this.vendor = vendor;
        this.adjustments = adjustments;
    }

    /** The value of {@code content}: one text if it can be. */
    void content(List<Part> parts) {
        boolean plain = true;
        for (Part part : parts) {
            plain &= part instanceof Part.Text && !isHinted(part);
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

    private boolean isHinted(Part part) {
        return part.cache() != null && dialect.is(Switch.CACHE_CONTROL);
    }

    void part(Part part) {
        if (part instanceof Part.Text text) {
            text(text.text(), part);
        } else if (part instanceof Part.Refusal refusal) {
            text(refusal.text(), part);
        } else if (part instanceof Part.Thinking thinking) {
            thinking(thinking);
        } else if (part instanceof Part.Image image) {
            json.beginObject().field("type", "image_url").name("image_url").beginObject();
            json.field("url", address(image.source())).endObject().endObject();
            notHinted(part);
        } else if (part instanceof Part.Document document) {
            document(document);
            notHinted(part);
        } else if (part instanceof Part.Opaque opaque
                && opaque.vendor().of(vendor).isPresent()) {
            json.raw(opaque.vendor().of(vendor).orElseThrow());
        } else {
            adjustments.add(Adjustment.dropped(part, "the backend has no place for it"));
        }
    }

    private void text(String text, Part part) {
        json.beginObject().field("type", "text").field("text", text);
        if (isHinted(part)) {
            String life = part.cache() == CacheHint.LONG ? ",\"ttl\":\"1h\"" : "";
            json.rawField("cache_control", "{\"type\":\"ephemeral\"" + life + "}");
        }
        json.endObject();
    }

    private void notHinted(Part part) {
        if (isHinted(part)) {
            adjustments.add(Adjustment.dropped(CacheHints.NAME, "only texts take one"));
        }
    }

    /** As a part of the content, with the vendor's own signature. */
    private void thinking(Part.Thinking thinking) {
        json.beginObject().field("type", "thinking").name("thinking").beginArray();
        json.beginObject().field("type", "text").field("text", thinking.text()).endObject();
        json.endArray();
        json.rawField("signature", ofVendor(thinking, "signature"));
        json.field("closed", true).endObject();
    }

    private static String address(MediaSource source) {
        if (source instanceof MediaSource.Inline inline) {
            return inline.dataUri();
        }
        if (source instanceof MediaSource.Url url) {
            return url.url().toString();
        }
        throw unsupported("an image by file id cannot be sent to chat completions (give its bytes or its address)");
    }

    private void document(Part.Document document) {
        MediaSource source = document.source();
        if (dialect.text(Switch.DOCUMENT_FORM).equals("document_url")) {
            if (source instanceof MediaSource.FileId) {
                throw unsupported(
                        "a document by file id cannot be sent to this backend (give its bytes or its address)");
            }
            json.beginObject().field("type", "document_url").field("document_url", address(source));
            json.field("document_name", document.title()).endObject();
            return;
        }
        json.beginObject().field("type", "file").name("file").beginObject();
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

    /** A field of what the vendor left with a part, byte for byte; null if it left none. */
    @Nullable
    String ofVendor(Part part, String field) {
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

    private static InferenceException unsupported(String why) {
        return InferenceException.of(ErrorCategory.UNSUPPORTED, why);
    }
}
