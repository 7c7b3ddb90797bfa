package dev.avionics.airframe.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Finds line ends in bytes, eight at a step: payloads hardly ever hold a byte that small. */
final class LineEnds {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long BELOW_14 = ONES * 14;

    private LineEnds() {}

    /** The index of the first CR or LF in {@code [from, to)}, or -1. */
    static int find(byte[] bytes, int from, int to) {
        int at = from;
        int lastStep = to - 8;
        while (at <= lastStep) {
            long eight = (long) LONGS.get(bytes, at);
            // Some byte is below 14: CR, LF, or rarely another control character.
            if ((eight - BELOW_14 & ~eight & HIGHS) != 0) {
                for (int i = at; i < at + 8; i++) {
                    if (isEnd(bytes[i])) {
                        return i;
                    }
                }
            }
            at += 8;
        }
        while (at < to) {
            if (isEnd(bytes[at])) {
                return at;
            }
            at++;
        }
        return -1;
    }

    private static boolean isEnd(byte b) {
        return b == '\n' || b == '\r';
    }
}
