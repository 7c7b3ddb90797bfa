package dev.avionics.llm.tool;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.llm.MockReply;
import java.time.Duration;
import java.util.List;

/** Answers of models that call tools. */
final class Replies {
    private Replies() {}

    static MockReply calls(Part.ToolCall... calls) {
        return new MockReply(
                "", "", List.of(calls), FinishReason.TOOL_CALLS, usage(10, 5), Duration.ZERO, Duration.ZERO, null);
    }

    static Part.ToolCall call(String id, String tool, String arguments) {
        return new Part.ToolCall(id, tool, arguments);
    }

    static Usage usage(long input, long output) {
        return Usage.builder()
                .inputUncached(TokenCount.known(input))
                .output(TokenCount.known(output))
                .build();
    }
}
