package dev.avionics.llm.node;

import dev.avionics.airframe.error.InferenceException;
import org.jspecify.annotations.Nullable;

/**
 * One call that is with a node, from when it is sent until it has ended. Has to be settled by one of {@link #succeeded},
 * {@link #failed} and {@link #givenUp}; the first one counts. Thread-safe.
 */
public final class NodeLease {
    private final NodeRouter router;
    private final NodeState state;
    private final InferenceNode node;
    private final int blocksToRead;
    private final boolean waited;
    private final long sentAt;
    private @Nullable Runnable onLost;
    private boolean answered;
    private boolean settled;

    NodeLease(NodeRouter router, NodeState state, int blocksToRead, boolean waited, long sentAt) {
        this.router = router;
        this.state = state;
        this.node = state.node;
        this.blocksToRead = blocksToRead;
        this.waited = waited;
        this.sentAt = sentAt;
    }

    /** The node. */
    public InferenceNode node() {
        return node;
    }

    /** The node began to answer, piece by piece. */
    public void firstToken() {
        if (begun()) {
            router.firstToken(state, sentAt, blocksToRead, waited);
        }
    }

    /** The node shows that it works at the call. */
    void alive() {
        router.alive(state);
    }

    private boolean begun() {
        synchronized (this) {
            if (answered || settled) {
                return false;
            }
            answered = true;
        }
        state.unanswered.remove(this);
        return true;
    }

    /** The call was answered. */
    public void succeeded() {
        if (settle()) {
            router.succeeded(state, sentAt);
        }
    }

    /** The call failed. */
    public void failed(InferenceException why) {
        if (settle()) {
            router.failed(state, why);
        }
    }

    /** The call was given up, which says nothing of the node. */
    public void givenUp() {
        settle();
    }

    private boolean settle() {
        synchronized (this) {
            if (settled) {
                return false;
            }
            settled = true;
        }
        state.unanswered.remove(this);
        state.inFlight.decrementAndGet();
        return true;
    }

    /** Has a task run when the node is found dead before it began to answer. */
    void onLost(Runnable task) {
        synchronized (this) {
            onLost = task;
        }
    }

    void lost() {
        Runnable task;
        synchronized (this) {
            task = answered || settled ? null : onLost;
        }
        if (task != null) {
            task.run();
        }
    }
}
