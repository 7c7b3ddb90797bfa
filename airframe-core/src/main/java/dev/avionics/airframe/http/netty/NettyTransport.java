package dev.avionics.airframe.http.netty;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpReceiver;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.http.TransportThread;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP/1.1 transport on Netty.
 *
 * <p>No thread runs before the first call. Requests are encoded on the caller's thread; from there one hop leads to the
 * connection's loop, and everything else happens there. How a connection is used is hidden behind {@link Connection},
 * which is where HTTP/2 would be added.
 */
public final class NettyTransport implements HttpTransport {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);
    private static final Duration CLOSE_AT_MOST = Duration.ofSeconds(5);

    private final TransportOptions options;
    private final Ticker ticker;
    private final Threads threads = new Threads();
    private final Tls tls;
    private final Map<Origin, ConnectionPool> pools = new ConcurrentHashMap<>();
    private final AtomicBoolean sweepDue = new AtomicBoolean();
    private final long idleNanos;
    private final long maxAgeNanos;
    private final Object lifecycle = new Object();

    private volatile @Nullable Loops loops;
    private volatile @Nullable Lookup lookup;
    private volatile boolean closed;

    private NettyTransport(TransportOptions options, Ticker ticker) {
        this.options = options;
        this.ticker = ticker;
        this.tls = new Tls(options.trust());
        this.idleNanos = options.idleTimeout().toNanos();
        this.maxAgeNanos = options.maxAge().toNanos();
    }

    /** A transport with these settings; holds nothing until its first call. */
    public static HttpTransport create(TransportOptions options) {
        return new NettyTransport(requireNonNull(options, "options"), Ticker.system());
    }

    @Override
    public HttpExchange send(HttpCall call, Duration connect, HttpReceiver receiver) {
        requireNonNull(call, "call");
        requireNonNull(receiver, "receiver");
        NettyExchange exchange = new NettyExchange(call, receiver, now() + connect.toNanos());
        if (closed || !started()) {
            exchange.execute(() -> exchange.fail(Failures.closed()));
            return exchange;
        }
        try {
            acquire(exchange, RequestHead.origin(call.uri(), options.proxies()));
        } catch (InferenceException e) {
            exchange.onLoop(nextLoop());
            exchange.execute(() -> exchange.fail(e));
        }
        return exchange;
    }

    /** Finds a connection for an exchange. */
    void acquire(NettyExchange exchange, Origin origin) {
        boolean done = false;
        while (!done) {
            ConnectionPool pool = pools.get(origin);
            if (pool == null) {
                pool = pools.computeIfAbsent(origin, key -> new ConnectionPool(this, key));
                if (closed) {
                    pool.shutDown();
                }
            }
            exchange.prepare(pool);
            done = pool.acquire(exchange);
            if (!done) {
                pools.remove(origin, pool);
            }
        }
    }

    private boolean started() {
        if (loops != null) {
            return true;
        }
        synchronized (lifecycle) {
            if (closed) {
                return false;
            }
            if (loops == null) {
                lookup = new Lookup(options.resolver(), tls, threads);
                loops = new Loops(options.ioThreads(), options.nativeIo(), threads);
            }
            return true;
        }
    }

    boolean isClosed() {
        return closed;
    }

    TransportOptions options() {
        return options;
    }

    Tls tls() {
        return tls;
    }

    Lookup lookup() {
        return requireNonNull(lookup, "lookup");
    }

    private Loops known() {
        return requireNonNull(loops, "loops");
    }

    Class<? extends SocketChannel> channelType() {
        return known().channelType();
    }

    EventLoop nextLoop() {
        return known().next();
    }

    /** The loop of this transport that the caller runs on; null if it runs on none. */
    @Nullable
    EventLoop currentLoop() {
        return TransportThread.isCurrent() ? known().current() : null;
    }

    int loops() {
        return options.ioThreads();
    }

    long now() {
        return ticker.nanoTime();
    }

    long idleNanos() {
        return idleNanos;
    }

    long maxAgeNanos() {
        return maxAgeNanos;
    }

    /** Something rests that will have to be closed some day. */
    void sweepLater() {
        if (!sweepDue.get() && sweepDue.compareAndSet(false, true)) {
            sweepIn(idleNanos);
        }
    }

    private void sweepIn(long nanos) {
        try {
            nextLoop().schedule(this::sweep, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("the transport is closed, and all connections with it", e);
        }
    }

    private void sweep() {
        if (closed) {
            return;
        }
        pools.forEach((origin, pool) -> {
            if (pool.sweep(now())) {
                pools.remove(origin, pool);
            }
        });
        long next = nextExpiry();
        if (next == Long.MAX_VALUE) {
            sweepDue.set(false);
            if (nextExpiry() != Long.MAX_VALUE) {
                sweepLater();
            }
        } else {
            sweepIn(Math.max(1_000_000, next - now()));
        }
    }

    private long nextExpiry() {
        long now = now();
        long least = Long.MAX_VALUE;
        for (ConnectionPool pool : pools.values()) {
            long expires = pool.nextExpiry();
            if (expires != Long.MAX_VALUE && (least == Long.MAX_VALUE || expires - now < least - now)) {
                least = expires;
            }
        }
        return least;
    }

    @Override
    public void close() {
        Loops running;
        synchronized (lifecycle) {
            closed = true;
            running = loops;
        }
        if (running == null) {
            return;
        }
        for (ConnectionPool pool : pools.values()) {
            try {
                pool.shutDown();
            } catch (RejectedExecutionException e) {
                LOG.debug("closed by two at the same time", e);
            }
        }
        lookup().close();
        running.shutDown();
        if (running.current() != null) {
            // A loop cannot wait for its own end.
            return;
        }
        try {
            if (!threads.join(CLOSE_AT_MOST, ticker)) {
                LOG.warn("closed, but a thread still runs: the look-up of a host may hang");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
