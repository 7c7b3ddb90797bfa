package dev.avionics.airframe.openai.answer;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Frame;
import dev.avionics.airframe.http.FrameHandler;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers of the OpenAI family, whole and in chunks, of chats and of text completions: the same fields lead to the same
 * events. Only the first choice is read.
 */
public final class ChatFrames implements FrameHandler {
    private final boolean whole;
    private final boolean splitThinkTags;
    private final String vendor;
    private final HttpErrors errors;
    private final VendorNotes notes;
    private boolean content;
    private boolean begun;
    private boolean idTold;
    private boolean modelTold;

    // Of the frame at hand.
    private @Nullable String error;
    private boolean choices;
    private boolean wholeMessage;

    // Holds until a frame tells another.
    private @Nullable String object;

    // Of the choice at hand.
    private @Nullable String finish;
    private @Nullable String text;
    private @Nullable String held;
    private boolean deltaSeen;

    /**
     * A reader of one answer.
     *
     * @param whole whether it comes as one body instead of in chunks
     * @param splitThinkTags whether {@code <think>} at the start of the text is thinking
     * @param vendor whose data signatures and the like are
     */
    public ChatFrames(boolean whole, boolean splitThinkTags, String vendor, HttpErrors errors) {
        this.whole = whole;
        this.splitThinkTags = splitThinkTags;
        this.vendor = vendor;
        this.errors = errors;
        notes = new VendorNotes(vendor);
    }

    @Override
    public Progress onFrame(Frame frame, EventSink out) {
        if (!begun) {
            begun = true;
            if (splitThinkTags) {
                out.splitThinkTags();
            }
        }
        error = null;
        choices = false;
        wholeMessage = false;
        JsonReader json = whole ? frame.json() : frame.jsonFrom("choices");
        if (json.type() == JsonReader.Type.ARRAY) {
            json.enterArray();
            while (json.nextElement()) {
                answer(json, out);
            }
        } else if (json.type() == JsonReader.Type.OBJECT) {
            answer(json, out);
        } else {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer is not a JSON object");
        }
        json.finish();
        if (error == null && (frame.event().equals("error") || "error".equals(object) || (whole && !choices))) {
            error = frame.text();
        }
        if (error != null) {
            out.fail(failure(error));
            return Progress.END;
        }
        if (whole || wholeMessage) {
            notes.tell(out);
            return Progress.END;
        }
        return out.finishSeen() ? Progress.TAIL : Progress.FRAME;
    }

    private InferenceException failure(String json) {
        InferenceException why = errors.inBand(json);
        if (choices || why.code().isPresent() || why.status().isPresent() || !whole) {
            return why;
        }
        return InferenceException.builder(why.category(), why.getMessage() + " (the answer holds no choices)")
                .excerpt(why.excerpt().orElse(null))
                .build();
    }

    private void answer(JsonReader json, EventSink out) {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "id" -> {
                    if (!idTold) {
                        String id = json.stringOrEmpty();
                        idTold = !id.isEmpty();
                        out.responseId(id);
                    }
                }
                case "model" -> {
                    if (!modelTold) {
                        String model = json.stringOrEmpty();
                        modelTold = !model.isEmpty();
                        out.model(model);
                    }
                }
                case "object" -> object = json.stringOrNull();
                case "choices" -> choices(json, out);
                case "usage" -> usage(json, out);
                case "x_groq" -> extension(json, out);
                case "error" -> error(json);
                case "citations", "search_results" -> notes.field(json.field(), json);
                default -> {}
            }
        }
    }

    private void error(JsonReader json) {
        if (json.isNull()) {
            return;
        }
        String raw = json.raw();
        if (!raw.equals("\"\"") && !raw.equals("{}") && !raw.equals("false")) {
            error = raw;
        }
    }

    private void extension(JsonReader json, EventSink out) {
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "usage" -> usage(json, out);
                    case "error" -> error(json);
                    default -> {}
                }
            }
        }
    }

    private static void usage(JsonReader json, EventSink out) {
        Usage usage = UsageReader.read(json);
        if (usage != null) {
            out.usage(usage);
        }
    }

    private void choices(JsonReader json, EventSink out) {
        if (!json.enterArray()) {
            return;
        }
        for (int place = 0; json.nextElement(); place++) {
            choices = true;
            if (whole && place > 0) {
                json.skip();
            } else {
                choice(json, out);
            }
        }
    }

    private void choice(JsonReader json, EventSink out) {
        if (!json.enterObject()) {
            return;
        }
        finish = null;
        text = null;
        held = null;
        deltaSeen = false;
        // A whole answer is told by its place; in chunks the index decides, and it may come behind the content.
        Long index = whole ? (Long) 0L : null;
        while (json.nextField()) {
            switch (json.field()) {
                case "index" -> index = whole ? index : json.longOrNull();
                case "delta" -> {
                    deltaSeen = true;
                    if (index == null) {
                        held = json.raw();
                    } else if (index == 0) {
                        held = null;
                        message(json, out);
                    }
                }
                case "message" -> {
                    if (whole) {
                        message(json, out);
                    } else if (!deltaSeen) {
                        held = json.raw();
                    }
                }
                case "text" -> text = json.stringOrNull();
                case "finish_reason" -> finish = json.stringOrNull();
                case "usage" -> usage(json, out);
                case "error" -> error(json);
                default -> {}
            }
        }
        if (index != null && index != 0) {
            return;
        }
        rest(out);
    }

    private void rest(EventSink out) {
        if (held != null) {
            wholeMessage = !deltaSeen && "chat.completion".equals(object);
            message(JsonReader.of(held), out);
        } else if (!deltaSeen && text != null) {
            text(text, out);
        }
        String word = finish;
        if (word == null || word.isEmpty()) {
            return;
        }
        notes.tell(out);
        FinishReason reason = FinishReasons.of(word);
        if (reason == FinishReason.ERROR && !content && error == null) {
            error = "{\"message\":\"the answer ended with finish_reason " + word + "\",\"code\":\"" + word + "\"}";
        }
        out.finish(reason, word);
    }

    private void text(@Nullable String piece, EventSink out) {
        if (piece != null && !piece.isEmpty()) {
            content = true;
            out.text(piece);
        }
    }

    private void thinking(@Nullable String piece, EventSink out) {
        if (piece != null && !piece.isEmpty()) {
            content = true;
            out.thinking(piece);
        }
    }

    private void message(JsonReader json, EventSink out) {
        if (!json.enterObject()) {
            return;
        }
        String words = null;
        String reasoning = "";
        String detailed = "";
        String refusal = null;
        String calls = null;
        while (json.nextField()) {
            switch (json.field()) {
                case "content" -> words = content(json, out);
                case "reasoning_content", "reasoning", "reasoning_text" -> {
                    String value = json.type() == JsonReader.Type.STRING ? json.stringOrEmpty() : "";
                    reasoning = reasoning.isEmpty() ? value : reasoning;
                }
                case "reasoning_details" -> detailed = notes.details(json);
                case "refusal" -> refusal = json.stringOrNull();
                // What the model says comes before what it asks for, wherever the fields stand.
                case "tool_calls" -> calls = json.raw();
                case "function_call" -> functionCall(json, null, null, out);
                case "annotations" -> notes.field(json.field(), json);
                case "audio" -> audio(json, out);
                default -> {}
            }
        }
        thinking(reasoning.isEmpty() ? detailed : reasoning, out);
        text(words, out);
        if (refusal != null && !refusal.isEmpty()) {
            content = true;
            out.refusal(refusal);
        }
        if (calls != null) {
            toolCalls(JsonReader.of(calls), out);
        }
    }

    /** The content's text; parts are given out as they stand. */
    private @Nullable String content(JsonReader json, EventSink out) {
        if (json.type() == JsonReader.Type.STRING) {
            return json.stringOrNull();
        }
        if (json.enterArray()) {
            while (json.nextElement()) {
                if (json.type() == JsonReader.Type.STRING) {
                    text(json.stringOrNull(), out);
                } else {
                    part(json.raw(), out);
                }
            }
        }
        return null;
    }

    private void part(String raw, EventSink out) {
        JsonReader json = JsonReader.of(raw);
        if (!json.enterObject()) {
            return;
        }
        String type = "";
        String words = "";
        String signature = null;
        while (json.nextField()) {
            switch (json.field()) {
                case "type" -> type = json.stringOrEmpty();
                case "text", "thinking", "reasoning", "refusal" -> words += texts(json);
                case "signature" -> signature = json.isNull() ? null : json.raw();
                default -> {}
            }
        }
        switch (type) {
            case "text", "output_text" -> text(words, out);
            case "thinking", "reasoning" -> {
                thinking(words, out);
                if (signature != null && !signature.equals("\"\"")) {
                    out.note(VendorData.of(vendor, "{\"signature\":" + signature + "}"));
                }
            }
            case "refusal" -> out.refusal(words);
            default -> out.opaque(new Part.Opaque(type.isEmpty() ? "unknown" : type, VendorData.of(vendor, raw), null));
        }
    }

    /** A text, or the texts of an array of text parts. */
    private static String texts(JsonReader json) {
        if (json.type() != JsonReader.Type.ARRAY) {
            return json.stringOrEmpty();
        }
        StringBuilder joined = new StringBuilder();
        json.enterArray();
        while (json.nextElement()) {
            if (json.type() == JsonReader.Type.STRING) {
                joined.append(json.stringOrEmpty());
            } else if (json.enterObject()) {
                while (json.nextField()) {
                    if (json.field().equals("text")) {
                        joined.append(json.stringOrEmpty());
                    }
                }
            }
        }
        return joined.toString();
    }

    private void audio(JsonReader json, EventSink out) {
        if (whole && json.type() == JsonReader.Type.OBJECT) {
            String raw = json.raw();
            boolean sound = false;
            JsonReader inside = JsonReader.of(raw);
            inside.enterObject();
            while (inside.nextField()) {
                sound |=
                        inside.field().equals("data") && !inside.stringOrEmpty().isEmpty();
            }
            if (sound) {
                content = true;
                out.opaque(new Part.Opaque("audio", VendorData.of(vendor, raw), null));
            }
        }
    }

    private void toolCalls(JsonReader json, EventSink out) {
        if (!json.enterArray()) {
            return;
        }
        for (int place = 0; json.nextElement(); place++) {
            functionCall(json, whole ? (Integer) place : null, "function", out);
        }
    }

    /** A tool call; with {@code wrapper} its name and arguments may stand one object deeper. */
    private void functionCall(JsonReader json, @Nullable Integer place, @Nullable String wrapper, EventSink out) {
        if (!json.enterObject()) {
            return;
        }
        Integer index = place;
        String id = null;
        String extra = null;
        Call call = new Call();
        while (json.nextField()) {
            switch (json.field()) {
                case "index" -> {
                    Long value = json.longOrNull();
                    index = place != null || value == null ? place : (Integer) value.intValue();
                }
                case "id" -> id = json.stringOrNull();
                case "extra_content" -> extra = json.isNull() ? null : json.raw();
                case "function" -> {
                    if (wrapper != null && json.enterObject()) {
                        while (json.nextField()) {
                            call.field(json);
                        }
                    }
                }
                default -> call.field(json);
            }
        }
        if ((id == null || id.isEmpty()) && call.name.isEmpty() && call.arguments.isEmpty()) {
            return;
        }
        content = true;
        out.toolCall(index, id, call.name, call.arguments);
        if (extra != null) {
            out.toolCallVendor(VendorData.of(vendor, "{\"extra_content\":" + extra + "}"));
        }
    }

    private static final class Call {
        private String name = "";
        private String arguments = "";

        void field(JsonReader json) {
            switch (json.field()) {
                case "name" -> name = json.stringOrEmpty();
                case "arguments" ->
                    arguments = json.type() == JsonReader.Type.OBJECT ? json.raw() : json.stringOrEmpty();
                default -> {}
            }
        }
    }
}
