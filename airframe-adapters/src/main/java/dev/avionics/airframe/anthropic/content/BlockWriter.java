package dev.avionics.airframe.anthropic.content;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Part.MediaSource;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.ToolCallIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes parts as blocks of content. */
final class BlockWriter {
    private static final Pattern ID = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
    private static final int MADE_ID = 24;

    private final String vendor;
    private final List<Adjustment> adjustments;

    BlockWriter(String vendor, List<Adjustment> adjustments) {
        this.vendor = vendor;
        this.adjustments = adjustments;
    }

    /**
     * Writes one block.
     *
     * @param cache the value of its {@code cache_control}, or null
     */
    void write(JsonWriter json, Part part, @Nullable String cache) {
        if (part instanceof Part.Opaque opaque) {
            json.raw(opaque.vendor().of(vendor).orElseThrow());
            return;
        }
        json.beginObject();
        if (part instanceof Part.Text text) {
            json.field("type", "text").field("text", text.text());
            json.rawField("citations", citations(text));
        } else if (part instanceof Part.Image image) {
            json.field("type", "image").name("source");
            source(json, image.source(), "image");
        } else if (part instanceof Part.Document document) {
            document(json, document);
        } else if (part instanceof Part.Thinking thinking) {
            json.field("type", "thinking").field("thinking", thinking.text());
            json.rawField("signature", ofVendor(thinking, "signature"));
        } else if (part instanceof Part.ToolCall call) {
            json.field("type", "tool_use").field("id", ToolCallIds.fitting(call.id(), ID, MADE_ID));
            json.field("name", call.name()).rawField("input", input(call));
            json.rawField("caller", ofVendor(call, "caller"));
        } else if (part instanceof Part.ToolResult result) {
            result(json, result);
        } else {
            throw new IllegalStateException("no block for " + part.getClass());
        }
        json.rawField("cache_control", cache).endObject();
    }

    private @Nullable String ofVendor(Part part, String field) {
        return part.vendor().field(vendor, field).orElse(null);
    }

    /** The citations of a text as they came, but for ids of files, which the API tells and does not take. */
    private @Nullable String citations(Part.Text text) {
        String all = ofVendor(text, "citations");
        if (all == null || !all.contains("\"file_id\"")) {
            return all;
        }
        List<String> kept = new ArrayList<>();
        JsonReader reader = JsonReader.of(all);
        if (reader.enterArray()) {
            while (reader.nextElement()) {
                kept.add(withoutFileId(reader.raw()));
            }
        }
        return "[" + String.join(",", kept) + "]";
    }

    private static String withoutFileId(String citation) {
        JsonReader reader = JsonReader.of(citation);
        JsonWriter writer = new JsonWriter().beginObject();
        if (reader.enterObject()) {
            while (reader.nextField()) {
                if (!reader.field().equals("file_id")) {
                    String name = reader.field();
                    writer.rawField(name, reader.raw());
                }
            }
        }
        return writer.endObject().toString();
    }

    private static String input(Part.ToolCall call) {
        String text = call.argumentsJson().strip();
        if (text.isEmpty()) {
            return "{}";
        }
        try {
            JsonReader reader = JsonReader.of(text);
            if (reader.type() == JsonReader.Type.OBJECT) {
                reader.finish();
                return text;
            }
        } catch (InferenceException malformed) {
            throw noObject(call);
        }
        throw noObject(call);
    }

    private static InferenceException noObject(Part.ToolCall call) {
        return Unfit.invalid(
                "the arguments of the call " + call.id() + " of tool " + call.name() + " are no JSON object");
    }

    private void result(JsonWriter json, Part.ToolResult result) {
        json.field("type", "tool_result").field("tool_use_id", ToolCallIds.fitting(result.callId(), ID, MADE_ID));
        List<Part> content = new ArrayList<>();
        for (Part part : result.content()) {
            if (!(part instanceof Part.Text text) || !text.text().isBlank()) {
                content.add(part);
            }
        }
        if (content.size() == 1 && content.get(0) instanceof Part.Text only) {
            json.field("content", only.text());
        } else if (!content.isEmpty()) {
            json.name("content").beginArray();
            content.forEach(part -> write(json, part, null));
            json.endArray();
        }
        if (CacheMarks.any(content)) {
            adjustments.add(Adjustment.dropped("cache hint", "inside a tool result: give it to the result itself"));
        }
        json.field("is_error", result.isError() ? Boolean.TRUE : null);
    }

    private void document(JsonWriter json, Part.Document document) {
        json.field("type", "document").name("source");
        MediaSource source = document.source();
        String type =
                source instanceof MediaSource.Inline inline ? inline.mediaType().toLowerCase(Locale.ROOT) : "";
        if (source instanceof MediaSource.Inline inline && type.startsWith("text/")) {
            json.beginObject().field("type", "text").field("media_type", "text/plain");
            json.field("data", decoded(inline)).endObject();
            if (!type.startsWith("text/plain")) {
                adjustments.add(Adjustment.changed("document", type + " is sent as text/plain"));
            }
        } else if (source instanceof MediaSource.Inline && !type.equals("application/pdf")) {
            throw Unfit.unsupported("a document of type " + type + " cannot be sent (expected: PDF or text)");
        } else {
            source(json, source, "document");
        }
        json.field("title", document.title());
        json.rawField("context", ofVendor(document, "context"));
        json.rawField("citations", ofVendor(document, "citations"));
    }

    private static String decoded(MediaSource.Inline inline) {
        try {
            return new String(Base64.getMimeDecoder().decode(inline.base64()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notBase64) {
            throw Unfit.invalid("the bytes of a document are not base64");
        }
    }

    private void source(JsonWriter json, MediaSource source, String what) {
        json.beginObject();
        if (source instanceof MediaSource.Inline inline) {
            json.field("type", "base64").field("media_type", inline.mediaType());
            json.field("data", inline.base64());
        } else if (source instanceof MediaSource.Url url) {
            json.field("type", "url").field("url", url.url().toString());
        } else if (source instanceof MediaSource.FileId file && file.vendor().equals(vendor)) {
            json.field("type", "file").field("file_id", file.id());
        } else {
            throw Unfit.unsupported("the " + what + " is a file of another vendor than " + vendor
                    + " (expected: its bytes, its address, or a file of this vendor)");
        }
        json.endObject();
    }
}
