package dev.avionics.gateway.cache;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link FieldWriter} wrote; anything else is an {@link IllegalArgumentException}. Not thread-safe. */
final class FieldReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    FieldReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    boolean isAtEnd() {
        return at == end;
    }

    int tag() {
        if (at >= end) {
            throw cut();
        }
        return bytes[at++] & 0xFF;
    }

    boolean flag() {
        return tag() != 0;
    }

    long number() {
        long raw = unsigned();
        return (raw >>> 1) ^ -(raw & 1);
    }

    /** A number of things, of which each takes a byte at least. */
    int count() {
        long count = number();
        if (count < 0 || count > end - at) {
            throw cut();
        }
        return (int) count;
    }

    private long unsigned() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int next = tag();
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number without an end at byte " + at);
    }

    String text() {
        long head = unsigned();
        boolean wide = (head & 1) != 0;
        long length = (head >>> 1) * (wide ? 2 : 1);
        if (length < 0 || length > end - at) {
            throw cut();
        }
        int from = at;
        at += (int) length;
        if (!wide) {
            return new String(bytes, from, (int) length, StandardCharsets.UTF_8);
        }
        char[] characters = new char[(int) length / 2];
        for (int i = 0; i < characters.length; i++) {
            characters[i] = (char) ((bytes[from + 2 * i] & 0xFF) << 8 | (bytes[from + 2 * i + 1] & 0xFF));
        }
        return new String(characters);
    }

    @Nullable
    String textOrNull() {
        return flag() ? text() : null;
    }

    private IllegalArgumentException cut() {
        return new IllegalArgumentException("cut off at byte " + at + " of " + end);
    }
}
