package dev.avionics.llm.node;

import static dev.avionics.llm.node.NodeRig.call;
import static dev.avionics.llm.node.NodeRig.chosen;
import static dev.avionics.llm.node.NodeRig.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.avionics.llm.node.RoutingDecision.Candidate;
import dev.avionics.llm.node.RoutingDecision.Exclusion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeRouterTest {
    private final NodeRig rig = new NodeRig();

    private static PrefixBlocks prompt(long seed, int blocks) {
        return PrefixBlocks.ofHashes(new Random(seed).longs(blocks).toArray());
    }

    @Test
    @Tag("row-95")
    void agents_withAHome_goThere() {
        NodeRouter router = rig.with(
                        node("node1").agent("planner"), node("node2").agent("critic"))
                .router();

        for (int i = 0; i < 20; i++) {
            assertThat(chosen(router, call("planner"))).isEqualTo("node1");
            assertThat(chosen(router, call("critic"))).isEqualTo("node2");
        }
    }

    @Test
    void agent_withAHomeThatIsFull_staysThere() {
        NodeRouter router =
                rig.with(node("node1").agent("planner"), node("node2")).router();
        router.send("node1", call("planner"));

        RoutingDecision decision = router.route(call("planner"));

        assertThat(decision.chosen().orElseThrow().name()).isEqualTo("node1");
        assertThat(decision.candidates()).singleElement().satisfies(only -> {
            assertThat(only.free()).isFalse();
            assertThat(only.queueMillis()).isPositive();
        });
    }

    @Test
    void agent_whoseHomeIsSick_goesToCommonNodesOfItsModel_thenToHomesOfOthers() {
        NodeRouter router = rig.with(
                        node("home").agent("planner").model("a"),
                        node("other").agent("critic").model("a"),
                        node("common").model("a"),
                        node("unlike").model("b"))
                .router();
        router.markNodeHealthy("home", false);
        assertThat(chosen(router, call("planner"))).isEqualTo("common");

        router.markNodeHealthy("common", false);
        assertThat(chosen(router, call("planner"))).isEqualTo("other");

        router.markNodeHealthy("other", false);
        RoutingDecision decision = router.route(call("planner"));
        assertThat(decision.chosen()).isEmpty();
        assertThat(decision.exclusions())
                .containsExactlyInAnyOrder(
                        new Exclusion("home", "marked sick"),
                        new Exclusion("common", "marked sick"),
                        new Exclusion("other", "marked sick"),
                        new Exclusion("unlike", "serves b"));
        assertThat(decision.explanation()).startsWith("no node; home: marked sick");
    }

    @Test
    void agent_withoutAHome_goesToCommonNodes() {
        NodeRouter router =
                rig.with(node("node1").agent("planner"), node("node2")).router();

        assertThat(chosen(router, call("writer"))).isEqualTo("node2");
        assertThat(chosen(router, call(""))).isEqualTo("node2");
    }

    @Test
    void modelAndTags_haveToBeThere() {
        NodeRouter router = rig.with(
                        node("a").model("m1"),
                        node("b").model("m2"),
                        node("c").model("m2").tag("long"))
                .router();

        assertThat(chosen(router, new RoutingRequest("", "m1", Set.of(), PrefixBlocks.none())))
                .isEqualTo("a");
        RoutingDecision decision = router.route(new RoutingRequest("", "m2", Set.of("long"), PrefixBlocks.none()));
        assertThat(decision.chosen().orElseThrow().name()).isEqualTo("c");
        assertThat(decision.exclusions())
                .containsExactly(new Exclusion("a", "serves m1"), new Exclusion("b", "has no tag long"));
        assertThat(chosen(router, new RoutingRequest("", "m3", Set.of(), PrefixBlocks.none())))
                .isEqualTo("none");
    }

    @Test
    @Tag("row-100")
    void priority_comesFirst_thenTheLeastLoad() {
        NodeRouter router = rig.with(
                        node("low").maxParallel(8),
                        node("high1").priority(5).maxParallel(2),
                        node("high2").priority(5).maxParallel(2))
                .router();
        router.send("high1", call(""));
        assertThat(chosen(router, call(""))).isEqualTo("high2");

        router.send("high2", call(""));
        router.send("high2", call(""));
        assertThat(chosen(router, call(""))).isEqualTo("high1");

        router.send("high1", call(""));
        assertThat(chosen(router, call(""))).as("the better ones are full").isEqualTo("low");
    }

    @Test
    @Tag("row-100")
    void sickNode_isSkipped_andComesBack() {
        NodeRouter router = rig.with(node("node1").priority(1), node("node2")).router();
        assertThat(chosen(router, call(""))).isEqualTo("node1");

        router.markNodeHealthy("node1", false);
        assertThat(chosen(router, call(""))).isEqualTo("node2");
        assertThat(router.nodeHealth("node1").state()).isEqualTo(NodeStatus.State.MARKED_SICK);
        rig.pass(3_600_000);
        assertThat(chosen(router, call(""))).isEqualTo("node2");

        router.markNodeHealthy("node1", true);
        assertThat(chosen(router, call(""))).isEqualTo("node1");
        assertThatThrownBy(() -> router.markNodeHealthy("node3", true))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("node: node3 (expected one of node1, node2)");
    }

    @Test
    void load_isWhatIsInFlightForEachPlace() {
        NodeRouter router = rig.with(node("small").maxParallel(2), node("big").maxParallel(8))
                .router();
        router.send("small", call(""));
        router.send("big", call(""));
        router.send("big", call(""));

        RoutingDecision decision = router.route(call(""));

        assertThat(decision.chosen().orElseThrow().name()).isEqualTo("big");
        assertThat(decision.candidates())
                .extracting(Candidate::node, Candidate::load)
                .contains(tuple("small", 0.5), tuple("big", 0.25));
    }

    @Test
    void lease_settledTwice_countsOnce() {
        NodeRouter router = rig.with(node("a").maxParallel(4)).router();
        NodeLease one = router.send("a", call(""));
        NodeLease two = router.send("a", call(""));
        assertThat(router.nodeHealth("a").inFlight()).isEqualTo(2);

        one.succeeded();
        one.failed(NodeRig.BROKEN);
        one.givenUp();
        assertThat(router.nodeHealth("a").inFlight()).isEqualTo(1);
        two.givenUp();
        assertThat(router.nodeHealth("a").inFlight()).isZero();
    }

    @Test
    void timeToFirstToken_ofASlowNode_keepsCallsAway() {
        NodeRouter router = rig.with(node("slow").maxParallel(4), node("fast").maxParallel(4))
                .router();
        for (int i = 0; i < 10; i++) {
            NodeLease fast = router.send("fast", call(""));
            rig.pass(20);
            fast.firstToken();
            fast.succeeded();
            NodeLease slow = router.send("slow", call(""));
            rig.pass(900);
            slow.firstToken();
            slow.succeeded();
        }
        assertThat(router.nodeHealth("slow").timeToFirstToken()).hasMillis(900);
        for (int i = 0; i < 10; i++) {
            assertThat(chosen(router, call(""))).isEqualTo("fast");
        }
    }

    private NodeRouter fleet(int count, long seed) {
        for (int i = 0; i < count; i++) {
            rig.with(node("n" + i).maxParallel(2));
        }
        return rig.router(HealthRules.DEFAULT, seed);
    }

    @Test
    void prefix_isGoneAfter_whileItsNodeIsFree() {
        NodeRouter router = fleet(200, 1);
        RoutingRequest request = RoutingRequest.of("", prompt(1, 40));
        router.send("n77", request).succeeded();

        RoutingDecision decision = router.route(request);
        assertThat(decision.chosen().orElseThrow().name()).isEqualTo("n77");
        assertThat(decision.candidates()).hasSize(3);
        assertThat(decision.candidates().get(0).cachedBlocks()).isEqualTo(40);

        router.send("n77", call(""));
        assertThat(chosen(router, request)).isEqualTo("n77");
        router.send("n77", call(""));
        assertThat(chosen(router, request)).as("its places are taken").isNotEqualTo("n77");
    }

    @Test
    void draws_ofFullNodes_goOnUntilOneIsFree() {
        NodeRouter router = fleet(20, 3);
        for (int i = 0; i < 18; i++) {
            router.send("n" + i, call(""));
            router.send("n" + i, call(""));
        }
        int free = 0;
        for (int i = 0; i < 100; i++) {
            free += chosen(router, call("")).matches("n1[89]") ? 1 : 0;
        }
        assertThat(free).isGreaterThan(85);
    }

    @Test
    void tried_isNotChosenAgain() {
        NodeRouter router = rig.with(node("a"), node("b")).router();

        RoutingDecision second = router.route(call(""), Set.of("a"));
        assertThat(second.chosen().orElseThrow().name()).isEqualTo("b");
        assertThat(second.exclusions()).containsExactly(new Exclusion("a", "tried before"));
        assertThat(router.route(call(""), Set.of("a", "b")).chosen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void decisions_withTheSameChance_repeatThemselves(long seed) {
        List<String> once = decisions(seed);

        assertThat(decisions(seed)).isEqualTo(once);
        assertThat(decisions(seed + 100)).isNotEqualTo(once);
    }

    private static List<String> decisions(long seed) {
        NodeRouterTest fresh = new NodeRouterTest();
        NodeRouter router = fresh.fleet(50, seed);
        Random random = new Random(7);
        List<String> all = new ArrayList<>();
        List<NodeLease> open = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            RoutingRequest request = RoutingRequest.of("", prompt(random.nextInt(20), 30));
            RoutingDecision decision = router.route(request);
            all.add(decision.explanation());
            open.add(router.send(decision.chosen().orElseThrow().name(), request));
            if (open.size() > 60) {
                NodeLease done = open.remove(random.nextInt(open.size()));
                done.firstToken();
                done.succeeded();
            }
            fresh.rig.pass(10);
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void randomLife_neverChoosesWhatItMustNot_andSettlesAll(long seed) {
        NodeRouter router = fleet(12, seed);
        Random random = new Random(seed);
        List<NodeLease> open = new ArrayList<>();
        Set<String> marked = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            String name = "n" + random.nextInt(12);
            switch (random.nextInt(12)) {
                case 0 -> {
                    boolean healthy = random.nextBoolean() || marked.size() > 9;
                    router.markNodeHealthy(name, healthy);
                    if (healthy) {
                        marked.remove(name);
                    } else {
                        marked.add(name);
                    }
                }
                case 1 -> rig.pass(random.nextInt(2000));
                case 2, 3, 4, 5 -> {
                    if (!open.isEmpty()) {
                        NodeLease lease = open.remove(random.nextInt(open.size()));
                        switch (random.nextInt(4)) {
                            case 0 -> lease.failed(NodeRig.BROKEN);
                            case 1 -> lease.givenUp();
                            case 2 -> lease.failed(NodeRig.REFUSED);
                            default -> lease.succeeded();
                        }
                    }
                }
                default -> {
                    RoutingRequest request = RoutingRequest.of("", prompt(random.nextInt(9), 12));
                    RoutingDecision decision = router.route(request);
                    String chosen = decision.chosen().orElseThrow().name();
                    assertThat(marked).doesNotContain(chosen);
                    boolean fit = router.nodeHealth(chosen).state() == NodeStatus.State.FIT;
                    assertThat(decision.lastResort()).isEqualTo(!fit);
                    open.add(router.send(chosen, request));
                }
            }
        }
        open.forEach(NodeLease::succeeded);
        assertThat(router.nodeHealth()).allMatch(status -> status.inFlight() == 0);
    }

    /** Profiles that a test replaces. */
    private static final class Changing implements NodeProfiles {
        private List<InferenceNode> now = List.of();

        @Override
        public List<InferenceNode> list() {
            return now;
        }

        void become(InferenceNode.Builder... nodes) {
            now = Stream.of(nodes).map(InferenceNode.Builder::build).toList();
        }
    }

    @Test
    void nodes_everNewNames_areForgottenAfterAWhile() {
        Changing profiles = new Changing();
        List<Integer> forgotten = new ArrayList<>();
        NodeTable table = new NodeTable(profiles, forgotten::add);
        Set<Integer> numbers = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            profiles.become(node("pod-" + i), node("pod-" + (i + 1)));
            table.nodes().forEach(state -> numbers.add(state.number));
        }

        assertThat(table.known()).isEqualTo(2 + 16);
        assertThat(forgotten).hasSize(1001 - 18);
        assertThat(numbers).hasSizeLessThanOrEqualTo(2 + 16 + 2);
        assertThat(table.find("pod-1000")).isNotNull();
        assertThat(table.find("pod-999")).isNotNull();
        assertThat(table.find("pod-998")).isNull();
    }

    @Test
    void nodes_thatLeftButHaveCallsOrAreMarked_areRemembered() {
        Changing profiles = new Changing();
        profiles.become(node("busy"), node("marked"), node("plain"));
        NodeTable table = new NodeTable(profiles, number -> {});
        NodeState busy = table.sent("busy");
        NodeState marked = table.named("marked");
        NodeState plain = table.named("plain");
        marked.marked = true;
        for (int i = 0; i < 100; i++) {
            profiles.become(node("pod-" + i));
            table.nodes();
        }
        profiles.become(node("busy"), node("marked"), node("plain"));

        assertThat(table.named("busy")).isSameAs(busy);
        assertThat(table.named("marked")).isSameAs(marked);
        assertThat(table.named("plain")).isNotSameAs(plain);
        assertThat(plain.forgotten).isTrue();
    }

    @Test
    void node_thatTakesTheNumberOfAForgottenOne_isNotThoughtToHoldWhatThatHeld() {
        Changing profiles = new Changing();
        profiles.become(node("old"));
        NodeRouter router =
                NodeRouter.builder(profiles, rig.time).ticker(rig.time).build();
        RoutingRequest request = RoutingRequest.of("", prompt(7, 16));
        router.send("old", request).succeeded();
        for (int i = 0; i < 40; i++) {
            profiles.become(node("pod-" + i));
            assertThat(router.route(request).candidates())
                    .singleElement()
                    .satisfies(only -> assertThat(only.cachedBlocks()).isZero());
        }
        profiles.become(node("old"));

        assertThat(router.route(request).candidates().get(0).cachedBlocks()).isZero();
    }
}
