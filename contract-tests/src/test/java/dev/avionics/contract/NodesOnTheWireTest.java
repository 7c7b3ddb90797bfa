package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.llm.node.HealthRules;
import dev.avionics.llm.node.InferenceNode;
import dev.avionics.llm.node.NodeFleet;
import dev.avionics.llm.node.NodeLoad;
import dev.avionics.llm.node.NodeProfiles;
import dev.avionics.llm.node.NodeProvider;
import dev.avionics.llm.node.NodeRouter;
import dev.avionics.llm.node.NodeStatus;
import dev.avionics.llm.node.PrefixBlocks;
import dev.avionics.llm.node.RoutingRequest;
import dev.avionics.testkit.backend.AcceptEffect;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.secret.LogCapture;
import dev.avionics.testkit.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A fleet of simulated llama-servers through the whole library, with nodes that fall silent, die and come back. */
class NodesOnTheWireTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final LlamaServerFace FACE = LlamaServerFace.of(SimulatedModel.of("m", 8192), "");
    private static final HealthRules RULES = HealthRules.builder()
            .ejections(Duration.ofMillis(300), Duration.ofSeconds(2))
            .build();

    private final Airframe airframe = Airframe.create();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        airframe.close();
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.add(0, resource);
        return resource;
    }

    private SimulatedBackend backend(Function<SeenRequest, Reply> answers) {
        return open(SimulatedBackend.start(Scenario.create().otherwise(answers)));
    }

    private static InferenceNode.Builder node(String name, URI address) {
        return InferenceNode.builder(name, address).model("m").maxParallel(4);
    }

    private NodeFleet fleet(InferenceNode.Builder... nodes) {
        return fleet(RULES, nodes);
    }

    private NodeFleet fleet(HealthRules rules, InferenceNode.Builder... nodes) {
        List<InferenceNode> all =
                List.of(nodes).stream().map(InferenceNode.Builder::build).toList();
        return open(
                NodeFleet.builder(NodeProfiles.of(all), airframe).health(rules).build());
    }

    private static CompletableFuture<InferenceResult> ask(NodeProvider provider) {
        return provider.infer(null, InferenceRequest.of("Say something"), provider.newCall())
                .collect();
    }

    private static InferenceResult answer(CompletableFuture<InferenceResult> asked) throws Exception {
        InferenceResult result = asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(result.text()).isNotEmpty();
        return result;
    }

    private static String nodeOf(CompletableFuture<InferenceResult> asked) throws Exception {
        return answer(asked).target().endpoint().name();
    }

    private static long calls(SimulatedBackend backend) {
        return backend.requests().stream()
                .filter(request -> request.path().equals("/completion"))
                .count();
    }

    private static void awaitState(NodeFleet fleet, String node, NodeStatus.State state) {
        Await.until(
                PATIENCE,
                () -> fleet.router().nodeHealth(node).state() == state,
                () -> String.valueOf(fleet.router().nodeHealth(node)));
    }

    private static void assertNothingInFlight(NodeFleet fleet) {
        Await.until(
                PATIENCE,
                () -> fleet.router().nodeHealth().stream().allMatch(node -> node.inFlight() == 0),
                () -> String.valueOf(fleet.router().nodeHealth()));
    }

    @Test
    @Tag("row-95")
    void agents_goToTheirNodes() throws Exception {
        SimulatedBackend one = backend(FACE);
        SimulatedBackend two = backend(FACE);
        NodeFleet fleet = fleet(
                node("node1", one.uri()).agent("planner"),
                node("node2", two.uri()).agent("critic"));
        for (int i = 0; i < 5; i++) {
            assertThat(nodeOf(ask(fleet.provider("planner")))).isEqualTo("node1");
        }
        assertThat(fleet.provider("critic").generate(null, "Hi", Map.of())).isNotEmpty();

        assertThat(calls(one)).isEqualTo(5);
        assertThat(calls(two)).isEqualTo(1);
        assertNothingInFlight(fleet);
    }

    @Test
    void closedPort_getsNoTrafficAtOnce_andComesBackByItself() throws Exception {
        SimulatedBackend one = backend(FACE);
        SimulatedBackend two = backend(FACE);
        one.down();
        NodeFleet fleet = fleet(node("node1", one.uri()).agent("planner"), node("node2", two.uri()));
        NodeProvider planner = fleet.provider("planner");

        InferenceResult first = answer(ask(planner));
        assertThat(first.target().endpoint().name()).isEqualTo("node2");
        assertThat(first.attempts()).isEqualTo(2);
        InferenceResult second = answer(ask(planner));
        assertThat(second.target().endpoint().name()).isEqualTo("node2");
        assertThat(second.attempts()).isEqualTo(1);

        one.up();
        awaitState(fleet, "node1", NodeStatus.State.FIT);
        assertThat(nodeOf(ask(planner))).isEqualTo("node1");
    }

    @Test
    void silentNode_losesItsCallsAfterAboutASecond_andComesBackByItself() throws Exception {
        SimulatedBackend one = backend(FACE);
        SimulatedBackend two = backend(FACE);
        one.onEveryConnection(AcceptEffect.neverRead());
        NodeFleet fleet = fleet(node("node1", one.uri()).agent("planner"), node("node2", two.uri()));
        NodeProvider planner = fleet.provider("planner");

        long began = System.nanoTime();
        InferenceResult moved = answer(ask(planner));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertThat(moved.target().endpoint().name()).isEqualTo("node2");
        assertThat(moved.attempts()).isEqualTo(2);
        assertThat(took).isBetween(Duration.ofMillis(700), Duration.ofSeconds(5));
        assertThat(answer(ask(planner)).attempts()).isEqualTo(1);

        one.onEveryConnection(AcceptEffect.serve());
        awaitState(fleet, "node1", NodeStatus.State.FIT);
        assertThat(nodeOf(ask(planner))).isEqualTo("node1");
        assertNothingInFlight(fleet);
    }

    @Test
    @Tag("row-100")
    void markedSick_getsNothingFromThenOn_untilItIsMarkedHealthy() throws Exception {
        SimulatedBackend one = backend(FACE);
        SimulatedBackend two = backend(FACE);
        NodeFleet fleet = fleet(node("node1", one.uri()).priority(1), node("node2", two.uri()));
        NodeProvider provider = fleet.provider("");
        assertThat(nodeOf(ask(provider))).isEqualTo("node1");

        fleet.markNodeHealthy("node1", false);
        for (int i = 0; i < 10; i++) {
            assertThat(nodeOf(ask(provider))).isEqualTo("node2");
        }
        assertThat(calls(one)).isEqualTo(1);

        fleet.markNodeHealthy("node1", true);
        assertThat(nodeOf(ask(provider))).isEqualTo("node1");
    }

    @Test
    void nodeThatDies_losesNoCallThatItHasNotAnswered() throws Exception {
        Gate held = Gate.create();
        SimulatedBackend one = backend(request ->
                request.path().equals("/completion") ? FACE.apply(request).heldBy(held) : FACE.apply(request));
        SimulatedBackend two = backend(FACE);
        SimulatedBackend three = backend(FACE);
        // A machine that is busy with other tests may well be slow to answer a check: here the resets have to tell.
        NodeFleet fleet = fleet(
                RULES.toBuilder().probes(Duration.ofMillis(500), PATIENCE, 200).build(),
                node("node1", one.uri()).maxParallel(20),
                node("node2", two.uri()).maxParallel(20),
                node("node3", three.uri()).maxParallel(20));
        NodeProvider provider = fleet.provider("");
        List<CompletableFuture<InferenceResult>> asked = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            asked.add(ask(provider));
        }
        held.awaitArrivals(5, PATIENCE);

        one.down();
        one.resetAll();
        for (int i = 0; i < 20; i++) {
            asked.add(ask(provider));
        }

        for (CompletableFuture<InferenceResult> each : asked) {
            assertThat(nodeOf(each)).isNotEqualTo("node1");
        }
        awaitState(fleet, "node1", NodeStatus.State.EJECTED);
        assertNothingInFlight(fleet);
        held.open();
    }

    /** A llama-server that has its own answers for some paths. */
    private SimulatedBackend with(Map<String, Reply> own) {
        return backend(request -> own.containsKey(request.path()) ? own.get(request.path()) : FACE.apply(request));
    }

    private static void awaitOthers(NodeFleet fleet, int calls) {
        Await.until(
                PATIENCE,
                () -> fleet.router().nodeHealth("node1").others() == calls,
                () -> String.valueOf(fleet.router().nodeHealth("node1")));
    }

    private static final String TWO_BUSY_SLOTS =
            "[{\"id\":0,\"is_processing\":true},{\"id\":1,\"is_processing\":true}]";

    @Test
    void slotsThatOthersTook_areGivenWayTo() throws Exception {
        SimulatedBackend one = with(Map.of("/slots", Reply.json(TWO_BUSY_SLOTS)));
        SimulatedBackend two = backend(FACE);
        NodeFleet fleet = fleet(node("node1", one.uri()).maxParallel(2).priority(1), node("node2", two.uri()));
        NodeProvider provider = fleet.provider("");
        assertThat(nodeOf(ask(provider))).isEqualTo("node1");

        awaitOthers(fleet, 2);
        assertThat(nodeOf(ask(provider))).isEqualTo("node2");
    }

    @Test
    void serverWithoutSlots_isAskedForItsMetrics() throws Exception {
        SimulatedBackend one = with(Map.of(
                "/slots",
                        Reply.json(
                                501, "{\"error\":{\"code\":501,\"message\":\"off\",\"type\":\"not_supported_error\"}}"),
                "/metrics", Reply.of("text/plain", "llamacpp:requests_processing 1\nllamacpp:requests_deferred 3\n")));
        NodeFleet fleet = fleet(node("node1", one.uri()));
        answer(ask(fleet.provider("")));

        awaitOthers(fleet, 4);
    }

    @Test
    void vllm_isAskedForItsMetrics_besideItsApi() throws Exception {
        OpenAiFace face = OpenAiFace.of(SimulatedModel.of("m", 8192), "");
        SimulatedBackend one = backend(request -> request.path().equals("/metrics")
                ? Reply.of(
                        "text/plain; version=0.0.4",
                        "vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 2.0\n"
                                + "vllm:num_requests_waiting{engine=\"0\",model_name=\"m\"} 1.0\n"
                                + "vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"m\"} 0.97\n")
                : face.apply(request));
        SimulatedBackend two = backend(FACE);
        EndpointSpec vllm = EndpointSpec.builder("node1", one.uri().resolve("/v1"), BackendKind.OPENAI_CHAT)
                .apiType("vllm")
                .billing(EndpointSpec.Billing.FREE)
                .build();
        NodeFleet fleet =
                fleet(InferenceNode.builder(vllm).model("m").maxParallel(64).priority(1), node("node2", two.uri()));
        NodeProvider provider = fleet.provider("");
        assertThat(nodeOf(ask(provider))).isEqualTo("node1");

        awaitOthers(fleet, 3);
        assertThat(fleet.router().nodeHealth("node1").kvUsage()).isEqualTo(0.97);
        // It has places, but no memory.
        assertThat(nodeOf(ask(provider))).isEqualTo("node2");
    }

    @Test
    void loadOfAnUnknownForm_isToldOnce_andHarmsNoCall() throws Exception {
        SimulatedBackend one = with(Map.of("/slots", Reply.json("{\"slots\":2}")));
        VirtualTime time = VirtualTime.create();
        try (LogCapture log = LogCapture.start();
                NodeRouter router = NodeRouter.builder(
                                NodeProfiles.of(node("node1", one.uri()).build()), time)
                        .ticker(time)
                        .load(NodeLoad.through(airframe))
                        .build()) {
            router.send("node1", RoutingRequest.of("", PrefixBlocks.none()));
            Await.until(
                    PATIENCE,
                    () -> {
                        time.advance(Duration.ofSeconds(1));
                        return one.requests().stream()
                                        .filter(request -> request.path().equals("/slots"))
                                        .count()
                                > 4;
                    },
                    () -> "requests: " + one.requests().size());
            Await.until(PATIENCE, () -> log.text().contains("node_load_unknown"), log::text);
            assertThat(log.text()).containsOnlyOnce("node_load_unknown node=node1 reason=");
            assertThat(router.nodeHealth("node1").others()).isZero();
            assertThat(router.nodeHealth("node1").state()).isEqualTo(NodeStatus.State.FIT);
        }
    }
}
