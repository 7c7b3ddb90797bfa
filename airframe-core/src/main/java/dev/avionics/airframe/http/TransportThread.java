package dev.avionics.airframe.http;

/** Marks threads that carry connections: blocking them stalls every call on them. */
public interface TransportThread {
    /** Whether the caller is on such a thread. */
    static boolean isCurrent() {
        return Thread.currentThread() instanceof TransportThread;
    }
}
