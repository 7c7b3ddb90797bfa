package dev.avionics.benchmarks.floor;

import dev.avionics.benchmarks.Completion;
import io.netty.buffer.ByteBuf;

/** What a floor client does with the body of an answer. One per connection, used again for every call. */
interface BodyReader {
    /** A new answer begins. */
    void begin();

    /** Some bytes of it; borrowed for the duration of the call. */
    void read(ByteBuf bytes);

    /** The answer is over. */
    void end(Completion completion);
}
