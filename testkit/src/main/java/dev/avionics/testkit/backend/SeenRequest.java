package dev.avionics.testkit.backend;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A request as the backend saw it; its state goes on changing while it is read and answered.
 *
 * <p>Times are readings of {@link System#nanoTime()}. Any thread may use it.
 */
public final class SeenRequest {
    /** How much of a body is kept; what comes after it is counted only. */
    static final int MAX_KEPT = 64 << 20;

    private final Object lock;
    private final SeenConnection connection;
    private final int index;
    private final String method;
    private final String target;
    private final String version;
    private final List<Header> headers;
    private final long arrivalNanos;
    private final long headNanos;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();
    private long bodyLength;
    private OptionalLong completeNanos = OptionalLong.empty();
    private OptionalLong answerStartNanos = OptionalLong.empty();
    private OptionalLong answerEndNanos = OptionalLong.empty();
    private long answerBytes;
    private boolean scripted = true;

    SeenRequest(
            SeenConnection connection,
            int index,
            String method,
            String target,
            String version,
            List<Header> headers,
            long arrivalNanos) {
        this.lock = connection.lock();
        this.connection = connection;
        this.index = index;
        this.method = method;
        this.target = target;
        this.version = version;
        this.headers = List.copyOf(headers);
        this.arrivalNanos = arrivalNanos;
        this.headNanos = System.nanoTime();
    }

    /** Returns the number of the request on this backend, from 0, in the order in which heads were read. */
    public int index() {
        return index;
    }

    /** Returns the connection on which it came. */
    public SeenConnection connection() {
        return connection;
    }

    /** Returns the method. */
    public String method() {
        return method;
    }

    /** Returns the request target as sent. */
    public String target() {
        return target;
    }

    /** Returns the path, without the query, percent-encoding left alone. */
    public String path() {
        int query = target.indexOf('?');
        String whole = query < 0 ? target : target.substring(0, query);
        return whole.startsWith("http://") || whole.startsWith("https://")
                ? URI.create(whole).getRawPath()
                : whole;
    }

    /** Returns the raw query; empty when there is none. */
    public Optional<String> query() {
        int query = target.indexOf('?');
        return query < 0 ? Optional.empty() : Optional.of(target.substring(query + 1));
    }

    /** Returns the protocol version, such as {@code HTTP/1.1}. */
    public String version() {
        return version;
    }

    /** Returns all headers in their order. */
    public List<Header> headers() {
        return headers;
    }

    /** Returns the first header of the name, whatever its case. */
    public Optional<String> header(String name) {
        return headers.stream().filter(h -> h.is(name)).map(Header::value).findFirst();
    }

    /** Returns all headers of the name, whatever its case. */
    public List<String> headers(String name) {
        return headers.stream().filter(h -> h.is(name)).map(Header::value).toList();
    }

    /** Returns the body read so far, without framing, at most 64 MiB. */
    public byte[] body() {
        synchronized (lock) {
            return body.toByteArray();
        }
    }

    /** Returns the body read so far as UTF-8. */
    public String bodyText() {
        synchronized (lock) {
            return body.toString(StandardCharsets.UTF_8);
        }
    }

    /** Returns how many bytes of the body, without framing, were read so far. */
    public long bodyLength() {
        synchronized (lock) {
            return bodyLength;
        }
    }

    /** Says whether the request was read to its end. */
    public boolean isComplete() {
        synchronized (lock) {
            return completeNanos.isPresent();
        }
    }

    /** Returns when the first byte was read. */
    public long arrivalNanos() {
        return arrivalNanos;
    }

    /** Returns when the head was read whole. */
    public long headNanos() {
        return headNanos;
    }

    /** Returns when the request was read whole. */
    public OptionalLong completeNanos() {
        synchronized (lock) {
            return completeNanos;
        }
    }

    /** Returns when the first byte of the answer was handed to the socket. */
    public OptionalLong answerStartNanos() {
        synchronized (lock) {
            return answerStartNanos;
        }
    }

    /** Returns when the script of the answer was over, cut or not. */
    public OptionalLong answerEndNanos() {
        synchronized (lock) {
            return answerEndNanos;
        }
    }

    /** Returns how many bytes of the answer were handed to the socket. */
    public long answerBytes() {
        synchronized (lock) {
            return answerBytes;
        }
    }

    /** Says whether the script had a reply for it. */
    public boolean isScripted() {
        synchronized (lock) {
            return scripted;
        }
    }

    /**
     * Waits until the peer has left the connection of this request.
     *
     * @throws AssertionError when it has not within the time
     */
    public PeerClose awaitPeerClosed(Duration timeout) {
        return connection.awaitPeerClosed(timeout);
    }

    /**
     * Waits until the request was read whole.
     *
     * @throws AssertionError when it was not within the time
     */
    public void awaitComplete(Duration timeout) {
        Waiting.until(lock, timeout, () -> completeNanos.isPresent(), () -> "request not complete: " + this);
    }

    /**
     * Waits until the script of the answer was over.
     *
     * @throws AssertionError when it was not within the time
     */
    public void awaitAnswered(Duration timeout) {
        Waiting.until(lock, timeout, () -> answerEndNanos.isPresent(), () -> "answer not over: " + this);
    }

    /** Names method, target and state; header values and body are left out, as they may hold secrets. */
    @Override
    public String toString() {
        synchronized (lock) {
            return "#" + index + " " + method + " " + path() + " (" + bodyLength + " body bytes, "
                    + (completeNanos.isPresent() ? "complete" : "incomplete") + ", "
                    + answerBytes + " bytes answered, connection " + connection.index() + ")";
        }
    }

    void addBody(byte[] bytes, int from, int length) {
        synchronized (lock) {
            int kept = Math.min(length, MAX_KEPT - body.size());
            body.write(bytes, from, kept);
            bodyLength += length;
            lock.notifyAll();
        }
    }

    void completed() {
        synchronized (lock) {
            completeNanos = OptionalLong.of(System.nanoTime());
            lock.notifyAll();
        }
    }

    void unscripted() {
        synchronized (lock) {
            scripted = false;
        }
    }

    void answered(int bytes) {
        synchronized (lock) {
            if (answerStartNanos.isEmpty()) {
                answerStartNanos = OptionalLong.of(System.nanoTime());
            }
            answerBytes += bytes;
            lock.notifyAll();
        }
    }

    void answerOver() {
        synchronized (lock) {
            answerEndNanos = OptionalLong.of(System.nanoTime());
            lock.notifyAll();
        }
    }

    boolean wantsClose() {
        return header("Connection").filter(v -> v.equalsIgnoreCase("close")).isPresent()
                || (version.equals("HTTP/1.0")
                        && header("Connection")
                                .filter(v -> v.equalsIgnoreCase("keep-alive"))
                                .isEmpty());
    }
}
