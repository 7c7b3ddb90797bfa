package dev.avionics.gateway.layer;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.TokenCount;
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
import dev.avionics.gateway.limit.RateLimits;
import dev.avionics.gateway.state.Grant;
import dev.avionics.gateway.state.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RateLayerTest {
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

    private static LimitPolicy.Builder requests(long perMinute) {
        return LimitPolicy.builder().perAgent(RateLimits.requests(perMinute)).longestWait(Duration.ofMinutes(10));
    }

    private static LimitPolicy.Builder tokens(long perMinute) {
        return LimitPolicy.builder().perAgent(RateLimits.tokens(perMinute)).longestWait(Duration.ofMinutes(10));
    }

    private static GatewayRequest request(String prompt) {
        return GatewayRequest.builder(prompt).agent("planner").build();
    }

    private List<CompletableFuture<GatewayResponse>> call(LLMGateway gateway, int times) {
        List<CompletableFuture<GatewayResponse>> calls = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            calls.add(gateway.completeAsync(request("" + i)));
        }
        return calls;
    }

    private List<String> sent() {
        return rig.openai.seen().stream()
                .map(seen -> seen.request().messages().get(0).text())
                .toList();
    }

    private long left(String key, long perMinute) {
        Rate rate = Rate.perMinute(perMinute);
        Grant grant = state.take(key, rate, 1).toCompletableFuture().join();
        if (!grant.allowed()) {
            return grant.left();
        }
        state.giveBack(key, rate, 1);
        return grant.left() + 1;
    }

    private static InferenceException error(CompletableFuture<?> call) {
        return (InferenceException) call.handle((value, error) -> error.getCause() == null ? error : error.getCause())
                .join();
    }

    private static InferenceEvent.Completed used(long input, long output) {
        Usage usage = Usage.builder()
                .inputUncached(TokenCount.known(input))
                .output(TokenCount.known(output))
                .build();
        return new InferenceEvent.Completed(FinishReason.STOP, "stop", usage, null, null);
    }

    @Test
    void calls_beyondTheRate_waitAndGoInTheOrderOfTheirComing() {
        rig.openai.text("ok");
        List<CompletableFuture<GatewayResponse>> calls = call(gateway(requests(2)), 5);
        assertThat(sent()).containsExactly("0", "1");
        rig.time.advance(Duration.ofSeconds(29));
        assertThat(sent()).hasSize(2);
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(sent()).containsExactly("0", "1", "2");
        rig.time.advance(Duration.ofSeconds(60));
        assertThat(sent()).containsExactly("0", "1", "2", "3", "4");
        assertThat(calls).allSatisfy(call -> assertThat(call).isCompleted());
        assertThat(rig.time.pendingTasks()).isZero();
    }

    @Test
    @Tag("fault-66")
    void wait_whateverTheWallClockDoes_isAsLongAsItIs() {
        rig.openai.text("ok");
        List<CompletableFuture<GatewayResponse>> calls = call(gateway(requests(1)), 2);
        rig.time.jumpWallClock(Duration.ofHours(1));
        rig.time.advance(Duration.ofSeconds(59));
        assertThat(calls.get(1)).isNotDone();
        rig.time.jumpWallClock(Duration.ofHours(-2));
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(calls.get(1)).isCompleted();
    }

    @Test
    void agents_haveRatesOfTheirOwn() {
        rig.openai.text("ok");
        LLMGateway gateway = gateway(requests(1).agent("critic", RateLimits.requests(2)));
        call(gateway, 2);
        gateway.completeAsync(request("critic 1").withAgent("critic"));
        gateway.completeAsync(request("critic 2").withAgent("critic"));
        assertThat(sent()).containsExactly("0", "critic 1", "critic 2");
    }

    @Test
    void call_thatWouldWaitBeyondItsClock_failsAtOnceWithTheTimeAfterWhichItFits() {
        rig.openai.text("ok");
        LLMGateway gateway = gateway(requests(2));
        call(gateway, 2);
        CompletableFuture<?> late = gateway.infer(
                        request("late"), gateway.newCall().withTotal(Duration.ofSeconds(10)))
                .collect();
        assertThat(late).isCompletedExceptionally();
        InferenceException refused = error(late);
        assertThat(refused.category()).isEqualTo(ErrorCategory.RATE_LIMITED);
        assertThat(refused.origin()).isEqualTo(ErrorOrigin.US);
        assertThat(refused.code()).contains("rate_limit");
        assertThat(refused.retryAfter()).contains(Duration.ofSeconds(30));
        assertThat(refused)
                .hasMessage(
                        "agent planner may have 2 requests a minute, and another call fits in 30.0 s at the earliest,"
                                + " which is longer than it may wait (call later, or raise the limit)");
        assertThat(sent()).hasSize(2);
    }

    @Test
    void call_behindOthers_isRefusedWhenItsPatienceIsOver() {
        rig.openai.text("ok");
        List<CompletableFuture<GatewayResponse>> calls =
                call(gateway(requests(1).longestWait(Duration.ofSeconds(70))), 3);
        rig.time.advance(Duration.ofSeconds(69));
        assertThat(calls.get(1)).isCompleted();
        assertThat(calls.get(2)).isNotDone();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(error(calls.get(2)).code()).contains("rate_limit");
        rig.time.advance(Duration.ofMinutes(5));
        assertThat(sent()).hasSize(2);
    }

    @Test
    void line_thatIsFull_takesNobodyMore() {
        rig.openai.text("ok");
        List<CompletableFuture<GatewayResponse>> calls =
                call(gateway(requests(1).waiting(1)), 3);
        assertThat(calls.get(1)).isNotDone();
        InferenceException refused = error(calls.get(2));
        assertThat(refused.code()).contains("queue_full");
        assertThat(refused).hasMessageContaining("1 of its calls wait already");
        assertThat(refused.retryAfter()).contains(Duration.ofMinutes(1));
    }

    @Test
    void line_whereNobodyMayWait_refusesWhatDoesNotFit() {
        rig.openai.text("ok");
        List<CompletableFuture<GatewayResponse>> calls =
                call(gateway(requests(1).waiting(0)), 2);
        assertThat(error(calls.get(1)).code()).contains("queue_full");
        rig.time.advance(Duration.ofMinutes(1));
        assertThat(call(gateway(requests(1).waiting(0)), 1).get(0)).isCompleted();
    }

    @Test
    void tokens_thatWereNotUsed_areThereForTheNextCall() {
        rig.openai.events(text("a"), used(10, 20));
        call(gateway(tokens(2000)), 20);
        assertThat(sent()).hasSize(20);
        assertThat(left("tokens:agent:planner", 2000)).isEqualTo(2000 - 20 * 30);
    }

    @Test
    void tokens_beyondTheGuess_areMissingAfterwards() {
        rig.openai.events(text("a"), used(10, 3990));
        LLMGateway gateway = gateway(tokens(2000));
        List<CompletableFuture<GatewayResponse>> calls = call(gateway, 2);
        assertThat(calls.get(0)).isCompleted();
        // 2000 in debt, and the next call is thought to take 1029.
        rig.time.advance(Duration.ofMinutes(1).plusSeconds(30));
        assertThat(sent()).hasSize(1);
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(sent()).hasSize(2);
    }

    @Test
    void call_ofMoreTokensThanAMinuteHas_goesWhenTheMinuteIsFull() {
        rig.openai.events(text("a"), used(10, 20));
        List<CompletableFuture<GatewayResponse>> calls = call(gateway(tokens(100)), 2);
        assertThat(calls.get(0)).isCompleted();
        rig.time.advance(Duration.ofSeconds(17));
        assertThat(calls.get(1)).isNotDone();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(calls.get(1)).isCompleted();
    }

    @Test
    void tokens_ofACallThatFailedUnread_areGivenBack() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        call(gateway(tokens(2000)), 5);
        assertThat(sent()).hasSize(5);
        assertThat(left("tokens:agent:planner", 2000)).isEqualTo(2000);
    }

    @Test
    void tokens_ofAnAnswerWithoutAWordOfThem_staySpent() {
        rig.openai.events(text("a"), new InferenceEvent.Completed(FinishReason.STOP, null, Usage.absent(), null, null));
        call(gateway(tokens(2000)), 1);
        assertThat(left("tokens:agent:planner", 2000)).isEqualTo(2000 - 5 - 1024);
    }

    @Test
    void call_withAKey_needsRoomInBoth() {
        rig.openai.text("ok");
        LLMGateway gateway = gateway(requests(10).perKey(RateLimits.requests(1)));
        for (int i = 0; i < 2; i++) {
            gateway.completeAsync(request("acme " + i).withKey("acme"));
        }
        gateway.completeAsync(request("other").withKey("other"));
        gateway.completeAsync(request("nobody 1"));
        gateway.completeAsync(request("nobody 2"));
        assertThat(sent()).containsExactly("acme 0", "other", "nobody 1", "nobody 2");
        rig.time.advance(Duration.ofMinutes(1));
        assertThat(sent()).hasSize(5);
    }

    @Test
    void call_thatLeavesTheSecondLine_givesBackItsShareOfTheFirst() {
        rig.openai.text("ok");
        LLMGateway gateway = gateway(requests(1).perKey(RateLimits.requests(3)));
        gateway.completeAsync(request("first").withKey("acme"));
        CompletableFuture<GatewayResponse> second =
                gateway.completeAsync(request("second").withKey("acme"));
        assertThat(left("requests:key:acme", 3)).isEqualTo(1);
        second.cancel(false);
        assertThat(left("requests:key:acme", 3)).isEqualTo(2);
        assertThat(left("requests:agent:planner", 1)).isZero();
        assertThat(rig.time.pendingTasks()).isZero();
    }

    @Test
    void cancel_whileTheAnswerIsInTheAir_sendsNothingAndGivesAllBack() {
        rig.openai.text("never");
        state.hold();
        Reader<?> reader = Reader.of(
                gateway(LimitPolicy.builder().perAgent(new RateLimits(5, 5000))).completeStream(request("hi")));
        reader.subscription.cancel();
        state.goOn();
        assertThat(rig.openai.seen()).isEmpty();
        assertThat(left("tokens:agent:planner", 5000)).isEqualTo(5000);
        assertThat(left("requests:agent:planner", 5)).isEqualTo(5);
    }

    @Test
    void wait_isTakenOffTheClockOfTheCall() {
        rig.openai.text("ok");
        LLMGateway gateway = gateway(requests(2));
        call(gateway, 2);
        gateway.infer(request("late"), gateway.newCall().withTotal(Duration.ofSeconds(100)))
                .collect();
        rig.time.advance(Duration.ofSeconds(30));
        assertThat(rig.openai.seen().get(2).context().deadline().remaining()).isEqualTo(Duration.ofSeconds(70));
    }

    @Test
    void embeddings_countAndWaitToo() {
        rig.openai.embeddings((target, request) -> new EmbeddingResult(
                List.of(new float[] {1}),
                Usage.builder().inputUncached(TokenCount.known(3)).build(),
                target,
                null));
        LLMGateway gateway =
                gateway(LimitPolicy.builder().perAgent(new RateLimits(2, 1000)).longestWait(Duration.ofMinutes(5)));
        GatewayEmbedding request =
                new GatewayEmbedding(EmbeddingRequest.of("a text of some words"), null, null, "planner", "");
        List<CompletableFuture<EmbeddingResult>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answers.add(gateway.embed(request, gateway.newCall()));
        }
        assertThat(rig.openai.embedded()).hasSize(2);
        assertThat(left("tokens:agent:planner", 1000)).isEqualTo(994);
        rig.time.advance(Duration.ofSeconds(30));
        assertThat(answers.get(2)).isCompleted();
    }

    @Test
    void state_thatIsClosed_failsTheCallInsteadOfLettingItThrough() {
        rig.openai.text("never");
        state.close();
        assertThat(error(call(gateway(requests(5)), 1).get(0)).category()).isEqualTo(ErrorCategory.REJECTED);
        assertThat(rig.openai.seen()).isEmpty();
    }
}
