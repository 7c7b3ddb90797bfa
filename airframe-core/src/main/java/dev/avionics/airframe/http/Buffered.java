package dev.avionics.airframe.http;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that are kept until more of them come. */
final class Buffered {
    private static final byte[] NOTHING = {};
    private static final int SMALL = 512;
    private static final int KEPT = 8 << 10;

    private final int most;
    private byte[] bytes = NOTHING;
    private int length;

    Buffered(int most) {
        this.most = most;
    }

    boolean isEmpty() {
        return length == 0;
    }

    int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }

    void into(Frame frame) {
        frame.set(bytes, 0, length, "");
    }

    void add(byte[] source, int from, int to) {
        int at = grow(to - from);
        System.arraycopy(source, from, bytes, at, to - from);
    }

    void add(ByteBuffer source) {
        int count = source.remaining();
        int at = grow(count);
        source.get(bytes, at, count);
    }

    private int grow(int count) {
        if (count > most - length) {
            throw Framing.tooLarge(most);
        }
        int at = length;
        length += count;
        if (bytes.length < length) {
            int size = Math.max(SMALL, Integer.highestOneBit(length) * 2);
            bytes = Arrays.copyOf(bytes, Math.min(size, most));
        }
        return at;
    }

    void clear() {
        length = 0;
        if (bytes.length > KEPT) {
            bytes = NOTHING;
        }
    }
}
