package dev.avionics.airframe.ollama.answer;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Frame;
import dev.avionics.airframe.http.FrameHandler;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.ollama.endpoint.Errors;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the objects of an answer of {@code /api/chat} and {@code /api/generate}: the lines of a streamed one, or the only
 * one of a whole one. Tool calls come whole; the reason to stop says nothing of them.
 */
public final class AnswerReader implements FrameHandler {
    private final Errors errors;
    private final boolean whole;
    private final boolean thinkTags;
    private int toolCalls;
    private boolean begun;

    /**
     * Makes a reader for one answer.
     *
     * @param errors reads errors inside the answer
     * @param whole whether the body is one object, which then is the end too
     * @param thinkTags whether thinking may stand in tags inside the text
     */
    public AnswerReader(Errors errors, boolean whole, boolean thinkTags) {
        this.errors = errors;
        this.whole = whole;
        this.thinkTags = thinkTags;
    }

    private record ToolCall(
            @Nullable String id,
            @Nullable String name,
            @Nullable String arguments) {}

    /** The fields of one object; told to the sink only when it has been read to its end. */
    private static final class Line {
        private @Nullable String model;
        private @Nullable String text;
        private @Nullable String thinking;
        private boolean isError;
        private boolean done;
        private @Nullable String doneReason;
        private @Nullable Long promptTokens;
        private @Nullable Long answerTokens;
        private final List<ToolCall> calls = new ArrayList<>(0);
    }

    @Override
    public Progress onFrame(Frame frame, EventSink out) {
        Line line = read(frame.json());
        if (line.isError) {
            throw errors.inAnswer(frame.text());
        }
        if (thinkTags && !begun) {
            out.splitThinkTags();
        }
        begun = true;
        out.model(line.model);
        out.thinking(line.thinking);
        out.text(line.text);
        for (ToolCall call : line.calls) {
            // The server's own index is missing for the first call, so that it cannot tell two calls apart.
            out.toolCall(toolCalls++, call.id, call.name, call.arguments);
        }
        if (line.promptTokens != null || line.answerTokens != null) {
            out.usage(Usage.builder()
                    .inputTotal(count(line.promptTokens))
                    .outputTotal(count(line.answerTokens))
                    .build());
        }
        if (line.done || whole) {
            out.finish(finish(line.doneReason), line.doneReason);
            return Progress.END;
        }
        return Progress.FRAME;
    }

    private static TokenCount count(@Nullable Long tokens) {
        return tokens == null || tokens < 0 ? TokenCount.absent() : TokenCount.known(tokens);
    }

    private static FinishReason finish(@Nullable String reason) {
        if (reason == null || reason.isEmpty()) {
            return FinishReason.STOP;
        }
        return switch (reason) {
            case "stop" -> FinishReason.STOP;
            case "length" -> FinishReason.LENGTH;
            case "tool_calls" -> FinishReason.TOOL_CALLS;
            default -> FinishReason.OTHER;
        };
    }

    private static Line read(JsonReader json) {
        Line line = new Line();
        if (!json.enterObject()) {
            throw InferenceException.of(ErrorCategory.PARSE, "not a JSON object");
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "model" -> line.model = json.stringOrNull();
                case "message" -> message(json, line);
                case "response" -> line.text = json.stringOrNull();
                case "thinking" -> line.thinking = json.stringOrNull();
                case "tool_calls" -> toolCalls(json, line);
                case "done" -> line.done = Boolean.TRUE.equals(json.booleanOrNull());
                case "done_reason" -> line.doneReason = json.stringOrNull();
                case "prompt_eval_count" -> line.promptTokens = json.longOrNull();
                case "eval_count" -> line.answerTokens = json.longOrNull();
                case "error" -> line.isError = isError(json);
                default -> {}
            }
        }
        json.finish();
        return line;
    }

    private static boolean isError(JsonReader json) {
        if (json.type() == JsonReader.Type.OBJECT) {
            json.skip();
            return true;
        }
        return !json.stringOrEmpty().isEmpty();
    }

    private static void message(JsonReader json, Line line) {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "content" -> line.text = json.stringOrNull();
                case "thinking" -> line.thinking = json.stringOrNull();
                case "tool_calls" -> toolCalls(json, line);
                default -> {}
            }
        }
    }

    private static void toolCalls(JsonReader json, Line line) {
        if (!json.enterArray()) {
            return;
        }
        while (json.nextElement()) {
            if (json.enterObject()) {
                line.calls.add(toolCall(json));
            }
        }
    }

    private static ToolCall toolCall(JsonReader json) {
        String id = null;
        String name = null;
        String arguments = null;
        while (json.nextField()) {
            if (json.field().equals("id")) {
                id = json.stringOrNull();
            } else if (json.field().equals("function") && json.enterObject()) {
                while (json.nextField()) {
                    switch (json.field()) {
                        case "name" -> name = json.stringOrNull();
                        case "arguments" ->
                            arguments = json.type() == JsonReader.Type.STRING ? json.stringOrNull() : json.raw();
                        default -> {}
                    }
                }
            }
        }
        return new ToolCall(id, name, arguments);
    }
}
