package com.example.oracle;

import dev.avionics.airframe.*;
import dev.avionics.airframe.error.*;
import dev.avionics.airframe.spi.*;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads frames with a record separator behind each: {@code +words}, {@code .end heard said}, {@code !error}. */
final class OracleFrames implements EventDecoder {
    private final ByteArrayOutputStream frame = new ByteArrayOutputStream();

    @Override
    public Progress decode(ByteBuffer bytes, EventSink out) {
        while (bytes.hasRemaining() && frame.size() < 1 << 20) {
            byte next = bytes.get();
            if (next == 0x1E) {
                String text = frame.toString(StandardCharsets.UTF_8);
                frame.reset();
                return read(text, out);
            }
            frame.write(next);
        }
        if (bytes.hasRemaining()) {
            throw InferenceException.of(ErrorCategory.PARSE, "the oracle does not take breath: a frame has no end");
        }
        return Progress.NEED_MORE;
    }

    private static Progress read(String frame, EventSink out) {
        out.rawFrame(frame);
        if (frame.startsWith("+")) {
            out.text(frame.substring(1));
            return Progress.FRAME;
        }
        String[] end = frame.split(" ");
        if (frame.startsWith("!")) {
            out.fail(Oracle.ERRORS.inBand(frame.substring(1)));
        } else if (frame.matches("[.](done|most) [0-9]{1,9} [0-9]{1,9}")) {
            TokenCount heard = TokenCount.known(Long.parseLong(end[1]));
            TokenCount said = TokenCount.known(Long.parseLong(end[2]));
            out.usage(Usage.builder().inputTotal(heard).outputTotal(said).build());
            out.finish(end[0].equals(".most") ? FinishReason.LENGTH : FinishReason.STOP, end[0]);
        } else {
            throw InferenceException.of(ErrorCategory.PARSE, "the oracle speaks in riddles: " + frame);
        }
        return Progress.END;
    }
}
