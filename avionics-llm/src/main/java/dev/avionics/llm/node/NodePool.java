package dev.avionics.llm.node;

import dev.avionics.llm.node.RoutingDecision.Exclusion;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The nodes that will do for calls of one kind, at one version of the table: by rank, and within a rank by priority. The first
 * rank is an agent's home, the next are nodes of all agents, the last are homes of other agents.
 */
final class NodePool {
    /** Nodes of the same rank and priority. */
    static final class Group {
        final int rank;
        final NodeState[] nodes;
        // Of its own, as the table may have given a number to another node meanwhile.
        private final @Nullable NodeState[] byNumber;

        Group(int rank, List<NodeState> nodes) {
            this.rank = rank;
            this.nodes = nodes.toArray(new NodeState[0]);
            int numbers = 0;
            for (NodeState state : nodes) {
                numbers = Math.max(numbers, state.number + 1);
            }
            byNumber = new NodeState[numbers];
            for (NodeState state : nodes) {
                byNumber[state.number] = state;
            }
        }

        /** The node of a number, or null if it is none of these. */
        @Nullable
        NodeState numbered(int number) {
            return number < byNumber.length ? byNumber[number] : null;
        }
    }

    /** What calls of one kind have in common. */
    record Key(String agent, String model, Set<String> tags) {}

    private static final int HOME = 0;
    private static final int COMMON = 1;
    private static final int FOREIGN = 2;

    final long version;
    /** Fit nodes, the best first. */
    final List<Group> groups;
    /** Nodes that would do, but were ejected. */
    final Group ejected;

    final List<Exclusion> exclusions;

    private NodePool(long version, List<Group> groups, Group ejected, List<Exclusion> exclusions) {
        this.version = version;
        this.groups = groups;
        this.ejected = ejected;
        this.exclusions = List.copyOf(exclusions);
    }

    static NodePool of(Key key, NodeTable table) {
        List<NodeState> all = table.nodes();
        // Before the nodes are looked at: what changes from here on makes this pool an old one.
        long version = table.version();
        Set<String> models = models(key, all);
        TreeMap<Integer, List<NodeState>> fit = new TreeMap<>();
        List<NodeState> ejected = new ArrayList<>();
        List<Exclusion> exclusions = new ArrayList<>();
        for (NodeState state : all) {
            InferenceNode node = state.node;
            String reason = unsuitable(key, models, node);
            if (reason == null && !state.fit) {
                NodeStatus status = state.status();
                reason = status.reason();
                if (status.state() == NodeStatus.State.EJECTED) {
                    ejected.add(state);
                }
            }
            if (reason == null) {
                fit.computeIfAbsent(rank(key, node), rank -> new ArrayList<>()).add(state);
            } else {
                exclusions.add(new Exclusion(node.name(), reason));
            }
        }
        List<Group> groups = new ArrayList<>();
        fit.forEach((rank, nodes) -> addByPriority(groups, rank, nodes));
        return new NodePool(version, groups, new Group(FOREIGN, ejected), exclusions);
    }

    private static void addByPriority(List<Group> groups, int rank, List<NodeState> nodes) {
        TreeMap<Integer, List<NodeState>> byPriority = new TreeMap<>(Comparator.reverseOrder());
        for (NodeState state : nodes) {
            byPriority
                    .computeIfAbsent(state.node.priority(), priority -> new ArrayList<>())
                    .add(state);
        }
        byPriority.values().forEach(same -> groups.add(new Group(rank, same)));
    }

    /** The models that will do; empty for any. Who asks for none wants what the agent has at home, also elsewhere. */
    private static Set<String> models(Key key, List<NodeState> all) {
        if (!key.model().isEmpty()) {
            return Set.of(key.model());
        }
        Set<String> models = new HashSet<>();
        for (NodeState state : all) {
            if (isHome(key, state.node)) {
                if (state.node.model().isEmpty()) {
                    return Set.of();
                }
                models.add(state.node.model());
            }
        }
        return models;
    }

    private static @Nullable String unsuitable(Key key, Set<String> models, InferenceNode node) {
        if (!models.isEmpty() && !node.model().isEmpty() && !models.contains(node.model())) {
            return "serves " + node.model();
        }
        for (String tag : key.tags()) {
            if (!node.tags().contains(tag)) {
                return "has no tag " + tag;
            }
        }
        return null;
    }

    private static boolean isHome(Key key, InferenceNode node) {
        return !key.agent().isEmpty() && node.agents().contains(key.agent());
    }

    private static int rank(Key key, InferenceNode node) {
        if (isHome(key, node)) {
            return HOME;
        }
        return node.agents().isEmpty() ? COMMON : FOREIGN;
    }
}
