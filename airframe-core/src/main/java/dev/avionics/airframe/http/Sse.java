package dev.avionics.airframe.http;

import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The framing of server-sent events: each event's data is one frame.
 *
 * <p>Reads what the WHATWG HTML standard says, and what backends send besides: an event whose end is missing at the end of
 * the body counts, {@code [DONE]} ends the answer, and a body that begins as JSON or HTML is no stream of events but one
 * frame. Event ids and reconnection times are passed over.
 */
public final class Sse {
    /** The default of the largest frame: 1 MiB. */
    public static final int MAX_FRAME_BYTES = 1 << 20;

    private Sse() {}

    /** A decoder for one answer with frames of at most {@link #MAX_FRAME_BYTES}. */
    public static EventDecoder decoder(FrameHandler handler) {
        return decoder(handler, MAX_FRAME_BYTES);
    }

    /**
     * A decoder for one answer.
     *
     * @param handler reads the frames
     * @param maxFrameBytes the most data of one event, at least 1; more fails the answer with category PARSE
     */
    public static EventDecoder decoder(FrameHandler handler, int maxFrameBytes) {
        return new Events(handler, Framing.checkedMost(maxFrameBytes));
    }

    private static final class Events extends Framing {
        private final SseParser parser;
        private final int maxFrameBytes;
        private boolean begun;
        private @Nullable Buffered body;

        Events(FrameHandler handler, int maxFrameBytes) {
            super(handler);
            this.maxFrameBytes = maxFrameBytes;
            parser = new SseParser(maxFrameBytes);
        }

        @Override
        boolean next(ByteBuffer bytes, EventSink out) {
            if (!begun) {
                begin(bytes);
            }
            if (body != null) {
                body.add(bytes);
                return false;
            }
            if (!parser.next(bytes)) {
                return false;
            }
            frame.set(parser.data(), parser.offset(), parser.length(), parser.event());
            return true;
        }

        /** A field's name begins with a letter, a comment with a colon: other beginnings tell another kind of body. */
        private void begin(ByteBuffer bytes) {
            for (int i = bytes.position(); i < bytes.limit() && !begun; i++) {
                byte b = bytes.get(i);
                if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
                    begun = true;
                    if (b == '{' || b == '[' || b == '<') {
                        body = new Buffered(maxFrameBytes);
                        bytes.position(i);
                    }
                }
            }
        }

        @Override
        boolean last(EventSink out) {
            if (body != null) {
                body.into(frame);
                return true;
            }
            if (!parser.last()) {
                return false;
            }
            frame.set(parser.data(), parser.offset(), parser.length(), parser.event());
            return true;
        }

        @Override
        boolean knowsDone() {
            return true;
        }
    }
}
