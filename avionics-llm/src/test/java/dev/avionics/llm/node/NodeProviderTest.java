package dev.avionics.llm.node;

import static dev.avionics.llm.node.NodeRig.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.FakeAdapter;
import dev.avionics.llm.TokenChunk;
import dev.avionics.llm.node.RoutingDecision.Exclusion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class NodeProviderTest {
    private final FakeAdapter backend = new FakeAdapter();
    private final Airframe airframe = backend.airframe(BackendKind.LLAMA_SERVER);
    private final NodeFleet fleet = NodeFleet.create(
            NodeProfiles.of(
                    node("node1").agent("planner").model("m").build(),
                    node("node2").agent("critic").model("m").build()),
            airframe);

    @AfterEach
    void close() {
        fleet.close();
        airframe.close();
    }

    private List<String> sentTo() {
        return backend.sent.stream()
                .map(sent -> sent.target().endpoint().name())
                .toList();
    }

    private void assertNothingInFlight() {
        assertThat(fleet.router().nodeHealth()).allMatch(status -> status.inFlight() == 0);
    }

    @Test
    @Tag("row-95")
    void agents_areAnsweredByTheirNodes() {
        assertThat(fleet.provider("planner").generate(null, "Hi", Map.of())).isEqualTo("Hello world");
        fleet.provider("critic").generate(null, "Hi", Map.of("temperature", 0));

        assertThat(sentTo()).containsExactly("node1", "node2");
        assertThat(backend.sent.get(0).target().model()).isEqualTo("m");
        assertThat(backend.sent.get(0).context().attributes()).containsEntry("agent", "planner");
        assertNothingInFlight();
    }

    @Test
    void nodeThatRefuses_isFollowedByTheNext_andLeftAloneAfter() {
        backend.failures = target -> target.endpoint().name().equals("node1") ? NodeRig.REFUSED : null;
        NodeProvider planner = fleet.provider("planner");

        InferenceResult result = planner.generateResult(null, "Hi", Map.of());
        assertThat(result.attempts()).isEqualTo(2);
        assertThat(result.target().endpoint().name()).isEqualTo("node2");
        planner.generate(null, "again", Map.of());

        assertThat(sentTo()).containsExactly("node1", "node2", "node2");
        assertThat(planner.lastDecision().exclusions())
                .containsExactly(new Exclusion("node1", "refuses connections: connection refused"));
        assertNothingInFlight();
    }

    @Test
    void failure_thatAnotherNodeWouldRepeat_staysWithTheFirst() {
        backend.failure = InferenceException.of(ErrorCategory.INVALID_REQUEST, "no");

        assertThatThrownBy(() -> fleet.provider("planner").generate(null, "Hi", Map.of()))
                .isInstanceOf(InferenceException.class);
        assertThat(sentTo()).containsExactly("node1");
        assertNothingInFlight();
    }

    @Test
    void noNode_isAnErrorThatSaysWhy() {
        fleet.markNodeHealthy("node1", false);
        fleet.markNodeHealthy("node2", false);

        assertThatThrownBy(() -> fleet.provider("planner").generate(null, "Hi", Map.of()))
                .isInstanceOfSatisfying(InferenceException.class, why -> {
                    assertThat(why.category()).isEqualTo(ErrorCategory.OVERLOADED);
                    assertThat(why).hasMessageContaining("node1: marked sick; node2: marked sick");
                });
        assertThat(sentTo()).isEmpty();
        assertThatThrownBy(() -> fleet.provider("writer").generate("other", "Hi", Map.of()))
                .hasMessageContaining("node1: serves m");
    }

    @Test
    void stream_consumedOrCancelled_isSettled() {
        NodeProvider planner = fleet.provider("planner");
        List<TokenChunk> chunks = new ArrayList<>();
        planner.generateStream(null, "Hi", Map.of()).open().forEachRemaining(chunks::add);
        assertThat(chunks).extracting(TokenChunk::text).contains("Hello ", "world");

        InferenceStream<?> cancelled = planner.infer(null, InferenceRequest.of("Hi"), planner.newCall());
        cancelled.cancel(CancelReason.CALLER);
        planner.infer(null, InferenceRequest.of("never consumed"), planner.newCall());

        assertNothingInFlight();
        assertThat(planner.stats())
                .containsEntry("requests", 1L)
                .containsEntry("succeeded", 1L)
                .containsEntry("agent", "planner")
                .containsEntry("nodes", Map.of("node1", "FIT 0", "node2", "FIT 0"));
    }

    @Test
    void values_takeTheNextNodeToo() {
        NodeProvider planner = fleet.provider("planner");

        assertThat(planner.embed(null, EmbeddingRequest.of("x"), planner.newCall())
                        .join()
                        .target()
                        .endpoint()
                        .name())
                .isEqualTo("node1");
        assertThat(planner.models(planner.newCall()).join()).isEmpty();
        assertNothingInFlight();
    }

    @Test
    void health_isTheBestOfTheNodes() {
        NodeProvider planner = fleet.provider("planner");
        backend.health =
                target -> FakeAdapter.healthIs(target.endpoint().name().equals("node2") ? "HEALTHY" : "UNHEALTHY");
        assertThat(planner.healthCheck()).isTrue();

        fleet.markNodeHealthy("node2", false);
        assertThat(planner.health(planner.newCall()).join().status()).isEqualTo(HealthState.Status.UNHEALTHY);
    }

    @Test
    void closed_takesNoCalls() {
        NodeProvider planner = fleet.provider("planner");
        planner.close();

        assertThatThrownBy(() -> planner.generate(null, "Hi", Map.of()))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.REJECTED));
        assertThat(planner.models(planner.newCall())).isCompletedExceptionally();
        assertThat(fleet.provider("planner").generate(null, "Hi", Map.of())).isEqualTo("Hello world");
    }

    @Test
    void properties_areThoseOfTheHome() {
        NodeProvider planner = fleet.provider("planner");

        assertThat(planner.endpoint().name()).isEqualTo("node1");
        assertThat(planner.defaultModel()).isEqualTo("m");
        assertThat(planner.supportsStreaming()).isTrue();
        assertThat(fleet.providerBuilder("writer").model("x").build().defaultModel())
                .isEqualTo("x");
    }
}
