package dev.avionics.llm.node;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What is known of one node, besides its profile. Health fields are guarded by the monitor of this object. */
final class NodeState {
    private static final double WEIGHT = 0.2;
    private static final double FADES_NANOS = 30e9;
    private static final double FULL = 0.95;

    /** Counts nodes of a router from 0; a node that comes back under its name has the same, as long as it is remembered. */
    final int number;

    volatile InferenceNode node;
    /** Whether it gets calls. Written by {@link NodeHealth} only. */
    volatile boolean fit = true;

    volatile boolean marked;
    /** Not in the profiles any more. */
    volatile boolean gone;
    /** Not remembered any more; its number may be another one's. */
    volatile boolean forgotten;

    /** Calls sent from here. */
    final AtomicInteger inFlight = new AtomicInteger();
    /** Calls that others sent, as the node itself tells. */
    volatile int foreign;
    /** The share of its memory for prompts that is taken, as the node itself tells. */
    volatile double kvUsage;
    /** Calls that wait for their first content: told when the node does not answer any more. */
    final Set<NodeLease> unanswered = ConcurrentHashMap.newKeySet();

    // Each piece of an answer is one, so they are written without the monitor.
    volatile boolean gaveSign;
    volatile long lastSign;

    // Health
    String reason = "";
    int inARow;
    int ejections;
    boolean awaitsReturn;
    boolean dead;
    long ejectedAt;
    long ejectedUntil;
    long returnedAt;
    boolean wasUsed;
    long lastUsed;
    boolean probing;
    long probeDue;
    long windowFrom;
    int windowCalls;
    int windowErrors;

    // Load
    boolean wasRead;
    boolean reading;
    long readDue;
    int readFailures;

    // Speed
    private final Average paceNanos = new Average(WEIGHT);
    private final Average firstTokenNanos = new Average(WEIGHT);
    private final Average durationNanos = new Average(WEIGHT);
    private volatile long measuredAt;

    NodeState(int number, InferenceNode node) {
        this.number = number;
        this.node = node;
    }

    /** Calls that are with the node. */
    int calls() {
        return inFlight.get() + foreign;
    }

    /** Whether one more call is answered without waiting. */
    boolean isFree() {
        return calls() < node.maxParallel() && !isMemoryFull();
    }

    /** Whether the next call is likely to wait for memory, or to push another one out of it. */
    boolean isMemoryFull() {
        return kvUsage >= FULL;
    }

    /** Whether it may be busy though nothing is sent from here. */
    boolean isBusyWithOthers() {
        return foreign > 0 || isMemoryFull();
    }

    /** A first token came, after a time for so many blocks that had to be read. */
    void firstToken(double nanos, double blocks, long now) {
        paceNanos.add(nanos / blocks);
        firstTokenNanos.add(nanos);
        measuredAt = now;
    }

    void answered(double nanos) {
        durationNanos.add(nanos);
    }

    /** Time for each block of a prompt; what was measured long ago fades into what others have. */
    double pace(double others, long now) {
        double own = paceNanos.or(others);
        double age = Math.max(0, now - measuredAt);
        return others + (own - others) / (1 + age / FADES_NANOS);
    }

    double duration(double others) {
        return durationNanos.or(others);
    }

    synchronized boolean awaitsReturn() {
        return awaitsReturn;
    }

    synchronized boolean isDead() {
        return awaitsReturn && dead;
    }

    NodeStatus status() {
        synchronized (this) {
            NodeStatus.State state =
                    marked ? NodeStatus.State.MARKED_SICK : fit ? NodeStatus.State.FIT : NodeStatus.State.EJECTED;
            return new NodeStatus(
                    node.name(),
                    state,
                    marked ? "marked sick" : fit ? "" : reason,
                    inFlight.get(),
                    foreign,
                    kvUsage,
                    Duration.ofNanos((long) firstTokenNanos.value()));
        }
    }

    @Override
    public String toString() {
        return node.name();
    }
}
