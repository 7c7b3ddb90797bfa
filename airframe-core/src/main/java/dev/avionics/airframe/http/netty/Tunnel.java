package dev.avionics.airframe.http.netty;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** Asks a proxy for a tunnel. Tells once how that went; stands behind a {@link ResponseDecoder}, and goes with it. */
final class Tunnel extends ChannelInboundHandlerAdapter {
    private final Origin origin;
    private final Listener listener;
    private int status;
    private boolean complete;
    private boolean told;

    /** Is told how it went. */
    @FunctionalInterface
    interface Listener {
        void onTunnel(Channel channel, @Nullable InferenceException failure);
    }

    Tunnel(Origin origin, Listener listener) {
        this.origin = origin;
        this.listener = listener;
    }

    /** Asks. Not when the channel becomes active: that is told again, after the one who added this has been told. */
    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        ctx.pipeline().get(ResponseDecoder.class).expect(true);
        ctx.writeAndFlush(Unpooled.wrappedBuffer(RequestHead.connect(origin)));
        ctx.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof HttpResponse response) {
            if (response.decoderResult().isFailure() || complete) {
                tell(
                        ctx,
                        "gives an answer that is no HTTP",
                        response.decoderResult().cause());
            } else if (response.status().code() >= 200) {
                status = response.status().code();
            }
        }
        if (msg instanceof LastHttpContent && status != 0) {
            complete = true;
        }
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!complete) {
            ctx.read();
        } else if (status == 407) {
            tell(ctx, "asks for a user name and password (407): put them into its URL", null);
        } else if (status / 100 != 2) {
            tell(ctx, "refuses a connection to " + origin.name() + " (" + status + ")", null);
        } else if (ctx.pipeline().get(ResponseDecoder.class).holdsBytes()) {
            // The server behind it cannot have spoken: in TLS the client speaks first.
            tell(ctx, "sends bytes that nobody asked for", null);
        } else if (!told) {
            told = true;
            listener.onTunnel(ctx.channel(), null);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        tell(ctx, "closed the connection before there was a tunnel", null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        tell(ctx, "broke off before there was a tunnel (" + Failures.said(cause) + ")", cause);
    }

    private void tell(ChannelHandlerContext ctx, String what, @Nullable Throwable cause) {
        if (!told) {
            told = true;
            listener.onTunnel(
                    ctx.channel(),
                    Failures.connection(origin, "connect", Sent.NOTHING, origin.dialName() + " " + what, cause));
        }
    }
}
