package dev.avionics.benchmarks.floor;

import dev.avionics.benchmarks.Completion;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Cuts a server-sent event stream into lines and reads the JSON document of every {@code data} line. Bytes are copied
 * once into a buffer that is used again; only an unfinished line stays in it between two reads.
 */
final class EventReader implements BodyReader {
    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};
    private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

    private final ChatJson json = new ChatJson();
    private byte[] buffer = new byte[16 * 1024];
    private int size;
    private boolean done;

    @Override
    public void begin() {
        json.reset();
        size = 0;
        done = false;
    }

    @Override
    public void read(ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (size + length > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(size + length, 2 * buffer.length));
        }
        bytes.getBytes(bytes.readerIndex(), buffer, size, length);
        int lineStart = 0;
        int end = newline(size, size + length);
        size += length;
        while (end < size) {
            line(lineStart, end > lineStart && buffer[end - 1] == '\r' ? end - 1 : end);
            lineStart = end + 1;
            end = newline(lineStart, size);
        }
        if (lineStart > 0) {
            size -= lineStart;
            System.arraycopy(buffer, lineStart, buffer, 0, size);
        }
    }

    /** Index of the first line feed in this range, or its end. */
    private int newline(int from, int to) {
        byte[] bytes = buffer;
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\n') {
                return i;
            }
        }
        return to;
    }

    private void line(int from, int to) {
        int data = from + DATA.length;
        if (data > to || !Arrays.equals(buffer, from, data, DATA, 0, DATA.length)) {
            return;
        }
        if (data < to && buffer[data] == ' ') {
            data++;
        }
        if (Arrays.equals(buffer, data, to, DONE, 0, DONE.length)) {
            done = true;
        } else {
            json.add(buffer, data, to - data);
        }
    }

    @Override
    public void end(Completion completion) {
        if (!done) {
            completion.failed(new IllegalStateException("stream ended without its end mark"));
            return;
        }
        completion.read(json.text().length(), json.inputTokens(), json.outputTokens(), json.stopped());
    }
}
