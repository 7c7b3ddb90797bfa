package dev.avionics.testkit.http;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpExchange;
import dev.avionics.airframe.http.HttpReceiver;
import dev.avionics.airframe.http.HttpTransport;
import dev.avionics.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A transport that plays scripts. Everything that a receiver is told runs as a task of one scheduler, so that with a
 * {@link VirtualTime} a test decides what happens when: {@code time.advance(Duration.ZERO)} plays what is due.
 *
 * <p>Obeys demand: one call of {@link HttpExchange#read()} brings one read of the script. Keeps every exchange for later
 * inspection. A request without a script is a fault of the test: {@link #send} throws.
 */
public final class ScriptedTransport implements HttpTransport {
    private final Scheduler scheduler;
    private final Ticker ticker;
    private final long began;
    private final Queue<Script> scripts = new ArrayDeque<>();
    private final List<ScriptedExchange> exchanges = new ArrayList<>();
    private final List<Throwable> faults = new ArrayList<>();
    private @Nullable Function<HttpCall, Script> otherwise;
    private volatile @Nullable Thread running;
    private boolean closed;

    /** A transport on virtual time. */
    public ScriptedTransport(VirtualTime time) {
        this(time, time);
    }

    /**
     * A transport on any time.
     *
     * @param scheduler runs the exchanges; one task at a time
     */
    public ScriptedTransport(Scheduler scheduler, Ticker ticker) {
        this.scheduler = requireNonNull(scheduler, "scheduler");
        this.ticker = requireNonNull(ticker, "ticker");
        began = ticker.nanoTime();
    }

    /** The next request that has none is played this script. */
    public synchronized ScriptedTransport then(Script script) {
        scripts.add(requireNonNull(script, "script"));
        return this;
    }

    /** As {@link #then}, several times. */
    public ScriptedTransport then(int times, Script script) {
        for (int i = 0; i < times; i++) {
            then(script);
        }
        return this;
    }

    /** Requests for which no script is left are played what this function gives. */
    public synchronized ScriptedTransport otherwise(Function<HttpCall, Script> chooses) {
        otherwise = requireNonNull(chooses, "chooses");
        return this;
    }

    /** Every exchange up to here, in order. */
    public synchronized List<ScriptedExchange> exchanges() {
        return List.copyOf(exchanges);
    }

    /** One exchange; {@code index} counts from 0. */
    public ScriptedExchange exchange(int index) {
        return exchanges().get(index);
    }

    /** The hosts that were called, in order. */
    public List<String> hosts() {
        return exchanges().stream().map(e -> e.call().uri().getHost()).toList();
    }

    /** What receivers threw, which they must not. */
    public synchronized List<Throwable> faults() {
        return List.copyOf(faults);
    }

    synchronized void fault(Throwable e) {
        faults.add(e);
    }

    @Override
    public HttpExchange send(HttpCall call, Duration connect, HttpReceiver receiver) {
        ScriptedExchange exchange;
        synchronized (this) {
            Script script = scripts.poll();
            if (script == null && otherwise != null) {
                script = otherwise.apply(call);
            }
            if (closed) {
                script = Script.begin().fail(closedError());
            }
            if (script == null) {
                throw new IllegalStateException("no script for request " + (exchanges.size() + 1) + ": " + call);
            }
            Duration at = Duration.ofNanos(ticker.nanoTime() - began);
            exchange = new ScriptedExchange(this, call, connect, at, receiver, script);
            exchanges.add(exchange);
        }
        exchange.wake();
        return exchange;
    }

    private static InferenceException closedError() {
        return InferenceException.builder(ErrorCategory.REJECTED, "the transport is closed")
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }

    /** Runs a task on the one thread of this transport. */
    Scheduler.Handle later(Runnable task, Duration delay) {
        return scheduler.schedule(
                () -> {
                    running = Thread.currentThread();
                    try {
                        task.run();
                    } finally {
                        running = null;
                    }
                },
                delay);
    }

    boolean inThread() {
        return Thread.currentThread() == running;
    }

    @Override
    public void close() {
        List<ScriptedExchange> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(exchanges);
        }
        open.forEach(exchange -> exchange.closed(closedError()));
    }
}
