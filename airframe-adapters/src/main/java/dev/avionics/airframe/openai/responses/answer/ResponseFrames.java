package dev.avionics.airframe.openai.responses.answer;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Frame;
import dev.avionics.airframe.http.FrameHandler;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.openai.answer.UsageReader;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers of the Responses API: a response as one body, or the events of one, the last of which holds the whole
 * response again. Both lead through the same items to the same events.
 */
public final class ResponseFrames implements FrameHandler {
    /** The type of an item that asks for a tool. */
    public static final String FUNCTION_CALL = "function_call";

    /** The type of an item that asks for a tool which takes free text. */
    public static final String CUSTOM_CALL = "custom_tool_call";

    /** The one argument of a call whose tool takes free text. */
    public static final String CUSTOM_INPUT = "input";

    /** The type of an item with the model's reasoning. */
    public static final String REASONING = "reasoning";

    private final boolean whole;
    private final String vendor;
    private final HttpErrors errors;
    private @Nullable OutputItems items;

    // Of the frame at hand.
    private String type = "";
    private String itemId = "";
    private @Nullable Integer index;
    private int content;
    private @Nullable String delta;
    private @Nullable String arguments;
    private @Nullable String part;
    private @Nullable String item;

    // Of the response, as far as it has been told.
    private String status = "";
    private String reason = "";
    private boolean output;
    private @Nullable String error;

    /**
     * A reader of one answer.
     *
     * @param whole whether it comes as one body instead of in events
     * @param vendor whose data ids, encrypted reasoning and the like are
     */
    public ResponseFrames(boolean whole, String vendor, HttpErrors errors) {
        this.whole = whole;
        this.vendor = vendor;
        this.errors = errors;
    }

    @Override
    public Progress onFrame(Frame frame, EventSink out) {
        OutputItems all = items;
        if (all == null) {
            all = new OutputItems(vendor, out);
            items = all;
        }
        if (!whole && isEvent(frame, all, out)) {
            return event(frame, all, out);
        }
        JsonReader json = entered(frame);
        while (json.nextField()) {
            ofResponse(json, all, out);
        }
        return end(status, frame, out);
    }

    private static JsonReader entered(Frame frame) {
        JsonReader json = frame.json();
        if (!json.enterObject()) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer is not a JSON object");
        }
        return json;
    }

    /** Reads a frame as an event; false if it says nowhere which one it is. */
    private boolean isEvent(Frame frame, OutputItems all, EventSink out) {
        type = "";
        itemId = "";
        index = null;
        content = 0;
        delta = null;
        arguments = null;
        part = null;
        item = null;
        JsonReader json = entered(frame);
        while (json.nextField()) {
            field(json, all, out);
        }
        json.finish();
        if (type.isEmpty()) {
            type = frame.event();
        }
        return !type.isEmpty();
    }

    private void field(JsonReader json, OutputItems all, EventSink out) {
        switch (json.field()) {
            case "type" -> type = json.stringOrEmpty();
            case "item_id" -> itemId = json.stringOrEmpty();
            case "output_index" -> index = number(json);
            case "content_index" -> {
                Integer told = number(json);
                content = told == null || told < 0 ? 0 : told;
            }
            case "delta" -> delta = json.type() == JsonReader.Type.STRING ? json.stringOrNull() : null;
            case "arguments" -> arguments = json.type() == JsonReader.Type.OBJECT ? json.raw() : json.stringOrNull();
            case "part" -> part = json.raw();
            case "item" -> item = json.raw();
            case "response" -> {
                if (json.enterObject()) {
                    while (json.nextField()) {
                        ofResponse(json, all, out);
                    }
                }
            }
            default -> {}
        }
    }

    private static @Nullable Integer number(JsonReader json) {
        Long value = json.longOrNull();
        return value == null ? null : (Integer) value.intValue();
    }

    private void ofResponse(JsonReader json, OutputItems all, EventSink out) {
        switch (json.field()) {
            case "id" -> out.responseId(json.stringOrNull());
            case "model" -> out.model(json.stringOrNull());
            case "status" -> status = json.stringOrEmpty();
            case "error" -> error = isError(json) ? json.raw() : null;
            case "incomplete_details" -> reason(json);
            case "usage" -> {
                Usage usage = UsageReader.read(json);
                if (usage != null) {
                    out.usage(usage);
                }
            }
            case "output" -> {
                output = true;
                items(json, all);
            }
            default -> {}
        }
    }

    private static boolean isError(JsonReader json) {
        return json.type() == JsonReader.Type.OBJECT || json.type() == JsonReader.Type.STRING;
    }

    private void reason(JsonReader json) {
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("reason")) {
                    reason = json.stringOrEmpty();
                }
            }
        }
    }

    private static void items(JsonReader json, OutputItems all) {
        if (json.enterArray()) {
            for (int place = 0; json.nextElement(); place++) {
                if (!all.isDone(place)) {
                    all.done(place, json.raw());
                }
            }
        }
    }

    private Progress event(Frame frame, OutputItems all, EventSink out) {
        switch (type) {
            case "response.output_item.added" -> all.added(index, item);
            case "response.output_item.done" -> {
                if (item != null) {
                    all.done(index, item);
                }
            }
            case "response.content_part.done" -> all.contentDone(index, itemId, content, part);
            case "response.output_text.delta" -> all.said(index, itemId, content, false, delta);
            case "response.refusal.delta" -> all.said(index, itemId, content, true, delta);
            case "response.reasoning_summary_text.delta", "response.reasoning_text.delta" ->
                all.thought(index, itemId, delta);
            case "response.function_call_arguments.delta" -> all.arguments(index, itemId, delta, false);
            case "response.function_call_arguments.done" -> all.arguments(index, itemId, arguments, true);
            case "response.completed", "response.incomplete", "response.failed", "response.cancelled" -> {
                return end(type.substring("response.".length()), frame, out);
            }
            case "error" -> out.fail(errors.inBand(frame.text()));
            default -> {}
        }
        return Progress.FRAME;
    }

    /** The response is over, in a state such as {@code completed}; empty if it tells none. */
    private Progress end(String state, Frame frame, EventSink out) {
        if (error != null) {
            out.fail(errors.inBand(error));
        } else if (state.equals("failed")) {
            out.fail(errors.inBand("{\"message\":\"the response failed, and says no reason\",\"code\":\"failed\"}"));
        } else if (state.isEmpty() && !output) {
            out.fail(notAResponse(frame));
        } else {
            out.finish(finish(state), state.isEmpty() ? null : state);
        }
        return Progress.END;
    }

    private InferenceException notAResponse(Frame frame) {
        InferenceException why = errors.inBand(frame.text());
        if (why.code().isPresent() || why.status().isPresent()) {
            return why;
        }
        return InferenceException.builder(why.category(), why.getMessage() + " (the answer holds no response)")
                .excerpt(why.excerpt().orElse(null))
                .build();
    }

    private FinishReason finish(String state) {
        return switch (state) {
            case "completed", "" -> FinishReason.STOP;
            case "incomplete" ->
                switch (reason) {
                    case "max_output_tokens", "max_tokens", "length" -> FinishReason.LENGTH;
                    case "content_filter" -> FinishReason.CONTENT_FILTER;
                    default -> FinishReason.OTHER;
                };
            case "cancelled" -> FinishReason.CANCELLED;
            default -> FinishReason.OTHER;
        };
    }
}
