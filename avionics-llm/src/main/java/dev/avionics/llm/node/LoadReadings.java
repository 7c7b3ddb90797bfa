package dev.avionics.llm.node;

import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the load of nodes, each now and then, one reading at a time. Failures are told once and harm nothing. Thread-safe. */
final class LoadReadings {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRouter.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    /** A server that reads a long prompt on few processors answers between two pieces of it. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);

    private final NodeLoad load;
    private final Scheduler scheduler;
    private final Ticker ticker;

    LoadReadings(NodeLoad load, Scheduler scheduler, Ticker ticker) {
        this.load = load;
        this.scheduler = scheduler;
        this.ticker = ticker;
    }

    /** Reads a node's load if it is time. */
    void readIfDue(NodeState state) {
        synchronized (state) {
            if (state.awaitsReturn || state.reading || (state.wasRead && state.readDue - ticker.nanoTime() > 0)) {
                return;
            }
            state.reading = true;
            state.wasRead = true;
            state.readDue = ticker.nanoTime() + EVERY.toNanos();
        }
        int sent = state.inFlight.get();
        CompletableFuture<NodeLoad.Reading> asked;
        try {
            asked = load.read(state.node);
        } catch (RuntimeException broken) {
            asked = CompletableFuture.failedFuture(broken);
        }
        CompletableFuture<NodeLoad.Reading> answer = asked;
        Scheduler.Handle limit = scheduler.schedule(() -> answer.cancel(false), LIMIT);
        answer.whenComplete((reading, error) -> {
            limit.cancel();
            if (reading == null) {
                failed(state, error);
            } else {
                read(state, reading, sent);
            }
        });
    }

    private static void read(NodeState state, NodeLoad.Reading reading, int sent) {
        synchronized (state) {
            state.reading = false;
            state.readFailures = 0;
        }
        // Of calls from here that came or went meanwhile, more is taken for ours: a node must not seem busy by them.
        int ours = Math.max(sent, state.inFlight.get());
        state.foreign = Math.max(0, reading.running() + reading.waiting() - ours);
        state.kvUsage = reading.kvUsage();
    }

    private void failed(NodeState state, @Nullable Throwable error) {
        int failures;
        synchronized (state) {
            state.reading = false;
            state.readDue = ticker.nanoTime() + AFTER_FAILURE.toNanos();
            failures = ++state.readFailures;
        }
        if (failures == 2) {
            state.foreign = 0;
            state.kvUsage = 0;
            LOG.info(
                    "node_load_unknown node={} reason={}; calls that others send it do not count (metadata load: off asks no more)",
                    state,
                    reason(error));
        }
    }

    private static String reason(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof CancellationException
                ? "no answer within " + LIMIT.toSeconds() + " s"
                : cause == null ? "no reading" : String.valueOf(cause.getMessage());
    }
}
