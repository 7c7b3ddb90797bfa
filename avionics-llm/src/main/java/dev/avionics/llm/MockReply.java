package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link MockProvider} answers.
 *
 * @param text the answer, which comes in several chunks if it has several characters; may be empty
 * @param thinking comes before it; may be empty
 * @param toolCalls come after it
 * @param finish why it ends
 * @param usage the tokens; null for an estimate
 * @param delay the wait before the first event
 * @param pace the wait before each other one
 * @param failure ends the answer after the text in place of {@code finish}; null for none
 */
public record MockReply(
        String text,
        String thinking,
        List<Part.ToolCall> toolCalls,
        FinishReason finish,
        @Nullable Usage usage,
        Duration delay,
        Duration pace,
        @Nullable InferenceException failure) {
    public MockReply {
        requireNonNull(text, "text");
        requireNonNull(thinking, "thinking");
        toolCalls = List.copyOf(toolCalls);
        requireNonNull(finish, "finish");
        notNegative("delay", delay);
        notNegative("pace", pace);
    }

    private static void notNegative(String name, Duration value) {
        if (requireNonNull(value, name).isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
    }

    /** A text. */
    public static MockReply text(String text) {
        return new MockReply(text, "", List.of(), FinishReason.STOP, null, Duration.ZERO, Duration.ZERO, null);
    }

    /** A tool call. */
    public static MockReply toolCall(String id, String name, String argumentsJson) {
        return new MockReply(
                "",
                "",
                List.of(new Part.ToolCall(id, name, argumentsJson)),
                FinishReason.TOOL_CALLS,
                null,
                Duration.ZERO,
                Duration.ZERO,
                null);
    }

    /** A failure before any content. */
    public static MockReply failure(InferenceException why) {
        return text("").thenFail(why);
    }

    /** This with thinking before the text. */
    public MockReply withThinking(String value) {
        return new MockReply(text, value, toolCalls, finish, usage, delay, pace, failure);
    }

    /** This with another end. */
    public MockReply withFinish(FinishReason value) {
        return new MockReply(text, thinking, toolCalls, value, usage, delay, pace, failure);
    }

    /** This with a usage as of a backend that counts. */
    public MockReply withUsage(Usage value) {
        return new MockReply(text, thinking, toolCalls, finish, value, delay, pace, failure);
    }

    /** This after a wait. */
    public MockReply after(Duration wait) {
        return new MockReply(text, thinking, toolCalls, finish, usage, wait, pace, failure);
    }

    /** This with a wait before each chunk but the first. */
    public MockReply paced(Duration wait) {
        return new MockReply(text, thinking, toolCalls, finish, usage, delay, wait, failure);
    }

    /** This, broken off after the text. */
    public MockReply thenFail(InferenceException why) {
        return new MockReply(text, thinking, toolCalls, finish, usage, delay, pace, requireNonNull(why, "why"));
    }
}
