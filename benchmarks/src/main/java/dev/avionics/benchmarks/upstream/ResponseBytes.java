package dev.avionics.benchmarks.upstream;

import dev.avionics.benchmarks.Answers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The answers as they go over the wire, encoded once. Every list element is the content of one socket write. */
final class ResponseBytes {
    private static final String COMMON_HEADERS = "x-request-id: req_5f0e6f0c2d7a4b0f8a2b\r\n"
            + "openai-processing-ms: 412\r\n"
            + "openai-version: 2020-10-01\r\n"
            + "x-ratelimit-limit-requests: 10000\r\n"
            + "x-ratelimit-remaining-requests: 9999\r\n"
            + "x-ratelimit-limit-tokens: 2000000\r\n"
            + "x-ratelimit-remaining-tokens: 1999953\r\n";

    private ResponseBytes() {}

    static ByteBuf whole() {
        byte[] body = Answers.whole();
        String head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n" + COMMON_HEADERS + "content-length: "
                + body.length + "\r\n\r\n";
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(ascii(head));
        out.writeBytes(body);
        return pinned(out.toByteArray());
    }

    static ByteBuf notFound() {
        return pinned(ascii("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"));
    }

    /**
     * The streamed answer. The head goes out with the first text chunks; finish reason, usage and end mark share the
     * last write. Every write is one HTTP chunk.
     */
    static List<ByteBuf> stream(int chunksPerWrite) {
        List<byte[]> events = Answers.events();
        List<ByteBuf> writes = new ArrayList<>();
        for (int from = 0; from < Answers.CHUNKS; from += chunksPerWrite) {
            int to = Math.min(from + chunksPerWrite, Answers.CHUNKS);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (from == 0) {
                out.writeBytes(ascii("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
                        + COMMON_HEADERS + "transfer-encoding: chunked\r\n\r\n"));
            }
            appendChunk(out, events.subList(from, to));
            writes.add(pinned(out.toByteArray()));
        }
        ByteArrayOutputStream last = new ByteArrayOutputStream();
        appendChunk(last, events.subList(Answers.CHUNKS, events.size()));
        last.writeBytes(ascii("0\r\n\r\n"));
        writes.add(pinned(last.toByteArray()));
        return List.copyOf(writes);
    }

    private static void appendChunk(ByteArrayOutputStream out, List<byte[]> events) {
        int size = events.stream().mapToInt(event -> event.length).sum();
        out.writeBytes(ascii(Integer.toHexString(size) + "\r\n"));
        events.forEach(out::writeBytes);
        out.writeBytes(ascii("\r\n"));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static ByteBuf pinned(byte[] bytes) {
        // Memory of the JVM's own, which goes with the last reference: nobody has to release it.
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        return Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(direct.asReadOnlyBuffer()));
    }
}
