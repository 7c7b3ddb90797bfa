package dev.avionics.airframe.http.netty;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one origin: those in use, those at rest, and the calls that wait for one.
 *
 * <p>One short lock, held only to change the books, never while anyone else is called. The connection used last is used
 * next, so that what a quiet hour does not need goes away.
 */
final class ConnectionPool {
    /** How far down the stack a connection on the caller's own loop is looked for. */
    private static final int NEAR = 8;

    private final Object lock = new Object();
    private final NettyTransport transport;
    private final Origin origin;
    private final byte[] sharedLines;

    /** At rest; the last one was used last. */
    private final ArrayDeque<Resting> resting = new ArrayDeque<>();

    private final Set<Connection> open = new LinkedHashSet<>();
    private final Set<NettyExchange> opening = new LinkedHashSet<>();
    private final Set<NettyExchange> waiting = new LinkedHashSet<>();

    /** Connections open or being opened. */
    private int slots;

    private boolean shut;
    private boolean abandoned;

    private record Resting(Connection connection, long expires) {}

    ConnectionPool(NettyTransport transport, Origin origin) {
        this.transport = transport;
        this.origin = origin;
        this.sharedLines = RequestHead.shared(origin);
    }

    Origin origin() {
        return origin;
    }

    NettyTransport transport() {
        return transport;
    }

    byte[] sharedLines() {
        return sharedLines;
    }

    /**
     * Finds a connection for an exchange: one at rest, else a new one, else a place in the queue. Called on any thread
     * for an exchange that has no loop yet, later on its loop only.
     *
     * @return false if this pool was given up for being empty, and another must be asked for
     */
    boolean acquire(NettyExchange exchange) {
        EventLoop near = transport.currentLoop();
        Connection found;
        boolean opens = false;
        boolean rejected = false;
        boolean full = false;
        synchronized (lock) {
            if (abandoned) {
                return false;
            }
            rejected = shut;
            found = rejected ? null : takeResting(near);
            if (found == null && !rejected) {
                exchange.onLoop(near == null ? transport.nextLoop() : near);
                if (slots < transport.options().maxConnections()) {
                    slots++;
                    opening.add(exchange);
                    opens = true;
                } else if (waiting.size() < transport.options().maxWaiting()) {
                    waiting.add(exchange);
                } else {
                    full = true;
                }
            }
        }
        if (rejected) {
            exchange.execute(() -> exchange.fail(Failures.closed()));
        } else if (found != null) {
            exchange.take(found);
            exchange.post(found.loop(), exchange);
        } else if (opens) {
            open(exchange);
        } else if (full) {
            exchange.execute(() -> exchange.fail(Failures.poolFull(
                    origin,
                    transport.options().maxConnections(),
                    transport.options().maxWaiting())));
        }
        return true;
    }

    private @Nullable Connection takeResting(@Nullable EventLoop near) {
        if (near != null && transport.loops() > 1) {
            Iterator<Resting> newestFirst = resting.descendingIterator();
            for (int i = 0; i < NEAR && newestFirst.hasNext(); i++) {
                Connection candidate = newestFirst.next().connection;
                if (candidate.loop() == near) {
                    newestFirst.remove();
                    return candidate;
                }
            }
        }
        Resting last = resting.pollLast();
        return last == null ? null : last.connection;
    }

    private void open(NettyExchange exchange) {
        exchange.post(exchange.loop(), () -> {
            if (exchange.isOver()) {
                openFailed(exchange);
            } else {
                new Connector(this, exchange).start();
            }
        });
    }

    /** A connection was opened for an exchange. On its loop. */
    void opened(NettyExchange exchange, Connection connection) {
        boolean late;
        synchronized (lock) {
            opening.remove(exchange);
            open.add(connection);
            late = shut;
        }
        if (late) {
            connection.shutDown();
        }
    }

    /** No connection came of an attempt to open one. On the exchange's loop. */
    void openFailed(NettyExchange exchange) {
        NettyExchange next;
        synchronized (lock) {
            opening.remove(exchange);
            next = freeSlot();
        }
        if (next != null) {
            open(next);
        }
    }

    /** A connection has closed. On its loop. */
    void closed(Connection connection) {
        NettyExchange next;
        synchronized (lock) {
            if (!open.remove(connection)) {
                return;
            }
            resting.removeIf(rest -> rest.connection == connection);
            next = freeSlot();
        }
        if (next != null) {
            open(next);
        }
    }

    private @Nullable NettyExchange freeSlot() {
        slots--;
        NettyExchange next = pollWaiting();
        if (next != null) {
            slots++;
            opening.add(next);
        }
        return next;
    }

    private @Nullable NettyExchange pollWaiting() {
        Iterator<NettyExchange> first = waiting.iterator();
        if (!first.hasNext()) {
            return null;
        }
        NettyExchange next = first.next();
        first.remove();
        return next;
    }

    /** A connection is free for another exchange. On its loop. */
    void release(Connection connection) {
        NettyExchange next;
        boolean rests = false;
        synchronized (lock) {
            if (!open.contains(connection)) {
                return;
            }
            next = pollWaiting();
            if (next == null && !shut) {
                resting.addLast(new Resting(connection, transport.now() + transport.idleNanos()));
                rests = true;
            }
        }
        if (next != null) {
            next.handOver(connection);
        } else if (rests) {
            transport.sweepLater();
        } else {
            connection.closeIdle();
        }
    }

    /** An exchange gave up waiting. */
    void leaveQueue(NettyExchange exchange) {
        synchronized (lock) {
            waiting.remove(exchange);
        }
    }

    /**
     * Closes what has rested too long.
     *
     * @return whether this pool is empty, and will not be used again
     */
    boolean sweep(long now) {
        List<Connection> expired = new ArrayList<>();
        synchronized (lock) {
            for (Resting oldest = resting.peekFirst();
                    oldest != null && oldest.expires - now <= 0;
                    oldest = resting.peekFirst()) {
                expired.add(oldest.connection);
                resting.removeFirst();
            }
            abandoned = slots == 0 && waiting.isEmpty();
        }
        for (Connection connection : expired) {
            connection.loop().execute(connection::closeIdle);
        }
        return abandoned;
    }

    /** When something will have rested too long; {@link Long#MAX_VALUE} if nothing rests. */
    long nextExpiry() {
        synchronized (lock) {
            Resting oldest = resting.peekFirst();
            return oldest == null ? Long.MAX_VALUE : oldest.expires;
        }
    }

    /** Ends everything. On the thread that closes the transport. */
    void shutDown() {
        List<Connection> connections;
        List<NettyExchange> callers;
        synchronized (lock) {
            shut = true;
            connections = new ArrayList<>(open);
            callers = new ArrayList<>(opening);
            callers.addAll(waiting);
            waiting.clear();
            resting.clear();
        }
        for (NettyExchange caller : callers) {
            caller.execute(caller::shutDown);
        }
        for (Connection connection : connections) {
            connection.loop().execute(connection::shutDown);
        }
    }
}
