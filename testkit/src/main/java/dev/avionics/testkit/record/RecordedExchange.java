package dev.avionics.testkit.record;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and what came back. All times count from when the request was given to the transport.
 *
 * @param request what was sent
 * @param head the head of the answer; null if none came
 * @param chunks the body, in the pieces in which it came, decompressed
 * @param end how it ended
 */
public record RecordedExchange(Request request, @Nullable Head head, List<Chunk> chunks, End end) {
    public RecordedExchange {
        requireNonNull(request, "request");
        requireNonNull(end, "end");
        chunks = List.copyOf(chunks);
    }

    /**
     * A request. Where it went is not kept: a recording plays at any address.
     *
     * @param method such as POST
     * @param path percent-encoded, without the query
     * @param query raw, empty for none
     * @param headers lower-case names
     * @param body the bytes; not copied and not to be changed
     */
    public record Request(String method, String path, String query, Map<String, String> headers, byte[] body) {
        public Request {
            requireNonNull(method, "method");
            requireNonNull(path, "path");
            requireNonNull(query, "query");
            requireNonNull(body, "body");
            headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }

        /** Shows no header values and no body. */
        @Override
        public String toString() {
            return method + " " + path + " (" + body.length + " bytes, headers " + headers.keySet() + ")";
        }
    }

    /**
     * The head of an answer.
     *
     * @param at when it came
     * @param headers lower-case names
     */
    public record Head(Duration at, int status, Map<String, String> headers) {
        public Head {
            requireNonNull(at, "at");
            headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }
    }

    /**
     * A piece of the body.
     *
     * @param at when it came
     * @param bytes not copied and not to be changed
     */
    public record Chunk(Duration at, byte[] bytes) {
        public Chunk {
            requireNonNull(at, "at");
            requireNonNull(bytes, "bytes");
        }

        @Override
        public String toString() {
            return "Chunk[" + at + ", " + bytes.length + " bytes]";
        }
    }

    /**
     * An end.
     *
     * @param at when it came
     * @param why the failure; null unless it failed
     */
    public record End(Duration at, How how, @Nullable InferenceException why) {
        public End {
            requireNonNull(at, "at");
            requireNonNull(how, "how");
            if ((why != null) != (how == How.FAILED)) {
                throw new IllegalArgumentException("why: " + why + " (expected: a failure if, and only if, it failed)");
            }
        }
    }

    /** The ways in which an exchange ends. */
    public enum How {
        /** The body came whole. */
        COMPLETE,
        /** The transport failed: no connection, a reset, a cut, an answer that is no HTTP. */
        FAILED,
        /** The caller gave it up. */
        CANCELLED,
        /** The caller had what it wanted, and let the rest go. */
        FINISHED,
        /** It had not ended when the recording was taken. */
        OPEN
    }

    /** The whole body as text. */
    public String bodyText() {
        int size = 0;
        for (Chunk chunk : chunks) {
            size += chunk.bytes.length;
        }
        byte[] all = new byte[size];
        int at = 0;
        for (Chunk chunk : chunks) {
            System.arraycopy(chunk.bytes, 0, all, at, chunk.bytes.length);
            at += chunk.bytes.length;
        }
        return new String(all, StandardCharsets.UTF_8);
    }
}
