package dev.avionics.server.cli;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The lines of a JSON lines file that are not empty. For one thread. */
final class Lines {
    /** The longest line, in bytes: images come as base64. */
    static final int LONGEST = 64 << 20;

    private static final int END = -1;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final InputStream in;
    private long offset;
    private long number;

    /**
     * A line.
     *
     * @param number counts from 1, empty lines too
     * @param text the line without its end; null if it is none, see {@code problem}
     * @param problem what is wrong with it; empty if nothing is
     * @param endOffset how many bytes of the file end with it
     */
    record Line(long number, @Nullable String text, String problem, long endOffset) {}

    Lines(InputStream in) {
        this.in = new BufferedInputStream(requireNonNull(in, "in"), 1 << 16);
    }

    /** The next line; null after the last. Blocks. */
    @Nullable
    Line next() throws IOException {
        while (true) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
            int next = in.read();
            if (next == END) {
                return null;
            }
            long length = 0;
            while (next != END && next != '\n') {
                length++;
                if (length <= LONGEST) {
                    bytes.write(next);
                }
                next = in.read();
            }
            number++;
            offset += length + (next == END ? 0 : 1);
            if (length > LONGEST) {
                return new Line(number, null, "the line is longer than " + (LONGEST >> 20) + " MiB", offset);
            }
            Line line = line(bytes.toByteArray());
            if (line.text == null || !line.text.isBlank()) {
                return line;
            }
        }
    }

    private Line line(byte[] bytes) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return new Line(number, null, "the line is not UTF-8", offset);
        }
        boolean marked = number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
        return new Line(number, marked ? text.substring(1) : text, "", offset);
    }
}
