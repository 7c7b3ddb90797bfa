package dev.avionics.benchmarks.floor;

import static java.util.Objects.requireNonNull;

import dev.avionics.benchmarks.Arm;
import dev.avionics.benchmarks.ArmSettings;
import dev.avionics.benchmarks.Completion;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The least that a Netty client does for a call: one event loop thread, the JDK's NIO transport, one kept-alive
 * connection per call in flight opened beforehand, Netty's HTTP/1.1 codec, pooled buffers, and a request whose headers
 * and body are encoded once and shared by all calls. There are no timers, no retries and no objects for the caller.
 */
final class FloorClient implements Arm {
    private static final String PATH = "/v1/chat/completions";

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventExecutor loop = group.next();
    private final Deque<FloorConnection> idle = new ArrayDeque<>();
    private final ByteBuf body;
    private final HttpHeaders headers;

    private FloorClient(ArmSettings settings) {
        byte[] json = settings.scenario().requestBody();
        body = Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(json.length).writeBytes(json).asReadOnly());
        headers = new DefaultHttpHeaders()
                .set(HttpHeaderNames.HOST, settings.host() + ":" + settings.port())
                .set(HttpHeaderNames.AUTHORIZATION, "Bearer benchmark-key")
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, json.length);
    }

    /** Opens the client with all its connections. */
    static FloorClient open(ArmSettings settings, Supplier<BodyReader> readers) {
        requireNonNull(readers, "readers");
        FloorClient client = new FloorClient(settings);
        try {
            for (int i = 0; i < settings.inFlight(); i++) {
                client.connect(settings, readers.get());
            }
            return client;
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    private void connect(ArmSettings settings, BodyReader reader) {
        HttpDecoderConfig decoder = new HttpDecoderConfig().setMaxChunkSize(64 * 1024);
        Channel channel = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel ch) {
                        ch.pipeline()
                                .addLast(new HttpClientCodec(decoder, false, false))
                                .addLast(new FloorConnection(reader, () -> send(ch), idle::push));
                    }
                })
                .connect(settings.host(), settings.port())
                .syncUninterruptibly()
                .channel();
        loop.submit(() -> idle.push(channel.pipeline().get(FloorConnection.class)))
                .syncUninterruptibly();
    }

    private void send(Channel channel) {
        channel.writeAndFlush(
                new DefaultFullHttpRequest(
                        HttpVersion.HTTP_1_1,
                        HttpMethod.POST,
                        PATH,
                        body.duplicate(),
                        headers,
                        EmptyHttpHeaders.INSTANCE),
                channel.voidPromise());
    }

    @Override
    public void call(Completion completion) {
        if (loop.inEventLoop()) {
            start(completion);
        } else {
            loop.execute(() -> start(completion));
        }
    }

    private void start(Completion completion) {
        FloorConnection connection = idle.poll();
        if (connection == null) {
            completion.failed(new IllegalStateException("more calls in flight than connections"));
        } else {
            connection.call(completion);
        }
    }

    @Override
    public boolean blocking() {
        return false;
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
