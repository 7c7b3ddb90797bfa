package dev.avionics.airframe.http;

import dev.avionics.airframe.error.InferenceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads server-sent events as the WHATWG HTML standard has them. Bytes may be cut anywhere. An event whose lines lie
 * together in one array is handed out in place; everything else goes through one scratch array.
 */
final class SseParser {
    private static final byte[] NOTHING = {};
    private static final byte[] BOM = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};
    private static final int SMALL = 512;
    // A scratch array that one long event blew up is given back after it: streams idle by the thousand.
    private static final int KEPT = 8 << 10;
    private static final int LONGEST_FIELD = "event: ".length();

    private final int maxData;

    // [0, dataLength) data lines joined with LF, then lineLength bytes of a line that has not ended.
    private byte[] scratch = NOTHING;
    private int dataLength;
    private int lineLength;
    private boolean hasData;
    // The only data line so far, where it came; valid during one call.
    private byte[] sliceOf = NOTHING;
    private int sliceFrom;
    private int sliceLength = -1;

    private byte[] window = NOTHING;
    private int bomSeen;
    private boolean lineFeedMayFollow;
    private String nextEvent = "";
    private String knownEvent = "";

    private boolean dispatched;
    private byte[] data = NOTHING;
    private int offset;
    private int length;
    private String event = "";
    private String lastEventId = "";
    private long retryMillis = -1;

    SseParser(int maxData) {
        this.maxData = maxData;
    }

    /**
     * Goes to the end of the next event.
     *
     * @param bytes what is taken is taken from here; all of it if no event ends
     * @return whether there is an event; it is valid until the next call, and as long as the buffer's array
     * @throws InferenceException of category PARSE if the event is too large
     */
    boolean next(ByteBuffer bytes) {
        reset();
        if (bytes.hasArray()) {
            int base = bytes.arrayOffset();
            int end = scan(bytes.array(), base + bytes.position(), base + bytes.limit());
            bytes.position(end - base);
            return dispatched;
        }
        while (!dispatched && bytes.hasRemaining()) {
            if (window.length == 0) {
                window = new byte[SMALL];
            } else if (length > window.length && window.length < KEPT) {
                window = new byte[Math.min(Integer.highestOneBit(length) * 2, KEPT)];
            }
            int at = bytes.position();
            int count = Math.min(bytes.remaining(), window.length);
            bytes.get(at, window, 0, count);
            bytes.position(at + scan(window, 0, count));
        }
        return dispatched;
    }

    /** The bytes are over: whether an event is left whose end is missing. */
    boolean last() {
        reset();
        if (lineLength > 0) {
            line(scratch, dataLength, dataLength + lineLength);
            lineLength = 0;
        }
        if (hasData) {
            dispatch();
        }
        return dispatched;
    }

    byte[] data() {
        return data;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /** The event's name, empty for none. */
    String event() {
        return event;
    }

    String lastEventId() {
        return lastEventId;
    }

    /** The reconnection time that was told last, or -1. */
    long retryMillis() {
        return retryMillis;
    }

    private void reset() {
        if (dispatched) {
            dispatched = false;
            data = NOTHING;
            dataLength = 0;
            if (scratch.length > KEPT) {
                scratch = NOTHING;
            }
        }
    }

    /** Reads lines up to the first event's end; gives the index of the first byte that was not taken. */
    private int scan(byte[] bytes, int from, int to) {
        int at = bomSeen < BOM.length ? skipBom(bytes, from, to) : from;
        while (at < to) {
            if (lineFeedMayFollow) {
                lineFeedMayFollow = false;
                if (bytes[at] == '\n') {
                    at++;
                    continue;
                }
            }
            int end = LineEnds.find(bytes, at, to);
            if (end < 0) {
                hold(bytes, at, to);
                return to;
            }
            if (lineLength == 0) {
                line(bytes, at, end);
            } else {
                hold(bytes, at, end);
                line(scratch, dataLength, dataLength + lineLength);
                lineLength = 0;
            }
            at = end + 1;
            lineFeedMayFollow = bytes[end] == '\r';
            if (dispatched) {
                return at;
            }
        }
        keepSlice();
        return at;
    }

    private int skipBom(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bomSeen < BOM.length) {
            if (bytes[at] == BOM[bomSeen]) {
                at++;
                bomSeen++;
            } else {
                hold(BOM, 0, bomSeen);
                bomSeen = BOM.length;
            }
        }
        return at;
    }

    private void hold(byte[] bytes, int from, int to) {
        keepSlice();
        int count = to - from;
        int used = dataLength + lineLength;
        if (count > maxData + LONGEST_FIELD - used) {
            throw Framing.tooLarge(maxData);
        }
        ensure(used + count);
        System.arraycopy(bytes, from, scratch, used, count);
        lineLength += count;
    }

    private void keepSlice() {
        if (sliceLength >= 0) {
            ensure(sliceLength);
            System.arraycopy(sliceOf, sliceFrom, scratch, 0, sliceLength);
            dataLength = sliceLength;
            dropSlice();
        }
    }

    private void dropSlice() {
        sliceLength = -1;
        sliceOf = NOTHING;
    }

    private void ensure(int wanted) {
        if (scratch.length < wanted) {
            int size = Math.max(SMALL, Integer.highestOneBit(wanted) * 2);
            scratch = Arrays.copyOf(scratch, Math.min(size, Math.max(wanted, maxData + LONGEST_FIELD)));
        }
    }

    private void line(byte[] bytes, int from, int to) {
        if (from == to) {
            if (hasData) {
                dispatch();
            } else {
                nextEvent = "";
            }
            return;
        }
        switch (bytes[from]) {
            case 'd' -> {
                int value = value(bytes, from, to, "data");
                if (value >= 0) {
                    addData(bytes, value, to);
                }
            }
            case 'e' -> {
                int value = value(bytes, from, to, "event");
                if (value >= 0) {
                    nextEvent = name(bytes, value, to);
                }
            }
            case 'i' -> {
                int value = value(bytes, from, to, "id");
                if (value >= 0) {
                    String id = new String(bytes, value, to - value, StandardCharsets.UTF_8);
                    if (id.indexOf('\0') < 0) {
                        lastEventId = id;
                    }
                }
            }
            case 'r' -> {
                int value = value(bytes, from, to, "retry");
                if (value >= 0) {
                    retry(bytes, value, to);
                }
            }
            default -> {
                // A comment, or a field that the standard does not know.
            }
        }
    }

    /** Where the value of a line begins; -1 if the line's field is another. */
    private static int value(byte[] bytes, int from, int to, String field) {
        int end = from + field.length();
        if (end > to) {
            return -1;
        }
        for (int i = 1; i < field.length(); i++) {
            if (bytes[from + i] != field.charAt(i)) {
                return -1;
            }
        }
        if (end == to) {
            return to;
        }
        if (bytes[end] != ':') {
            return -1;
        }
        int value = end + 1;
        return value < to && bytes[value] == ' ' ? value + 1 : value;
    }

    private void addData(byte[] bytes, int from, int to) {
        int count = to - from;
        if (!hasData) {
            if (count > maxData) {
                throw Framing.tooLarge(maxData);
            }
            hasData = true;
            if (bytes == scratch) {
                System.arraycopy(bytes, from, scratch, 0, count);
                dataLength = count;
            } else {
                sliceOf = bytes;
                sliceFrom = from;
                sliceLength = count;
            }
            return;
        }
        keepSlice();
        if (count >= maxData - dataLength) {
            throw Framing.tooLarge(maxData);
        }
        byte[] source = bytes;
        if (bytes != scratch) {
            ensure(dataLength + 1 + count);
        }
        // Within the scratch array the value moves to the left, over its field's name.
        scratch[dataLength] = '\n';
        System.arraycopy(source, from, scratch, dataLength + 1, count);
        dataLength += 1 + count;
    }

    private String name(byte[] bytes, int from, int to) {
        // Streams repeat one name hundreds of times.
        if (!equal(knownEvent, bytes, from, to)) {
            knownEvent = new String(bytes, from, to - from, StandardCharsets.UTF_8);
        }
        return knownEvent;
    }

    private static boolean equal(String text, byte[] bytes, int from, int to) {
        if (text.length() != to - from) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }

    private void retry(byte[] bytes, int from, int to) {
        if (from == to || to - from > 15) {
            return;
        }
        long millis = 0;
        for (int i = from; i < to; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return;
            }
            millis = millis * 10 + (bytes[i] - '0');
        }
        retryMillis = millis;
    }

    private void dispatch() {
        dispatched = true;
        hasData = false;
        event = nextEvent;
        nextEvent = "";
        if (sliceLength >= 0) {
            data = sliceOf;
            offset = sliceFrom;
            length = sliceLength;
            dropSlice();
        } else {
            data = scratch;
            offset = 0;
            length = dataLength;
        }
    }
}
