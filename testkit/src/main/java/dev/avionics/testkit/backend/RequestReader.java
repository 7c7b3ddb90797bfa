package dev.avionics.testkit.backend;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;

/** Reads HTTP/1 requests off a connection, strictly: what is not plain HTTP/1 is a {@link MalformedRequest}. */
final class RequestReader {
    /** A request that is not HTTP/1. */
    static final class MalformedRequest extends IOException {
        private static final long serialVersionUID = 1;

        MalformedRequest(String message) {
            super(message);
        }
    }

    /** The first line and the headers of a request. */
    record RequestHead(String method, String target, String version, List<Header> headers) {
        Optional<String> header(String name) {
            return headers.stream().filter(h -> h.is(name)).map(Header::value).findFirst();
        }
    }

    private static final int MAX_HEAD = 1 << 20;

    private final InputStream in;
    private final IntConsumer count;
    private final byte[] buffer = new byte[16 * 1024];
    private int from;
    private int to;

    RequestReader(InputStream in, IntConsumer count) {
        this.in = in;
        this.count = count;
    }

    /** Waits for the first byte of a request, without taking it; false at the end of the stream. */
    boolean awaitByte() throws IOException {
        if (from < to) {
            return true;
        }
        int read = in.read(buffer);
        if (read <= 0) {
            return false;
        }
        count.accept(read);
        from = 0;
        to = read;
        return true;
    }

    RequestHead readHead() throws IOException {
        int[] budget = {MAX_HEAD};
        String line = readLine(budget);
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || parts[0].isEmpty() || !parts[2].startsWith("HTTP/1.")) {
            throw new MalformedRequest("not a request line of HTTP/1 (" + line.length() + " characters)");
        }
        List<Header> headers = new ArrayList<>();
        for (String field = readLine(budget); !field.isEmpty(); field = readLine(budget)) {
            int colon = field.indexOf(':');
            if (colon <= 0 || field.charAt(0) == ' ' || field.charAt(0) == '\t' || field.charAt(colon - 1) == ' ') {
                throw new MalformedRequest("not a header field (" + field.length() + " characters)");
            }
            headers.add(new Header(
                    field.substring(0, colon), field.substring(colon + 1).strip()));
        }
        return new RequestHead(parts[0], parts[1], parts[2], headers);
    }

    /** Reads the body into the request, as its headers tell. */
    void readBody(RequestHead head, SeenRequest request) throws IOException {
        Optional<String> coding = head.header("Transfer-Encoding");
        List<String> lengths = head.headers.stream()
                .filter(h -> h.is("Content-Length"))
                .map(Header::value)
                .toList();
        if (coding.isPresent() && !lengths.isEmpty()) {
            throw new MalformedRequest("both Transfer-Encoding and Content-Length");
        }
        if (lengths.size() > 1) {
            throw new MalformedRequest("several Content-Length headers");
        }
        if (coding.isPresent()) {
            if (!coding.get().equalsIgnoreCase("chunked")) {
                throw new MalformedRequest("Transfer-Encoding other than chunked");
            }
            readChunks(request);
        } else if (!lengths.isEmpty()) {
            readBytes(number(lengths.get(0), 10), request);
        }
    }

    private void readChunks(SeenRequest request) throws IOException {
        int[] budget = {MAX_HEAD};
        while (true) {
            String line = readLine(new int[] {4096});
            int extension = line.indexOf(';');
            long size = number((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
            if (size == 0) {
                break;
            }
            readBytes(size, request);
            if (!readLine(new int[] {2}).isEmpty()) {
                throw new MalformedRequest("no line end after a chunk");
            }
        }
        while (!readLine(budget).isEmpty()) {
            // Trailers carry nothing that a script looks at.
        }
    }

    private void readBytes(long count, SeenRequest request) throws IOException {
        long left = count;
        while (left > 0) {
            if (!awaitByte()) {
                throw new EOFException("end of stream inside a body");
            }
            int taken = (int) Math.min(left, to - from);
            request.addBody(buffer, from, taken);
            from += taken;
            left -= taken;
        }
    }

    private String readLine(int[] budget) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            if (!awaitByte()) {
                throw new EOFException("end of stream inside a line");
            }
            byte b = buffer[from++];
            if (b == '\n') {
                byte[] bytes = line.toByteArray();
                if (bytes.length == 0 || bytes[bytes.length - 1] != '\r') {
                    throw new MalformedRequest("line feed without carriage return");
                }
                return new String(bytes, 0, bytes.length - 1, StandardCharsets.ISO_8859_1);
            }
            if (b == 0 || --budget[0] < 0) {
                throw new MalformedRequest(b == 0 ? "NUL in the head" : "head or chunk line too long");
            }
            line.write(b);
        }
    }

    private static long number(String text, int radix) throws MalformedRequest {
        if (text.isEmpty() || !text.chars().allMatch(c -> Character.digit(c, radix) >= 0) || text.length() > 15) {
            throw new MalformedRequest("not a length (" + text.length() + " characters)");
        }
        return Long.parseLong(text, radix);
    }
}
