package dev.avionics.llm.tool;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Usage;
import java.util.List;

/**
 * A run with tools that came to its end.
 *
 * @param result the last answer, which calls no tool
 * @param messages the whole conversation, from what was asked to that answer: add a question, and it goes on
 * @param rounds how many answers it took
 * @param usage the tokens of all of them
 */
public record ToolRun(InferenceResult result, List<Message> messages, int rounds, Usage usage) {
    public ToolRun {
        requireNonNull(result, "result");
        messages = List.copyOf(messages);
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds: " + rounds + " (expected: >= 1)");
        }
        requireNonNull(usage, "usage");
    }

    /** The text of the last answer. */
    public String text() {
        return result.text();
    }
}
