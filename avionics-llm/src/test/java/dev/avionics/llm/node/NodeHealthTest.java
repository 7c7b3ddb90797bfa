package dev.avionics.llm.node;

import static dev.avionics.llm.node.NodeRig.call;
import static dev.avionics.llm.node.NodeRig.chosen;
import static dev.avionics.llm.node.NodeRig.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.HealthState.Status;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NodeHealthTest {
    private final NodeRig rig = new NodeRig();

    private NodeRouter two() {
        return rig.with(node("a").maxParallel(9).priority(1), node("b").maxParallel(9))
                .router();
    }

    private static NodeStatus.State state(NodeRouter router, String node) {
        return router.nodeHealth(node).state();
    }

    @Test
    void refusedConnection_endsTrafficAtOnce() {
        NodeRouter router = two();
        router.send("a", call("")).failed(NodeRig.REFUSED);

        assertThat(chosen(router, call(""))).isEqualTo("b");
        assertThat(router.nodeHealth("a").reason()).isEqualTo("refuses connections: connection refused");
    }

    @Test
    void silentNode_isOutAfterAboutASecond_andItsUnansweredCallsAreTold() {
        NodeRouter router = two();
        List<String> told = new ArrayList<>();
        router.send("a", call("")).onLost(() -> told.add("unanswered"));
        NodeLease answering = router.send("a", call(""));
        answering.onLost(() -> told.add("answering"));
        answering.firstToken();
        rig.silent.add("a");

        rig.pass(800);
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);
        rig.pass(300);

        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.EJECTED);
        assertThat(router.nodeHealth("a").reason()).isEqualTo("no answer to a check within 400 ms");
        assertThat(told).containsExactly("unanswered");
    }

    @Test
    void busyNode_thatGoesOnAnswering_isNotSilent() {
        NodeRouter router = two();
        rig.silent.add("a");
        for (int i = 0; i < 40; i++) {
            NodeLease lease = router.send("a", call(""));
            rig.pass(50);
            lease.firstToken();
            lease.succeeded();
        }
        assertThat(rig.checks).contains("a");
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);
    }

    @Test
    @Tag("row-100")
    void deadNode_comesBackByItself_afterATimeThatGrows() {
        NodeRouter router = two();
        rig.health.put("a", Status.UNHEALTHY);
        router.send("a", call("")).failed(NodeRig.REFUSED);
        List<Long> checkedAt = new ArrayList<>();
        for (int i = 0; i < 1200; i++) {
            int before = rig.checks.size();
            rig.pass(100);
            if (rig.checks.size() > before) {
                checkedAt.add((i + 1) * 100L);
            }
        }
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < checkedAt.size(); i++) {
            gaps.add(checkedAt.get(i) - checkedAt.get(i - 1));
        }
        assertThat(checkedAt.get(0)).isEqualTo(1000);
        assertThat(gaps).startsWith(2000L, 4000L, 8000L, 16000L, 30000L, 30000L);
        assertThat(chosen(router, call(""))).isEqualTo("b");

        rig.health.put("a", Status.HEALTHY);
        rig.pass(30_000);
        assertThat(chosen(router, call(""))).isEqualTo("a");
    }

    @Test
    void timeAway_beginsAnew_afterALongTimeOfHealth() {
        NodeRouter router = two();
        for (int round = 0; round < 3; round++) {
            router.send("a", call("")).failed(NodeRig.REFUSED);
            rig.pass(900);
            assertThat(state(router, "a")).isEqualTo(NodeStatus.State.EJECTED);
            rig.pass(200);
            assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);
            rig.pass(31_000);
        }
        router.send("a", call("")).failed(NodeRig.REFUSED);
        rig.pass(1100);
        router.send("a", call("")).failed(NodeRig.REFUSED);
        rig.pass(1100);
        assertThat(state(router, "a")).as("so soon again").isEqualTo(NodeStatus.State.EJECTED);
    }

    @Test
    void failuresInARow_eject_butOneThatSucceedsBetweenDoesNot() {
        NodeRouter router = two();
        for (int i = 0; i < 12; i++) {
            NodeLease lease = router.send("a", call(""));
            if (i % 4 == 3) {
                lease.succeeded();
            } else if (i < 8) {
                lease.failed(NodeRig.BROKEN);
            } else {
                lease.givenUp();
            }
            if (i < 8) {
                assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);
            }
        }
        for (int i = 0; i < 5; i++) {
            router.send("a", call("")).failed(NodeRig.BROKEN);
        }
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.EJECTED);
        rig.pass(1100);
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);
    }

    @Test
    void shareOfErrors_overAWindow_ejects() {
        NodeRouter router = two();
        for (int i = 0; i < 9; i++) {
            NodeLease lease = router.send("a", call(""));
            if (i % 2 == 0) {
                lease.failed(NodeRig.BROKEN);
            } else {
                lease.succeeded();
            }
            assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);
        }
        router.send("a", call("")).failed(NodeRig.BROKEN);
        assertThat(router.nodeHealth("a").reason()).isEqualTo("failed 6 of 10 calls");
    }

    @Test
    void lastNodeOfAModel_isNotEjectedForItsErrors() {
        NodeRouter router =
                rig.with(node("a").model("m"), node("b").model("other")).router();
        for (int i = 0; i < 30; i++) {
            router.send("a", call("")).failed(NodeRig.BROKEN);
        }
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);
    }

    @Test
    void allNodesDead_theLastResortIsTried_butNeverAMarkedOne() {
        NodeRouter router = two();
        router.send("a", call("")).failed(NodeRig.REFUSED);
        router.send("b", call("")).failed(NodeRig.REFUSED);
        router.markNodeHealthy("a", false);

        RoutingDecision decision = router.route(call(""));

        assertThat(decision.lastResort()).isTrue();
        assertThat(decision.chosen().orElseThrow().name()).isEqualTo("b");
    }

    @Test
    void markedHealthy_endsAnEjectionAtOnce() {
        NodeRouter router = two();
        router.send("a", call("")).failed(NodeRig.REFUSED);

        router.markNodeHealthy("a", true);

        assertThat(chosen(router, call(""))).isEqualTo("a");
    }

    @Test
    void markedSick_isNotBroughtBackByChecks() {
        NodeRouter router = two();
        router.send("a", call("")).failed(NodeRig.REFUSED);
        router.markNodeHealthy("a", false);
        rig.pass(60_000);

        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.MARKED_SICK);
        assertThat(chosen(router, call(""))).isEqualTo("b");
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCategory.class,
            names = {"INVALID_REQUEST", "CONTEXT_LENGTH", "CONTENT_FILTER", "RATE_LIMITED", "CANCELLED", "REJECTED"})
    void errors_thatAreNotTheNodes_sayNothing(ErrorCategory category) {
        NodeRouter router = two();
        for (int i = 0; i < 20; i++) {
            router.send("a", call(""))
                    .failed(InferenceException.builder(category, "no").build());
        }
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);
    }

    @Test
    void checks_areMadeOfNodesInUse_everyHalfSecond_andEndWithTheUse() {
        NodeRouter router = two();
        rig.pass(60_000);
        assertThat(rig.checks).isEmpty();

        router.send("a", call("")).succeeded();
        rig.pass(5_050);
        assertThat(rig.checks).hasSize(10).containsOnly("a");

        rig.pass(60_000);
        assertThat(rig.checks).hasSize(19);
        assertThat(rig.time.waiting()).isZero();
    }

    @Test
    void checks_ofALargeFleet_areBounded_andNoneIsForgotten() {
        for (int i = 0; i < 300; i++) {
            rig.with(node("n" + i));
        }
        HealthRules rules = HealthRules.builder()
                .probes(Duration.ofMillis(500), Duration.ofMillis(400), 100)
                .build();
        NodeRouter router = rig.router(rules, 1);
        for (int i = 0; i < 300; i++) {
            router.send("n" + i, call(""));
        }
        rig.pass(10_000);

        assertThat(rig.checks.size()).isBetween(900, 1000);
        assertThat(rig.checks.stream().distinct()).hasSize(300);
    }

    @Test
    void nodeThatIsStillLoading_staysAway_untilItIsReady() {
        NodeRouter router = two();
        router.send("a", call("")).failed(NodeRig.REFUSED);
        rig.health.put("a", Status.DEGRADED);
        rig.pass(9_000);
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.EJECTED);

        rig.health.put("a", Status.HEALTHY);
        rig.pass(700);
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);
    }

    @Test
    void deadNode_isThoughtToHoldNothing() {
        NodeRouter router = two();
        RoutingRequest request = RoutingRequest.of("", PrefixBlocks.ofHashes(1, 2, 3, 4, 5, 6, 7, 8));
        router.send("a", request).succeeded();
        assertThat(router.route(request).candidates().get(0).cachedBlocks()).isEqualTo(8);
        router.send("a", request).failed(NodeRig.REFUSED);
        router.markNodeHealthy("a", true);

        assertThat(router.route(request).candidates().get(0).cachedBlocks()).isZero();
    }

    @Test
    void load_thatANodeTells_countsLikeItsCalls() {
        rig.with(node("a").maxParallel(2).priority(1), node("b").maxParallel(2));
        NodeLoad.Reading[] reading = {new NodeLoad.Reading(2, 1)};
        NodeRouter router = NodeRouter.builder(NodeProfiles.of(rig.nodes), rig.time)
                .ticker(rig.time)
                .load(asked -> CompletableFuture.completedFuture(
                        asked.name().equals("a") ? reading[0] : new NodeLoad.Reading(0, 0)))
                .build();
        NodeLease mine = router.send("a", call(""));
        assertThat(chosen(router, call(""))).isEqualTo("a");

        rig.pass(600);
        assertThat(router.route(call("")).candidates())
                .filteredOn(each -> each.node().equals("a"))
                .first()
                .satisfies(a -> assertThat(a.inFlight()).isEqualTo(3));
        assertThat(chosen(router, call(""))).isEqualTo("b");

        mine.succeeded();
        rig.pass(60_000);
        assertThat(chosen(router, call(""))).isEqualTo("b");
        reading[0] = new NodeLoad.Reading(0, 0);
        rig.pass(1_600);
        assertThat(chosen(router, call(""))).isEqualTo("a");
    }

    @Test
    void lastNode_thatFallsSilent_keepsItsCalls_untilThereIsAnother() {
        NodeRouter router = two();
        List<String> told = new ArrayList<>();
        router.send("b", call("")).failed(NodeRig.REFUSED);
        router.send("a", call("")).onLost(() -> told.add("unanswered"));
        rig.health.put("b", Status.UNHEALTHY);
        rig.silent.add("a");
        rig.pass(1_100);
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.EJECTED);
        assertThat(told).isEmpty();

        rig.health.remove("b");
        rig.pass(10_000);
        assertThat(state(router, "b")).isEqualTo(NodeStatus.State.FIT);
        assertThat(told).containsOnly("unanswered");
    }

    @Test
    void silentNode_whoseAnswerGoesOn_isNotDead() {
        NodeRouter router = two();
        NodeLease answering = router.send("a", call(""));
        answering.firstToken();
        rig.silent.add("a");
        for (int i = 0; i < 30; i++) {
            rig.pass(100);
            answering.alive();
        }
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.FIT);

        rig.pass(1_100);
        assertThat(state(router, "a")).isEqualTo(NodeStatus.State.EJECTED);
    }

    @Test
    void memoryOfANode_nearlyFull_takesItItsPlaces_untilItTellsOtherwise() {
        rig.with(node("a").maxParallel(9).priority(1), node("b").maxParallel(9));
        NodeLoad.Reading[] reading = {new NodeLoad.Reading(0, 0, 0.96)};
        NodeRouter router = router(asked ->
                CompletableFuture.completedFuture(asked.name().equals("a") ? reading[0] : new NodeLoad.Reading(0, 0)));
        router.send("a", call("")).succeeded();
        rig.pass(600);

        assertThat(chosen(router, call(""))).isEqualTo("b");
        assertThat(router.nodeHealth("a").kvUsage()).isEqualTo(0.96);

        // Nothing is sent there any more, and yet it is asked.
        rig.pass(60_000);
        reading[0] = new NodeLoad.Reading(0, 0, 0.2);
        rig.pass(1_600);
        assertThat(chosen(router, call(""))).isEqualTo("a");
    }

    private NodeRouter router(NodeLoad load) {
        return NodeRouter.builder(NodeProfiles.of(rig.nodes), rig.time)
                .ticker(rig.time)
                .load(load)
                .build();
    }

    @Test
    void load_thatCannotBeRead_countsNoMore_fromTheSecondTimeOn() {
        rig.with(node("a").maxParallel(2));
        List<CompletableFuture<NodeLoad.Reading>> asked = new ArrayList<>();
        NodeRouter router = router(node -> {
            CompletableFuture<NodeLoad.Reading> answer = new CompletableFuture<>();
            asked.add(answer);
            return answer;
        });
        router.send("a", call(""));
        rig.pass(600);
        asked.get(0).complete(new NodeLoad.Reading(2, 1));
        assertThat(router.nodeHealth("a").others()).isEqualTo(2);

        rig.pass(1_000);
        asked.get(1).completeExceptionally(new IllegalStateException("slots are off"));
        assertThat(router.nodeHealth("a").others()).isEqualTo(2);

        rig.pass(9_000);
        assertThat(asked).hasSize(2);
        // The next one is not answered at all.
        rig.pass(1_500);
        assertThat(asked).hasSize(3);
        rig.pass(5_500);
        assertThat(asked.get(2)).isCancelled();
        assertThat(router.nodeHealth("a").others()).isZero();
        assertThat(router.nodeHealth("a").state()).isEqualTo(NodeStatus.State.FIT);

        rig.pass(10_600);
        asked.get(3).complete(new NodeLoad.Reading(3, 0));
        assertThat(router.nodeHealth("a").others()).isEqualTo(2);
    }

    @Test
    void load_thatThrowsWhenItIsRead_harmsNobody() {
        rig.with(node("a").maxParallel(2));
        NodeRouter router = router(node -> {
            throw new IllegalStateException("no adapter");
        });
        router.send("a", call(""));
        rig.pass(30_000);

        assertThat(chosen(router, call(""))).isEqualTo("a");
    }

    @Test
    void load_ofManyNodes_isReadWithinTheBoundsOfChecks() {
        List<String> read = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rig.with(node("n" + i));
        }
        HealthRules rules = HealthRules.builder()
                .probes(Duration.ofMillis(500), Duration.ofMillis(400), 100)
                .build();
        NodeRouter router = NodeRouter.builder(NodeProfiles.of(rig.nodes), rig.time)
                .ticker(rig.time)
                .health(rules)
                .load(node -> {
                    read.add(node.name());
                    return CompletableFuture.completedFuture(NodeLoad.Reading.NONE);
                })
                .build();
        for (int i = 0; i < 300; i++) {
            router.send("n" + i, call(""));
        }
        rig.pass(9_000);

        assertThat(read.size()).isBetween(700, 900);
        assertThat(read.stream().distinct()).hasSize(300);
    }

    @Test
    void closedRouter_checksNobody() {
        NodeRouter router = two();
        router.send("a", call(""));
        router.close();
        rig.pass(5_000);

        assertThat(rig.checks).isEmpty();
    }

    @Test
    void rules_outOfRange_areRefused() {
        assertThatThrownBy(() -> HealthRules.builder().inUse(Duration.ZERO).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("inUse: PT0S (expected: > 0)");
        assertThatThrownBy(() -> HealthRules.builder()
                        .outliers(0, 0.5, 1, Duration.ofSeconds(1))
                        .build())
                .hasMessage("failures: 0 (expected: >= 1)");
        assertThat(HealthRules.builder().build()).isEqualTo(HealthRules.DEFAULT);
    }
}
