package dev.avionics.testkit.backend;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A connection as the backend saw it; its state goes on changing while it is open.
 *
 * <p>Times are readings of {@link System#nanoTime()}. Any thread may use it.
 */
public final class SeenConnection {
    private final Object lock;
    private final int index;
    private final int peerPort;
    private final long acceptedNanos = System.nanoTime();
    private final List<SeenRequest> requests = new ArrayList<>();
    private Optional<PeerClose> peerClose = Optional.empty();
    private Optional<String> problem = Optional.empty();
    private OptionalLong endNanos = OptionalLong.empty();
    private long bytesRead;
    private long bytesWritten;
    private int staleHits;

    SeenConnection(Object lock, int index, int peerPort) {
        this.lock = lock;
        this.index = index;
        this.peerPort = peerPort;
    }

    /** Returns the number of the connection on this backend, from 0, in the order of acceptance. */
    public int index() {
        return index;
    }

    /** Returns the peer's port. */
    public int peerPort() {
        return peerPort;
    }

    /** Returns when it was accepted. */
    public long acceptedNanos() {
        return acceptedNanos;
    }

    /** Returns the requests whose heads were read on it, in their order. */
    public List<SeenRequest> requests() {
        synchronized (lock) {
            return List.copyOf(requests);
        }
    }

    /** Returns when and how the peer left; empty while it has not, or when the backend closed first. */
    public Optional<PeerClose> peerClose() {
        synchronized (lock) {
            return peerClose;
        }
    }

    /** Returns when the backend let go of the connection, for whatever reason. */
    public OptionalLong endNanos() {
        synchronized (lock) {
            return endNanos;
        }
    }

    /** Says whether the backend still holds the connection. */
    public boolean isOpen() {
        synchronized (lock) {
            return endNanos.isEmpty();
        }
    }

    /** Returns how many bytes were read, TLS taken off. */
    public long bytesRead() {
        synchronized (lock) {
            return bytesRead;
        }
    }

    /** Returns how many bytes were handed to the socket, TLS taken off; a peer that does not read holds it back. */
    public long bytesWritten() {
        synchronized (lock) {
            return bytesWritten;
        }
    }

    /** Returns what was wrong with the bytes of the peer: a failed TLS handshake or a request that is not HTTP/1. */
    public Optional<String> problem() {
        synchronized (lock) {
            return problem;
        }
    }

    /** Returns 1 when it ended as a stale connection, at the first byte of a request; else 0. */
    public int staleHits() {
        synchronized (lock) {
            return staleHits;
        }
    }

    /**
     * Waits until the peer has left.
     *
     * @throws AssertionError when it has not within the time
     */
    public PeerClose awaitPeerClosed(Duration timeout) {
        Waiting.until(lock, timeout, () -> peerClose.isPresent(), () -> "peer has not left: " + this);
        return peerClose().orElseThrow();
    }

    /**
     * Waits until the backend let go of the connection.
     *
     * @throws AssertionError when it has not within the time
     */
    public void awaitEnd(Duration timeout) {
        Waiting.until(lock, timeout, () -> endNanos.isPresent(), () -> "still open: " + this);
    }

    /**
     * Waits until that many bytes were read, TLS taken off.
     *
     * @throws AssertionError when they were not within the time
     */
    public void awaitBytesRead(long count, Duration timeout) {
        Waiting.until(lock, timeout, () -> bytesRead >= count, () -> bytesRead + " of " + count + " bytes: " + this);
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "connection " + index + " (" + requests.size() + " requests, " + bytesRead + " bytes read, "
                    + bytesWritten + " written, " + (endNanos.isEmpty() ? "open" : "ended")
                    + peerClose.map(c -> ", peer left by " + c.kind()).orElse("")
                    + problem.map(p -> ", problem: " + p).orElse("") + ")";
        }
    }

    Object lock() {
        return lock;
    }

    void add(SeenRequest request) {
        requests.add(request);
    }

    void read(int bytes) {
        synchronized (lock) {
            bytesRead += bytes;
            lock.notifyAll();
        }
    }

    void written(int bytes) {
        synchronized (lock) {
            bytesWritten += bytes;
            lock.notifyAll();
        }
    }

    void peerLeft(PeerClose.Kind kind) {
        synchronized (lock) {
            if (peerClose.isEmpty() && endNanos.isEmpty()) {
                peerClose = Optional.of(new PeerClose(System.nanoTime(), kind));
                lock.notifyAll();
            }
        }
    }

    void problem(String what) {
        synchronized (lock) {
            problem = Optional.of(what);
            lock.notifyAll();
        }
    }

    void staleHit() {
        synchronized (lock) {
            staleHits++;
        }
    }

    void ended() {
        synchronized (lock) {
            if (endNanos.isEmpty()) {
                endNanos = OptionalLong.of(System.nanoTime());
                lock.notifyAll();
            }
        }
    }
}
