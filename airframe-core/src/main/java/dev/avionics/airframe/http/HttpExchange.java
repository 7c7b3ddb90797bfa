package dev.avionics.airframe.http;

/**
 * One request on its way and its answer. Methods may be called on any thread.
 *
 * <p>Its thread may change as long as no connection has been found; never after {@link HttpReceiver#onConnected}.
 */
public interface HttpExchange {
    /**
     * Asks for more bytes of the answer: at most 64 KiB, decompressed. Asking again before they came asks for nothing
     * more. Until the first call only the head is read.
     */
    void read();

    /**
     * Gives the exchange up: closes the connection, whatever phase it is in; the receiver is told nothing more. Does
     * nothing when the exchange is over.
     */
    void cancel();

    /**
     * The answer is understood, whatever bytes of it follow: reads on for at most 16 KiB or 50 ms, so that the connection
     * can be used again, else closes it. Before the head, or while the request is still being written, the same as
     * {@link #cancel()}. The receiver is told nothing more. Does nothing when the exchange is over.
     */
    void finish();

    /** Runs a task on the exchange's thread, after what is running there. */
    void execute(Runnable task);

    /** Whether the caller is on the exchange's thread. */
    boolean inThread();
}
