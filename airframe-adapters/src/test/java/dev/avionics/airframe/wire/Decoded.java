package dev.avionics.airframe.wire;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder made of one body.
 *
 * @param events in order, without the start
 * @param failure the error that ended it, or null
 */
public record Decoded(List<InferenceEvent> events, @Nullable InferenceException failure) {
    /** Decodes a body that comes in pieces, cut at the given places, the way the engine does. */
    public static Decoded of(EventDecoder decoder, byte[] body, int... cuts) {
        List<InferenceEvent> events = new ArrayList<>();
        InferenceException[] failure = new InferenceException[1];
        EventSink sink = new EventSink(
                new EventSink.Output() {
                    @Override
                    public void event(InferenceEvent event) {
                        events.add(event);
                    }

                    @Override
                    public void fail(InferenceException why) {
                        failure[0] = why;
                    }
                },
                "call",
                false,
                false);
        boolean ended = false;
        int from = 0;
        for (int i = 0; i <= cuts.length && !ended && !sink.isOver(); i++) {
            int to = i < cuts.length ? cuts[i] : body.length;
            ByteBuffer piece = ByteBuffer.wrap(Arrays.copyOfRange(body, from, to));
            from = to;
            Progress progress = Progress.FRAME;
            while (!sink.isOver() && progress != Progress.NEED_MORE && progress != Progress.END) {
                progress = decoder.decode(piece, sink);
            }
            ended = progress == Progress.END;
        }
        if (!ended && !sink.isOver()) {
            decoder.end(sink);
        }
        sink.complete(ended);
        return new Decoded(events, failure[0]);
    }

    /** All events and the error as text, one on a line, for comparing. */
    public String joined() {
        return events.stream().map(Object::toString).collect(Collectors.joining("\n"))
                + (failure == null ? "" : "\n" + failure.category() + " " + failure.getMessage());
    }

    /** The text pieces, joined. */
    public String text() {
        return join(InferenceEvent.TextDelta.class);
    }

    /** The thinking pieces, joined. */
    public String thinking() {
        return join(InferenceEvent.ThinkingDelta.class);
    }

    private String join(Class<? extends InferenceEvent> kind) {
        StringBuilder text = new StringBuilder();
        for (InferenceEvent event : events) {
            if (!kind.isInstance(event)) {
                continue;
            }
            if (event instanceof InferenceEvent.TextDelta delta) {
                text.append(delta.text());
            } else if (event instanceof InferenceEvent.ThinkingDelta delta) {
                text.append(delta.text());
            }
        }
        return text.toString();
    }

    /** The finished tool calls, in order. */
    public List<Part.ToolCall> toolCalls() {
        return events.stream()
                .filter(InferenceEvent.ToolCallReady.class::isInstance)
                .map(event -> ((InferenceEvent.ToolCallReady) event).call())
                .toList();
    }

    /** The end of an answer that did not fail. */
    public InferenceEvent.Completed completed() {
        long ends = events.stream()
                .filter(InferenceEvent.Completed.class::isInstance)
                .count();
        if (ends > 1) {
            throw new AssertionError(ends + " ends: " + joined());
        }
        if (failure != null || !(events.get(events.size() - 1) instanceof InferenceEvent.Completed end)) {
            throw new AssertionError("not completed: " + joined(), failure);
        }
        return end;
    }

    /** The error of an answer that failed. */
    public InferenceException error() {
        if (failure == null) {
            throw new AssertionError("did not fail: " + joined());
        }
        return failure;
    }

    /** The whole answer of an endpoint. */
    public InferenceResult result(EndpointSpec endpoint) {
        ResultAssembler assembler = new ResultAssembler();
        assembler.accept(new InferenceEvent.Started(new Target(endpoint, "m"), 1, RateLimitInfo.none(), List.of()));
        events.forEach(assembler::accept);
        return assembler.result();
    }
}
