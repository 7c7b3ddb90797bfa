package dev.avionics.llm.node;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.ManualScheduler;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Nodes in virtual time that answer checks as a test says. */
final class NodeRig {
    static final InferenceException REFUSED = InferenceException.builder(ErrorCategory.CONNECTION, "connection refused")
            .sent(InferenceException.Sent.NOTHING)
            .build();
    static final InferenceException BROKEN = InferenceException.builder(ErrorCategory.SERVER_ERROR, "out of memory")
            .sent(InferenceException.Sent.ALL)
            .build();

    final ManualScheduler time = new ManualScheduler();
    final Map<String, HealthState.Status> health = new HashMap<>();
    final List<String> silent = new ArrayList<>();
    final List<String> checks = new ArrayList<>();
    final List<InferenceNode> nodes = new ArrayList<>();

    static InferenceNode.Builder node(String name) {
        return InferenceNode.builder(name, URI.create("http://" + name + ":8080"));
    }

    NodeRig with(InferenceNode.Builder... more) {
        for (InferenceNode.Builder each : more) {
            nodes.add(each.build());
        }
        return this;
    }

    NodeRouter router() {
        return router(HealthRules.DEFAULT, 1);
    }

    NodeRouter router(HealthRules rules, long seed) {
        return NodeRouter.builder(NodeProfiles.of(nodes), time)
                .ticker(time)
                .random(RandomSource.seeded(seed))
                .health(rules)
                .probe(this::check)
                .build();
    }

    private CompletableFuture<HealthState> check(EndpointSpec endpoint) {
        checks.add(endpoint.name());
        if (silent.contains(endpoint.name())) {
            return new CompletableFuture<>();
        }
        HealthState.Status status = health.getOrDefault(endpoint.name(), HealthState.Status.HEALTHY);
        return CompletableFuture.completedFuture(new HealthState(status, Instant.EPOCH, "asked"));
    }

    static RoutingRequest call(String agent) {
        return RoutingRequest.of(agent, PrefixBlocks.none());
    }

    static String chosen(NodeRouter router, RoutingRequest request) {
        return router.route(request).chosen().map(InferenceNode::name).orElse("none");
    }

    void pass(long millis) {
        time.advance(Duration.ofMillis(millis));
    }
}
