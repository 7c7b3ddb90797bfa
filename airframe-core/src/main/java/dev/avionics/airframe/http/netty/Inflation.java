package dev.avionics.airframe.http.netty;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks one body, gzip (RFC 1952) or deflate (RFC 1950, and the bare RFC 1951 that some servers send), a piece at a
 * time, so that a small body cannot become a large one in memory. One thread.
 */
final class Inflation {
    /** A body may become this large whatever its ratio. */
    static final long FREE = 1024 * 1024;

    /** Text packs 3 to 20 times; what packs more than this is made to hurt. */
    static final int MAX_RATIO = 100;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int HEADER = 10;
    private static final int FLAG_CHECKSUM = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int FLAGS_RESERVED = 0xe0;

    private final boolean gzip;
    private final byte[] out = new byte[16 * 1024];
    private final byte[] fixed = new byte[HEADER];
    private final CRC32 checksum = new CRC32();

    private Inflater inflater;
    private State state;
    private int fill;
    private int flags;
    private int skip;
    private @Nullable ByteBuf current;
    private @Nullable ByteBuffer input;
    private long packed;
    private long unpacked;

    /** The last piece filled the buffer, so that the inflater may hold more. */
    private boolean filled;

    private enum State {
        START,
        HEADER,
        EXTRA_LENGTH,
        EXTRA,
        NAME,
        COMMENT,
        HEADER_CHECKSUM,
        BODY,
        TRAILER,
        END
    }

    /** The body is more than {@link #MAX_RATIO} times as large as what was sent. */
    static final class BombException extends Exception {
        private static final long serialVersionUID = 1L;

        BombException(long unpacked, long packed) {
            super(unpacked + " bytes out of " + packed);
        }
    }

    Inflation(boolean gzip) {
        this.gzip = gzip;
        this.inflater = new Inflater(gzip);
        this.state = State.START;
    }

    /** The buffer that {@link #next} fills. */
    byte[] out() {
        return out;
    }

    /** Whether there is input left that was taken, or output that may come without more input. */
    boolean holds() {
        return (input != null && input.hasRemaining()) || (state == State.BODY && hasOutput());
    }

    /** Whether there may be output without more input. */
    private boolean hasOutput() {
        return filled || !inflater.needsInput();
    }

    /** Whether the packed body ended where it should; also if there was none at all. */
    boolean isComplete() {
        return state == State.END || packed == 0;
    }

    /**
     * Unpacks the next piece.
     *
     * @param held packed bytes; what is taken is released when it is used up
     * @return bytes in {@link #out()}; 0 if more input is needed
     */
    int next(ArrayDeque<ByteBuf> held) throws DataFormatException, BombException {
        while (true) {
            ByteBuffer in = input;
            if (state == State.BODY && hasOutput()) {
                in = in == null ? NOTHING : in;
            } else if (in == null || !in.hasRemaining()) {
                in = take(held);
                if (in == null) {
                    return 0;
                }
            }
            if (state == State.BODY) {
                int count = body(in);
                if (count > 0) {
                    return count;
                }
            } else {
                frame(in);
            }
        }
    }

    private @Nullable ByteBuffer take(ArrayDeque<ByteBuf> held) {
        releaseCurrent();
        ByteBuf next = held.poll();
        if (next == null) {
            return null;
        }
        current = next;
        ByteBuffer view = next.nioBuffer();
        input = view;
        packed += view.remaining();
        return view;
    }

    private int body(ByteBuffer in) throws DataFormatException, BombException {
        if (inflater.needsInput() && in.hasRemaining()) {
            inflater.setInput(in);
        }
        int count = inflater.inflate(out);
        filled = count == out.length;
        if (inflater.needsDictionary()) {
            throw new DataFormatException("needs a dictionary");
        }
        if (gzip) {
            checksum.update(out, 0, count);
        }
        if (inflater.finished()) {
            state = gzip ? State.TRAILER : State.END;
            fill = 0;
        }
        unpacked += count;
        long used = packed - in.remaining();
        if (unpacked > FREE && unpacked > used * MAX_RATIO) {
            throw new BombException(unpacked, used);
        }
        return count;
    }

    private void frame(ByteBuffer in) throws DataFormatException {
        switch (state) {
            case START -> start(in);
            case HEADER -> {
                if (collect(in, HEADER)) {
                    header();
                }
            }
            case EXTRA_LENGTH -> {
                if (collect(in, 2)) {
                    skip = (fixed[0] & 0xff) | (fixed[1] & 0xff) << 8;
                    state = State.EXTRA;
                }
            }
            case EXTRA -> {
                int step = Math.min(skip, in.remaining());
                in.position(in.position() + step);
                skip -= step;
                if (skip == 0) {
                    afterExtra();
                }
            }
            case NAME -> {
                if (in.get() == 0) {
                    afterName();
                }
            }
            case COMMENT -> {
                if (in.get() == 0) {
                    afterComment();
                }
            }
            case HEADER_CHECKSUM -> {
                if (collect(in, 2)) {
                    state = State.BODY;
                }
            }
            case TRAILER -> {
                if (collect(in, 8)) {
                    trailer();
                }
            }
            default -> afterEnd();
        }
    }

    private void start(ByteBuffer in) {
        if (gzip) {
            fill = 0;
            state = State.HEADER;
            return;
        }
        int first = in.get(in.position());
        boolean zlib = (first & 0x0f) == 8 && (first & 0xff) >> 4 <= 7;
        if (!zlib) {
            inflater.end();
            inflater = new Inflater(true);
        }
        state = State.BODY;
    }

    private boolean collect(ByteBuffer in, int count) {
        while (fill < count && in.hasRemaining()) {
            fixed[fill++] = in.get();
        }
        if (fill < count) {
            return false;
        }
        fill = 0;
        return true;
    }

    private void header() throws DataFormatException {
        flags = fixed[3];
        if ((fixed[0] & 0xff) != 0x1f || (fixed[1] & 0xff) != 0x8b || fixed[2] != 8 || (flags & FLAGS_RESERVED) != 0) {
            throw new DataFormatException("not gzip");
        }
        if ((flags & FLAG_EXTRA) != 0) {
            state = State.EXTRA_LENGTH;
        } else {
            afterExtra();
        }
    }

    private void afterExtra() {
        if ((flags & FLAG_NAME) != 0) {
            state = State.NAME;
        } else {
            afterName();
        }
    }

    private void afterName() {
        if ((flags & FLAG_COMMENT) != 0) {
            state = State.COMMENT;
        } else {
            afterComment();
        }
    }

    private void afterComment() {
        state = (flags & FLAG_CHECKSUM) != 0 ? State.HEADER_CHECKSUM : State.BODY;
    }

    private void trailer() throws DataFormatException {
        if (littleEndian(0) != checksum.getValue() || littleEndian(4) != (inflater.getBytesWritten() & 0xffffffffL)) {
            throw new DataFormatException("wrong checksum or length");
        }
        state = State.END;
    }

    private long littleEndian(int from) {
        return (fixed[from] & 0xffL)
                | (fixed[from + 1] & 0xffL) << 8
                | (fixed[from + 2] & 0xffL) << 16
                | (fixed[from + 3] & 0xffL) << 24;
    }

    private void afterEnd() throws DataFormatException {
        if (!gzip) {
            throw new DataFormatException("bytes after the end");
        }
        // A gzip body may be several, one after the other.
        inflater.reset();
        checksum.reset();
        fill = 0;
        state = State.HEADER;
    }

    private void releaseCurrent() {
        input = null;
        if (current != null) {
            current.release();
            current = null;
        }
    }

    /** Gives back what is held. */
    void close() {
        releaseCurrent();
        inflater.end();
    }
}
