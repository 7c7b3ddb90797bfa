package dev.avionics.airframe.http.netty;

import io.netty.channel.EventLoop;

/**
 * One connection, as the pool and the exchanges see it.
 *
 * <p>This is the seam for another version of HTTP. A connection tells the pool itself when it can take an exchange
 * ({@link ConnectionPool#release}) and when it is gone ({@link ConnectionPool#closed}). An HTTP/1.1 connection is
 * released after each exchange; an HTTP/2 connection would be released once for each stream that it may still open, and
 * after a GOAWAY no more. What the {@link Connector} makes after the TLS handshake is its choice, so that it can follow
 * the protocol that was agreed on there. Nothing else knows how an exchange is written and read.
 *
 * <p>All methods are called on the connection's loop, but for {@link #loop()}.
 */
interface Connection {
    /** The loop that all exchanges on this connection run on. */
    EventLoop loop();

    /**
     * Begins an exchange on a connection that was taken from the pool for it. A connection that died in between sends
     * nothing and has the exchange find another one.
     */
    void start(NettyExchange exchange);

    /** As {@link dev.avionics.airframe.http.HttpExchange#read()}; nothing if the exchange is not on this connection. */
    void read(NettyExchange exchange);

    /** As {@link dev.avionics.airframe.http.HttpExchange#cancel()}; nothing if the exchange is not on this connection. */
    void cancel(NettyExchange exchange);

    /** As {@link dev.avionics.airframe.http.HttpExchange#finish()}; nothing if the exchange is not on this connection. */
    void finish(NettyExchange exchange);

    /** Closes a connection that carries nothing. */
    void closeIdle();

    /** Closes the connection; what it carries fails with REJECTED. */
    void shutDown();
}
