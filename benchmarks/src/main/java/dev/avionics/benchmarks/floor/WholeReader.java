package dev.avionics.benchmarks.floor;

import dev.avionics.benchmarks.Completion;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Gathers a whole answer in a buffer that is used again, then reads it as one JSON document. */
final class WholeReader implements BodyReader {
    private final ChatJson json = new ChatJson();
    private byte[] body = new byte[4096];
    private int size;

    @Override
    public void begin() {
        json.reset();
        size = 0;
    }

    @Override
    public void read(ByteBuf bytes) {
        int length = bytes.readableBytes();
        if (size + length > body.length) {
            body = Arrays.copyOf(body, Math.max(size + length, 2 * body.length));
        }
        bytes.getBytes(bytes.readerIndex(), body, size, length);
        size += length;
    }

    @Override
    public void end(Completion completion) {
        json.add(body, 0, size);
        completion.read(json.text().length(), json.inputTokens(), json.outputTokens(), json.stopped());
    }
}
