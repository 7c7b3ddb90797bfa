package dev.avionics.llm.node;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The nodes of the profiles with their states, which outlive a change of the profiles. Thread-safe. */
final class NodeTable {
    /** The nodes at one moment. */
    record Snapshot(List<InferenceNode> source, List<NodeState> nodes) {}

    private final NodeProfiles profiles;
    private final Map<String, NodeState> byName = new HashMap<>();
    private final AtomicLong version = new AtomicLong();
    private volatile NodeState[] byNumber = new NodeState[0];
    private volatile Snapshot snapshot = new Snapshot(List.of(), List.of());

    NodeTable(NodeProfiles profiles) {
        this.profiles = profiles;
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
        Set<String> names = new HashSet<>();
        for (InferenceNode node : now) {
            names.add(node.name());
            NodeState state = byName.get(node.name());
            if (state == null) {
                state = new NodeState(byName.size(), node);
                byName.put(node.name(), state);
            }
            state.node = node;
            state.gone = false;
            states.add(state);
        }
        NodeState[] numbered = new NodeState[byName.size()];
        for (NodeState state : byName.values()) {
            state.gone = !names.contains(state.node.name());
            numbered[state.number] = state;
        }
        byNumber = numbered;
        snapshot = new Snapshot(now, List.copyOf(states));
        changed();
        return snapshot;
    }

    /** The node of a number. */
    NodeState numbered(int number) {
        return byNumber[number];
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

    private Collection<String> names() {
        Set<String> names = new TreeSet<>();
        for (NodeState state : nodes()) {
            names.add(state.node.name());
        }
        return names;
    }
}
