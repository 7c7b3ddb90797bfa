package dev.avionics.airframe;

import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;

/** Reads nothing. */
final class NoDecoder implements EventDecoder {
    @Override
    public Progress decode(ByteBuffer bytes, EventSink out) {
        return Progress.END;
    }

    @Override
    public void end(EventSink out) {}
}
