package dev.avionics.airframe.cohere.chat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Frame;
import dev.avionics.airframe.http.FrameHandler;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers of chats, whole and in events: an event holds in {@code delta} a piece of what a whole answer holds, a single
 * thing where that has a list.
 */
public final class ChatFrames implements FrameHandler {
    private final boolean whole;
    private final HttpErrors errors;
    private final List<String> citations = new ArrayList<>(0);

    /** What kind of words came last: {@link Notes#THINKING}, {@link Notes#PLAN}, or null for text and for none. */
    private @Nullable String thinking;

    private boolean spoken;

    // Of the frame at hand.
    private final List<Block> blocks = new ArrayList<>(1);
    private final List<Call> calls = new ArrayList<>(0);
    private @Nullable Integer index;
    private @Nullable String plan;
    private @Nullable String finish;
    private @Nullable String error;
    private boolean answered;

    private record Block(@Nullable String kind, String words) {}

    private record Call(
            @Nullable String id,
            @Nullable String name,
            @Nullable String arguments) {}

    /**
     * A reader of one answer.
     *
     * @param whole whether it comes as one body instead of in events
     */
    public ChatFrames(boolean whole, HttpErrors errors) {
        this.whole = whole;
        this.errors = errors;
    }

    @Override
    public Progress onFrame(Frame frame, EventSink out) {
        blocks.clear();
        calls.clear();
        index = null;
        plan = null;
        finish = null;
        error = null;
        answered = false;
        JsonReader json = frame.json();
        if (json.type() != JsonReader.Type.OBJECT) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer is not a JSON object");
        }
        answer(json, out, true);
        json.finish();
        if (frame.event().equals("error") || (whole && !answered) || (error != null && finish == null)) {
            out.fail(errors.inBand(frame.text()));
            return Progress.END;
        }
        tell(out);
        if (finish == null) {
            return whole ? Progress.END : Progress.FRAME;
        }
        close(out);
        end(finish, out);
        return Progress.END;
    }

    /** The fields of a whole answer, of an event, and of an event's delta. */
    private void answer(JsonReader json, EventSink out, boolean top) {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "id" -> {
                    if (top) {
                        out.responseId(json.stringOrNull());
                    }
                }
                case "index" -> {
                    Long told = json.longOrNull();
                    index = told == null ? null : (Integer) told.intValue();
                }
                case "delta" -> answer(json, out, false);
                case "message" -> message(json);
                case "finish_reason" -> finish = json.stringOrNull();
                case "usage" -> out.usage(UsageReader.read(json));
                case "error" -> error = json.isNull() ? null : json.raw();
                default -> {}
            }
        }
    }

    private void message(JsonReader json) {
        if (json.type() != JsonReader.Type.OBJECT) {
            return; // The words of an error.
        }
        answered = true;
        json.enterObject();
        while (json.nextField()) {
            switch (json.field()) {
                case "content" -> each(json, this::block);
                case "tool_plan" -> plan = json.stringOrNull();
                case "tool_calls" -> each(json, this::call);
                case "citations" -> each(json, one -> citations.add(one.raw()));
                default -> {}
            }
        }
    }

    private interface Reading {
        void read(JsonReader json);
    }

    /** Whole answers have lists where events have one thing; a list that is empty begins a stream. */
    private static void each(JsonReader json, Reading reading) {
        if (json.type() == JsonReader.Type.ARRAY) {
            json.enterArray();
            while (json.nextElement()) {
                reading.read(json);
            }
        } else if (!json.isNull()) {
            reading.read(json);
        }
    }

    private void block(JsonReader json) {
        if (json.type() == JsonReader.Type.STRING) {
            blocks.add(new Block(null, json.stringOrEmpty()));
            return;
        }
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("text")) {
                    blocks.add(new Block(null, json.stringOrEmpty()));
                } else if (json.field().equals("thinking")) {
                    blocks.add(new Block(Notes.THINKING, json.stringOrEmpty()));
                }
            }
        }
    }

    private void call(JsonReader json) {
        String id = null;
        String name = null;
        String arguments = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("id")) {
                    id = json.stringOrNull();
                } else if (json.field().equals("function") && json.enterObject()) {
                    while (json.nextField()) {
                        if (json.field().equals("name")) {
                            name = json.stringOrNull();
                        } else if (json.field().equals("arguments")) {
                            arguments = json.type() == JsonReader.Type.STRING ? json.stringOrNull() : json.raw();
                        }
                    }
                }
            }
        }
        calls.add(new Call(id, name, arguments));
    }

    private void tell(EventSink out) {
        for (Block block : blocks) {
            words(block.kind, block.words, out);
        }
        if (plan != null) {
            words(Notes.PLAN, plan, out);
        }
        for (int place = 0; place < calls.size(); place++) {
            Call call = calls.get(place);
            out.toolCall(whole ? (Integer) place : index, call.id, call.name, call.arguments);
        }
    }

    private void words(@Nullable String kind, String words, EventSink out) {
        if (words.isEmpty()) {
            return;
        }
        String before = thinking;
        if (before != null && !before.equals(kind)) {
            out.note(Notes.data(before, List.of()));
        }
        thinking = kind;
        spoken = true;
        if (kind == null) {
            out.text(words);
        } else {
            out.thinking(words);
        }
    }

    /** The words are over: says what kind the last were, and what they cite. */
    private void close(EventSink out) {
        if (spoken) {
            out.note(Notes.data(thinking, citations));
        }
    }

    private void end(String reason, EventSink out) {
        switch (reason) {
            case "COMPLETE", "STOP_SEQUENCE" -> out.finish(FinishReason.STOP, reason);
            case "MAX_TOKENS" -> out.finish(FinishReason.LENGTH, reason);
            case "TOOL_CALL" -> out.finish(FinishReason.TOOL_CALLS, reason);
            case "ERROR_TOXIC" -> out.finish(FinishReason.CONTENT_FILTER, reason);
            case "ERROR", "TIMEOUT" -> out.fail(failure(reason));
            default -> out.finish(FinishReason.OTHER, reason);
        }
    }

    private InferenceException failure(String reason) {
        String words = "the model did not come to the end of its answer";
        if (error != null) {
            words = JsonReader.of(error).type() == JsonReader.Type.STRING
                    ? JsonReader.of(error).stringOrEmpty()
                    : error;
        }
        JsonWriter json = new JsonWriter().beginObject().field("error_type", reason);
        return errors.inBand(new String(json.field("message", words).endObject().toBytes(), StandardCharsets.UTF_8));
    }
}
