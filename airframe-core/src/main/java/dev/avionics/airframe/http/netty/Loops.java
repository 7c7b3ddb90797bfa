package dev.avionics.airframe.http.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.Errors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loops of one transport: on epoll where it is there, else on NIO. A loop's thread starts with its first task. */
final class Loops {
    private static final Logger LOG = LoggerFactory.getLogger(Loops.class);

    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop[] loops;
    private final boolean epoll;
    private final AtomicInteger turn = new AtomicInteger();

    Loops(int count, boolean nativeIo, Threads threads) {
        epoll = nativeIo && isEpollUsable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        ThreadFactory factory = threads::newIoThread;
        group = new MultiThreadIoEventLoopGroup(count, factory, io);
        loops = new EventLoop[count];
        for (int i = 0; i < count; i++) {
            loops[i] = group.next();
        }
    }

    /**
     * Whether the native library is there and fits Netty's classes. One of another version loads, and then fails at the
     * first error that a socket meets: so the class that names the errors is loaded first.
     */
    private static boolean isEpollUsable() {
        if (!Epoll.isAvailable()) {
            return false;
        }
        try {
            return Errors.ERRNO_ECONNRESET_NEGATIVE < 0;
        } catch (LinkageError e) {
            LOG.info("Netty's native epoll library is of another version than Netty, so NIO is used", e);
            return false;
        }
    }

    Class<? extends SocketChannel> channelType() {
        return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    EventLoop next() {
        return loops[Math.floorMod(turn.getAndIncrement(), loops.length)];
    }

    @Nullable
    EventLoop current() {
        for (EventLoop loop : loops) {
            if (loop.inEventLoop()) {
                return loop;
            }
        }
        return null;
    }

    /** Closes all channels and ends the threads, after the tasks they have. */
    void shutDown() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }
}
