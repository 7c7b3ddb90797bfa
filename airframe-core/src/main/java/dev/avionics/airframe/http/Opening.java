package dev.avionics.airframe.http;

import dev.avionics.airframe.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the frames of one answer begin with: most repeat id, model and the like byte for byte before they come to what is
 * new. A frame whose beginning is known to be good JSON is read from the first new field on.
 */
final class Opening {
    private static final byte[] NOTHING = {};

    // From the first byte of a frame up to and with the colon behind the field's name.
    private byte[] known = NOTHING;
    private byte[] rest = NOTHING;

    /** A frame's JSON, from this field on if what stands before is what the last frame had there. */
    JsonReader read(byte[] bytes, int from, int length, String field) {
        int count = known.length;
        if (count > 0 && length > count && Arrays.equals(bytes, from, from + count, known, 0, count)) {
            return readRest(bytes, from + count - field.length() - 3, from + length);
        }
        learn(bytes, from, from + length, field);
        return JsonReader.of(bytes, from, length);
    }

    private JsonReader readRest(byte[] bytes, int from, int to) {
        int count = to - from;
        if (rest.length <= count) {
            rest = new byte[Math.max(256, Integer.highestOneBit(count) * 2)];
        }
        rest[0] = '{';
        System.arraycopy(bytes, from, rest, 1, count);
        return JsonReader.of(rest, 0, count + 1);
    }

    /** The frame was not read well: its beginning proves nothing. */
    void forget() {
        known = NOTHING;
    }

    /** Takes the beginning if it holds plain values only; a nested one may mean something in each frame. */
    private void learn(byte[] bytes, int from, int to, String field) {
        known = NOTHING;
        if (from == to || bytes[from] != '{') {
            return;
        }
        byte[] name = ('"' + field + "\":").getBytes(StandardCharsets.US_ASCII);
        boolean inText = false;
        for (int i = from + 1; i < to; i++) {
            byte b = bytes[i];
            if (inText) {
                i += b == '\\' ? 1 : 0;
                inText = b != '"';
            } else if (b == '"') {
                int end = i + name.length;
                if (bytes[i - 1] == ',' && end <= to && Arrays.equals(bytes, i, end, name, 0, name.length)) {
                    known = Arrays.copyOfRange(bytes, from, end);
                    return;
                }
                inText = true;
            } else if (b == '{' || b == '[' || b == '}') {
                return;
            }
        }
    }
}
