package dev.avionics.benchmarks.routing;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.node.InferenceNode;
import dev.avionics.llm.node.NodeLease;
import dev.avionics.llm.node.NodeProfiles;
import dev.avionics.llm.node.NodeRouter;
import dev.avionics.llm.node.PrefixBlocks;
import dev.avionics.llm.node.RoutingRequest;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The router of avionics-llm with its default settings, checks included. */
final class RouterRule implements Rule, AutoCloseable {
    private static final InferenceException REFUSED = InferenceException.builder(ErrorCategory.CONNECTION, "refused")
            .sent(InferenceException.Sent.NOTHING)
            .build();

    private final NodeRouter router;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Map<Call, NodeLease> leases = new HashMap<>();
    private final Map<Call, RoutingRequest> requests = new HashMap<>();

    RouterRule(List<SimulatedNode> nodes, EventLoop time, long seed) {
        List<InferenceNode> profiles = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            String name = "node" + i;
            names.add(name);
            numbers.put(name, i);
            profiles.add(InferenceNode.builder(name, URI.create("http://node" + i + ":8080"))
                    .maxParallel(SimulatedNode.PARALLEL)
                    .build());
        }
        router = NodeRouter.builder(NodeProfiles.of(profiles), time)
                .ticker(time)
                .random(RandomSource.seeded(seed))
                .probe(endpoint -> CompletableFuture.completedFuture(new HealthState(
                        nodes.get(number(endpoint.name())).alive
                                ? HealthState.Status.HEALTHY
                                : HealthState.Status.UNHEALTHY,
                        Instant.EPOCH,
                        "")))
                .build();
    }

    private int number(String name) {
        return requireNonNull(numbers.get(name), name);
    }

    @Override
    public int choose(Call call) {
        RoutingRequest request = requests.computeIfAbsent(
                call, each -> RoutingRequest.of("", PrefixBlocks.ofHashes(each.conversation.prompt())));
        return number(router.route(request).chosen().orElseThrow().name());
    }

    @Override
    public void sent(Call call, int node) {
        leases.put(call, router.send(names.get(node), requireNonNull(requests.get(call))));
    }

    @Override
    public void firstToken(Call call, int node) {
        requireNonNull(leases.get(call)).firstToken();
    }

    @Override
    public void ended(Call call, int node) {
        requests.remove(call);
        requireNonNull(leases.remove(call)).succeeded();
    }

    @Override
    public void failed(Call call, int node) {
        requireNonNull(leases.remove(call)).failed(REFUSED);
    }

    @Override
    public void close() {
        router.close();
    }
}
