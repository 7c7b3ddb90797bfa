package dev.avionics.benchmarks.upstream;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The simulated backend: an HTTP/1.1 server with one event loop on the loopback address and pinned answers.
 *
 * <p>It runs in its own process, prints {@code listening PORT} and ends when its standard input ends. The only
 * argument is the number of text chunks per write of a streamed answer (default 20). Hosted backends write every chunk
 * by itself, but with milliseconds in between; a loaded client finds several of them in one read. Twenty to a write
 * keeps that shape without making the backend the dearest process of the benchmark.
 */
public final class UpstreamServer implements AutoCloseable {
    /** Text chunks per write when nothing is said. */
    public static final int DEFAULT_CHUNKS_PER_WRITE = 20;

    private static final int MAX_REQUEST_BYTES = 64 * 1024;

    private final EventLoopGroup group;
    private final Channel channel;

    private UpstreamServer(EventLoopGroup group, Channel channel) {
        this.group = group;
        this.channel = channel;
    }

    /**
     * Starts the server on a free loopback port.
     *
     * @param chunksPerWrite text chunks per write of a streamed answer, at least 1
     */
    public static UpstreamServer start(int chunksPerWrite) {
        if (chunksPerWrite < 1) {
            throw new IllegalArgumentException("chunksPerWrite: " + chunksPerWrite + " (expected: >= 1)");
        }
        ByteBuf whole = ResponseBytes.whole();
        ByteBuf notFound = ResponseBytes.notFound();
        List<ByteBuf> stream = ResponseBytes.stream(chunksPerWrite);
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Channel channel = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel ch) {
                        ch.pipeline()
                                .addLast(new HttpRequestDecoder())
                                .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES))
                                .addLast(new ChatHandler(whole, notFound, stream));
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
        return new UpstreamServer(group, channel);
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Runs the server until standard input ends. */
    public static void main(String[] args) throws IOException {
        int chunksPerWrite = args.length > 0 ? Integer.parseInt(args[0]) : DEFAULT_CHUNKS_PER_WRITE;
        try (UpstreamServer server = start(chunksPerWrite)) {
            System.out.println("listening " + server.port());
            while (System.in.read() >= 0) {
                // Nothing is said on this pipe; its end is the sign to stop.
            }
        }
    }
}
