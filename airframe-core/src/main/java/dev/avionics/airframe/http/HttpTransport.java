package dev.avionics.airframe.http;

import java.time.Duration;

/**
 * Sends requests. Knows connections, TLS, proxies and pools; knows no clocks but the one for connecting, no retries and
 * no protocol.
 */
public interface HttpTransport extends AutoCloseable {
    /**
     * Sends a request. Never blocks and never throws for anything that happens on the way: the receiver is told. May be
     * called on any thread.
     *
     * @param call the request
     * @param connect the time until there is a usable connection, the wait for a pooled one included; a host's addresses
     *     share it. The caller keeps the clock itself and cancels; this is for dividing it
     * @param receiver is told what happens, serially, on the exchange's thread, never before this method was entered
     * @return the exchange, for asking for more and for cancelling
     */
    HttpExchange send(HttpCall call, Duration connect, HttpReceiver receiver);

    /** Ends every exchange with REJECTED and closes every connection; returns when no thread and no socket is left. */
    @Override
    void close();
}
