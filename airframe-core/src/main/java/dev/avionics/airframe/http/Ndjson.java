package dev.avionics.airframe.http;

import dev.avionics.airframe.spi.EventDecoder;

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
        return new Lines(handler, maxFrameBytes);
    }

    private static final class Lines extends ScannedFraming {
        Lines(FrameHandler handler, int maxFrameBytes) {
            super(handler, maxFrameBytes);
        }

        @Override
        int scan(byte[] bytes, int from, int to) {
            int at = from;
            while (at < to) {
                int end = LineEnds.find(bytes, at, to);
                if (end < 0) {
                    kept.add(bytes, at, to);
                    return to;
                }
                // An empty line is no frame.
                if (end > at || !kept.isEmpty()) {
                    take(bytes, at, end);
                    return end + 1;
                }
                at = end + 1;
            }
            return at;
        }
    }
}
