package dev.avionics.testkit.backend;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Plays one reply onto one connection. */
final class ReplyWriter {
    /** Where the bytes go and how waits are done; a connection, seen by its script. */
    interface Wire {
        void write(byte[] bytes, int from, int to) throws IOException;

        /** Waits; false when the peer left meanwhile. */
        boolean pause(Duration duration);

        /** Waits for the gate; false when the peer left meanwhile. */
        boolean await(Gate gate);
    }

    private static final int PIECE = 8192;

    private final Wire wire;
    private final Reply reply;
    private final boolean toHead;
    private long written;
    private long writtenBeforeBody;
    private boolean headWritten;

    ReplyWriter(Wire wire, Reply reply, String method) {
        this.wire = wire;
        this.reply = reply;
        this.toHead = method.equals("HEAD");
        this.headWritten = !reply.withHead;
    }

    /** Plays the steps and returns how the reply ended, which is a cut when the script has one. */
    Ending play() throws IOException {
        List<byte[]> encoded = BodyCoder.encode(plainParts(), reply.coding);
        long length = encoded.stream().mapToLong(part -> part.length).sum();
        Iterator<byte[]> parts = encoded.iterator();
        for (ReplyStep step : reply.steps()) {
            boolean going = true;
            if (step instanceof ReplyStep.Interim interim) {
                going = write(head(interim.status(), phrase(interim.status()), interim.headers()));
            } else if (step instanceof ReplyStep.Head) {
                going = write(head(reply.status, reasonPhrase(), headers(length)));
                writtenBeforeBody = written;
                headWritten = true;
                going = going && !cutReached();
            } else if (step instanceof ReplyStep.Part) {
                going = writePart(parts.next());
            } else if (step instanceof ReplyStep.Raw raw) {
                going = write(raw.bytes());
            } else if (step instanceof ReplyStep.Finish) {
                going = finish();
            } else if (step instanceof ReplyStep.Pause pause) {
                if (!wire.pause(pause.duration())) {
                    return Ending.CLOSE;
                }
            } else if (step instanceof ReplyStep.Await await) {
                if (!wire.await(await.gate())) {
                    return Ending.CLOSE;
                }
            } else if (step instanceof ReplyStep.End end) {
                checkCut(end.ending());
                return end.ending();
            } else {
                throw new IllegalStateException("unknown step: " + step);
            }
            if (!going) {
                return reply.cutEnding;
            }
        }
        throw new IllegalStateException("reply without end: " + reply);
    }

    private void checkCut(Ending ended) {
        if (reply.cutAt >= 0 && ended != Ending.STALL) {
            throw new IllegalStateException(
                    "cut at " + reply.cutAt + ", but the reply had only " + counted() + " bytes: " + reply);
        }
    }

    private List<byte[]> plainParts() {
        List<byte[]> plain = new ArrayList<>();
        for (ReplyStep step : reply.steps) {
            if (step instanceof ReplyStep.Part part) {
                plain.add(part.bytes());
            }
        }
        return plain;
    }

    private boolean bodyless() {
        return toHead || reply.status < 200 || reply.status == 204 || reply.status == 304;
    }

    private boolean writePart(byte[] part) throws IOException {
        if (part.length == 0 || toHead) {
            return true;
        }
        if (reply.framing != Framing.CHUNKED) {
            return write(part);
        }
        int size = reply.chunkSize == 0 ? part.length : reply.chunkSize;
        for (int from = 0; from < part.length; from += size) {
            int to = Math.min(part.length, from + size);
            ByteArrayOutputStream chunk = new ByteArrayOutputStream();
            chunk.writeBytes(ascii(Integer.toHexString(to - from) + "\r\n"));
            chunk.write(part, from, to - from);
            chunk.writeBytes(ascii("\r\n"));
            if (!write(chunk.toByteArray())) {
                return false;
            }
        }
        return true;
    }

    private boolean finish() throws IOException {
        if (reply.framing != Framing.CHUNKED || bodyless()) {
            return true;
        }
        StringBuilder end = new StringBuilder("0\r\n");
        reply.trailers.forEach(
                t -> end.append(t.name()).append(": ").append(t.value()).append("\r\n"));
        return write(ascii(end.append("\r\n").toString()));
    }

    private long counted() {
        return reply.cutCountsBody ? written - writtenBeforeBody : written;
    }

    private boolean counting() {
        return reply.cutAt >= 0 && (headWritten || !reply.cutCountsBody);
    }

    private boolean cutReached() {
        return counting() && counted() >= reply.cutAt;
    }

    /** Writes up to the cut; false when it was reached. */
    private boolean write(byte[] bytes) throws IOException {
        int limit = counting() ? (int) Math.min(bytes.length, reply.cutAt - counted()) : bytes.length;
        int size = reply.sliceSize == 0 ? PIECE : reply.sliceSize;
        for (int from = 0; from < limit; from += size) {
            if (written > 0 && !reply.slicePause.isZero() && !wire.pause(reply.slicePause)) {
                throw new IOException("peer left");
            }
            int to = Math.min(limit, from + size);
            wire.write(bytes, from, to);
            written += to - from;
        }
        return !cutReached();
    }

    private List<Header> headers(long length) {
        List<Header> all = new ArrayList<>(reply.headers);
        String coding = switch (reply.coding) {
            case IDENTITY -> "";
            case GZIP -> "gzip";
            case DEFLATE, RAW_DEFLATE -> "deflate";
        };
        if (!coding.isEmpty() && !has("Content-Encoding")) {
            all.add(new Header("Content-Encoding", coding));
        }
        if (reply.framing == Framing.CONTENT_LENGTH && !has("Content-Length")) {
            long told = reply.declaredLength >= 0 ? reply.declaredLength : length;
            if (told > 0 || !bodyless()) {
                all.add(new Header("Content-Length", Long.toString(told)));
            }
        }
        if (reply.framing == Framing.CHUNKED && !has("Transfer-Encoding")) {
            all.add(new Header("Transfer-Encoding", "chunked"));
        }
        return all;
    }

    private boolean has(String name) {
        return reply.headers.stream().anyMatch(h -> h.is(name));
    }

    private String reasonPhrase() {
        return reply.reason == null ? phrase(reply.status) : reply.reason;
    }

    private static byte[] head(int status, String reason, List<Header> headers) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(reason)
                .append("\r\n");
        headers.forEach(
                h -> head.append(h.name()).append(": ").append(h.value()).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String phrase(int status) {
        return switch (status) {
            case 100 -> "Continue";
            case 103 -> "Early Hints";
            case 200 -> "OK";
            case 202 -> "Accepted";
            case 204 -> "No Content";
            case 302 -> "Found";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 413 -> "Content Too Large";
            case 429 -> "Too Many Requests";
            case 500 -> "Internal Server Error";
            case 502 -> "Bad Gateway";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> "Status";
        };
    }
}
