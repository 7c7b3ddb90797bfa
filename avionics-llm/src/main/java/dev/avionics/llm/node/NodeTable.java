package dev.avionics.llm.node;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The nodes of the profiles with their states, which outlive a change of the profiles: as many that left are remembered as there
 * are nodes, at least 16, those that left last; besides, those that have calls or are marked sick. Thread-safe.
 */
final class NodeTable {
    private static final int LEAST_REMEMBERED = 16;

    /** The nodes at one moment. */
    record Snapshot(List<InferenceNode> source, List<NodeState> nodes) {}

    private final NodeProfiles profiles;
    private final IntConsumer forgotten;
    private final Map<String, NodeState> byName = new HashMap<>();
    // Nodes that left, the earliest first.
    private final Set<NodeState> gone = new LinkedHashSet<>();
    private final BitSet numbers = new BitSet();
    private final AtomicLong version = new AtomicLong();
    private volatile Snapshot snapshot = new Snapshot(List.of(), List.of());

    /**
     * The nodes of profiles.
     *
     * @param forgotten is told the numbers of nodes that are not remembered any more; others get them later
     */
    NodeTable(NodeProfiles profiles, IntConsumer forgotten) {
        this.profiles = profiles;
        this.forgotten = forgotten;
        nodes();
    }

    /** Grows whenever a node comes, goes, falls sick or recovers. */
    long version() {
        return version.get();
    }

    void changed() {
        version.incrementAndGet();
    }

    /** All nodes, in the order of the profiles. */
    List<NodeState> nodes() {
        List<InferenceNode> now = profiles.list();
        Snapshot last = snapshot;
        return last.source() == now ? last.nodes() : follow(now).nodes();
    }

    private synchronized Snapshot follow(List<InferenceNode> now) {
        if (snapshot.source() == now) {
            return snapshot;
        }
        List<NodeState> states = new ArrayList<>(now.size());
        Set<NodeState> left = new LinkedHashSet<>(snapshot.nodes());
        for (InferenceNode node : now) {
            NodeState state = byName.computeIfAbsent(node.name(), name -> new NodeState(freeNumber(), node));
            state.node = node;
            state.gone = false;
            gone.remove(state);
            left.remove(state);
            states.add(state);
        }
        for (NodeState state : left) {
            state.gone = true;
            gone.add(state);
        }
        forget(gone.size() - Math.max(LEAST_REMEMBERED, now.size()));
        snapshot = new Snapshot(now, List.copyOf(states));
        changed();
        return snapshot;
    }

    private int freeNumber() {
        int number = numbers.nextClearBit(0);
        numbers.set(number);
        return number;
    }

    private void forget(int many) {
        int left = many;
        for (Iterator<NodeState> each = gone.iterator(); left > 0 && each.hasNext(); ) {
            NodeState state = each.next();
            if (state.inFlight.get() == 0 && !state.marked) {
                each.remove();
                byName.remove(state.node.name());
                state.forgotten = true;
                forgotten.accept(state.number);
                numbers.clear(state.number);
                left--;
            }
        }
    }

    /**
     * The node of a name, which has one more call in flight from now on.
     *
     * @throws IllegalArgumentException if the profiles have none
     */
    NodeState sent(String name) {
        nodes();
        // With the lock held, so that a node that has calls is not forgotten.
        synchronized (this) {
            NodeState state = named(name);
            state.inFlight.incrementAndGet();
            return state;
        }
    }

    /** The node of a name, or null if the profiles have none. */
    @Nullable
    NodeState find(String name) {
        nodes();
        synchronized (this) {
            NodeState state = byName.get(name);
            return state == null || state.gone ? null : state;
        }
    }

    /**
     * The node of a name.
     *
     * @throws IllegalArgumentException if the profiles have none
     */
    NodeState named(String name) {
        NodeState state = find(name);
        if (state == null) {
            throw new IllegalArgumentException(
                    "node: " + name + " (expected one of " + String.join(", ", names()) + ")");
        }
        return state;
    }

    /** How many nodes are known, those that left among them. */
    synchronized int known() {
        return byName.size();
    }

    private Collection<String> names() {
        Set<String> names = new TreeSet<>();
        for (NodeState state : nodes()) {
            names.add(state.node.name());
        }
        return names;
    }
}
