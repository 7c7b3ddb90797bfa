package dev.avionics.airframe.http;

import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;

/** Reads the frames of one answer. One per attempt; may keep state. */
@FunctionalInterface
public interface FrameHandler {
    /**
     * Reads one frame. Empty frames and frames that are JSON {@code null} or {@code {}} do not come here.
     *
     * @return FRAME, TAIL once the finish reason has been seen, or END when nothing of meaning can follow
     * @throws dev.avionics.airframe.error.InferenceException of category PARSE if the frame is malformed: the framing
     *     decides whether that ends the answer; of any other category to end it
     */
    Progress onFrame(Frame frame, EventSink out);
}
