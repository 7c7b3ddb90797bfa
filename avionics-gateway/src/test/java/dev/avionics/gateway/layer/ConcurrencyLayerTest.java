package dev.avionics.gateway.layer;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.GatewayEmbedding;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayResponse;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.limit.LimitPolicy;
import dev.avionics.gateway.state.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConcurrencyLayerTest {
    private final GatewayRig rig = new GatewayRig();
    private final StateProbe state = new StateProbe(rig.time);

    @AfterEach
    void close() {
        rig.close();
    }

    private LLMGateway gateway(LimitPolicy.Builder limits) {
        return rig.gateway()
                .retryPolicy(RetryPolicy.NEVER)
                .state(state)
                .limits(limits.build())
                .build();
    }

    private static LimitPolicy.Builder atOnce(int most) {
        return LimitPolicy.builder().concurrentPerAgent(most);
    }

    private static GatewayRequest request(String prompt) {
        return GatewayRequest.builder(prompt).agent("planner").build();
    }

    /** Calls whose answers do not end by themselves. */
    private List<Reader<?>> open(LLMGateway gateway, int times) {
        List<Reader<?>> readers = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            readers.add(Reader.of(gateway.completeStream(request("" + i))));
        }
        return readers;
    }

    private List<String> sent() {
        return rig.openai.seen().stream()
                .map(seen -> seen.request().messages().get(0).text())
                .toList();
    }

    @Test
    void calls_beyondTheMost_goWhenOthersEndInTheOrderOfTheirComing() {
        rig.openai.events(text("open"));
        List<Reader<?>> readers = open(gateway(atOnce(2)), 5);
        assertThat(sent()).containsExactly("0", "1");
        readers.get(1).subscription.cancel();
        assertThat(sent()).containsExactly("0", "1", "2");
        readers.get(0).subscription.cancel();
        assertThat(sent()).containsExactly("0", "1", "2", "3");
        readers.get(4).subscription.cancel();
        readers.get(2).subscription.cancel();
        readers.get(3).subscription.cancel();
        assertThat(sent()).hasSize(4);
        assertThat(state.leased()).isEmpty();
        assertThat(rig.time.pendingTasks()).isZero();
    }

    @Test
    void calls_thatEndWellOrBadly_freeTheirPlaces() {
        rig.openai.text("ok").fails(failure(ErrorCategory.INVALID_REQUEST));
        LLMGateway gateway = gateway(atOnce(1));
        for (int i = 0; i < 4; i++) {
            gateway.completeAsync(request("" + i));
        }
        assertThat(sent()).hasSize(4);
        assertThat(state.leased()).isEmpty();
    }

    @Test
    void agents_countForThemselves() {
        rig.openai.events(text("open"));
        LLMGateway gateway = gateway(atOnce(1).concurrent("critic", 2).concurrent("free", 0));
        open(gateway, 2);
        for (String agent : List.of("critic", "critic", "critic", "free", "free", "free")) {
            Reader.of(gateway.completeStream(request(agent).withAgent(agent)));
        }
        assertThat(sent()).containsExactly("0", "critic", "critic", "free", "free", "free");
    }

    @Test
    void call_forWhichNoPlaceBecomesFree_isRefusedInTime() {
        rig.openai.events(text("open"));
        List<Reader<?>> readers = open(gateway(atOnce(1).longestWait(Duration.ofSeconds(5))), 2);
        rig.time.advance(Duration.ofMillis(4999));
        assertThat(readers.get(1).error).isNull();
        rig.time.advance(Duration.ofMillis(1));
        InferenceException refused = (InferenceException) readers.get(1).error;
        assertThat(refused.category()).isEqualTo(ErrorCategory.RATE_LIMITED);
        assertThat(refused.origin()).isEqualTo(ErrorOrigin.US);
        assertThat(refused.code()).contains("concurrency_limit");
        assertThat(refused.retryAfter()).isPresent();
        assertThat(refused).hasMessageContaining("agent planner may have 1 calls at once");
        readers.get(0).subscription.cancel();
        assertThat(sent()).hasSize(1);
        assertThat(state.leased()).isEmpty();
    }

    @Test
    void call_whenTooManyWait_isRefusedAtOnce() {
        rig.openai.events(text("open"));
        List<Reader<?>> readers = open(gateway(atOnce(1).waiting(1)), 3);
        assertThat(((InferenceException) readers.get(2).error).code()).contains("queue_full");
    }

    @Test
    void place_ofALongCall_isRenewed() {
        rig.openai.events(text("open"));
        List<Reader<?>> readers = open(gateway(atOnce(1).longestWait(Duration.ofHours(1))), 2);
        rig.time.advance(Duration.ofMinutes(5));
        assertThat(state.renewals()).isEqualTo(15);
        assertThat(sent()).hasSize(1);
        readers.get(0).subscription.cancel();
        assertThat(sent()).hasSize(2);
    }

    @Test
    void place_thatAnotherReplicaFrees_isFoundSoon() {
        rig.openai.events(text("open"));
        Lease elsewhere = state.acquire("agent:planner", 1, Duration.ofMinutes(1))
                .toCompletableFuture()
                .join()
                .orElseThrow();
        open(gateway(atOnce(1)), 1);
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(sent()).isEmpty();
        state.release(elsewhere);
        rig.time.advance(Duration.ofMillis(50));
        assertThat(sent()).hasSize(1);
    }

    @Test
    void cancel_whileThePlaceIsInTheAir_freesIt() {
        rig.openai.events(text("open"));
        state.hold();
        open(gateway(atOnce(1)), 1).get(0).subscription.cancel();
        assertThat(state.leased()).hasSize(1);
        state.goOn();
        assertThat(state.leased()).isEmpty();
        assertThat(sent()).isEmpty();
        assertThat(rig.time.pendingTasks()).isZero();
    }

    @Test
    void line_ofThousandsOfQuickCalls_isServedWithoutRecursion() {
        rig.openai.events(text("open")).text("ok");
        LLMGateway gateway = gateway(atOnce(1).waiting(5000));
        Reader<?> first = open(gateway, 1).get(0);
        List<CompletableFuture<GatewayResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            calls.add(gateway.completeAsync(request("" + i)));
        }
        first.subscription.cancel();
        assertThat(calls).allSatisfy(call -> assertThat(call).isCompleted());
        assertThat(rig.time.pendingTasks()).isZero();
    }

    @Test
    void embeddings_takePlacesToo() {
        List<CompletableFuture<EmbeddingResult>> later = new ArrayList<>();
        rig.openai.events(text("open"));
        rig.openai.embeddings(
                (target, request) -> new EmbeddingResult(List.of(new float[] {1}), Usage.absent(), target, null));
        LLMGateway gateway = gateway(atOnce(1));
        Reader<?> running = open(gateway, 1).get(0);
        GatewayEmbedding request = new GatewayEmbedding(EmbeddingRequest.of("hi"), null, null, "planner", "");
        later.add(gateway.embed(request, gateway.newCall()));
        later.add(gateway.embed(request, gateway.newCall()));
        assertThat(rig.openai.embedded()).isEmpty();
        later.get(0).cancel(false);
        running.subscription.cancel();
        assertThat(rig.openai.embedded()).hasSize(1);
        assertThat(later.get(1)).isCompleted();
        assertThat(state.leased()).isEmpty();
    }
}
