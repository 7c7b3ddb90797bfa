package dev.avionics.airframe.wire.aws;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;

/**
 * The framing {@code application/vnd.amazon.eventstream}: each message has its length, the length of its headers and a checksum of
 * both in front, and a checksum of all behind. What is inside goes on to a decoder of server-sent events, one event a message.
 */
final class AwsEventStream implements EventDecoder {
    private static final int PRELUDE = 12;
    private static final int CHECKSUM = 4;
    private static final int LONGEST = 16 << 20;
    private static final int FIRST_ROOM = 4096;
    private static final int TEXT = 7;

    private final EventDecoder events;
    private final UnaryOperator<String> payload;
    private byte[] kept = new byte[FIRST_ROOM];
    private int size;
    private int wanted = PRELUDE;

    /**
     * A decoder of one answer.
     *
     * @param events reads the payloads as server-sent events
     * @param payload makes the data of an event from a message's payload
     */
    AwsEventStream(EventDecoder events, UnaryOperator<String> payload) {
        this.events = events;
        this.payload = payload;
    }

    @Override
    public Progress decode(ByteBuffer bytes, EventSink out) {
        try {
            while (!out.isOver()) {
                if (!fill(bytes)) {
                    return Progress.NEED_MORE;
                }
                if (wanted == PRELUDE) {
                    wanted = length();
                    continue;
                }
                ByteBuffer event = ByteBuffer.wrap(message(out));
                wanted = PRELUDE;
                size = 0;
                Progress progress = out.isOver() ? Progress.END : events.decode(event, out);
                if (progress != Progress.NEED_MORE) {
                    return progress;
                }
            }
        } catch (InferenceException unreadable) {
            out.fail(unreadable);
        }
        return Progress.END;
    }

    /** Takes bytes until there are as many as are wanted. */
    private boolean fill(ByteBuffer bytes) {
        int count = Math.min(wanted - size, bytes.remaining());
        if (size + count > kept.length) {
            kept = java.util.Arrays.copyOf(kept, Math.min(wanted, Math.max(size + count, kept.length * 2)));
        }
        bytes.get(kept, size, count);
        size += count;
        return size == wanted;
    }

    private int length() {
        ByteBuffer prelude = ByteBuffer.wrap(kept);
        int total = prelude.getInt(0);
        int headers = prelude.getInt(4);
        checkSum(8, prelude.getInt(8));
        if (total > LONGEST || headers < 0 || total < PRELUDE + CHECKSUM || headers > total - PRELUDE - CHECKSUM) {
            throw unreadable("a message of " + total + " bytes with headers of " + headers);
        }
        return total;
    }

    private void checkSum(int count, int told) {
        CRC32 sum = new CRC32();
        sum.update(kept, 0, count);
        if ((int) sum.getValue() != told) {
            throw unreadable("a checksum is wrong");
        }
    }

    private static InferenceException unreadable(String what) {
        return InferenceException.of(ErrorCategory.PARSE, "the event stream cannot be read: " + what);
    }

    /** The message as a server-sent event. */
    private byte[] message(EventSink out) {
        ByteBuffer all = ByteBuffer.wrap(kept, 0, size);
        checkSum(size - CHECKSUM, all.getInt(size - CHECKSUM));
        int from = PRELUDE + all.getInt(4);
        Map<String, String> headers = headers(all, from);
        String text = new String(kept, from, size - CHECKSUM - from, StandardCharsets.UTF_8);
        String type = headers.getOrDefault(":message-type", "event");
        if (!type.equals("event")) {
            out.fail(HttpErrors.of("bedrock").inBand(error(headers, text)));
        }
        // Line ends may stand between the tokens of JSON only.
        String data = payload.apply(text).replace('\n', ' ').replace('\r', ' ');
        return ("event: " + headers.getOrDefault(":event-type", "") + "\ndata: " + data + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> headers(ByteBuffer all, int end) {
        Map<String, String> headers = new HashMap<>();
        ByteBuffer at = all.duplicate().position(PRELUDE).limit(end);
        try {
            while (at.hasRemaining()) {
                String name = text(at, at.get() & 0xff);
                int type = at.get();
                if (type != TEXT) {
                    throw unreadable("header " + name + " is no text");
                }
                headers.put(name, text(at, at.getShort() & 0xffff));
            }
        } catch (java.nio.BufferUnderflowException shorter) {
            throw unreadable("its headers end in the middle");
        }
        return headers;
    }

    private static String text(ByteBuffer at, int length) {
        byte[] bytes = new byte[length];
        at.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String error(Map<String, String> headers, String payload) {
        JsonWriter json = new JsonWriter();
        json.beginObject()
                .field("type", headers.getOrDefault(":exception-type", headers.getOrDefault(":error-code", "")));
        json.field("message", headers.getOrDefault(":error-message", payload)).endObject();
        return new String(json.toBytes(), StandardCharsets.UTF_8);
    }

    @Override
    public void end(EventSink out) {
        if (out.isOver()) {
            return;
        }
        if (size > 0 && !out.finishSeen()) {
            out.fail(InferenceException.of(
                    ErrorCategory.CONNECTION, "the answer was cut: it ended in the middle of a message"));
            return;
        }
        events.end(out);
    }
}
