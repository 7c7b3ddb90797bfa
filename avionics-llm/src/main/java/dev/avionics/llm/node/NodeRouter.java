package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.endpoint.HealthProbe;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.node.RoutingDecision.Exclusion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the node of each call, and keeps what that takes: load, speed, health, and what each node holds of which prompt.
 * Thread-safe, never blocks; with a fixed source of chance, and calls one after the other, its choices repeat themselves.
 *
 * <p>A call goes to a fit node that has its model and tags. An agent that has a home stays there as long as one of its nodes is
 * fit; then it goes to nodes of all agents with the same model, and in need to homes of others. Among these, nodes of a higher
 * priority come first, as long as one that was looked at is free. Of the rest the node is taken that is free and promises the
 * first token soonest: by what it holds of the prompt, by its load, and by the times to first tokens that it had lately. Of
 * many, only those are compared that hold the prompt's beginning, and two at random; while no free one was found, up to 32 are
 * drawn. If no node is fit, one that was ejected has to do; one that was marked sick never.
 *
 * <p>Takes about 100 KB for each node and the blocks that are remembered of it by default.
 */
public final class NodeRouter implements AutoCloseable {
    /** Blocks of prompts that a node is thought to hold unless told otherwise: 256 KiB of text. */
    public static final int DEFAULT_BLOCKS_PER_NODE = 1024;

    private static final int MOST_POOLS = 1024;
    private static final double WEIGHT = 0.02;

    private final NodeTable table;
    private final NodeHealth health;
    private final PrefixIndex index;
    private final Ticker ticker;
    private final RandomSource random;
    private final Map<NodePool.Key, NodePool> pools = new ConcurrentHashMap<>();
    // What nodes need that none was measured of yet.
    private final Average othersPace = new Average(WEIGHT, 20e6);
    private final Average othersDuration = new Average(WEIGHT, 5e9);

    private NodeRouter(Builder builder) {
        index = new PrefixIndex(builder.blocksPerNode);
        table = new NodeTable(builder.profiles, index::forget);
        ticker = builder.ticker;
        random = builder.random;
        NodeLoad load = builder.load;
        LoadReadings loads = load == null ? null : new LoadReadings(load, builder.scheduler, ticker);
        health = new NodeHealth(table, builder.probe, builder.rules, builder.scheduler, ticker, this::lost, loads);
    }

    /**
     * A builder with all defaults.
     *
     * @param scheduler runs checks; stays its owner's
     */
    public static Builder builder(NodeProfiles profiles, Scheduler scheduler) {
        return new Builder(profiles, scheduler);
    }

    /** Where a call would go now. Changes nothing but the source of chance. */
    public RoutingDecision route(RoutingRequest request) {
        return route(request, Set.of());
    }

    /** As {@link #route(RoutingRequest)}, without some nodes, by name, that were tried before. */
    public RoutingDecision route(RoutingRequest request, Set<String> tried) {
        NodePool pool = pool(request);
        Choice choice = new Choice(
                index, random, request.prefix(), tried, othersPace.value(), othersDuration.value(), ticker.nanoTime());
        int rank = -1;
        for (NodePool.Group group : pool.groups) {
            if (choice.best() != null && (group.rank != rank || choice.foundFree())) {
                break;
            }
            rank = group.rank;
            choice.among(group);
        }
        boolean lastResort = choice.best() == null;
        if (lastResort) {
            choice.among(pool.ejected);
        }
        NodeState best = choice.best();
        return new RoutingDecision(
                best == null ? null : best.node,
                best != null && lastResort,
                choice.candidates(),
                exclusions(pool, tried));
    }

    private static List<Exclusion> exclusions(NodePool pool, Set<String> tried) {
        if (tried.isEmpty()) {
            return pool.exclusions;
        }
        List<Exclusion> all = new ArrayList<>();
        for (Exclusion each : pool.exclusions) {
            if (!tried.contains(each.node())) {
                all.add(each);
            }
        }
        tried.stream().sorted().forEach(name -> all.add(new Exclusion(name, "tried before")));
        return all;
    }

    private NodePool pool(RoutingRequest request) {
        table.nodes();
        NodePool.Key key = new NodePool.Key(request.agent(), request.model(), request.tags());
        NodePool pool = pools.get(key);
        if (pool == null || pool.version != table.version()) {
            if (pools.size() >= MOST_POOLS) {
                pools.clear();
            }
            pool = NodePool.of(key, table);
            pools.put(key, pool);
        }
        return pool;
    }

    /**
     * Takes note of a call that is sent to a node now.
     *
     * @param node the node's name
     * @throws IllegalArgumentException if there is no such node
     */
    public NodeLease send(String node, RoutingRequest request) {
        NodeState state = table.sent(node);
        boolean waits = state.calls() > state.node.maxParallel() || state.isMemoryFull();
        health.sent(state);
        int toRead = request.prefix().count() - index.sent(state.number, request.prefix());
        NodeLease lease = new NodeLease(this, state, toRead, waits, ticker.nanoTime());
        state.unanswered.add(lease);
        return lease;
    }

    void alive(NodeState state) {
        health.alive(state);
    }

    void firstToken(NodeState state, long sentAt, int blocksToRead, boolean waited) {
        health.alive(state);
        if (!waited) {
            double nanos = Math.max(1, ticker.nanoTime() - sentAt);
            double blocks = blocksToRead + Choice.BASE_BLOCKS;
            state.firstToken(nanos, blocks, ticker.nanoTime());
            othersPace.add(nanos / blocks);
        }
    }

    void succeeded(NodeState state, long sentAt) {
        double nanos = Math.max(1, ticker.nanoTime() - sentAt);
        state.answered(nanos);
        othersDuration.add(nanos);
        health.succeeded(state);
    }

    void failed(NodeState state, InferenceException why) {
        health.failed(state, why);
    }

    private void lost(NodeState state) {
        if (!state.forgotten) {
            index.forget(state.number);
        }
        for (NodeLease lease : state.unanswered) {
            lease.lost();
        }
    }

    /**
     * Marks a node, at once: one that is marked sick gets no call, not even as the last resort, until it is marked healthy; what
     * it answers just now goes on. One that is marked healthy gets calls from now on, even if it was ejected. Lasts as long as the
     * router knows the name, whatever its profile says later.
     *
     * @throws IllegalArgumentException if there is no such node
     */
    public void markNodeHealthy(String node, boolean healthy) {
        health.mark(table.named(requireNonNull(node, "node")), healthy);
    }

    /** How the nodes are, in the order of the profiles. */
    public List<NodeStatus> nodeHealth() {
        return table.nodes().stream().map(NodeState::status).toList();
    }

    /**
     * How a node is.
     *
     * @throws IllegalArgumentException if there is no such node
     */
    public NodeStatus nodeHealth(String node) {
        return table.named(node).status();
    }

    /** The fit nodes that will do for a call, the best first. */
    List<InferenceNode> suitable(RoutingRequest request) {
        List<InferenceNode> nodes = new ArrayList<>();
        for (NodePool.Group group : pool(request).groups) {
            for (NodeState state : group.nodes) {
                nodes.add(state.node);
            }
        }
        return nodes;
    }

    /** Ends the checks. */
    @Override
    public void close() {
        health.close();
    }

    /** Builds a {@link NodeRouter}; not thread-safe. */
    public static final class Builder {
        private final NodeProfiles profiles;
        private final Scheduler scheduler;
        private Ticker ticker = Ticker.system();
        private RandomSource random = RandomSource.system();
        private HealthRules rules = HealthRules.DEFAULT;
        private @Nullable HealthProbe probe;
        private @Nullable NodeLoad load;
        private int blocksPerNode = DEFAULT_BLOCKS_PER_NODE;

        private Builder(NodeProfiles profiles, Scheduler scheduler) {
            this.profiles = requireNonNull(profiles, "profiles");
            this.scheduler = requireNonNull(scheduler, "scheduler");
        }

        /** Default the JVM's own. */
        public Builder ticker(Ticker value) {
            ticker = requireNonNull(value, "value");
            return this;
        }

        /** Default real chance. */
        public Builder random(RandomSource value) {
            random = requireNonNull(value, "value");
            return this;
        }

        /** When nodes count as sick; default {@link HealthRules#DEFAULT}. */
        public Builder health(HealthRules value) {
            rules = requireNonNull(value, "value");
            return this;
        }

        /** How nodes in use are checked; by default they are not, and an ejected node comes back when its time is over. */
        public Builder probe(HealthProbe value) {
            probe = requireNonNull(value, "value");
            return this;
        }

        /** How nodes tell of calls that others send them; by default nobody else does. */
        public Builder load(NodeLoad value) {
            load = requireNonNull(value, "value");
            return this;
        }

        /** Blocks of 256 bytes that a node is thought to hold, at least 1; default 1024. */
        public Builder blocksPerNode(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("blocksPerNode: " + value + " (expected: >= 1)");
            }
            blocksPerNode = value;
            return this;
        }

        public NodeRouter build() {
            return new NodeRouter(this);
        }
    }
}
