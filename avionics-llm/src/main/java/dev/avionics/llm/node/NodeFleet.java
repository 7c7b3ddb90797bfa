package dev.avionics.llm.node;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.HealthState.Status;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.endpoint.HealthProbe;
import dev.avionics.llm.settings.AvionicsSettings;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Nodes, their health and their router over one airframe, and the providers of agents over them. Thread-safe. Checks run while
 * nodes are in use, until it is closed.
 *
 * <pre>{@code
 * NodeFleet fleet = NodeFleet.create(NodeProfiles.of(
 *         InferenceNode.builder("node1", URI.create("http://10.0.0.1:8080")).agent("planner").maxParallel(4).build(),
 *         InferenceNode.builder("node2", URI.create("http://10.0.0.2:8080")).agent("critic").build()), airframe);
 * LLMProvider planner = fleet.provider("planner");
 * }</pre>
 */
public final class NodeFleet implements AutoCloseable {
    private final NodeProfiles profiles;
    private final Airframe airframe;
    private final Ticker ticker;
    private final Clock clock;
    private final NodeRouter router;

    private NodeFleet(Builder builder) {
        profiles = builder.profiles;
        airframe = builder.airframe;
        ticker = builder.ticker;
        clock = builder.clock;
        NodeLoad load = builder.load;
        router = NodeRouter.builder(profiles, airframe.scheduler())
                .ticker(ticker)
                .random(builder.random)
                .health(builder.rules)
                .probe(HealthProbe.through(airframe))
                .load(load == null ? NodeLoad.through(airframe) : load)
                .blocksPerNode(builder.blocksPerNode)
                .build();
    }

    /** A fleet with all defaults; profiles and airframe stay their owners'. */
    public static NodeFleet create(NodeProfiles profiles, Airframe airframe) {
        return builder(profiles, airframe).build();
    }

    /**
     * The fleet of {@code avionics.yaml}: {@link NodeProfiles#of(AvionicsSettings)} with {@link HealthRules#of}, and nodes that are
     * not asked for their load if {@code node-health.load} is false.
     *
     * @param airframe stays its owner's
     * @throws dev.avionics.llm.settings.SettingsException if something there is wrong
     */
    public static NodeFleet of(AvionicsSettings settings, Airframe airframe) {
        Builder builder = builder(NodeProfiles.of(settings), airframe).health(HealthRules.of(settings));
        return (settings.flag("node-health.load") ? builder : builder.load(NodeLoad.none())).build();
    }

    /** A builder with all defaults; profiles and airframe stay their owners'. */
    public static Builder builder(NodeProfiles profiles, Airframe airframe) {
        return new Builder(profiles, airframe);
    }

    /** A provider for an agent with all defaults; the agent's name may be empty. */
    public NodeProvider provider(String agent) {
        return providerBuilder(agent).build();
    }

    /** A builder of a provider for an agent, whose name may be empty. */
    public NodeProvider.Builder providerBuilder(String agent) {
        return new NodeProvider.Builder(builder -> new NodeProvider(this, airframe, builder), agent);
    }

    /** The nodes. */
    public NodeProfiles profiles() {
        return profiles;
    }

    /** Says where calls go. */
    public NodeRouter router() {
        return router;
    }

    Ticker ticker() {
        return ticker;
    }

    /** See {@link NodeRouter#markNodeHealthy}. */
    public void markNodeHealthy(String node, boolean healthy) {
        router.markNodeHealthy(node, healthy);
    }

    /** The best state of the nodes that may take a call. */
    CompletableFuture<HealthState> health(RoutingRequest request, CallContext context) {
        List<CompletableFuture<HealthState>> asked = new ArrayList<>();
        for (InferenceNode node : router.suitable(request)) {
            asked.add(airframe.health(new Target(node.endpoint(), node.model()), context));
        }
        return CompletableFuture.allOf(asked.toArray(new CompletableFuture<?>[0]))
                .thenApply(all -> {
                    HealthState best = new HealthState(Status.UNHEALTHY, clock.instant(), "no node that is fit");
                    for (CompletableFuture<HealthState> each : asked) {
                        HealthState state = each.join();
                        if (state.status().compareTo(best.status()) < 0) {
                            best = state;
                        }
                    }
                    return best;
                });
    }

    /** Ends the checks; calls under way go on to their end. */
    @Override
    public void close() {
        router.close();
    }

    /** Builds a {@link NodeFleet}; not thread-safe. */
    public static final class Builder {
        private final NodeProfiles profiles;
        private final Airframe airframe;
        private Ticker ticker = Ticker.system();
        private Clock clock = Clock.systemUTC();
        private RandomSource random = RandomSource.system();
        private HealthRules rules = HealthRules.DEFAULT;
        private @Nullable NodeLoad load;
        private int blocksPerNode = NodeRouter.DEFAULT_BLOCKS_PER_NODE;

        private Builder(NodeProfiles profiles, Airframe airframe) {
            this.profiles = requireNonNull(profiles, "profiles");
            this.airframe = requireNonNull(airframe, "airframe");
        }

        /** Default the JVM's own. */
        public Builder ticker(Ticker value) {
            ticker = requireNonNull(value, "value");
            return this;
        }

        /** Default the system's. */
        public Builder clock(Clock value) {
            clock = requireNonNull(value, "value");
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

        /** How nodes tell of calls that others send them; default {@link NodeLoad#through}. */
        public Builder load(NodeLoad value) {
            load = requireNonNull(value, "value");
            return this;
        }

        /** Blocks of 256 bytes of prompts that a node is thought to hold, at least 1; default 1024. */
        public Builder blocksPerNode(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("blocksPerNode: " + value + " (expected: >= 1)");
            }
            blocksPerNode = value;
            return this;
        }

        public NodeFleet build() {
            return new NodeFleet(this);
        }
    }
}
