package dev.avionics.benchmarks.floor;

import dev.avionics.benchmarks.Completion;
import io.netty.buffer.ByteBuf;

/** Counts the bytes of an answer and looks at none of them. */
final class ByteCounter implements BodyReader {
    private int count;

    @Override
    public void begin() {
        count = 0;
    }

    @Override
    public void read(ByteBuf bytes) {
        count += bytes.readableBytes();
    }

    @Override
    public void end(Completion completion) {
        completion.received(count);
    }
}
