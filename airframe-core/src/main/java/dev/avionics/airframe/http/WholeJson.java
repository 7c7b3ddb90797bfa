package dev.avionics.airframe.http;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;

/** The framing of a whole body: it is one frame, handed out when the body is over. An empty body is an error. */
public final class WholeJson {
    /** The default of the largest body: 64 MiB. */
    public static final int MAX_FRAME_BYTES = 64 << 20;

    private WholeJson() {}

    /** A decoder for one answer of at most {@link #MAX_FRAME_BYTES}. */
    public static EventDecoder decoder(FrameHandler handler) {
        return decoder(handler, MAX_FRAME_BYTES);
    }

    /**
     * A decoder for one answer.
     *
     * @param handler reads the one frame
     * @param maxFrameBytes the largest body, at least 1; more fails the answer with category PARSE
     */
    public static EventDecoder decoder(FrameHandler handler, int maxFrameBytes) {
        return new Body(handler, Framing.checkedMost(maxFrameBytes));
    }

    private static final class Body extends Framing {
        private final Buffered body;

        Body(FrameHandler handler, int maxFrameBytes) {
            super(handler);
            body = new Buffered(maxFrameBytes);
        }

        @Override
        boolean next(ByteBuffer bytes, EventSink out) {
            body.add(bytes);
            return false;
        }

        @Override
        boolean last(EventSink out) {
            body.into(frame);
            if (frame.is("") || frame.is("null") || frame.is("{}")) {
                out.fail(InferenceException.of(
                        ErrorCategory.PARSE,
                        "the answer is empty: "
                                + (frame.is("")
                                        ? "no byte came"
                                        : "it is " + frame.text().strip())));
                return false;
            }
            return true;
        }

        @Override
        boolean lastMayBeCut() {
            return false;
        }
    }
}
