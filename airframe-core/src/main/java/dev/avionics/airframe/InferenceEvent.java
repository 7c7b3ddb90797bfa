package dev.avionics.airframe;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.ErrorCategory;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened in one answer.
 *
 * <p>An answer is {@link Started}, then any number of pieces, then exactly one {@link Completed}; an answer that fails
 * ends with an {@link dev.avionics.airframe.error.InferenceException} in its place. Read events with {@link #fold},
 * whose last branch takes kinds that the reader does not know.
 */
public sealed interface InferenceEvent {
    /**
     * The answer has begun: from here on nothing is tried again.
     *
     * @param target who answers
     * @param attempts how many attempts it took, at least 1
     * @param rateLimits what the backend said of its limits
     * @param adjustments what the target could not take and was not sent
     */
    record Started(Target target, int attempts, RateLimitInfo rateLimits, List<Adjustment> adjustments)
            implements InferenceEvent {
        public Started {
            requireNonNull(target, "target");
            if (attempts < 1) {
                throw new IllegalArgumentException("attempts: " + attempts + " (expected: >= 1)");
            }
            requireNonNull(rateLimits, "rateLimits");
            adjustments = List.copyOf(adjustments);
        }
    }

    /**
     * The answer broke off and goes on elsewhere: what follows continues what was delivered. Only where the program allows that.
     *
     * @param target who goes on
     * @param attempts how many attempts it took up to here
     * @param after why the answer broke off
     * @param adjustments what the target could not take and was not sent
     */
    record Resumed(Target target, int attempts, ErrorCategory after, List<Adjustment> adjustments)
            implements InferenceEvent {
        public Resumed {
            requireNonNull(target, "target");
            if (attempts < 2) {
                throw new IllegalArgumentException("attempts: " + attempts + " (expected: >= 2)");
            }
            requireNonNull(after, "after");
            adjustments = List.copyOf(adjustments);
        }
    }

    /** A piece of the answer's text, never empty. */
    record TextDelta(String text) implements InferenceEvent {
        public TextDelta {
            notEmpty(text);
        }
    }

    /** A piece of the model's reasoning, never empty. */
    record ThinkingDelta(String text) implements InferenceEvent {
        public ThinkingDelta {
            notEmpty(text);
        }
    }

    /** A piece of the words of a refusal, never empty. */
    record RefusalDelta(String text) implements InferenceEvent {
        public RefusalDelta {
            notEmpty(text);
        }
    }

    /**
     * A piece of a tool call.
     *
     * @param index counts the calls of this answer from 0
     * @param id the call's id, the same in all its pieces
     * @param name the tool's name, the same in all its pieces
     * @param arguments the next piece of the arguments' JSON text; may be empty in the first
     */
    record ToolCallDelta(int index, String id, String name, String arguments) implements InferenceEvent {
        public ToolCallDelta {
            notNegative(index);
            requireNonNull(id, "id");
            requireNonNull(name, "name");
            requireNonNull(arguments, "arguments");
        }
    }

    /** A tool call that is whole: its arguments are a valid JSON object. Comes before {@link Completed}. */
    record ToolCallReady(int index, Part.ToolCall call) implements InferenceEvent {
        public ToolCallReady {
            notNegative(index);
            requireNonNull(call, "call");
        }
    }

    /** Vendor data that belongs to the piece of content that came last: a signature, citations. */
    record VendorNote(VendorData data) implements InferenceEvent {
        public VendorNote {
            requireNonNull(data, "data");
        }
    }

    /** A whole part that only its vendor understands. */
    record OpaquePart(Part.Opaque part) implements InferenceEvent {
        public OpaquePart {
            requireNonNull(part, "part");
        }
    }

    /** One frame of the wire as it came, before the events made from it; only when the call asked for raw frames. */
    record RawFrame(String data) implements InferenceEvent {
        public RawFrame {
            requireNonNull(data, "data");
        }
    }

    /**
     * The answer is whole.
     *
     * @param finish why it ended
     * @param finishRaw the backend's own word for it, or null if it said none
     * @param usage the tokens
     * @param responseId the backend's id of the answer, or null
     * @param model the model that answered as the backend names it, or null if it said none
     */
    record Completed(
            FinishReason finish,
            @Nullable String finishRaw,
            Usage usage,
            @Nullable String responseId,
            @Nullable String model)
            implements InferenceEvent {
        public Completed {
            requireNonNull(finish, "finish");
            requireNonNull(usage, "usage");
        }
    }

    private static void notEmpty(String text) {
        if (requireNonNull(text, "text").isEmpty()) {
            throw new IllegalArgumentException("text: empty (expected: at least one character)");
        }
    }

    private static void notNegative(int index) {
        if (index < 0) {
            throw new IllegalArgumentException("index: " + index + " (expected: >= 0)");
        }
    }

    /** Whether this event commits the answer to its target: content of any kind, or the end. */
    default boolean commits() {
        return !(this instanceof Started
                || this instanceof RawFrame
                || this instanceof VendorNote
                || this instanceof Resumed);
    }

    /**
     * Reads an event by its kind.
     *
     * @param other takes the kinds that have no branch of their own here, and kinds to come
     */
    default <T> T fold(
            Function<TextDelta, T> text,
            Function<ThinkingDelta, T> thinking,
            Function<ToolCallReady, T> toolCall,
            Function<Completed, T> completed,
            Function<InferenceEvent, T> other) {
        if (this instanceof TextDelta t) {
            return text.apply(t);
        }
        if (this instanceof ThinkingDelta t) {
            return thinking.apply(t);
        }
        if (this instanceof ToolCallReady c) {
            return toolCall.apply(c);
        }
        if (this instanceof Completed c) {
            return completed.apply(c);
        }
        return other.apply(this);
    }
}
