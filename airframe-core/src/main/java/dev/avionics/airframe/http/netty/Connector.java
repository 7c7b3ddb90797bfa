package dev.avionics.airframe.http.netty;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens one connection for one exchange: look-up, connect to one address after the other, tunnel through a proxy, TLS.
 * Used on the exchange's loop only.
 */
final class Connector {
    private final ConnectionPool pool;
    private final NettyTransport transport;
    private final Origin origin;
    private final NettyExchange exchange;
    private final EventLoop loop;

    private List<InetAddress> addresses = List.of();
    private int nextAddress;
    private @Nullable Channel channel;
    private @Nullable Throwable lastCause;
    private @Nullable Future<?> clock;
    private boolean over;

    Connector(ConnectionPool pool, NettyExchange exchange) {
        this.pool = pool;
        this.transport = pool.transport();
        this.origin = pool.origin();
        this.exchange = exchange;
        this.loop = exchange.loop();
    }

    void start() {
        exchange.opening(this);
        clock = loop.schedule(this::onClock, Math.max(1, remaining()), TimeUnit.NANOSECONDS);
        transport.lookup().find(origin, loop, this::onAddresses);
    }

    private long remaining() {
        return exchange.connectBy - transport.now();
    }

    private void onAddresses(List<InetAddress> found, @Nullable InferenceException failure) {
        if (over) {
            return;
        }
        if (failure != null) {
            fail(failure);
            return;
        }
        addresses = found;
        tryNext();
    }

    private void tryNext() {
        int left = addresses.size() - nextAddress;
        InetAddress address = addresses.get(nextAddress++);
        // The last address has no clock of its own: it may use all the time that is left.
        long millis = left == 1 ? 0 : Math.max(1, TimeUnit.NANOSECONDS.toMillis(remaining() / left));
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(transport.channelType())
                .disableResolver()
                .option(ChannelOption.AUTO_READ, false)
                // A failed write must not close the channel: the answer that explains it may be there to be read.
                .option(ChannelOption.AUTO_CLOSE, false)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(Integer.MAX_VALUE, millis))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel ch) {
                        // Handlers are added when it is clear which ones.
                    }
                })
                .connect(new InetSocketAddress(address, origin.dialPort()));
        channel = connecting.channel();
        connecting.addListener(done -> onConnected(connecting));
    }

    private void onConnected(ChannelFuture connecting) {
        Channel connected = connecting.channel();
        if (over || connected != channel) {
            Sockets.abort(connected);
        } else if (!connecting.isSuccess()) {
            lastCause = connecting.cause();
            if (nextAddress < addresses.size()) {
                tryNext();
            } else {
                fail(Failures.connect(origin, lastCause));
            }
        } else if (origin.tls() && origin.proxy() != null) {
            connected.pipeline().addLast(new ResponseDecoder(), new Tunnel(origin, this::onTunnel));
        } else {
            secure(connected);
        }
    }

    private void onTunnel(Channel tunnelled, @Nullable InferenceException failure) {
        if (over) {
            return;
        }
        if (failure != null) {
            fail(failure);
            return;
        }
        tunnelled.pipeline().remove(Tunnel.class);
        tunnelled.pipeline().remove(ResponseDecoder.class);
        secure(tunnelled);
    }

    private void secure(Channel connected) {
        ResponseDecoder decoder = new ResponseDecoder();
        Http1Connection connection = new Http1Connection(pool, connected, decoder);
        if (!origin.tls()) {
            connected.pipeline().addLast(decoder, connection);
            ready(connection);
            return;
        }
        SslHandler tls = transport.tls().handler(connected.alloc(), origin);
        connected.pipeline().addLast(tls, decoder, connection);
        tls.handshakeFuture().addListener(done -> {
            if (over) {
                return;
            }
            if (done.isSuccess()) {
                ready(connection);
            } else {
                fail(Failures.handshake(origin, done.cause()));
            }
        });
        connected.read();
    }

    private void ready(Http1Connection connection) {
        end();
        exchange.opening(null);
        pool.opened(exchange, connection);
        exchange.take(connection);
        exchange.run();
    }

    private void onClock() {
        if (over) {
            return;
        }
        if (addresses.isEmpty()) {
            fail(Failures.connection(
                    origin,
                    "dns",
                    Sent.NOTHING,
                    "the look-up of host " + origin.dialHost()
                            + " took longer than the connect time: is the network up?",
                    null));
        } else {
            Channel now = channel;
            fail(
                    now != null && now.isActive()
                            ? Failures.connection(
                                    origin,
                                    "connect",
                                    Sent.NOTHING,
                                    origin.dialName()
                                            + " accepted the connection, then said nothing within the connect "
                                            + "time: does it speak " + (origin.proxy() == null ? "TLS?" : "HTTP?"),
                                    null)
                            : Failures.connect(origin, new ConnectTimeoutException("connect time over")));
        }
    }

    private void fail(InferenceException why) {
        close();
        exchange.fail(why);
    }

    /** Calls it off; the exchange is told nothing. */
    void cancel() {
        if (!over) {
            close();
        }
    }

    private void close() {
        end();
        exchange.opening(null);
        Channel now = channel;
        if (now != null) {
            Sockets.abort(now);
        }
        pool.openFailed(exchange);
    }

    private void end() {
        over = true;
        if (clock != null) {
            clock.cancel(false);
        }
    }
}
