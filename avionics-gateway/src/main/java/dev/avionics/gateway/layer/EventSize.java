package dev.avionics.gateway.layer;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;

/** About what an event takes in memory, rather more than less. */
final class EventSize {
    /** The objects around the texts. */
    private static final long OBJECTS = 64;

    private static final long BYTES_OF_CHAR = 2;

    private EventSize() {}

    /** Bytes. */
    static long of(InferenceEvent event) {
        return OBJECTS + BYTES_OF_CHAR * characters(event);
    }

    private static long characters(InferenceEvent event) {
        if (event instanceof InferenceEvent.TextDelta text) {
            return text.text().length();
        }
        if (event instanceof InferenceEvent.ThinkingDelta thinking) {
            return thinking.text().length();
        }
        if (event instanceof InferenceEvent.RefusalDelta refusal) {
            return refusal.text().length();
        }
        if (event instanceof InferenceEvent.ToolCallDelta delta) {
            // Id and name are the same objects in all pieces, as a rule.
            return delta.arguments().length();
        }
        if (event instanceof InferenceEvent.ToolCallReady ready) {
            Part.ToolCall call = ready.call();
            return call.id().length()
                    + call.name().length()
                    + call.argumentsJson().length()
                    + of(call.vendor());
        }
        if (event instanceof InferenceEvent.VendorNote note) {
            return of(note.data());
        }
        if (event instanceof InferenceEvent.OpaquePart opaque) {
            return of(opaque.part().vendor());
        }
        if (event instanceof InferenceEvent.RawFrame frame) {
            return frame.data().length();
        }
        return 0;
    }

    private static long of(VendorData data) {
        long sum = 0;
        for (String json : data.json().values()) {
            sum += json.length();
        }
        return sum;
    }
}
