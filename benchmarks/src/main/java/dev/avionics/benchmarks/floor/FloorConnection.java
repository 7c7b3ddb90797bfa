package dev.avionics.benchmarks.floor;

import dev.avionics.benchmarks.Completion;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One kept-alive connection and the call that is on it. All methods run on the connection's event loop. */
final class FloorConnection extends ChannelInboundHandlerAdapter {
    private final BodyReader reader;
    private final Consumer<FloorConnection> whenIdle;
    private final Runnable sender;
    private @Nullable Completion completion;

    /**
     * @param reader what is done with the answers
     * @param sender writes one request to this connection
     * @param whenIdle told when the answer was read to its end and before the caller hears of it
     */
    FloorConnection(BodyReader reader, Runnable sender, Consumer<FloorConnection> whenIdle) {
        this.reader = reader;
        this.sender = sender;
        this.whenIdle = whenIdle;
    }

    void call(Completion caller) {
        completion = caller;
        reader.begin();
        sender.run();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof HttpResponse response && !response.status().equals(HttpResponseStatus.OK)) {
            fail(new IOException("status " + response.status().code()));
            ctx.close();
            return;
        }
        if (message instanceof HttpContent content) {
            try {
                reader.read(content.content());
            } finally {
                content.release();
            }
            if (message instanceof LastHttpContent) {
                Completion caller = completion;
                if (caller != null) {
                    completion = null;
                    whenIdle.accept(this);
                    end(caller);
                }
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(new IOException("connection closed by the backend"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(cause);
        ctx.close();
    }

    private void end(Completion caller) {
        try {
            reader.end(caller);
        } catch (RuntimeException e) {
            caller.failed(e);
        }
    }

    private void fail(Throwable cause) {
        Completion caller = completion;
        if (caller != null) {
            completion = null;
            caller.failed(cause);
        }
    }
}
