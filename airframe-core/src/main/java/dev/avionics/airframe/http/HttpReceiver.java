package dev.avionics.airframe.http;

import dev.avionics.airframe.error.InferenceException;
import java.nio.ByteBuffer;

/** Is told what happens to a request. Serial, on the exchange's thread; must not block and must not throw. */
public interface HttpReceiver {
    /**
     * A connection is there, and the request is being written.
     *
     * @param exchange the same that {@link HttpTransport#send} returns, which may not have returned yet
     */
    void onConnected(HttpExchange exchange);

    /** The last byte of the request has been given to the network. Left out if the answer comes before that. */
    void onSent();

    /** The answer's head is there. Informational answers (1xx) are left out. */
    void onHead(HttpHead head);

    /** Bytes of the body, decompressed. Borrowed: what is not used in this call must be copied. */
    void onBytes(ByteBuffer bytes);

    /**
     * A read that was asked for is over, after at least one byte: nothing comes before {@link HttpExchange#read()} is
     * called again. A read that reaches the end, or fails, is over with {@link #onEnd()} or {@link #onFailure} instead.
     */
    void onReadComplete();

    /** The body is complete, and the connection has been given back. Nothing follows. */
    void onEnd();

    /**
     * The exchange failed: category CONNECTION with {@code code} one of {@code dns, connect, pool, tls, reset, eof,
     * protocol, too_large} and with {@code sent}; REJECTED when the transport is closed; INVALID_REQUEST when the request
     * cannot be written as HTTP. Bytes that came before come first, when they are asked for. Nothing follows.
     */
    void onFailure(InferenceException why);
}
