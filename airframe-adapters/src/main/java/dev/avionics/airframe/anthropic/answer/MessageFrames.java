package dev.avionics.airframe.anthropic.answer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Frame;
import dev.avionics.airframe.http.FrameHandler;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one answer: the events of a stream, or the one message of a whole answer, which a stream may turn out to
 * be. Kinds of events, blocks and pieces that are not known are passed over or handed on unread.
 */
public final class MessageFrames implements FrameHandler {
    private final HttpErrors errors;
    private final String vendor;
    private final BlockEvents blocks;
    private final UsageFigures usage = new UsageFigures();
    private final Map<Integer, Block> open = new HashMap<>(4);
    private @Nullable String startedId;
    private int latest;

    /**
     * A reader of one answer.
     *
     * @param errors reads errors inside the answer
     * @param vendor under which name the backend's own data is kept
     * @param answerTool the tool whose arguments are the text; null for none
     */
    public MessageFrames(HttpErrors errors, String vendor, @Nullable String answerTool) {
        this.errors = requireNonNull(errors, "errors");
        this.vendor = requireNonNull(vendor, "vendor");
        blocks = new BlockEvents(vendor, answerTool);
    }

    /** One frame; told to the sink only when it has been read to its end. */
    private static final class Line {
        private String type = "";
        private @Nullable Integer index;
        private @Nullable Head message;
        private @Nullable String block;
        private @Nullable Delta delta;
        private boolean error;
        private final Head own = new Head();
    }

    @Override
    public Progress onFrame(Frame frame, EventSink out) {
        Line line = read(frame.json());
        if (line.error) {
            throw errors.inBand(frame.text());
        }
        String type = line.type.isEmpty() ? frame.event() : line.type;
        switch (type) {
            case "message_start" -> start(line.message, out);
            case "content_block_start" -> {
                if (line.block != null) {
                    opened(line.index == null ? latest + 1 : line.index, Block.read(line.block), out);
                }
            }
            case "content_block_delta" -> grown(line, out);
            case "content_block_stop" -> closed(line.index, out);
            case "message_delta" -> {
                told(line.own.usage, out);
                Delta delta = line.delta;
                if (delta != null) {
                    finish(delta.stopReason, delta.stopDetails, out);
                }
            }
            case "message_stop" -> {
                closeAll(out);
                return Progress.END;
            }
            case "message" -> {
                return whole(line.own, out);
            }
            default -> {
                if (type.isEmpty() && line.own.content != null) {
                    return whole(line.own, out);
                }
                if (frame.event().isEmpty() && type.isEmpty()) {
                    throw InferenceException.of(ErrorCategory.PARSE, "neither a message nor an event of one");
                }
            }
        }
        return out.isOver() ? Progress.END : out.finishSeen() ? Progress.TAIL : Progress.FRAME;
    }

    private static Line read(JsonReader json) {
        Line line = new Line();
        if (!json.enterObject()) {
            throw InferenceException.of(ErrorCategory.PARSE, "not a JSON object");
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "type" -> line.type = json.stringOrEmpty();
                case "index" -> {
                    Long index = json.longOrNull();
                    line.index = index == null ? null : (Integer) index.intValue();
                }
                case "message" -> line.message = Head.read(json);
                case "content_block" -> line.block = json.type() == JsonReader.Type.OBJECT ? json.raw() : null;
                case "delta" -> line.delta = Delta.read(json);
                case "error" ->
                    line.error = json.type() == JsonReader.Type.OBJECT
                            || !json.stringOrEmpty().isEmpty();
                default -> line.own.field(json);
            }
        }
        json.finish();
        line.error |= line.type.equals("error");
        return line;
    }

    private void start(@Nullable Head message, EventSink out) {
        if (message == null) {
            return;
        }
        String id = message.id == null ? "" : message.id;
        if (startedId != null) {
            if (!startedId.equals(id)) {
                out.fail(InferenceException.builder(
                                ErrorCategory.PARSE,
                                "two answers in one: " + id + " began in the middle of " + startedId)
                        .code("spliced")
                        .build());
            }
            return;
        }
        startedId = id;
        begin(message, out);
    }

    private Progress whole(Head message, EventSink out) {
        begin(message, out);
        return Progress.END;
    }

    private void begin(Head message, EventSink out) {
        out.responseId(message.id);
        out.model(message.model);
        if (message.content != null) {
            for (String block : message.content) {
                Block one = Block.read(block);
                blocks.opened(latest, one, out);
                blocks.closed(latest, one, out);
                latest++;
            }
        }
        told(message.usage, out);
        finish(message.stopReason, message.stopDetails, out);
    }

    private void opened(int index, Block block, EventSink out) {
        latest = index;
        open.put(index, block);
        blocks.opened(index, block, out);
    }

    private void grown(Line line, EventSink out) {
        int index = line.index == null ? latest : line.index;
        Block block = open.get(index);
        if (line.delta != null && block != null) {
            blocks.grown(index, block, line.delta, out);
        }
    }

    private void closed(@Nullable Integer told, EventSink out) {
        int index = told == null ? latest : told;
        Block block = open.remove(index);
        if (block != null) {
            blocks.closed(index, block, out);
        }
    }

    private void closeAll(EventSink out) {
        open.forEach((index, block) -> blocks.closed(index, block, out));
        open.clear();
        blocks.over(out);
    }

    private void told(@Nullable UsageFigures figures, EventSink out) {
        if (figures != null) {
            usage.take(figures);
            out.usage(usage.usage(blocks.otherModel()));
        }
    }

    private void finish(@Nullable String reason, @Nullable String details, EventSink out) {
        if (reason == null) {
            return;
        }
        closeAll(out);
        FinishReason meant = switch (reason) {
            case "end_turn", "stop_sequence" -> FinishReason.STOP;
            case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
            case "tool_use" -> blocks.answeredByTool() ? FinishReason.STOP : FinishReason.TOOL_CALLS;
            case "refusal" -> FinishReason.CONTENT_FILTER;
            // Also pause_turn: the model is not done, and goes on when its turn is sent back as it is.
            default -> FinishReason.OTHER;
        };
        if (meant == FinishReason.CONTENT_FILTER && details != null) {
            refused(details, out);
        }
        out.finish(meant, reason);
    }

    /** The words of a filter, with all that it said beside them. */
    private void refused(String details, EventSink out) {
        if (JsonValues.parse(details) instanceof Map<?, ?> map) {
            Object words =
                    map.get("explanation") instanceof String text && !text.isBlank() ? text : map.get("category");
            if (words instanceof String said && !said.isBlank()) {
                out.refusal(said);
                out.note(VendorData.of(vendor, "{\"stop_details\":" + details + "}"));
            }
        }
    }
}
