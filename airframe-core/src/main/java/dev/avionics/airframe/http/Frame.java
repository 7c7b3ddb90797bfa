package dev.avionics.airframe.http;

import dev.avionics.airframe.json.JsonReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One frame of an answer: the data of a server-sent event, a line, or a whole body. A view that is valid only while the
 * handler runs; its bytes belong to the framing.
 */
public final class Frame {
    private byte[] bytes = {};
    private int offset;
    private int length;
    private String event = "";
    private @Nullable JsonReader reader;
    private final Opening opening = new Opening();

    Frame() {}

    void set(byte[] data, int from, int count, String name) {
        bytes = data;
        offset = from;
        length = count;
        event = name;
    }

    /** The name of a server-sent event; empty if it has none, and in other framings. */
    public String event() {
        return event;
    }

    /** How many bytes of data there are. */
    public int length() {
        return length;
    }

    /** Whether the data, but for white space, is exactly this ASCII text. */
    public boolean is(String ascii) {
        int from = offset;
        int to = offset + length;
        while (from < to && bytes[from] <= ' ' && bytes[from] >= 0) {
            from++;
        }
        while (to > from && bytes[to - 1] <= ' ' && bytes[to - 1] >= 0) {
            to--;
        }
        if (to - from != ascii.length()) {
            return false;
        }
        for (int i = 0; i < ascii.length(); i++) {
            if (bytes[from + i] != ascii.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The data as JSON, from its start at each call; a syntax error shows when it is read. */
    public JsonReader json() {
        close();
        JsonReader fresh = JsonReader.of(bytes, offset, length);
        reader = fresh;
        return fresh;
    }

    /**
     * As {@link #json()}, without the fields in front of this one if they are plain values and, byte for byte, what the
     * last frame had there: the handler knows them then.
     *
     * @param field the first field that may differ from frame to frame; ASCII; the same for all frames of an answer
     */
    public JsonReader jsonFrom(String field) {
        close();
        JsonReader fresh = opening.read(bytes, offset, length, field);
        reader = fresh;
        return fresh;
    }

    /** The handler is done: what it left unread must be well-formed too. */
    void release() {
        JsonReader used = reader;
        if (used != null) {
            reader = null;
            used.finish();
        }
    }

    /** The frame is given up. */
    void abandon() {
        opening.forget();
        close();
    }

    private void close() {
        JsonReader used = reader;
        if (used != null) {
            reader = null;
            used.close();
        }
    }

    /** Whether the data begins as a JSON object or array. */
    boolean looksLikeJson() {
        int first = firstByte();
        return first == '{' || first == '[';
    }

    /** Whether the data begins as a page or an XML text. */
    boolean looksLikeHtml() {
        return firstByte() == '<';
    }

    private int firstByte() {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] < 0 || bytes[i] > ' ') {
                return bytes[i];
            }
        }
        return -1;
    }

    /** The data as text; bytes that are no UTF-8 are replaced. */
    public String text() {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }
}
