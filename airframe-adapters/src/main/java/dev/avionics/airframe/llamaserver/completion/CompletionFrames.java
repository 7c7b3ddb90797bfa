package dev.avionics.airframe.llamaserver.completion;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Frame;
import dev.avionics.airframe.http.FrameHandler;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the answers of {@code /completion}: pieces of text, then an object with {@code stop:true} that ends the answer. */
final class CompletionFrames implements FrameHandler {
    private final boolean splitThinkTags;
    private final boolean thinkingOpen;
    private final HttpErrors errors;
    private boolean begun;

    // Of the frame at hand.
    private @Nullable Long evaluated;
    private @Nullable Long predicted;
    private @Nullable Long cached;
    private @Nullable String stopType;
    private boolean truncated;
    private @Nullable String content;
    private final List<Object> ids = new ArrayList<>(1);
    private final TokenTrack track = new TokenTrack();

    /**
     * A reader for one answer.
     *
     * @param splitThinkTags whether {@code <think>} at the start is told from the text
     * @param thinkingOpen whether the prompt ends with the opening tag, so that the answer does not show it
     */
    CompletionFrames(boolean splitThinkTags, boolean thinkingOpen, HttpErrors errors) {
        this.splitThinkTags = splitThinkTags;
        this.thinkingOpen = thinkingOpen;
        this.errors = errors;
    }

    @Override
    public Progress onFrame(Frame frame, EventSink out) {
        begin(out);
        JsonReader json = frame.json();
        if (!json.enterObject()) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer is not a JSON object");
        }
        evaluated = null;
        predicted = null;
        cached = null;
        stopType = null;
        truncated = false;
        content = null;
        ids.clear();
        boolean stop = false;
        String error = null;
        while (json.nextField()) {
            switch (json.field()) {
                case "content" -> content = json.stringOrNull();
                case "tokens" -> ids(json);
                case "stop" -> stop = Boolean.TRUE.equals(json.booleanOrNull());
                case "error" -> error = json.isNull() ? null : json.raw();
                case "model" -> out.model(json.stringOrNull());
                case "tokens_evaluated" -> evaluated = json.longOrNull();
                case "tokens_predicted" -> predicted = json.longOrNull();
                case "stop_type" -> stopType = json.stringOrNull();
                case "stopped_eos", "stopped_word" -> stopped(json, "eos");
                case "stopped_limit" -> stopped(json, "limit");
                case "truncated" -> truncated = Boolean.TRUE.equals(json.booleanOrNull());
                case "timings" -> timings(json);
                default -> {}
            }
        }
        json.finish();
        out.text(content);
        if (!stop && !ids.isEmpty()) {
            track.frame(ids, content == null ? "" : content, predicted, out);
        }
        if (error != null || frame.event().equals("error")) {
            out.fail(errors.inBand(error == null ? frame.text() : error));
            return Progress.END;
        }
        if (!stop) {
            return Progress.FRAME;
        }
        out.usage(usage());
        out.finish(reason(), stopType);
        return Progress.END;
    }

    private void begin(EventSink out) {
        if (!begun && splitThinkTags) {
            out.splitThinkTags(thinkingOpen);
        }
        begun = true;
    }

    private void ids(JsonReader json) {
        if (json.enterArray()) {
            while (json.nextElement()) {
                Long id = json.longOrNull();
                if (id != null) {
                    ids.add(Math.toIntExact(id));
                }
            }
        }
    }

    /** How older servers say it. */
    private void stopped(JsonReader json, String type) {
        if (Boolean.TRUE.equals(json.booleanOrNull()) && stopType == null) {
            stopType = type;
        }
    }

    private void timings(JsonReader json) {
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("cache_n")) {
                    cached = json.longOrNull();
                }
            }
        }
    }

    private Usage usage() {
        return Usage.builder()
                .cacheRead(count(cached))
                .inputTotal(count(evaluated))
                .output(count(predicted))
                .build();
    }

    private static TokenCount count(@Nullable Long value) {
        return value == null || value < 0 ? TokenCount.absent() : TokenCount.known(value);
    }

    private FinishReason reason() {
        String type = stopType == null ? "" : stopType;
        if (truncated) {
            return FinishReason.LENGTH;
        }
        return switch (type) {
            case "eos", "word" -> FinishReason.STOP;
            case "limit" -> FinishReason.LENGTH;
            default -> FinishReason.OTHER;
        };
    }
}
