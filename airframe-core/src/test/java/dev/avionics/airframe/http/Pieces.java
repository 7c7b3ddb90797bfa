package dev.avionics.airframe.http;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Feeds a framing with bytes that are cut in many ways, and notes what it hands out. */
final class Pieces {
    /**
     * What came of it.
     *
     * @param frames name and data of each frame
     * @param events what the sink gave out, as text
     * @param failure category and message, or empty
     * @param ended whether the decoder said END
     */
    record Read(List<String> frames, List<String> events, String failure, boolean ended) {}

    private Pieces() {}

    static List<byte[]> whole(byte[] input) {
        return List.of(input);
    }

    static List<byte[]> cut(byte[] input, int at) {
        return List.of(Arrays.copyOfRange(input, 0, at), Arrays.copyOfRange(input, at, input.length));
    }

    static List<byte[]> steps(byte[] input, int step) {
        return IntStream.iterate(0, at -> at < input.length, at -> at + step)
                .mapToObj(at -> Arrays.copyOfRange(input, at, Math.min(at + step, input.length)))
                .toList();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A handler that parses each frame and says its text. */
    static Progress echo(Frame frame, EventSink out) {
        frame.json().tree();
        return Progress.FRAME;
    }

    static Read read(
            Function<FrameHandler, EventDecoder> framing, FrameHandler handler, List<byte[]> pieces, boolean direct) {
        List<String> frames = new ArrayList<>();
        List<String> events = new ArrayList<>();
        String[] failure = {""};
        EventSink sink = new EventSink(
                new EventSink.Output() {
                    @Override
                    public void event(InferenceEvent event) {
                        events.add(event.toString());
                    }

                    @Override
                    public void fail(InferenceException why) {
                        failure[0] = why.category() + ": " + why.getMessage();
                    }

                    @Override
                    public void malformedFrame(String excerpt) {
                        events.add("malformed " + excerpt);
                    }
                },
                "seed",
                false,
                false);
        EventDecoder decoder = framing.apply((frame, out) -> {
            frames.add(frame.event() + "|" + frame.text());
            return handler.onFrame(frame, out);
        });
        int most = pieces.stream().mapToInt(piece -> piece.length).max().orElse(0);
        // Bytes before the slice must not be seen either.
        ByteBuffer whole = direct ? ByteBuffer.allocateDirect(most + 3) : ByteBuffer.allocate(most + 3);
        ByteBuffer buffer = whole.position(3).slice();
        boolean ended = false;
        for (byte[] piece : pieces) {
            buffer.clear();
            buffer.put(piece).flip();
            Progress progress = Progress.FRAME;
            while (!ended && progress != Progress.NEED_MORE) {
                progress = decoder.decode(buffer, sink);
                ended = progress == Progress.END;
            }
            if (!ended && buffer.hasRemaining()) {
                throw new AssertionError("bytes left behind: " + buffer.remaining());
            }
            buffer.clear();
            for (int i = 0; i < buffer.capacity(); i++) {
                buffer.put(i, (byte) '#');
            }
        }
        if (!ended) {
            decoder.end(sink);
        }
        sink.complete(ended);
        return new Read(frames, events, failure[0], ended);
    }

    /** Reads it cut in every way, and insists that all give the same. */
    static Read everyWay(Function<FrameHandler, EventDecoder> framing, FrameHandler handler, String text) {
        byte[] input = utf8(text);
        Read wanted = read(framing, handler, whole(input), false);
        List<List<byte[]>> ways = new ArrayList<>();
        ways.add(whole(input));
        ways.add(steps(input, 1));
        ways.add(steps(input, 2));
        ways.add(steps(input, 3));
        for (int at = 0; at <= input.length; at++) {
            ways.add(cut(input, at));
        }
        for (List<byte[]> way : ways) {
            for (boolean direct : new boolean[] {false, true}) {
                Read read = read(framing, handler, way, direct);
                if (!read.equals(wanted)) {
                    throw new AssertionError("whole: " + wanted + "\ncut: " + read + "\nlengths: "
                            + way.stream().map(piece -> piece.length).toList() + (direct ? " direct" : " heap"));
                }
            }
        }
        return wanted;
    }
}
