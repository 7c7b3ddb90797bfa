package dev.avionics.gateway.layer;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.FallbackPolicy;
import dev.avionics.gateway.GatewayEmbedding;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayResponse;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.gateway.GatewayTarget;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.limit.LimitPolicy;
import dev.avionics.gateway.limit.RateLimits;
import dev.avionics.gateway.limit.TargetLimits;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PacingLayerTest {
    private static final FallbackPolicy TO_OLLAMA = GatewayRig.to("ollama");

    private final GatewayRig rig = new GatewayRig();
    private final StateProbe state = new StateProbe(rig.time);

    @AfterEach
    void close() {
        rig.close();
    }

    private LLMGateway gateway(LimitPolicy limits, FallbackPolicy fallback) {
        return rig.gateway()
                .retryPolicy(RetryPolicy.DEFAULT)
                .fallback(fallback)
                .state(state)
                .limits(limits)
                .build();
    }

    private static LimitPolicy target(TargetLimits limits) {
        return LimitPolicy.builder().target(GatewayTarget.of("openai"), limits).build();
    }

    private static GatewayRequest request(String prompt) {
        return GatewayRequest.builder(prompt).agent("planner").build();
    }

    private List<String> sent() {
        return rig.openai.seen().stream()
                .map(seen -> seen.request().messages().get(0).text())
                .toList();
    }

    private static InferenceException error(CompletableFuture<?> call) {
        return (InferenceException) call.handle((value, error) -> error.getCause() == null ? error : error.getCause())
                .join();
    }

    /** An answer whose head tells limits. */
    private void answers(RateLimitInfo.@Nullable Window requests, RateLimitInfo.@Nullable Window tokens) {
        Target any = new Target(rig.providers.named("openai").endpoint(), "gpt-4o");
        rig.openai.events(
                new InferenceEvent.Started(any, 1, new RateLimitInfo(requests, tokens, Map.of()), List.of()),
                text("ok"),
                ScriptedAdapter.completed(dev.avionics.airframe.FinishReason.STOP, 1));
    }

    private static RateLimitInfo.Window left(long remaining, Duration reset) {
        return new RateLimitInfo.Window(100L, remaining, reset);
    }

    // What the target says itself

    @Test
    void target_thatSaysItIsExhausted_isPassedOverUntilItsReset() {
        answers(left(0, Duration.ofSeconds(20)), left(5000, Duration.ofSeconds(1)));
        answers(null, null);
        rig.ollama.text("meanwhile");
        LLMGateway gateway = gateway(LimitPolicy.NONE, TO_OLLAMA);
        assertThat(gateway.complete(request("1")).provider()).isEqualTo("openai");
        assertThat(gateway.complete(request("2")).provider()).isEqualTo("ollama");
        rig.time.advance(Duration.ofMillis(19_999));
        assertThat(gateway.complete(request("3")).provider()).isEqualTo("ollama");
        rig.time.advance(Duration.ofMillis(1));
        assertThat(gateway.complete(request("4")).provider()).isEqualTo("openai");
        assertThat(gateway.stats().fallbacks()).isZero();
    }

    @Test
    void target_withoutTokensLeft_isPassedOverToo() {
        answers(left(10, Duration.ofSeconds(1)), left(0, Duration.ofSeconds(20)));
        rig.ollama.text("meanwhile");
        LLMGateway gateway = gateway(LimitPolicy.NONE, TO_OLLAMA);
        gateway.complete(request("1"));
        assertThat(gateway.complete(request("2")).provider()).isEqualTo("ollama");
    }

    @Test
    void call_withNoOtherTarget_waitsForTheReset() {
        answers(left(0, Duration.ofSeconds(20)), null);
        answers(null, null);
        LLMGateway gateway = gateway(LimitPolicy.NONE, FallbackPolicy.NONE);
        gateway.complete(request("1"));
        CompletableFuture<GatewayResponse> second = gateway.completeAsync(request("2"));
        CompletableFuture<GatewayResponse> third = gateway.completeAsync(request("3"));
        rig.time.advance(Duration.ofMillis(19_999));
        assertThat(sent()).containsExactly("1");
        rig.time.advance(Duration.ofMillis(1));
        assertThat(sent()).containsExactly("1", "2", "3");
        assertThat(List.of(second, third)).allSatisfy(call -> assertThat(call).isCompleted());
        assertThat(rig.time.pendingTasks()).isZero();
    }

    @Test
    void call_whoseDeadlineIsBeforeTheReset_failsAtOnceAndSendsNothing() {
        answers(left(0, Duration.ofSeconds(20)), null);
        LLMGateway gateway = gateway(LimitPolicy.NONE, FallbackPolicy.NONE);
        gateway.complete(request("1"));
        CompletableFuture<?> late = gateway.infer(
                        request("2"), gateway.newCall().withTotal(Duration.ofSeconds(19)))
                .collect();
        InferenceException refused = error(late);
        assertThat(refused.category()).isEqualTo(ErrorCategory.RATE_LIMITED);
        assertThat(refused.origin()).isEqualTo(ErrorOrigin.US);
        assertThat(refused.code()).contains("target_busy");
        assertThat(refused.retryAfter()).contains(Duration.ofSeconds(20));
        assertThat(refused.provider()).contains("openai");
        assertThat(sent()).hasSize(1);
    }

    @Test
    void requests_thatATargetSaysItHasLeft_areNotExceeded() {
        answers(left(2, Duration.ofSeconds(20)), null);
        rig.openai.events(text("open"));
        LLMGateway gateway = gateway(LimitPolicy.NONE, FallbackPolicy.NONE);
        gateway.complete(request("1"));
        for (int i = 2; i < 6; i++) {
            Reader.of(gateway.completeStream(request("" + i)));
        }
        assertThat(sent()).containsExactly("1", "2", "3");
        rig.time.advance(Duration.ofSeconds(20));
        assertThat(sent()).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void target_thatRefusesForATime_isPassedOverForThatTime() {
        rig.openai.fails(InferenceException.builder(ErrorCategory.RATE_LIMITED, "slow down")
                .retryAfter(Duration.ofSeconds(7))
                .build());
        rig.openai.text("again");
        rig.ollama.text("meanwhile");
        LLMGateway gateway = gateway(LimitPolicy.NONE, TO_OLLAMA);
        assertThat(gateway.complete(request("1")).provider()).isEqualTo("ollama");
        assertThat(gateway.complete(request("2")).provider()).isEqualTo("ollama");
        assertThat(sent()).containsExactly("1");
        rig.time.advance(Duration.ofSeconds(7));
        assertThat(gateway.complete(request("3")).provider()).isEqualTo("openai");
    }

    @Test
    void word_ofABackendOnItsReset_isBelievedForTenMinutes() {
        answers(left(0, Duration.ofDays(1)), null);
        answers(null, null);
        rig.ollama.text("meanwhile");
        LLMGateway gateway = gateway(LimitPolicy.NONE, TO_OLLAMA);
        gateway.complete(request("1"));
        rig.time.advance(Duration.ofMinutes(10).minusMillis(1));
        assertThat(gateway.complete(request("2")).provider()).isEqualTo("ollama");
        rig.time.advance(Duration.ofMillis(1));
        assertThat(gateway.complete(request("3")).provider()).isEqualTo("openai");
    }

    // Limits of the policy

    @Test
    void attempts_beyondTheMostAtOnce_goElsewhere() {
        rig.openai.events(text("open"));
        rig.ollama.text("elsewhere");
        LLMGateway gateway = gateway(target(TargetLimits.concurrent(1)), TO_OLLAMA);
        Reader<?> first = Reader.of(gateway.completeStream(request("1")));
        assertThat(gateway.complete(request("2")).provider()).isEqualTo("ollama");
        first.subscription.cancel();
        assertThat(state.leased()).isEmpty();
        Reader.of(gateway.completeStream(request("3")));
        assertThat(sent()).containsExactly("1", "3");
    }

    @Test
    void attempts_withNowhereElseToGo_waitInTheOrderOfTheirComing() {
        rig.openai.events(text("open")).text("ok");
        LLMGateway gateway = gateway(target(TargetLimits.concurrent(1)), FallbackPolicy.NONE);
        Reader<?> first = Reader.of(gateway.completeStream(request("1")));
        CompletableFuture<GatewayResponse> second = gateway.completeAsync(request("2"));
        CompletableFuture<GatewayResponse> third = gateway.completeAsync(request("3"));
        CompletableFuture<GatewayResponse> fourth = gateway.completeAsync(request("4"));
        third.cancel(false);
        assertThat(sent()).containsExactly("1");
        first.subscription.cancel();
        assertThat(sent()).containsExactly("1", "2", "4");
        assertThat(List.of(second, fourth)).allSatisfy(call -> assertThat(call).isCompleted());
        assertThat(state.leased()).isEmpty();
    }

    @Test
    void attempt_thatIsStillWaitingAtItsDeadline_fails() {
        rig.openai.events(text("open"));
        LLMGateway gateway = gateway(target(TargetLimits.concurrent(1)), FallbackPolicy.NONE);
        Reader.of(gateway.completeStream(request("1")));
        CompletableFuture<?> late = gateway.infer(
                        request("2"), gateway.newCall().withTotal(Duration.ofSeconds(10)))
                .collect();
        rig.time.advance(Duration.ofMillis(9_999));
        assertThat(late).isNotDone();
        rig.time.advance(Duration.ofMillis(1));
        assertThat(error(late).code()).contains("target_busy");
        assertThat(sent()).hasSize(1);
    }

    @Test
    void attempts_beyondTheRateOfATarget_wait() {
        rig.openai.text("ok");
        LLMGateway gateway = gateway(target(TargetLimits.rates(RateLimits.requests(2))), FallbackPolicy.NONE);
        List<CompletableFuture<GatewayResponse>> calls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            calls.add(gateway.completeAsync(request("" + i)));
        }
        assertThat(sent()).hasSize(2);
        rig.time.advance(Duration.ofMinutes(1));
        assertThat(calls).allSatisfy(call -> assertThat(call).isCompleted());
    }

    @Test
    void tokens_ofATarget_areTakenAndMadeRightAfterwards() {
        rig.openai.text("ok");
        LLMGateway gateway = gateway(target(TargetLimits.rates(RateLimits.tokens(2000))), FallbackPolicy.NONE);
        for (int i = 0; i < 50; i++) {
            assertThat(gateway.completeAsync(request("" + i))).isCompleted();
        }
    }

    @Test
    void placeAndRate_ofOneTarget_areBothKept() {
        rig.openai.events(text("open"));
        TargetLimits limits = new TargetLimits(RateLimits.requests(2), 1, false);
        LLMGateway gateway = gateway(target(limits), FallbackPolicy.NONE);
        List<Reader<?>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(Reader.of(gateway.completeStream(request("" + i))));
        }
        // While it asks for a place again and again it uses up no rate.
        rig.time.advance(Duration.ofSeconds(10));
        readers.get(0).subscription.cancel();
        assertThat(sent()).containsExactly("0", "1");
        readers.get(1).subscription.cancel();
        assertThat(sent()).hasSize(2);
        rig.time.advance(Duration.ofSeconds(50));
        assertThat(sent()).containsExactly("0", "1", "2");
    }

    @Test
    void cancel_whileThePlaceIsInTheAir_freesItAndTheRate() {
        rig.openai.events(text("open"));
        TargetLimits limits = new TargetLimits(RateLimits.requests(1), 1, false);
        LLMGateway gateway = gateway(target(limits), FallbackPolicy.NONE);
        state.hold();
        Reader<?> reader = Reader.of(gateway.completeStream(request("1")));
        reader.subscription.cancel();
        state.goOn();
        assertThat(state.leased()).isEmpty();
        Reader.of(gateway.completeStream(request("2")));
        assertThat(sent()).containsExactly("2");
    }

    @Test
    void limits_ofATarget_areThoseOfItsModelBeforeThoseOfItsProvider() {
        LimitPolicy policy = LimitPolicy.builder()
                .perTarget(TargetLimits.concurrent(7))
                .target(GatewayTarget.of("openai"), TargetLimits.concurrent(5))
                .target(GatewayTarget.parse("openai/gpt-4o"), TargetLimits.concurrent(3))
                .build();
        assertThat(policy.of(GatewayTarget.parse("openai/gpt-4o")).concurrent()).isEqualTo(3);
        assertThat(policy.of(GatewayTarget.parse("openai/gpt-4")).concurrent()).isEqualTo(5);
        assertThat(policy.of(GatewayTarget.parse("ollama/x")).concurrent()).isEqualTo(7);
    }

    // Found out

    @Test
    void adaptiveTarget_thatIsOverloaded_getsHalfAsManyAttemptsAtOnce() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED)).events(text("open"));
        LLMGateway gateway = rig.gateway()
                .retryPolicy(RetryPolicy.NEVER)
                .state(state)
                .limits(target(TargetLimits.concurrent(4).adapting()))
                .build();
        assertThat(gateway.completeAsync(request("fails"))).isCompletedExceptionally();
        List<Reader<?>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(Reader.of(gateway.completeStream(request("" + i))));
        }
        assertThat(sent()).containsExactly("fails", "0", "1");
        readers.get(0).subscription.cancel();
        assertThat(sent()).containsExactly("fails", "0", "1", "2");
    }

    // Vectors

    @Test
    void embeddings_keepTheTargetsPlaces() {
        rig.openai.events(text("open"));
        rig.openai.embeddings(
                (target, request) -> new EmbeddingResult(List.of(new float[] {1}), Usage.absent(), target, null));
        LLMGateway gateway = gateway(
                LimitPolicy.builder().perTarget(TargetLimits.concurrent(1)).build(), FallbackPolicy.NONE);
        GatewayEmbedding request = new GatewayEmbedding(EmbeddingRequest.of("hi"), null, "gpt-4o", "planner", "");
        Reader<?> running = Reader.of(gateway.completeStream(request("1")));
        CompletableFuture<EmbeddingResult> gone = gateway.embed(request, gateway.newCall());
        CompletableFuture<EmbeddingResult> waiting = gateway.embed(request, gateway.newCall());
        gone.cancel(false);
        assertThat(rig.openai.embedded()).isEmpty();
        running.subscription.cancel();
        assertThat(waiting).isCompleted();
        assertThat(rig.openai.embedded()).hasSize(1);
        assertThat(state.leased()).isEmpty();
    }
}
