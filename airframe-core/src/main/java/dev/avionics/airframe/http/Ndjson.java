package dev.avionics.airframe.http;

import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;

/** The framing of newline-delimited JSON: each line that is not blank is one frame, the last one also without its end. */
public final class Ndjson {
    /** The default of the longest line: 16 MiB. */
    public static final int MAX_FRAME_BYTES = 16 << 20;

    private Ndjson() {}

    /** A decoder for one answer with lines of at most {@link #MAX_FRAME_BYTES}. */
    public static EventDecoder decoder(FrameHandler handler) {
        return decoder(handler, MAX_FRAME_BYTES);
    }

    /**
     * A decoder for one answer.
     *
     * @param handler reads the lines
     * @param maxFrameBytes the longest line, at least 1; more fails the answer with category PARSE
     */
    public static EventDecoder decoder(FrameHandler handler, int maxFrameBytes) {
        return new Lines(handler, Framing.checkedMost(maxFrameBytes));
    }

    private static final class Lines extends Framing {
        private static final int WINDOW = 512;

        private final Buffered line;
        private final int maxFrameBytes;
        private byte[] window = {};
        private boolean taken;

        Lines(FrameHandler handler, int maxFrameBytes) {
            super(handler);
            this.maxFrameBytes = maxFrameBytes;
            line = new Buffered(maxFrameBytes);
        }

        @Override
        boolean next(ByteBuffer bytes, EventSink out) {
            reset();
            if (bytes.hasArray()) {
                int base = bytes.arrayOffset();
                int end = scan(bytes.array(), base + bytes.position(), base + bytes.limit());
                bytes.position(end - base);
                return taken;
            }
            if (window.length == 0) {
                window = new byte[WINDOW];
            }
            while (!taken && bytes.hasRemaining()) {
                int at = bytes.position();
                int count = Math.min(bytes.remaining(), window.length);
                bytes.get(at, window, 0, count);
                bytes.position(at + scan(window, 0, count));
            }
            return taken;
        }

        private void reset() {
            if (taken) {
                taken = false;
                line.clear();
            }
        }

        private int scan(byte[] bytes, int from, int to) {
            int at = from;
            while (at < to) {
                int end = LineEnds.find(bytes, at, to);
                if (end < 0) {
                    line.add(bytes, at, to);
                    return to;
                }
                if (!line.isEmpty()) {
                    line.add(bytes, at, end);
                    line.into(frame);
                    taken = true;
                } else if (end > at) {
                    if (end - at > maxFrameBytes) {
                        throw Framing.tooLarge(maxFrameBytes);
                    }
                    frame.set(bytes, at, end - at, "");
                    taken = true;
                }
                at = end + 1;
                if (taken) {
                    return at;
                }
            }
            return at;
        }

        @Override
        boolean last(EventSink out) {
            reset();
            line.into(frame);
            return !line.isEmpty();
        }
    }
}
