package dev.avionics.llm.telemetry;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.ToolSpec;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was said in one call. {@code toString} shows counts only.
 *
 * @param instructions the turns of the system
 * @param input all other turns that were sent
 * @param output the answer, as far as it came; empty if there was none
 * @param tools what the model was offered
 * @param reference where the content was put elsewhere, such as an address in a store; null for nowhere
 */
public record CapturedContent(
        List<Message> instructions,
        List<Message> input,
        List<Message> output,
        List<ToolSpec> tools,
        @Nullable String reference) {
    public CapturedContent {
        instructions = List.copyOf(instructions);
        input = List.copyOf(input);
        output = List.copyOf(output);
        tools = List.copyOf(tools);
    }

    /** This with a reference. */
    public CapturedContent at(String place) {
        return new CapturedContent(instructions, input, output, tools, place);
    }

    /** Nothing but the reference, so that neither span nor event repeats what lies elsewhere. */
    public CapturedContent referenceOnly() {
        return new CapturedContent(List.of(), List.of(), List.of(), List.of(), reference);
    }

    @Override
    public String toString() {
        return "CapturedContent[" + instructions.size() + " instructions, " + input.size() + " in, " + output.size()
                + " out, " + tools.size() + " tools, reference=" + reference + "]";
    }
}
