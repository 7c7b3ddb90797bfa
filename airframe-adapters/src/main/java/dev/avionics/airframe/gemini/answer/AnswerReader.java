package dev.avionics.airframe.gemini.answer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Frame;
import dev.avionics.airframe.http.FrameHandler;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers of generateContent, whole and in pieces: each piece is a complete response with the next parts. Only the
 * first candidate is read. A prompt that was blocked ends the answer with a content filter, and what Google says of it is a
 * refusal.
 */
public final class AnswerReader implements FrameHandler {
    private final boolean whole;
    private final HttpErrors errors;
    private final PartTeller parts = new PartTeller();

    // Of the frame at hand.
    private boolean error;
    private boolean answer;
    private boolean candidates;

    /**
     * A reader of one answer.
     *
     * @param whole whether it comes as one body instead of in pieces
     * @param errors makes the errors that stand inside of it
     */
    public AnswerReader(boolean whole, HttpErrors errors) {
        this.whole = whole;
        this.errors = requireNonNull(errors, "errors");
    }

    @Override
    public Progress onFrame(Frame frame, EventSink out) {
        error = false;
        answer = false;
        candidates = false;
        JsonReader json = frame.json();
        if (json.type() == JsonReader.Type.ARRAY) {
            json.enterArray();
            while (json.nextElement()) {
                response(json, out);
            }
        } else if (json.type() == JsonReader.Type.OBJECT) {
            response(json, out);
        } else {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer is not a JSON object");
        }
        json.finish();
        if (error) {
            out.fail(errors.inBand(frame.text()));
            return Progress.END;
        }
        if (!whole) {
            return out.finishSeen() ? Progress.TAIL : Progress.FRAME;
        }
        if (!answer) {
            throw InferenceException.of(
                    ErrorCategory.PARSE, "the answer holds neither candidates nor a reason why not");
        }
        if (!candidates && !out.finishSeen()) {
            out.finish(FinishReason.OTHER, null);
        }
        parts.end(true, out);
        return Progress.END;
    }

    private void response(JsonReader json, EventSink out) {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "candidates" -> candidates(json, out);
                case "promptFeedback" -> feedback(json, out);
                case "usageMetadata" -> {
                    answer = true;
                    out.usage(UsageReader.read(json));
                }
                case "modelVersion" -> out.model(json.stringOrNull());
                case "responseId" -> out.responseId(json.stringOrNull());
                case "error" -> error |= !json.isNull();
                default -> {}
            }
        }
    }

    private void candidates(JsonReader json, EventSink out) {
        answer = true;
        if (json.enterArray()) {
            while (json.nextElement()) {
                candidate(json, out);
            }
        }
    }

    private void candidate(JsonReader json, EventSink out) {
        if (!json.enterObject()) {
            return;
        }
        List<AnswerPart> read = new ArrayList<>(2);
        Map<String, String> remarks = new LinkedHashMap<>(1);
        String finish = null;
        String message = null;
        Long index = null;
        while (json.nextField()) {
            switch (json.field()) {
                case "content" -> content(json, read);
                case "finishReason" -> finish = json.stringOrNull();
                case "finishMessage" -> message = json.isNull() ? null : json.raw();
                case "index" -> index = json.longOrNull();
                case "groundingMetadata", "citationMetadata", "urlContextMetadata" -> {
                    if (json.type() == JsonReader.Type.OBJECT) {
                        remarks.put(json.field(), json.raw());
                    }
                }
                default -> {}
            }
        }
        if (index != null && index > 0) {
            return;
        }
        candidates = true;
        read.forEach(part -> parts.tell(part, out));
        remarks.forEach(parts::about);
        if (finish != null && !finish.isEmpty()) {
            finish(finish, message, out);
        }
    }

    private static void content(JsonReader json, List<AnswerPart> parts) {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextField()) {
            if (json.field().equals("parts") && json.enterArray()) {
                while (json.nextElement()) {
                    AnswerPart part = AnswerPart.read(json);
                    if (part != null) {
                        parts.add(part);
                    }
                }
            }
        }
    }

    private void finish(String word, @Nullable String message, EventSink out) {
        FinishReason reason = FinishReasons.of(word);
        if (message != null && reason == FinishReason.CONTENT_FILTER) {
            out.refusal(JsonReader.of(message).stringOrNull());
        } else if (message != null && reason != FinishReason.STOP) {
            parts.about("finishMessage", message);
        }
        out.finish(reason, word);
        parts.end(reason == FinishReason.STOP, out);
    }

    private void feedback(JsonReader json, EventSink out) {
        answer = true;
        if (!json.enterObject()) {
            return;
        }
        String reason = "";
        String message = "";
        while (json.nextField()) {
            switch (json.field()) {
                case "blockReason" -> reason = json.stringOrEmpty();
                case "blockReasonMessage" -> message = json.stringOrEmpty();
                default -> {}
            }
        }
        if (!reason.isEmpty() || !message.isEmpty()) {
            out.refusal(message.isEmpty() ? "The prompt was blocked: " + reason : message);
        }
        if (!reason.isEmpty()) {
            out.finish(FinishReason.CONTENT_FILTER, null);
        }
    }
}
