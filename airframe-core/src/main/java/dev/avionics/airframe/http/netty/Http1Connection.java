package dev.avionics.airframe.http.netty;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks HTTP/1.1: one exchange at a time.
 *
 * <p>Bytes are read from the socket only when someone wants them: the head at once, the body when it is asked for, and
 * one read while at rest, so that a close is seen. What a read brings beyond what was asked for is held, at most one
 * read. The connection goes back to the pool at the end of the read that brought the last byte, when it is known that
 * nothing came after it: an answer nobody asked for must not be taken for the next call's.
 */
final class Http1Connection extends ChannelInboundHandlerAdapter implements Connection {
    private static final int WRITE_PIECE = 64 * 1024;
    /** A peer that reads fast must not keep the loop from its other connections. */
    private static final int PIECES_AT_ONCE = 4;

    private static final int READ_PIECE = 64 * 1024;
    private static final int FINISH_BYTES = 16 * 1024;
    private static final long FINISH_MILLIS = 50;
    private static final long STALE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** How long an answer may take that explains why the peer does not take the request. */
    private static final long EXPLAIN_MILLIS = 100;

    /** One for each loop. Readers look at every byte, which costs less in an array than in native memory. */
    private static final FastThreadLocal<Scratch> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected Scratch initialValue() {
            return new Scratch();
        }
    };

    private static final class Scratch {
        private final byte[] bytes = new byte[READ_PIECE];
        private boolean inUse;
    }

    private final ConnectionPool pool;
    private final NettyTransport transport;
    private final Channel channel;
    private final EventLoop loop;
    private final ResponseDecoder decoder;
    private final long tooOldAt;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(4);

    private @Nullable NettyExchange exchange;
    private boolean used;
    private boolean reused;
    private boolean dead;
    private boolean inBatch;
    private boolean pumping;

    private int bodyWritten;
    private boolean uploadStopped;
    private boolean written;
    private long writtenAt;
    private boolean informational;
    private boolean headSeen;
    private boolean lastSeen;
    private boolean reusable;
    private boolean wanted;
    private boolean dropping;
    private int dropped;
    private @Nullable Future<?> dropClock;
    private @Nullable Inflation inflation;
    private @Nullable InferenceException failure;

    Http1Connection(ConnectionPool pool, Channel channel, ResponseDecoder decoder) {
        this.pool = pool;
        this.transport = pool.transport();
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.decoder = decoder;
        this.tooOldAt = transport.now() + transport.maxAgeNanos();
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    // ---- the request

    @Override
    public void start(NettyExchange next) {
        if (dead || !channel.isActive()) {
            next.searchAgain();
            return;
        }
        exchange = next;
        reused = used;
        used = true;
        bodyWritten = -1;
        uploadStopped = false;
        written = false;
        informational = false;
        headSeen = false;
        lastSeen = false;
        reusable = false;
        wanted = false;
        dropping = false;
        dropped = 0;
        decoder.expect(next.call.method().equals("HEAD"));
        next.receiver.onConnected(next);
        if (exchange == next) {
            write(next);
        }
        if (exchange == next) {
            channel.read();
        }
    }

    private void write(NettyExchange now) {
        for (int pieces = 0; exchange == now && !now.isOver() && !written && !uploadStopped; pieces++) {
            if (pieces == PIECES_AT_ONCE) {
                loop.execute(() -> {
                    if (exchange == now) {
                        write(now);
                    }
                });
                return;
            }
            ChannelFuture piece = channel.writeAndFlush(nextPiece(now));
            if (!piece.isDone()) {
                piece.addListener(done -> {
                    if (exchange == now && pieceWritten(now, piece)) {
                        write(now);
                    }
                });
                return;
            }
            if (!pieceWritten(now, piece)) {
                return;
            }
        }
    }

    /** The head with the start of the body in one buffer, then the body piece by piece. */
    private ByteBuf nextPiece(NettyExchange now) {
        byte[] body = now.call.body();
        ByteBuf piece;
        if (bodyWritten < 0) {
            int count = Math.min(body.length, WRITE_PIECE);
            piece = channel.alloc().directBuffer(now.head.length + count);
            piece.writeBytes(now.head).writeBytes(body, 0, count);
            bodyWritten = count;
        } else {
            int count = Math.min(body.length - bodyWritten, WRITE_PIECE);
            piece = channel.alloc().directBuffer(count).writeBytes(body, bodyWritten, count);
            bodyWritten += count;
        }
        return piece;
    }

    /** Whether to go on. */
    private boolean pieceWritten(NettyExchange now, ChannelFuture piece) {
        if (!piece.isSuccess()) {
            uploadStopped = true;
            Throwable cause = piece.cause();
            loop.schedule(
                    () -> {
                        if (exchange == now && !headSeen) {
                            broken(cutOff(cause));
                        }
                    },
                    EXPLAIN_MILLIS,
                    TimeUnit.MILLISECONDS);
            return false;
        }
        if (bodyWritten == now.call.body().length && !uploadStopped) {
            written = true;
            writtenAt = transport.now();
            if (!now.isOver()) {
                now.receiver.onSent();
            }
            return false;
        }
        return !uploadStopped;
    }

    // ---- the answer

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        inBatch = true;
        if (msg instanceof HttpResponse response) {
            onResponse(response);
        }
        if (msg instanceof HttpContent content) {
            onContent(content);
        } else {
            ReferenceCountUtil.release(msg);
        }
    }

    private void onResponse(HttpResponse response) {
        NettyExchange now = exchange;
        if (now == null || lastSeen) {
            reusable = false;
            if (now == null) {
                abort();
            }
            return;
        }
        int status = response.status().code();
        if (response.decoderResult().isFailure()) {
            broken(unreadable(response.decoderResult().cause()));
        } else if (status >= 100 && status < 200 && status != 101) {
            informational = true;
        } else if (status < 200 || status > 599) {
            broken(failure("protocol", "answered with status " + status + ", which has no meaning here", null));
        } else {
            onHead(now, response, status);
        }
    }

    private void onHead(NettyExchange now, HttpResponse response, int status) {
        headSeen = true;
        uploadStopped |= !written;
        reusable = written && response.protocolVersion().equals(HttpVersion.HTTP_1_1) && HttpUtil.isKeepAlive(response);
        HttpHeaders headers = response.headers();
        String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
        if (encoding != null && !unpack(encoding, headers)) {
            return;
        }
        if (!now.isOver()) {
            now.receiver.onHead(new NettyHead(status, headers));
        }
    }

    private boolean unpack(String encoding, HttpHeaders headers) {
        switch (encoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> {
                return true;
            }
            case "gzip", "x-gzip" -> inflation = new Inflation(true);
            case "deflate" -> inflation = new Inflation(false);
            default -> {
                broken(failure("protocol", "packed its answer in a way that was not asked for", null));
                return false;
            }
        }
        headers.remove(HttpHeaderNames.CONTENT_ENCODING);
        headers.remove(HttpHeaderNames.CONTENT_LENGTH);
        return true;
    }

    private void onContent(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        if (informational) {
            informational = !last;
            content.release();
        } else if (exchange == null || !headSeen || lastSeen || failure != null) {
            content.release();
        } else if (content.decoderResult().isFailure()) {
            content.release();
            broken(unreadable(content.decoderResult().cause()));
        } else {
            if (content.content().isReadable()) {
                held.add(content.content());
            } else {
                content.release();
            }
            lastSeen = last;
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        boolean any = inBatch;
        inBatch = false;
        if (exchange == null) {
            if (!dead) {
                if (any || decoder.holdsBytes()) {
                    abort();
                } else {
                    channel.read();
                }
            }
        } else if (any && headSeen) {
            pump();
        } else if (any) {
            // Only informational answers so far. Without any message the decoder reads on by itself.
            channel.read();
        }
    }

    @Override
    public void read(NettyExchange asker) {
        if (exchange == asker && !dropping) {
            wanted = true;
            if (headSeen) {
                pump();
            }
        }
    }

    /** Tells what is held as far as it is wanted, and reads on if more is. */
    private void pump() {
        if (pumping || inBatch) {
            return;
        }
        NettyExchange now = exchange;
        pumping = true;
        try {
            while (now != null && exchange == now && step(now)) {
                // Each step tells one read's worth.
            }
        } finally {
            pumping = false;
        }
    }

    /** Whether there may be more to do. */
    private boolean step(NettyExchange now) {
        if (dropping) {
            return drop();
        }
        if (!isDrained()) {
            if (!wanted) {
                return false;
            }
            boolean told = inflation == null ? tell(now) : tellUnpacked(now, inflation);
            boolean over = exchange != now || (isDrained() && (lastSeen || failure != null));
            if (told && !over && !dropping) {
                wanted = false;
                if (!now.isOver()) {
                    now.receiver.onReadComplete();
                }
            }
            return true;
        }
        if (failure != null) {
            fail(failure);
        } else if (lastSeen) {
            complete(now);
        } else if (wanted) {
            channel.read();
        }
        return false;
    }

    private boolean isDrained() {
        return held.isEmpty() && (inflation == null || !inflation.holds());
    }

    private boolean tell(NettyExchange now) {
        int count = 0;
        while (count < READ_PIECE && exchange == now && !dropping) {
            ByteBuf piece = held.poll();
            if (piece == null) {
                break;
            }
            try {
                count += piece.readableBytes();
                if (!now.isOver()) {
                    tell(now, piece);
                }
            } finally {
                piece.release();
            }
        }
        return count > 0;
    }

    private static void tell(NettyExchange now, ByteBuf piece) {
        Scratch scratch = SCRATCH.get();
        int count = piece.readableBytes();
        if (scratch.inUse || count > READ_PIECE) {
            now.receiver.onBytes(piece.nioBuffer());
            return;
        }
        piece.getBytes(piece.readerIndex(), scratch.bytes, 0, count);
        scratch.inUse = true;
        try {
            now.receiver.onBytes(ByteBuffer.wrap(scratch.bytes, 0, count));
        } finally {
            scratch.inUse = false;
        }
    }

    private boolean tellUnpacked(NettyExchange now, Inflation packed) {
        int total = 0;
        try {
            while (total < READ_PIECE && exchange == now && !dropping) {
                int count = packed.next(held);
                if (count == 0) {
                    break;
                }
                total += count;
                if (!now.isOver()) {
                    now.receiver.onBytes(ByteBuffer.wrap(packed.out(), 0, count));
                }
            }
        } catch (DataFormatException e) {
            fail(failure("protocol", "sent a packed answer that is damaged (" + Failures.said(e) + ")", e));
        } catch (Inflation.BombException e) {
            fail(failure(
                    "too_large",
                    "sent a packed answer that is more than " + Inflation.MAX_RATIO + " times as large unpacked",
                    e));
        }
        return total > 0;
    }

    // ---- the end

    private void complete(NettyExchange now) {
        if (!dropping && inflation != null && !inflation.isComplete()) {
            fail(failure("eof", "ended a packed answer in the middle", null));
            return;
        }
        boolean reuse =
                reusable && !dead && channel.isActive() && !decoder.holdsBytes() && tooOldAt - transport.now() > 0;
        clear();
        if (reuse) {
            channel.read();
            pool.release(this);
        } else {
            close();
        }
        now.end();
    }

    @Override
    public void finish(NettyExchange asker) {
        if (exchange != asker) {
            return;
        }
        if (!headSeen || (!reusable && !lastSeen)) {
            cancel(asker);
            return;
        }
        dropping = true;
        dropClock = loop.schedule(
                () -> {
                    if (exchange == asker) {
                        cancel(asker);
                    }
                },
                FINISH_MILLIS,
                TimeUnit.MILLISECONDS);
        pump();
    }

    private boolean drop() {
        for (ByteBuf piece = held.poll(); piece != null; piece = held.poll()) {
            dropped += piece.readableBytes();
            piece.release();
        }
        NettyExchange now = exchange;
        if (now != null) {
            if (lastSeen) {
                complete(now);
            } else if (dropped > FINISH_BYTES || failure != null) {
                cancel(now);
            } else {
                channel.read();
            }
        }
        return false;
    }

    @Override
    public void cancel(NettyExchange asker) {
        if (exchange == asker) {
            clear();
            abort();
        }
    }

    @Override
    public void closeIdle() {
        if (exchange == null) {
            close();
        }
    }

    @Override
    public void shutDown() {
        NettyExchange now = exchange;
        if (now == null) {
            close();
        } else {
            Sent sent = written ? Sent.ALL : Sent.PART;
            clear();
            abort();
            now.fail(Failures.closedDuring(pool.origin(), sent));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        dead = true;
        inBatch = false;
        NettyExchange now = exchange;
        if (now != null) {
            if (dropping && !lastSeen) {
                clear();
            } else if (!lastSeen && failure == null) {
                broken(cutOff(null));
            } else {
                pump();
            }
        }
        pool.closed(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (exchange == null) {
            abort();
        } else if (cause instanceof IOException && !(cause instanceof SSLException)) {
            broken(cutOff(cause));
        } else {
            broken(unreadable(cause));
        }
    }

    /** The answer ends with a failure, after what is held of it. */
    private void broken(InferenceException why) {
        if (exchange == null || failure != null) {
            return;
        }
        if (isDrained() || dropping) {
            fail(why);
        } else {
            failure = why;
            abort();
            pump();
        }
    }

    private void fail(InferenceException why) {
        NettyExchange now = exchange;
        clear();
        abort();
        if (now != null) {
            now.fail(why);
        }
    }

    private void clear() {
        exchange = null;
        for (ByteBuf piece = held.poll(); piece != null; piece = held.poll()) {
            piece.release();
        }
        failure = null;
        if (inflation != null) {
            inflation.close();
            inflation = null;
        }
        if (dropClock != null) {
            dropClock.cancel(false);
            dropClock = null;
        }
    }

    private void abort() {
        dead = true;
        Sockets.abort(channel);
    }

    private void close() {
        dead = true;
        channel.close();
    }

    private InferenceException cutOff(@Nullable Throwable cause) {
        String when;
        if (!written) {
            when = "before the request was sent";
        } else if (!headSeen) {
            when = "before it answered";
        } else {
            when = "in the middle of its answer";
        }
        return cause == null
                ? failure("eof", "closed the connection " + when, null)
                : failure("reset", "broke the connection off " + when + " (" + Failures.said(cause) + ")", cause);
    }

    private InferenceException unreadable(Throwable cause) {
        if (cause instanceof PrematureChannelClosureException) {
            return failure("eof", "closed the connection in the middle of its answer", cause);
        }
        return failure(
                "protocol",
                "gave an answer that is no valid HTTP (" + Failures.said(cause) + "): is the address right?",
                cause);
    }

    private InferenceException failure(String code, String what, @Nullable Throwable cause) {
        return Failures.connection(pool.origin(), code, sent(), pool.origin().name() + " " + what, cause);
    }

    private Sent sent() {
        boolean early = !written || transport.now() - writtenAt <= STALE_NANOS;
        if (reused && early && !decoder.sawBytes()) {
            return Sent.STALE;
        }
        return written ? Sent.ALL : Sent.PART;
    }
}
