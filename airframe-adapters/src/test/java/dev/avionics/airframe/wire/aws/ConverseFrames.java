package dev.avionics.airframe.wire.aws;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.http.Frame;
import dev.avionics.airframe.http.FrameHandler;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the events of Bedrock's ConverseStream, as far as the recorded ones go. */
final class ConverseFrames implements FrameHandler {
    @Override
    public Progress onFrame(Frame frame, EventSink out) {
        Map<String, @Nullable Object> event = JsonValues.parseObject(frame.text());
        switch (frame.event()) {
            case "contentBlockStart" -> {
                Map<?, ?> call = object(object(event.get("start")).get("toolUse"));
                if (!call.isEmpty()) {
                    out.toolCall(index(event), text(call.get("toolUseId")), text(call.get("name")), null);
                }
            }
            case "contentBlockDelta" -> delta(index(event), object(event.get("delta")), out);
            case "messageStop" -> {
                String reason = String.valueOf(event.get("stopReason"));
                out.finish(finish(reason), reason);
            }
            case "metadata" -> {
                out.usage(usage(object(event.get("usage"))));
                return Progress.END;
            }
            default -> {}
        }
        return out.finishSeen() ? Progress.TAIL : Progress.FRAME;
    }

    private static void delta(int index, Map<?, ?> delta, EventSink out) {
        out.text(text(delta.get("text")));
        out.thinking(text(object(delta.get("reasoningContent")).get("text")));
        if (delta.containsKey("toolUse")) {
            out.toolCall(index, null, null, text(object(delta.get("toolUse")).get("input")));
        }
    }

    private static FinishReason finish(String reason) {
        return switch (reason) {
            case "end_turn", "stop_sequence" -> FinishReason.STOP;
            case "max_tokens" -> FinishReason.LENGTH;
            case "tool_use" -> FinishReason.TOOL_CALLS;
            case "content_filtered", "guardrail_intervened" -> FinishReason.CONTENT_FILTER;
            default -> FinishReason.OTHER;
        };
    }

    private static Usage usage(Map<?, ?> told) {
        return Usage.builder()
                .inputUncached(count(told.get("inputTokens")))
                .cacheRead(count(told.get("cacheReadInputTokens")))
                .cacheWriteShort(count(told.get("cacheWriteInputTokens")))
                .outputTotal(count(told.get("outputTokens")))
                .build();
    }

    private static TokenCount count(@Nullable Object value) {
        return value instanceof Long known ? TokenCount.known(known) : TokenCount.absent();
    }

    private static int index(Map<String, ?> event) {
        return event.get("contentBlockIndex") instanceof Long index ? index.intValue() : 0;
    }

    private static Map<?, ?> object(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
