package dev.avionics.llm.node;

import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.endpoint.HealthProbe;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes are fit for calls. Thread-safe; time is the scheduler's and the ticker's.
 *
 * <p>Nodes in use are checked; one that does not answer a check in time, or answers that it is ill, is dead: it gets no more
 * calls, and those that it has not begun to answer are told as soon as there is another node with its model. So is one that refuses a connection. One that answers but fails too
 * many calls is an outlier, and gets no more calls either, unless it is the last that serves its model. Both come back by
 * themselves after a time that grows from one time to the next; a dead node has to pass a check first.
 */
final class NodeHealth {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRouter.class);
    private static final int ROUNDS_PER_INTERVAL = 5;

    private final NodeTable table;
    private final @Nullable HealthProbe probe;
    private final HealthRules rules;
    private final Scheduler scheduler;
    private final Ticker ticker;
    private final Consumer<NodeState> lost;
    private final @Nullable LoadReadings loads;
    private final long step;
    private final AtomicBoolean armed = new AtomicBoolean();
    private volatile Scheduler.@Nullable Handle timer;
    private volatile boolean closed;

    /**
     * Health of the nodes of a table.
     *
     * @param probe how nodes are checked, or null if they are not
     * @param lost is told of nodes that died, whose memory is gone
     * @param loads read of nodes that are checked, or null
     */
    NodeHealth(
            NodeTable table,
            @Nullable HealthProbe probe,
            HealthRules rules,
            Scheduler scheduler,
            Ticker ticker,
            Consumer<NodeState> lost,
            @Nullable LoadReadings loads) {
        this.table = table;
        this.probe = probe;
        this.rules = rules;
        this.scheduler = scheduler;
        this.ticker = ticker;
        this.lost = lost;
        this.loads = loads;
        step = Math.max(1, rules.probeInterval().toNanos() / ROUNDS_PER_INTERVAL);
    }

    // What calls tell

    /** A call is sent to a node, and in flight already. */
    void sent(NodeState state) {
        long now = ticker.nanoTime();
        synchronized (state) {
            if (!inUse(state, now, 1)) {
                state.probeDue = now + rules.probeInterval().toNanos();
            }
            state.wasUsed = true;
            state.lastUsed = now;
        }
        arm();
    }

    /** A node began to answer a call, goes on with it, or answered it. */
    void alive(NodeState state) {
        state.lastSign = ticker.nanoTime();
        state.gaveSign = true;
    }

    void succeeded(NodeState state) {
        synchronized (state) {
            alive(state);
            state.inARow = 0;
            count(state, false);
        }
    }

    void failed(NodeState state, InferenceException why) {
        switch (Fault.of(why)) {
            case NOT_THE_NODE -> {}
            case UNREACHABLE -> eject(state, true, "refuses connections: " + why.getMessage());
            case FAILED -> {
                String reason = outlier(state);
                // The last node of a model is better than none.
                if (reason != null && hasTwin(state)) {
                    eject(state, false, reason);
                }
            }
        }
    }

    private @Nullable String outlier(NodeState state) {
        synchronized (state) {
            state.inARow++;
            count(state, true);
            if (!state.awaitsReturn) {
                // It may have died: that is asked at once.
                state.probeDue = ticker.nanoTime();
            }
            if (state.inARow >= rules.failures()) {
                return "failed " + state.inARow + " calls in a row";
            }
            boolean enough = state.windowCalls >= rules.errorCalls();
            if (enough && state.windowErrors >= rules.errorShare() * state.windowCalls) {
                return "failed " + state.windowErrors + " of " + state.windowCalls + " calls";
            }
            return null;
        }
    }

    private void count(NodeState state, boolean error) {
        long now = ticker.nanoTime();
        if (state.windowCalls == 0
                || now - state.windowFrom > rules.errorWindow().toNanos()) {
            state.windowFrom = now;
            state.windowCalls = 0;
            state.windowErrors = 0;
        }
        state.windowCalls++;
        state.windowErrors += error ? 1 : 0;
    }

    private boolean hasTwin(NodeState state) {
        String model = state.node.model();
        for (NodeState other : table.nodes()) {
            if (other != state && other.fit && other.node.model().equals(model)) {
                return true;
            }
        }
        return false;
    }

    // Who is fit

    /** Marks a node: sick until it is marked healthy, which also ends an ejection. */
    void mark(NodeState state, boolean healthy) {
        synchronized (state) {
            state.marked = !healthy;
            if (healthy) {
                state.ejections = 0;
                recover(state);
            }
            state.fit = healthy;
        }
        table.changed();
        LOG.info("node_marked node={} healthy={}", state, healthy);
    }

    private void eject(NodeState state, boolean dead, String reason) {
        long now = ticker.nanoTime();
        Duration away;
        synchronized (state) {
            if (state.awaitsReturn && now - state.ejectedUntil < 0) {
                // A call that was sent before.
                return;
            }
            boolean first = !state.awaitsReturn;
            if (first && now - state.returnedAt > rules.longestEjection().toNanos()) {
                state.ejections = 0;
            }
            away = grown(state.ejections++);
            if (first) {
                state.ejectedAt = now;
            }
            state.ejectedUntil = now + away.toNanos();
            state.probeDue = state.ejectedUntil;
            state.awaitsReturn = true;
            state.dead = dead;
            state.reason = reason;
            state.fit = false;
        }
        table.changed();
        LOG.warn("node_ejected node={} away_ms={} reason={}", state, away.toMillis(), reason);
        // The last node of a model may be no more than slow, and its calls have nowhere to go.
        if (dead && hasTwin(state)) {
            lost.accept(state);
        }
        arm();
    }

    private Duration grown(int before) {
        Duration away = rules.firstEjection();
        for (int i = 0; i < before && away.compareTo(rules.longestEjection()) < 0; i++) {
            away = away.multipliedBy(2);
        }
        return away.compareTo(rules.longestEjection()) > 0 ? rules.longestEjection() : away;
    }

    private void comeBack(NodeState state) {
        synchronized (state) {
            if (!state.awaitsReturn) {
                return;
            }
            recover(state);
            state.fit = !state.marked;
        }
        table.changed();
        LOG.info("node_back node={}", state);
        // Calls that stayed with a dead node, as there was no other, have one now.
        for (NodeState other : table.nodes()) {
            if (other != state && other.isDead() && other.node.model().equals(state.node.model())) {
                lost.accept(other);
            }
        }
    }

    private void recover(NodeState state) {
        long now = ticker.nanoTime();
        state.awaitsReturn = false;
        state.dead = false;
        state.reason = "";
        state.returnedAt = now;
        state.probeDue = now + rules.probeInterval().toNanos();
        state.inARow = 0;
        state.windowCalls = 0;
        state.windowErrors = 0;
    }

    // Checks

    private void arm() {
        if (!closed && armed.compareAndSet(false, true)) {
            timer = scheduler.schedule(this::round, Duration.ofNanos(step));
        }
    }

    private void round() {
        armed.set(false);
        if (closed) {
            return;
        }
        long now = ticker.nanoTime();
        List<NodeState> due = new ArrayList<>();
        boolean goOn = false;
        for (NodeState state : table.nodes()) {
            synchronized (state) {
                // One that others keep busy is asked on: it would never be used again.
                boolean watched = state.awaitsReturn || inUse(state, now, 0) || state.isBusyWithOthers();
                goOn |= watched;
                if (watched && !state.probing && state.probeDue - now <= 0) {
                    due.add(state);
                }
            }
        }
        if (goOn) {
            arm();
        }
        int most = (int) Math.max(1, rules.probesPerSecond() * step / 1_000_000_000L);
        if (due.size() > most) {
            due.sort(Comparator.comparingLong(state -> state.probeDue - now));
            due = due.subList(0, most);
        }
        for (NodeState state : due) {
            check(state);
            if (loads != null) {
                loads.readIfDue(state);
            }
        }
    }

    /** Whether a node has a call, some that do not count apart, or had one lately. */
    private boolean inUse(NodeState state, long now, int apart) {
        return state.inFlight.get() > apart
                || (state.wasUsed && now - state.lastUsed < rules.inUse().toNanos());
    }

    private void check(NodeState state) {
        HealthProbe by = probe;
        if (by == null) {
            synchronized (state) {
                state.probeDue = ticker.nanoTime() + rules.probeInterval().toNanos();
            }
            if (state.awaitsReturn()) {
                comeBack(state);
            }
            return;
        }
        long began = ticker.nanoTime();
        synchronized (state) {
            state.probing = true;
            state.probeDue = began + rules.probeInterval().toNanos();
        }
        CompletableFuture<HealthState> asked;
        try {
            asked = by.check(state.node.endpoint());
        } catch (RuntimeException broken) {
            asked = CompletableFuture.failedFuture(broken);
        }
        CompletableFuture<HealthState> answer = asked;
        AtomicBoolean settled = new AtomicBoolean();
        Scheduler.Handle limit = scheduler.schedule(
                () -> {
                    if (settled.compareAndSet(false, true)) {
                        answer.cancel(false);
                        silent(state, began);
                    }
                },
                rules.probeLimit());
        answer.whenComplete((health, error) -> {
            if (settled.compareAndSet(false, true)) {
                limit.cancel();
                checked(state, health);
            }
        });
    }

    private void silent(NodeState state, long began) {
        boolean alive;
        synchronized (state) {
            state.probing = false;
            alive = state.gaveSign && state.lastSign - began > 0;
        }
        // It was busy with other calls, which it goes on to answer.
        if (!alive) {
            eject(
                    state,
                    true,
                    "no answer to a check within " + rules.probeLimit().toMillis() + " ms");
        }
    }

    private void checked(NodeState state, @Nullable HealthState health) {
        boolean away;
        boolean patienceOver;
        synchronized (state) {
            state.probing = false;
            away = state.awaitsReturn;
            patienceOver = ticker.nanoTime() - state.ejectedAt
                    > rules.longestEjection().toNanos();
        }
        HealthState.Status status = health == null ? HealthState.Status.UNKNOWN : health.status();
        switch (status) {
            case HEALTHY, UNKNOWN -> {
                if (away) {
                    comeBack(state);
                }
            }
            case DEGRADED -> {
                // Not ready, or of those that have no such check: asked again soon, and tried after a while.
                if (away && patienceOver) {
                    comeBack(state);
                }
            }
            case UNHEALTHY -> eject(state, true, health == null ? "" : health.detail());
        }
    }

    void close() {
        closed = true;
        Scheduler.Handle pending = timer;
        if (pending != null) {
            pending.cancel();
        }
    }
}
