package dev.avionics.gateway.layer;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.cost.Cost;
import dev.avionics.gateway.GatewayBuilder;
import dev.avionics.gateway.GatewayEmbedding;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.Pricing;
import dev.avionics.gateway.limit.Budget;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.limit.Unpriced;
import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.Balance;
import dev.avionics.testkit.secret.LogCapture;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BudgetLayerTest {
    private static final Instant MIDNIGHT = Instant.parse("2026-01-02T00:00:00Z");
    private static final Instant FEBRUARY = Instant.parse("2026-02-01T00:00:00Z");
    /** A hundred micro-USD a token, so that figures are easy. */
    private static final Pricing PRICES =
            (agent, attempt, usage) -> switch (attempt.target().endpoint().billing()) {
                case FREE -> Cost.FREE;
                case METERED ->
                    attempt.model().startsWith("new")
                            ? Cost.unpriced("no price for " + attempt.model() + ": add one")
                            : Cost.of(BigDecimal.valueOf(usage.total().value() * 100, 6));
            };

    /** Guessed for a request of one word. */
    private static final long INPUT = 5;

    private final GatewayRig rig = new GatewayRig();
    private final StateProbe state = new StateProbe(rig.time);

    @AfterEach
    void close() {
        rig.close();
    }

    private GatewayBuilder gateway(BudgetPolicy.Builder policy) {
        return rig.gateway()
                .retryPolicy(RetryPolicy.NEVER)
                .pricing(PRICES)
                .state(state)
                .budgets(policy.build());
    }

    private static BudgetPolicy.Builder agents(String usdPerDay) {
        return BudgetPolicy.builder().perAgent(Budget.perDay(usdPerDay));
    }

    private static GatewayRequest request(int maxTokens) {
        return GatewayRequest.builder("hi")
                .agent("planner")
                .maxTokens(maxTokens)
                .build();
    }

    private static InferenceEvent.Completed used(long input, long output) {
        Usage usage = Usage.builder()
                .inputUncached(TokenCount.known(input))
                .output(TokenCount.known(output))
                .build();
        return new InferenceEvent.Completed(FinishReason.STOP, "stop", usage, null, null);
    }

    private Balance day(String kindAndName) {
        return state.balance(new Account("day:" + kindAndName, 0, MIDNIGHT));
    }

    private Balance month(String kindAndName) {
        return state.balance(new Account("month:" + kindAndName, 0, FEBRUARY));
    }

    private static InferenceException failing(LLMGateway gateway, GatewayRequest request) {
        return catchThrowableOfType(InferenceException.class, () -> gateway.complete(request));
    }

    @Test
    void call_whileItRuns_holdsThePriceOfItsInputAndOfTheAnswerItMayGet() {
        rig.openai.events(text("a"));
        Reader<?> reader = Reader.of(gateway(agents("1")).build().completeStream(request(77)));
        assertThat(day("agent:planner").reservedMicros()).isEqualTo((INPUT + 77) * 100);
        reader.subscription.cancel();
        assertThat(day("agent:planner").reservedMicros()).isZero();
    }

    @Test
    void reservation_ofALongAnswer_isThatOfThePolicy() {
        rig.openai.events(text("a"));
        LLMGateway gateway = gateway(agents("1").reserveOutputTokens(500)).build();
        Reader.of(gateway.completeStream(request(100_000)));
        assertThat(day("agent:planner").reservedMicros()).isEqualTo((INPUT + 500) * 100);
        Reader.of(gateway.completeStream(GatewayRequest.of("hi").withAgent("other")));
        assertThat(day("agent:other").reservedMicros()).isEqualTo((INPUT + 500) * 100);
    }

    @Test
    void call_thatIsOver_hasSpentWhatTheBackendSaidInEveryAccount() {
        rig.openai.events(text("a"), used(10, 20));
        BudgetPolicy.Builder policy = BudgetPolicy.builder()
                .perAgent(Budget.perDay("1").andPerMonth("2"))
                .perKey(Budget.perMonth("3"))
                .perProvider(Budget.perDay("4"));
        gateway(policy).build().complete(request(50).withKey("acme"));
        assertThat(List.of(day("agent:planner"), month("agent:planner"), month("key:acme"), day("provider:openai")))
                .allSatisfy(balance -> {
                    assertThat(balance.spentMicros()).isEqualTo(3000);
                    assertThat(balance.reservedMicros()).isZero();
                });
        assertThat(day("key:acme").spentMicros()).isZero();
    }

    @Test
    void call_onBehalfOfNobody_countsInNoKeysAccount() {
        rig.openai.events(text("a"), used(10, 20));
        gateway(BudgetPolicy.builder().perKey(Budget.perDay("1"))).build().complete(request(50));
        assertThat(state.reservations()).isZero();
    }

    @Test
    void call_withoutRoom_isRefusedWithAccountLimitSpendingAndTheNewBeginning() {
        rig.openai.events(text("a"), used(10, 20));
        rig.anthropic.text("never");
        LLMGateway gateway =
                gateway(agents("0.01")).fallback(GatewayRig.to("anthropic")).build();
        gateway.complete(request(50));
        InferenceException refused = failing(gateway, request(95));
        assertThat(refused.category()).isEqualTo(ErrorCategory.BUDGET_EXCEEDED);
        assertThat(refused.code()).contains("budget_exceeded");
        assertThat(refused.shouldRetry()).contains(false);
        assertThat(refused.retryAfter()).contains(Duration.ofDays(1));
        assertThat(refused)
                .hasMessage(
                        "the budget of agent planner for this day has no room for $0.01: $0.01 may be spent, $0.003 is"
                                + " spent and $0 reserved by calls under way; it starts anew at 2026-01-02T00:00:00Z (raise the"
                                + " budget, or wait)");
        assertThat(rig.openai.seen()).hasSize(1);
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void call_thatFitsExactly_isMade() {
        rig.openai.text("ok");
        LLMGateway gateway = gateway(agents("0.01")).build();
        assertThat(gateway.complete(request(95)).text()).isEqualTo("ok");
        assertThat(failing(gateway, request(95)).category()).isEqualTo(ErrorCategory.BUDGET_EXCEEDED);
    }

    @Test
    void budget_ofOneAgent_holdsInThePlaceOfTheUsualOneAndForItAlone() {
        rig.openai.text("ok");
        LLMGateway gateway =
                gateway(agents("0").agent("planner", Budget.perDay("1"))).build();
        assertThat(gateway.complete(request(5)).text()).isEqualTo("ok");
        assertThat(failing(gateway, request(5).withAgent("critic"))).hasMessageContaining("agent critic");
    }

    @Test
    void budget_onTheNextDay_startsAnewAndThatOfTheMonthDoesNot() {
        rig.openai.events(text("a"), used(0, 80));
        LLMGateway gateway = gateway(
                        BudgetPolicy.builder().perAgent(Budget.perDay("0.01").andPerMonth("0.02")))
                .build();
        gateway.complete(request(80));
        assertThat(failing(gateway, request(80))).hasMessageContaining("for this day");
        rig.time.advance(Duration.ofDays(1));
        gateway.complete(request(80));
        rig.time.advance(Duration.ofDays(1));
        assertThat(failing(gateway, request(80)))
                .hasMessageContaining("for this month")
                .hasMessageContaining("2026-02-01T00:00:00Z");
    }

    @Test
    void call_overMidnight_isSettledWhereItWasReserved() {
        rig.openai.events(text("a"));
        rig.time.advance(Duration.ofHours(24).minusSeconds(1));
        InferenceStream<?> stream = gateway(agents("1")).build().completeStream(request(50));
        Reader<?> reader = Reader.of(stream);
        rig.time.advance(Duration.ofSeconds(2));
        reader.subscription.cancel();
        assertThat(day("agent:planner").reservedMicros()).isZero();
        assertThat(day("agent:planner").spentMicros()).isEqualTo(INPUT * 100);
    }

    @Test
    @Tag("fault-66")
    void clock_thatIsSetBackOverMidnight_findsTheAccountOfTheDayThatItSays() {
        rig.openai.events(text("a"), used(10, 20));
        LLMGateway gateway = gateway(agents("0.01")).build();
        gateway.complete(request(50));
        rig.time.advance(Duration.ofHours(24).plusMinutes(30));
        gateway.complete(request(50));
        rig.time.jumpWallClock(Duration.ofHours(-1));
        gateway.complete(request(50));
        assertThat(day("agent:planner").spentMicros()).isEqualTo(6000);
        assertThat(state.balance(new Account("day:agent:planner", 0, MIDNIGHT.plus(Duration.ofDays(1))))
                        .spentMicros())
                .isEqualTo(3000);
    }

    @Test
    void attempt_thatWasGivenUp_isSettledWithItsInput() {
        rig.openai.events(text("a"));
        InferenceStream<?> stream = gateway(agents("1")).build().completeStream(request(50));
        Reader.of(stream);
        stream.cancel(CancelReason.CALLER);
        assertThat(day("agent:planner")).isEqualTo(new Balance(new Account("day:agent:planner", 0, MIDNIGHT), 500, 0));
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCategory.class,
            names = {"SERVER_ERROR", "TIMEOUT", "CONNECTION", "PARSE", "CONTENT_FILTER"})
    void attempt_thatBrokeAfterItWasSent_isSettledWithItsInput(ErrorCategory category) {
        rig.openai.fails(failure(category));
        failing(gateway(agents("1")).build(), request(50));
        assertThat(day("agent:planner").spentMicros()).isEqualTo(INPUT * 100);
        assertThat(day("agent:planner").reservedMicros()).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = ErrorCategory.class,
            names = {"RATE_LIMITED", "OVERLOADED", "AUTHENTICATION", "INVALID_REQUEST", "CONTEXT_LENGTH"})
    void attempt_thatTheBackendRefused_isReleased(ErrorCategory category) {
        rig.openai.fails(failure(category));
        failing(gateway(agents("1")).build(), request(50));
        assertThat(state.reservations()).isEqualTo(1);
        assertThat(day("agent:planner").spentMicros()).isZero();
        assertThat(day("agent:planner").reservedMicros()).isZero();
    }

    @Test
    void attempt_ofWhichNothingWasSent_isReleased() {
        rig.openai.fails(InferenceException.builder(ErrorCategory.CONNECTION, "refused")
                .sent(InferenceException.Sent.NOTHING)
                .build());
        failing(gateway(agents("1")).build(), request(50));
        assertThat(day("agent:planner").spentMicros()).isZero();
        assertThat(day("agent:planner").reservedMicros()).isZero();
    }

    @Test
    void attempt_thatFailedWithTokens_isSettledWithThem() {
        rig.openai.fails(InferenceException.builder(ErrorCategory.SERVER_ERROR, "cut")
                .usage(Usage.estimated(7, 3))
                .build());
        failing(gateway(agents("1")).build(), request(50));
        assertThat(day("agent:planner").spentMicros()).isEqualTo(1000);
    }

    @Test
    void answer_withoutAWordOfTokens_isSettledWithTheReservation() {
        rig.openai.events(text("a"), new InferenceEvent.Completed(FinishReason.STOP, null, Usage.absent(), null, null));
        gateway(agents("1")).build().complete(request(50));
        assertThat(day("agent:planner").spentMicros()).isEqualTo((INPUT + 50) * 100);
    }

    @Test
    void attempts_ofOneCall_areSettledEach() {
        rig.openai.fails(failure(ErrorCategory.SERVER_ERROR));
        rig.anthropic.events(text("a"), used(10, 20));
        gateway(agents("1").perProvider(Budget.perDay("1")))
                .retryPolicy(RetryPolicy.DEFAULT)
                .fallback(GatewayRig.to("anthropic"))
                .build()
                .complete(request(50));
        assertThat(day("provider:openai").spentMicros()).isEqualTo(INPUT * 100);
        assertThat(day("provider:anthropic").spentMicros()).isEqualTo(3000);
        assertThat(day("agent:planner").spentMicros()).isEqualTo(INPUT * 100 + 3000);
    }

    @Test
    void target_thatIsFree_isAskedWithoutAReservationHoweverLittleIsLeft() {
        rig.ollama.text("free");
        assertThat(gateway(agents("0"))
                        .build()
                        .complete(request(50).withTarget("ollama", null))
                        .text())
                .isEqualTo("free");
        assertThat(state.reservations()).isZero();
    }

    @Test
    void model_withoutAPrice_goesThroughAndIsToldOnce() {
        rig.openai.text("ok");
        LLMGateway gateway = gateway(agents("0")).build();
        try (LogCapture log = LogCapture.start()) {
            for (int i = 0; i < 3; i++) {
                gateway.complete(request(50).withTarget(null, "new-1"));
            }
            gateway.complete(request(50).withTarget(null, "new-2"));
            assertThat(log.records().stream().filter(line -> line.contains("budget_unpriced")))
                    .hasSize(2);
        }
        assertThat(state.reservations()).isZero();
    }

    @Test
    void model_withoutAPrice_isRefusedWhereThePolicySaysSo() {
        rig.openai.text("never");
        LLMGateway gateway = gateway(agents("1").unpriced(Unpriced.REFUSE)).build();
        InferenceException refused = failing(gateway, request(50).withTarget(null, "new-1"));
        assertThat(refused.category()).isEqualTo(ErrorCategory.BUDGET_EXCEEDED);
        assertThat(refused.code()).contains("unpriced_model");
        assertThat(refused).hasMessageContaining("agent planner").hasMessageContaining("new-1");
        assertThat(rig.openai.seen()).isEmpty();
    }

    @Test
    void cancel_whileTheReservationIsInTheAir_givesItBackAndSendsNothing() {
        rig.openai.text("never");
        state.hold();
        InferenceStream<?> stream = gateway(agents("1")).build().completeStream(request(50));
        Reader<?> reader = Reader.of(stream);
        reader.subscription.cancel();
        state.goOn();
        assertThat(state.reservations()).isEqualTo(1);
        assertThat(day("agent:planner").reservedMicros()).isZero();
        assertThat(day("agent:planner").spentMicros()).isZero();
        assertThat(rig.openai.seen()).isEmpty();
    }

    @Test
    void state_thatCannotReserve_failsTheCallAndSendsNothing() {
        rig.openai.text("never");
        state.close();
        InferenceException refused = failing(gateway(agents("1")).build(), request(50));
        assertThat(refused.category()).isEqualTo(ErrorCategory.REJECTED);
        assertThat(rig.openai.seen()).isEmpty();
    }

    @Test
    void name_ofAnyLength_hasAnAccount() {
        rig.openai.text("ok");
        String longest = "a".repeat(5000);
        gateway(agents("1")).build().complete(request(50).withAgent(longest));
        assertThat(state.reservations()).isEqualTo(1);
    }

    // Vectors

    private static GatewayEmbedding vectors() {
        return new GatewayEmbedding(EmbeddingRequest.of("three bytes a token"), null, null, "planner", "");
    }

    private static EmbeddingResult vector(Target target, Usage usage) {
        return new EmbeddingResult(List.of(new float[] {1}), usage, target, null);
    }

    @Test
    void embedding_isReservedAndSettledWithWhatTheBackendSaid() {
        rig.openai.embeddings((target, request) -> {
            assertThat(day("agent:planner").reservedMicros()).isEqualTo(800);
            return vector(
                    target, Usage.builder().inputUncached(TokenCount.known(4)).build());
        });
        LLMGateway gateway = gateway(agents("1")).build();
        gateway.embed(vectors(), gateway.newCall()).join();
        assertThat(day("agent:planner").spentMicros()).isEqualTo(400);
        assertThat(day("agent:planner").reservedMicros()).isZero();
    }

    @Test
    void embedding_withoutRoom_isRefused() {
        rig.openai.embeddings((target, request) -> vector(target, Usage.absent()));
        LLMGateway gateway = gateway(agents("0.0007")).build();
        CompletableFuture<EmbeddingResult> answer = gateway.embed(vectors(), gateway.newCall());
        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .withMessageContaining("agent planner");
        assertThat(rig.openai.embedded()).isEmpty();
    }

    @Test
    void embedding_cancelledWhileTheReservationIsInTheAir_givesItBack() {
        rig.openai.embeddings((target, request) -> vector(target, Usage.absent()));
        state.hold();
        LLMGateway gateway = gateway(agents("1")).build();
        CompletableFuture<EmbeddingResult> answer = gateway.embed(vectors(), gateway.newCall());
        answer.cancel(false);
        state.goOn();
        assertThat(state.reservations()).isEqualTo(1);
        assertThat(day("agent:planner").reservedMicros()).isZero();
        assertThat(rig.openai.embedded()).isEmpty();
    }

    @Test
    @Tag("fault-57")
    void reservation_ofAProcessThatDied_endsAfterTheCallsDeadline() {
        rig.openai.events(text("a"));
        Reader.of(gateway(agents("1")).build().completeStream(request(50)));
        rig.time.advance(Duration.ofMinutes(14));
        assertThat(day("agent:planner").reservedMicros()).isPositive();
        rig.time.advance(Duration.ofMinutes(2));
        assertThat(day("agent:planner").reservedMicros()).isZero();
    }
}
