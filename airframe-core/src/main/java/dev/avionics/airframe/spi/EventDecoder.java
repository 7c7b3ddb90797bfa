package dev.avionics.airframe.spi;

import java.nio.ByteBuffer;

/**
 * Turns the bytes of one answer into events. One per attempt, on one thread at a time; never blocks, holds at most one
 * frame.
 */
public interface EventDecoder {
    /** How far a decoder has come. */
    enum Progress {
        /** The bytes at hand are used up, or hold no whole frame. */
        NEED_MORE,
        /** One frame was taken; more may be at hand. */
        FRAME,
        /** As {@link #FRAME}, and the finish reason has been seen: usage or an end mark may follow. */
        TAIL,
        /** The answer is over, whatever bytes may follow. */
        END
    }

    /**
     * Takes at most one frame.
     *
     * @param bytes borrowed: what is not taken stays in the buffer, what is needed later must be copied
     * @param out is told what the frame says
     */
    Progress decode(ByteBuffer bytes, EventSink out);

    /**
     * The body is over: takes what a missing line end had held back, by default nothing. The sink judges whether the answer was
     * cut.
     */
    default void end(EventSink out) {}
}
