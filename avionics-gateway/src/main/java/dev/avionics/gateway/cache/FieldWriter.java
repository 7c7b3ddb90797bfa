package dev.avionics.gateway.cache;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes values one after the other. Each says how long it is, so two different sequences of the same shape never give the same
 * bytes. Not thread-safe.
 */
final class FieldWriter {
    private final Target target;
    private final byte[] buffer = new byte[512];
    private int used;

    /** Where the bytes go; the array is the writer's own. */
    interface Target {
        void take(byte[] bytes, int offset, int length);
    }

    FieldWriter(Target target) {
        this.target = target;
    }

    /** Gives what is still held to the target. */
    void flush() {
        target.take(buffer, 0, used);
        used = 0;
    }

    /** A kind or a small number, 0 to 255. */
    FieldWriter tag(int value) {
        if (used == buffer.length) {
            flush();
        }
        buffer[used++] = (byte) value;
        return this;
    }

    FieldWriter flag(boolean value) {
        return tag(value ? 1 : 0);
    }

    /** A number; those near zero are short. */
    FieldWriter number(long value) {
        return unsigned((value << 1) ^ (value >> 63));
    }

    private FieldWriter unsigned(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            tag((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        return tag((int) rest);
    }

    /** Exactly this text, half pairs of surrogates included, which UTF-8 does not have. */
    FieldWriter text(String value) {
        if (isPaired(value)) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            unsigned((long) bytes.length << 1);
            bytes(bytes);
            return this;
        }
        unsigned((long) value.length() << 1 | 1);
        for (int i = 0; i < value.length(); i++) {
            tag(value.charAt(i) >> 8).tag(value.charAt(i));
        }
        return this;
    }

    /** A text that may be null. */
    FieldWriter textOrNull(@Nullable String value) {
        return value == null ? flag(false) : flag(true).text(value);
    }

    private void bytes(byte[] bytes) {
        if (bytes.length <= buffer.length - used) {
            System.arraycopy(bytes, 0, buffer, used, bytes.length);
            used += bytes.length;
            return;
        }
        flush();
        target.take(bytes, 0, bytes.length);
    }

    private static boolean isPaired(String value) {
        for (int i = 0; i < value.length(); i++) {
            char at = value.charAt(i);
            if (Character.isSurrogate(at)) {
                if (Character.isLowSurrogate(at)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }
}
