package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer.
 *
 * @param message the model's turn, ready to be appended to the conversation
 * @param finish why it ended
 * @param finishRaw the backend's own word for it, or null
 * @param usage the tokens
 * @param target who answered, or gave the end of an answer that went on elsewhere
 * @param responseId the backend's id of the answer, or null
 * @param model the model as the backend names it, or null
 * @param attempts how many attempts it took, at least 1
 * @param rateLimits what the backend said of its limits
 * @param adjustments what the target could not take and was not sent
 */
public record InferenceResult(
        Message message,
        FinishReason finish,
        @Nullable String finishRaw,
        Usage usage,
        Target target,
        @Nullable String responseId,
        @Nullable String model,
        int attempts,
        RateLimitInfo rateLimits,
        List<Adjustment> adjustments) {
    public InferenceResult {
        requireNonNull(message, "message");
        requireNonNull(finish, "finish");
        requireNonNull(usage, "usage");
        requireNonNull(target, "target");
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts: " + attempts + " (expected: >= 1)");
        }
        requireNonNull(rateLimits, "rateLimits");
        adjustments = List.copyOf(adjustments);
    }

    /** The answer's text; empty if there is none. */
    public String text() {
        return message.text();
    }

    /** The model's reasoning; empty if there is none. */
    public String thinking() {
        return message.thinking();
    }

    /** The tool calls, in order. */
    public List<Part.ToolCall> toolCalls() {
        return message.toolCalls();
    }
}
