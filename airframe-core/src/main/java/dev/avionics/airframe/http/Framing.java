package dev.avionics.airframe.http;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;

/** What all framings share: how frames are handed out, which are left out, and what a frame that cannot be read means. */
abstract class Framing implements EventDecoder {
    /** The longest data that may be one that is left out. */
    private static final int LONGEST_MARK = 32;

    final Frame frame = new Frame();
    private final FrameHandler handler;
    private boolean over;

    Framing(FrameHandler handler) {
        this.handler = requireNonNull(handler, "handler");
    }

    /** Goes to the end of the next frame and sets {@link #frame}; false if the bytes are used up before. */
    abstract boolean next(ByteBuffer bytes, EventSink out);

    /** The body is over: sets {@link #frame} to what is left; false if nothing is. */
    abstract boolean last(EventSink out);

    @Override
    public final Progress decode(ByteBuffer bytes, EventSink out) {
        try {
            while (!over && !out.isOver()) {
                if (!next(bytes, out)) {
                    return out.isOver() ? end(bytes) : Progress.NEED_MORE;
                }
                Progress progress = give(out, false);
                if (progress == Progress.END) {
                    return end(bytes);
                }
                if (progress != Progress.NEED_MORE) {
                    return progress;
                }
            }
        } catch (InferenceException tooLarge) {
            out.fail(tooLarge);
        }
        return end(bytes);
    }

    private Progress end(ByteBuffer bytes) {
        over = true;
        bytes.position(bytes.limit());
        return Progress.END;
    }

    @Override
    public final void end(EventSink out) {
        if (over || out.isOver()) {
            return;
        }
        try {
            if (last(out) && give(out, true) == Progress.END) {
                out.endMark();
            }
        } catch (InferenceException tooLarge) {
            out.fail(tooLarge);
        }
        over = true;
    }

    /** Whether {@code [DONE]} ends the answer. */
    boolean knowsDone() {
        return false;
    }

    /** Whether the last frame may have been cut by the end of the body. */
    boolean lastMayBeCut() {
        return true;
    }

    /** Hands the frame out; NEED_MORE if it is one that nobody needs to see. */
    private Progress give(EventSink out, boolean atEnd) {
        if (frame.length() <= LONGEST_MARK && isIdle()) {
            return Progress.NEED_MORE;
        }
        if (out.wantsRawFrames()) {
            out.rawFrame(frame.text());
        }
        if (knowsDone() && frame.length() <= LONGEST_MARK && frame.is("[DONE]")) {
            return Progress.END;
        }
        Progress progress;
        try {
            progress = handler.onFrame(frame, out);
            frame.release();
        } catch (InferenceException why) {
            frame.abandon();
            if (why.category() != ErrorCategory.PARSE) {
                out.fail(why);
            } else if (atEnd && lastMayBeCut() && frame.looksLikeJson()) {
                cut(out);
            } else {
                out.malformedFrame(frame.text(), frame.looksLikeHtml() ? HttpErrors.htmlPage() : why);
            }
            return out.isOver() ? Progress.END : Progress.FRAME;
        }
        out.goodFrame();
        return out.isOver() ? Progress.END : progress == Progress.NEED_MORE ? Progress.FRAME : progress;
    }

    private boolean isIdle() {
        if (frame.is("")) {
            return true;
        }
        return !frame.event().equals("error") && (frame.is("null") || frame.is("{}"));
    }

    private void cut(EventSink out) {
        // With the finish reason told, half a frame of usage takes nothing from the answer.
        if (!out.finishSeen()) {
            out.fail(InferenceException.builder(
                            ErrorCategory.CONNECTION, "the answer was cut: it ended in the middle of a frame")
                    .code("cut")
                    .excerpt(Excerpt.of(frame.text()))
                    .build());
        }
    }

    static InferenceException tooLarge(int most) {
        return InferenceException.of(
                ErrorCategory.PARSE, "the answer cannot be read: frame larger than " + most + " bytes");
    }

    static int checkedMost(int maxFrameBytes) {
        if (maxFrameBytes < 1) {
            throw new IllegalArgumentException("maxFrameBytes: " + maxFrameBytes + " (expected: >= 1)");
        }
        return maxFrameBytes;
    }
}
