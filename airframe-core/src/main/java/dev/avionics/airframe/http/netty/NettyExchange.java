package dev.avionics.airframe.http.netty;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpReceiver;
import io.netty.channel.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call on its way: looks for a connection, then belongs to it.
 *
 * <p>All state but {@code over} and {@code loop} is used on the loop only. The loop changes only while no connection has
 * been found, by a task on the old loop.
 */
final class NettyExchange implements HttpExchange, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(NettyExchange.class);

    final HttpCall call;
    final HttpReceiver receiver;

    /** When there must be a connection, on the transport's ticker. */
    final long connectBy;

    /** The request's head as bytes. */
    byte[] head = {};

    private volatile @Nullable EventLoop loop;
    private volatile boolean over;
    private @Nullable ConnectionPool pool;
    private @Nullable Connection connection;
    private @Nullable Connector connector;

    NettyExchange(HttpCall call, HttpReceiver receiver, long connectBy) {
        this.call = call;
        this.receiver = receiver;
        this.connectBy = connectBy;
    }

    /** Whether nothing may be told any more. */
    boolean isOver() {
        return over;
    }

    /** Comes to a pool: before anyone else knows of this, or on the loop. Encodes the request the first time. */
    void prepare(ConnectionPool home) {
        pool = home;
        if (head.length == 0) {
            head = RequestHead.of(call, home.origin(), home.sharedLines());
        }
    }

    /** The loop, which must have been set. */
    EventLoop loop() {
        EventLoop known = loop;
        if (known == null) {
            throw new IllegalStateException("no loop");
        }
        return known;
    }

    /** By the pool, before anyone else knows of this, or on the old loop. */
    void onLoop(EventLoop value) {
        loop = value;
    }

    /** A connection was found; {@link #run()} on its loop comes next. */
    void take(Connection found) {
        connection = found;
        loop = found.loop();
    }

    /** A connection is being opened, which can be called off; on the loop. */
    void opening(@Nullable Connector value) {
        connector = value;
    }

    /** A slot or a connection came while this waited in the pool's queue; on this exchange's loop, or hops to it. */
    void handOver(Connection found) {
        post(loop(), () -> {
            if (over) {
                giveBack(found);
            } else {
                take(found);
                post(found.loop(), this);
            }
        });
    }

    private void giveBack(Connection found) {
        try {
            found.loop().execute(() -> home().release(found));
        } catch (RejectedExecutionException e) {
            LOG.debug("the transport is closed, and the connection with it", e);
        }
    }

    /** Runs a step of the search on a loop; when the loop is gone, because the transport closes, this fails. */
    void post(EventLoop on, Runnable step) {
        try {
            on.execute(step);
        } catch (RejectedExecutionException e) {
            runLate(() -> fail(Failures.closed()));
        }
    }

    /** Begins on the connection that was taken; on its loop. */
    @Override
    public void run() {
        Connection taken = connection;
        if (taken == null) {
            throw new IllegalStateException("no connection");
        }
        if (over) {
            connection = null;
            home().release(taken);
        } else {
            taken.start(this);
        }
    }

    /** The connection that was taken is dead; nothing was sent. On the loop. */
    void searchAgain() {
        connection = null;
        ConnectionPool known = home();
        known.transport().acquire(this, known.origin());
    }

    private ConnectionPool home() {
        ConnectionPool known = pool;
        if (known == null) {
            throw new IllegalStateException("no pool");
        }
        return known;
    }

    /** The exchange is complete; on the loop. */
    void end() {
        if (!over) {
            over = true;
            receiver.onEnd();
        }
    }

    /** The exchange failed; on the loop. */
    void fail(InferenceException why) {
        if (!over) {
            over = true;
            ConnectionPool known = pool;
            // When the transport closes, its loops may close a connection before the exchange on it has been ended.
            if (known != null && known.transport().isClosed()) {
                receiver.onFailure(Failures.closedDuring(known.origin(), why.sent()));
            } else {
                receiver.onFailure(why);
            }
        }
    }

    /** The transport closes while this has no connection; on the loop. */
    void shutDown() {
        if (connection == null && !over) {
            if (connector != null) {
                connector.cancel();
            }
            fail(Failures.closed());
        }
    }

    @Override
    public void read() {
        if (!over) {
            if (inThread()) {
                readNow();
            } else {
                execute(this::readNow);
            }
        }
    }

    private void readNow() {
        if (connection != null) {
            connection.read(this);
        }
    }

    @Override
    public void cancel() {
        if (!over) {
            // At once, so that nothing is told after this call even if the loop is busy.
            over = true;
            ConnectionPool known = pool;
            if (known != null && connection == null) {
                // So is the place in the queue free at once, for the caller's next call.
                known.leaveQueue(this);
            }
            if (inThread()) {
                cancelNow();
            } else {
                execute(this::cancelNow);
            }
        }
    }

    private void cancelNow() {
        if (connection != null) {
            connection.cancel(this);
        } else if (connector != null) {
            connector.cancel();
        }
    }

    @Override
    public void finish() {
        if (!over) {
            over = true;
            if (inThread()) {
                finishNow();
            } else {
                execute(this::finishNow);
            }
        }
    }

    private void finishNow() {
        if (connection != null) {
            connection.finish(this);
        } else {
            cancelNow();
        }
    }

    @Override
    public void execute(Runnable task) {
        EventLoop now = loop;
        if (now == null) {
            runLate(task);
            return;
        }
        try {
            now.execute(() -> {
                if (loop == now) {
                    task.run();
                } else {
                    execute(task);
                }
            });
        } catch (RejectedExecutionException e) {
            // The transport is closed, and its threads are gone or going: there is no other thread to run it on.
            runLate(task);
        }
    }

    private synchronized void runLate(Runnable task) {
        task.run();
    }

    @Override
    public boolean inThread() {
        EventLoop now = loop;
        return (now != null && now.inEventLoop()) || Thread.holdsLock(this);
    }
}
