package dev.avionics.airframe.gemini.request;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Part.MediaSource;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.gemini.answer.VendorFields;
import dev.avionics.airframe.gemini.model.ModelRules;
import dev.avionics.airframe.gemini.model.Unsendable;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.Turns.Turn;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes turns as {@code contents}. What Google left with a part goes back on a part of the same kind, byte for byte. */
final class ContentWriter {
    /** What Google asks for in place of a signature that nobody has, as on calls that other models made. */
    private static final String NO_SIGNATURE = "\"skip_thought_signature_validator\"";

    private final JsonWriter json;
    private final ModelRules rules;
    private final List<Adjustment> adjustments;
    private boolean unsignedTold;
    private boolean picturesTold;

    ContentWriter(JsonWriter json, ModelRules rules, List<Adjustment> adjustments) {
        this.json = json;
        this.rules = rules;
        this.adjustments = adjustments;
    }

    void write(List<Turn> turns) {
        json.beginArray();
        for (Turn turn : turns) {
            json.beginObject().field("role", turn.ofModel() ? "model" : "user");
            json.name("parts").beginArray();
            if (turn.ofModel()) {
                model(turn.parts());
            } else {
                user(turn.parts());
            }
            json.endArray().endObject();
        }
        json.endArray();
    }

    /** Writes parts that stand by themselves as the field {@code parts}. */
    void parts(List<Part> parts) {
        json.name("parts").beginArray();
        parts.forEach(this::part);
        json.endArray();
    }

    private void model(List<Part> parts) {
        boolean firstCall = true;
        for (Part part : parts) {
            if (part instanceof Part.ToolCall call) {
                call(call, firstCall);
                firstCall = false;
            } else {
                part(part);
            }
        }
    }

    private void user(List<Part> parts) {
        List<Part> beside = new ArrayList<>();
        boolean results = false;
        for (Part part : parts) {
            if (part instanceof Part.ToolResult result) {
                result(result, beside);
                results = true;
            } else {
                // What tools showed stands behind their results and before what the user says.
                results = endOfResults(results, beside);
                part(part);
            }
        }
        endOfResults(results, beside);
    }

    private boolean endOfResults(boolean results, List<Part> beside) {
        if (results && !beside.isEmpty()) {
            if (!picturesTold) {
                picturesTold = true;
                adjustments.add(Adjustment.changed(
                        "tool result", "images and documents of tools were sent beside their results"));
            }
            beside.forEach(this::part);
            beside.clear();
        }
        return false;
    }

    private void part(Part part) {
        if (part instanceof Part.Opaque opaque) {
            json.raw(opaque.vendor().of(VendorFields.VENDOR).orElseThrow());
            return;
        }
        json.beginObject();
        if (part instanceof Part.Text text) {
            json.field("text", text.text());
        } else if (part instanceof Part.Thinking thinking) {
            json.field("text", thinking.text()).field("thought", true);
        } else if (part instanceof Part.Image image) {
            media(image.source());
        } else if (part instanceof Part.Document document) {
            if (document.title() != null) {
                adjustments.add(Adjustment.dropped("document title", "Google has no place for it"));
            }
            media(document.source());
        } else {
            throw Unsendable.unsupported("Google has no form for " + Adjustment.nameOf(part));
        }
        json.rawField(VendorFields.SIGNATURE, VendorFields.signature(part)).endObject();
    }

    private void call(Part.ToolCall call, boolean first) {
        try {
            call.arguments();
        } catch (InferenceException notAnObject) {
            throw Unsendable.invalid("the arguments of the call of tool " + call.name() + " are not a JSON object");
        }
        String signature = VendorFields.signature(call);
        if (signature == null && first && rules.wantsSignatures()) {
            signature = NO_SIGNATURE;
            if (!unsignedTold) {
                unsignedTold = true;
                adjustments.add(Adjustment.changed(
                        "tool call", "it bears no signature of Google's: sent with the mark that stands for none"));
            }
        }
        json.beginObject().name("functionCall").beginObject();
        id(call.id());
        json.field("name", call.name()).rawField("args", call.argumentsJson()).endObject();
        json.rawField(VendorFields.SIGNATURE, signature).endObject();
    }

    /** Vertex AI tells calls and their results by name and order alone. */
    private void id(String id) {
        if (!rules.addresses().isVertex()) {
            json.field("id", id);
        }
    }

    private void result(Part.ToolResult result, List<Part> beside) {
        json.beginObject().name("functionResponse").beginObject();
        id(result.callId());
        json.field("name", result.name()).name("response");
        response(result);
        List<Part> media = result.content().stream()
                .filter(part -> !(part instanceof Part.Text))
                .toList();
        if (!media.isEmpty() && rules.takesPicturesInResults()) {
            parts(media);
        } else {
            beside.addAll(media);
        }
        json.endObject().endObject();
    }

    /** An object as it is; any other text in a field, as the response has to be an object. */
    private void response(Part.ToolResult result) {
        String text = result.text();
        boolean object = isObject(text);
        if (object && !result.isError()) {
            json.raw(text);
            return;
        }
        json.beginObject();
        String field = result.isError() ? "error" : "result";
        if (object) {
            json.rawField(field, text);
        } else {
            json.field(field, text);
        }
        json.endObject();
    }

    private static boolean isObject(String text) {
        if (!text.strip().startsWith("{")) {
            return false;
        }
        try {
            JsonValues.parseObject(text);
            return true;
        } catch (InferenceException notJson) {
            return false;
        }
    }

    private void media(MediaSource source) {
        if (source instanceof MediaSource.Inline inline) {
            json.name("inlineData").beginObject();
            json.field("mimeType", inline.mediaType())
                    .field("data", inline.base64())
                    .endObject();
        } else if (source instanceof MediaSource.Url url) {
            String type = url.mediaType() == null ? guess(url.url().getPath()) : url.mediaType();
            file(type, url.url().toString());
        } else if (source instanceof MediaSource.FileId file && file.vendor().equals(VendorFields.VENDOR)) {
            boolean named = file.id().startsWith("files/");
            file(null, named ? rules.addresses().file(file.id()).toString() : file.id());
        } else {
            throw Unsendable.unsupported("a file of another vendor cannot be sent to Google: give its bytes");
        }
    }

    private static @Nullable String guess(@Nullable String path) {
        return path == null ? null : URLConnection.guessContentTypeFromName(path);
    }

    private void file(@Nullable String type, String address) {
        if (type == null && rules.addresses().isVertex()) {
            throw Unsendable.invalid("file " + address + ": Vertex AI wants its media type, which nobody told");
        }
        json.name("fileData").beginObject();
        json.field("mimeType", type).field("fileUri", address).endObject();
    }
}
