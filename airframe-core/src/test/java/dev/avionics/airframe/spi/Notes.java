package dev.avionics.airframe.spi;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a sink gives out. */
final class Notes implements EventSink.Output {
    final List<InferenceEvent> events = new ArrayList<>();
    final List<String> malformed = new ArrayList<>();

    @Nullable
    InferenceException failure;

    static EventSink sink(Notes notes) {
        return new EventSink(notes, "seed", false, false);
    }

    @Override
    public void event(InferenceEvent event) {
        events.add(event);
    }

    @Override
    public void fail(InferenceException why) {
        if (failure != null) {
            throw new AssertionError("failed twice");
        }
        failure = why;
    }

    @Override
    public void malformedFrame(String excerpt) {
        malformed.add(excerpt);
    }

    /** Text and thinking put together: {@code T} and {@code t} tell which. */
    String spoken() {
        StringBuilder said = new StringBuilder();
        char last = ' ';
        for (InferenceEvent event : events) {
            char kind = event instanceof InferenceEvent.TextDelta ? 'T' : 't';
            String piece = "";
            if (event instanceof InferenceEvent.TextDelta text) {
                piece = text.text();
            } else if (event instanceof InferenceEvent.ThinkingDelta thinking) {
                piece = thinking.text();
            } else {
                continue;
            }
            if (piece.isEmpty()) {
                throw new AssertionError("empty piece");
            }
            if (kind != last) {
                said.append('<').append(kind).append('>');
                last = kind;
            }
            said.append(piece);
        }
        return said.toString();
    }

    List<Part.ToolCall> calls() {
        List<Part.ToolCall> calls = new ArrayList<>();
        for (InferenceEvent event : events) {
            if (event instanceof InferenceEvent.ToolCallReady ready) {
                if (ready.index() < 0) {
                    throw new AssertionError("index");
                }
                calls.add(ready.call());
            }
        }
        return calls;
    }

    InferenceEvent.Completed completed() {
        List<InferenceEvent.Completed> ends = new ArrayList<>();
        for (InferenceEvent event : events) {
            if (event instanceof InferenceEvent.Completed end) {
                ends.add(end);
            }
        }
        if (ends.size() != 1 || failure != null) {
            throw new AssertionError("ends: " + ends + ", failure: " + failure);
        }
        return ends.get(0);
    }
}
