package dev.avionics.benchmarks.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Answers {@code POST /v1/chat/completions} with pinned bytes; anything else is not found. */
final class ChatHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final ByteBuf STREAM = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("\"stream\"", StandardCharsets.US_ASCII).asReadOnly());

    private final ByteBuf whole;
    private final ByteBuf notFound;
    private final List<ByteBuf> stream;

    ChatHandler(ByteBuf whole, ByteBuf notFound, List<ByteBuf> stream) {
        this.whole = whole;
        this.notFound = notFound;
        this.stream = stream;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        if (!request.method().equals(HttpMethod.POST) || !request.uri().equals("/v1/chat/completions")) {
            writeLast(ctx, notFound, keepAlive);
        } else if (asksForStream(request.content())) {
            new Stream(ctx, keepAlive).run();
        } else {
            writeLast(ctx, whole, keepAlive);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // A caller that leaves with a reset is normal at the end of a run; its arm reports failures itself.
        ctx.close();
    }

    private static void writeLast(ChannelHandlerContext ctx, ByteBuf bytes, boolean keepAlive) {
        if (keepAlive) {
            ctx.writeAndFlush(bytes.duplicate(), ctx.voidPromise());
        } else {
            ctx.writeAndFlush(bytes.duplicate()).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Whether the request holds {@code "stream": true}, however it is spaced; its other texts are pinned too. */
    static boolean asksForStream(ByteBuf json) {
        int name = ByteBufUtil.indexOf(STREAM.duplicate(), json);
        if (name < 0) {
            return false;
        }
        for (int i = name + STREAM.readableBytes(); i < json.writerIndex(); i++) {
            byte b = json.getByte(i);
            if (b != ' ' && b != ':' && b != '\n' && b != '\r' && b != '\t') {
                return b == 't';
            }
        }
        return false;
    }

    /** One streamed answer; gives way to the other connections after every write, so that streams interleave. */
    private final class Stream implements Runnable {
        private final ChannelHandlerContext ctx;
        private final boolean keepAlive;
        private int next;

        Stream(ChannelHandlerContext ctx, boolean keepAlive) {
            this.ctx = ctx;
            this.keepAlive = keepAlive;
        }

        @Override
        public void run() {
            if (!ctx.channel().isActive()) {
                return;
            }
            ByteBuf bytes = stream.get(next++);
            if (next == stream.size()) {
                writeLast(ctx, bytes, keepAlive);
                return;
            }
            ctx.writeAndFlush(bytes.duplicate(), ctx.voidPromise());
            ctx.channel().eventLoop().execute(this);
        }
    }
}
