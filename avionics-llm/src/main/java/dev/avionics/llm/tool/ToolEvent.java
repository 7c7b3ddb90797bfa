package dev.avionics.llm.tool;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import java.util.function.Function;

/** Something that happened in a run with tools. Read with {@link #fold}, whose last branch takes kinds to come. */
public sealed interface ToolEvent {
    /** The answer of the model that it belongs to, counted from 1. */
    int round();

    /** The model is asked. */
    record RoundBegun(int round) implements ToolEvent {}

    /** A piece of the model's answer: text, thinking, what else there is. */
    record Answering(int round, InferenceEvent event) implements ToolEvent {
        public Answering {
            requireNonNull(event, "event");
        }
    }

    /** A tool is about to run, or is refused at once if it is unknown or its arguments are wrong. */
    record ToolCalled(int round, Part.ToolCall call) implements ToolEvent {
        public ToolCalled {
            requireNonNull(call, "call");
        }
    }

    /** A tool has ended, and this is what the model will be told. */
    record ToolDone(int round, Part.ToolCall call, Part.ToolResult result) implements ToolEvent {
        public ToolDone {
            requireNonNull(call, "call");
            requireNonNull(result, "result");
        }
    }

    /** Reads an event by its kind. */
    default <T> T fold(
            Function<RoundBegun, T> begun,
            Function<Answering, T> answering,
            Function<ToolCalled, T> called,
            Function<ToolDone, T> done,
            Function<ToolEvent, T> other) {
        if (this instanceof RoundBegun e) {
            return begun.apply(e);
        }
        if (this instanceof Answering e) {
            return answering.apply(e);
        }
        if (this instanceof ToolCalled e) {
            return called.apply(e);
        }
        if (this instanceof ToolDone e) {
            return done.apply(e);
        }
        return other.apply(this);
    }

    /** The text that comes with this event; empty for all but a piece of the answer's text. */
    default String text() {
        return this instanceof Answering answering && answering.event() instanceof InferenceEvent.TextDelta delta
                ? delta.text()
                : "";
    }
}
