package dev.avionics.airframe.http;

import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;

/**
 * A framing that finds its frames by scanning bytes once. A frame that lies whole in a heap buffer is handed out where it
 * lies; direct buffers pass through a small window, and what has no end yet is kept.
 */
abstract class ScannedFraming extends Framing {
    private static final int WINDOW = 512;

    /** The frame that has begun and not ended. */
    final Buffered kept;

    /** Whether the scan found a frame; it must stop there. */
    boolean taken;

    private final int maxFrameBytes;
    private byte[] window = {};

    ScannedFraming(FrameHandler handler, int maxFrameBytes) {
        super(handler);
        this.maxFrameBytes = Framing.checkedMost(maxFrameBytes);
        kept = new Buffered(maxFrameBytes);
    }

    /** Scans bytes until a frame is {@link #taken} or there are no more; gives the index behind the last one used. */
    abstract int scan(byte[] bytes, int from, int to);

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

    /** Takes the frame that ends here: what was kept of it, and the bytes. */
    void take(byte[] bytes, int from, int to) {
        taken = true;
        if (!kept.isEmpty()) {
            kept.add(bytes, from, to);
            kept.into(frame);
        } else if (to - from > maxFrameBytes) {
            throw Framing.tooLarge(maxFrameBytes);
        } else {
            frame.set(bytes, from, to - from, "");
        }
    }

    private void reset() {
        if (taken) {
            taken = false;
            kept.clear();
        }
    }

    @Override
    boolean last(EventSink out) {
        reset();
        kept.into(frame);
        return !kept.isEmpty();
    }
}
