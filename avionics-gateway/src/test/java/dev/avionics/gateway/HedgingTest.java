package dev.avionics.gateway;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static dev.avionics.gateway.GatewayRig.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Source;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HedgingTest {
    /** Every call may have its extra one. */
    private static final HedgeRules RULES = HedgeRules.DEFAULT.withShare(1).withInitial(Duration.ofSeconds(2));

    private final GatewayRig rig = new GatewayRig();
    private final List<CallLedger> ledgers = new ArrayList<>();
    /** How long attempts at the first provider take. */
    private Duration slow = Duration.ZERO;

    @AfterEach
    void close() {
        assertThat(rig.time.pendingTasks()).isZero();
        rig.close();
    }

    private GatewayBuilder builder(HedgeRules rules, String... targets) {
        return rig.gateway()
                .breaker(false)
                .fallback(to(targets))
                .hedging(rules)
                .layer(LayerOrder.OBSERVE, new GatewayLayer() {
                    @Override
                    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
                        ledgers.add(call.ledger());
                        return next.infer(request, call);
                    }
                });
    }

    /** Attempts at the first provider that take their time, and have read ten tokens when they are given up. */
    private GatewayBuilder withSlowFirst(HedgeRules rules, String... targets) {
        return builder(rules, targets).attemptLayer(LayerOrder.BUDGET, new AttemptLayer() {
            @Override
            public InferenceStream<InferenceEvent> infer(
                    GatewayAttempt attempt, InferenceRequest request, GatewayCall call, Next next) {
                return attempt.provider().equals(GatewayRig.OPENAI)
                        ? InferenceStream.from(call.context(), new Late(attempt))
                        : next.infer(attempt, request, call);
            }
        });
    }

    /** One text after the time, in a source that knows what it cost. */
    private final class Late implements Source {
        private final GatewayAttempt attempt;
        private dev.avionics.airframe.call.Scheduler.Handle timer;

        Late(GatewayAttempt attempt) {
            this.attempt = attempt;
        }

        @Override
        public void start(Sink sink) {
            sink.event(new InferenceEvent.Started(attempt.target(), 1, RateLimitInfo.none(), List.of()));
            timer = rig.time.schedule(
                    () -> {
                        sink.event(text("slow"));
                        sink.event(ScriptedAdapter.completed(FinishReason.STOP, 1));
                    },
                    slow);
        }

        @Override
        public void request(long n) {}

        @Override
        public void cancel(CancelReason why) {
            timer.cancel();
        }

        @Override
        public Usage usageSoFar() {
            return Usage.builder().inputUncached(TokenCount.known(10)).build();
        }
    }

    private Reader<InferenceEvent> read(LLMGateway gateway) {
        return Reader.of(gateway.infer(GatewayRequest.of("hi"), rig.airframe.newCall()));
    }

    private static String textOf(Reader<InferenceEvent> reader) {
        StringBuilder all = new StringBuilder();
        for (InferenceEvent event : reader.got) {
            if (event instanceof InferenceEvent.TextDelta delta) {
                all.append(delta.text());
            }
        }
        return all.toString();
    }

    private static Capabilities nothing() {
        return Capabilities.unknown().no(Feature.CHAT);
    }

    @Test
    void target_thatTakesLong_isHelpedByASecond_whoseAnswerWins() {
        rig.openai.events();
        rig.anthropic.events(text("a"), text("b"), ScriptedAdapter.completed(FinishReason.STOP, 2));
        LLMGateway gateway = builder(RULES, "anthropic").build();
        Reader<InferenceEvent> reader = read(gateway);
        rig.time.advance(Duration.ofMillis(1999));
        assertThat(rig.anthropic.seen()).isEmpty();
        rig.time.advance(Duration.ofMillis(1));
        assertThat(reader.complete).isTrue();
        assertThat(reader.got)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Started", "TextDelta", "TextDelta", "Completed");
        assertThat(((InferenceEvent.Started) reader.got.get(0)).attempts()).isEqualTo(2);
        assertThat(((InferenceEvent.Started) reader.got.get(0)).target().model())
                .isEqualTo("claude-sonnet-4-6");
        assertThat(rig.openai.cancelled()).isEqualTo(1);
        assertThat(gateway.stats().fallbacks()).isEqualTo(1);
    }

    @Test
    void target_thatIsInTime_runsAlone() {
        rig.openai.text("fast");
        rig.anthropic.text("never");
        Reader<InferenceEvent> reader = read(builder(RULES, "anthropic").build());
        rig.time.advance(Duration.ofMinutes(1));
        assertThat(textOf(reader)).isEqualTo("fast");
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void loser_isGivenUp_andItsCostIsBooked() {
        slow = Duration.ofSeconds(10);
        rig.anthropic.text("fast");
        Reader<InferenceEvent> reader = read(withSlowFirst(RULES, "anthropic").build());
        rig.time.advance(Duration.ofSeconds(2));
        assertThat(textOf(reader)).isEqualTo("fast");
        assertThat(ledgers.get(0).entries()).hasSize(2);
        CallLedger.Entry loser = ledgers.get(0).entries().get(0);
        assertThat(loser.attempt().provider()).isEqualTo("openai");
        assertThat(loser.cancelled()).isEqualTo(CancelReason.SUPERSEDED);
        assertThat(loser.usage().inputTotal().value()).isEqualTo(10);
        assertThat(loser.cost().usd()).isPositive();
        assertThat(ledgers.get(0).running().orElseThrow().provider()).isEqualTo("anthropic");
    }

    @Test
    void first_thatIsFasterAfterAll_wins_andTheSecondIsGivenUp() {
        slow = Duration.ofSeconds(3);
        rig.anthropic.events();
        Reader<InferenceEvent> reader = read(withSlowFirst(RULES, "anthropic").build());
        rig.time.advance(Duration.ofSeconds(3));
        assertThat(textOf(reader)).isEqualTo("slow");
        assertThat(reader.complete).isTrue();
        assertThat(rig.anthropic.cancelled()).isEqualTo(1);
        assertThat(ledgers.get(0).entries())
                .extracting(entry -> entry.attempt().provider(), CallLedger.Entry::succeeded)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("anthropic", false),
                        org.assertj.core.groups.Tuple.tuple("openai", true));
        assertThat(ledgers.get(0).running().orElseThrow().provider()).isEqualTo("openai");
    }

    @Test
    void second_thatFails_leavesTheFirstToItself() {
        slow = Duration.ofSeconds(3);
        rig.anthropic.fails(failure(ErrorCategory.OVERLOADED));
        rig.ollama.text("never");
        Reader<InferenceEvent> reader =
                read(withSlowFirst(RULES, "anthropic", "ollama").build());
        rig.time.advance(Duration.ofSeconds(3));
        assertThat(textOf(reader)).isEqualTo("slow");
        assertThat(rig.anthropic.seen()).hasSize(1);
        assertThat(rig.ollama.seen()).isEmpty();
    }

    @Test
    void arms_thatBothFail_areTwoAttempts_andTheCallGoesOnByTheTable() {
        rig.openai.events();
        rig.anthropic.fails(failure(ErrorCategory.OVERLOADED));
        rig.ollama.text("third");
        Reader<InferenceEvent> reader =
                read(builder(RULES, "anthropic", "ollama").build());
        // The second fails after 2 s; the first is left after 15 s without content.
        rig.time.advance(Duration.ofSeconds(15));
        assertThat(textOf(reader)).isEqualTo("third");
        assertThat(((InferenceEvent.Started) reader.got.get(0)).attempts()).isEqualTo(3);
        assertThat(rig.openai.seen()).hasSize(1);
        assertThat(rig.anthropic.seen()).hasSize(1);
    }

    @Test
    void secondAttempt_countsAgainstTheAllowance() {
        rig.openai.events();
        rig.anthropic.fails(failure(ErrorCategory.OVERLOADED));
        rig.ollama.text("never");
        Reader<InferenceEvent> reader = read(builder(RULES, "anthropic", "ollama")
                .retryPolicy(RetryPolicy.DEFAULT.withMaxRetries(1))
                .build());
        rig.time.advance(Duration.ofSeconds(15));
        assertThat(reader.error).isInstanceOfSatisfying(AllProvidersFailedException.class, error -> {
            assertThat(error.attempts()).isEqualTo(2);
            assertThat(error.causes()).hasSize(2);
        });
        assertThat(rig.ollama.seen()).isEmpty();
    }

    @Test
    void call_thatMayNotBeTriedAgain_isNotHedged() {
        rig.openai.events();
        rig.anthropic.text("never");
        Reader<InferenceEvent> reader =
                read(builder(RULES, "anthropic").retryPolicy(RetryPolicy.NEVER).build());
        rig.time.advance(Duration.ofSeconds(10));
        assertThat(rig.anthropic.seen()).isEmpty();
        reader.subscription.cancel();
    }

    @Test
    void target_thatCannotServeTheCall_isNotTheSecond() {
        rig.openai.events();
        rig.anthropic.capabilities(nothing());
        rig.ollama.text("able");
        Reader<InferenceEvent> reader =
                read(builder(RULES, "anthropic", "ollama").build());
        rig.time.advance(Duration.ofSeconds(2));
        assertThat(textOf(reader)).isEqualTo("able");
    }

    @Test
    void extraCalls_areNoMoreThanTheirShare() {
        rig.openai.events();
        rig.anthropic.text("second");
        LLMGateway gateway = builder(HedgeRules.DEFAULT, "anthropic").build();
        int hedged = 0;
        for (int call = 1; call <= 200; call++) {
            Reader<InferenceEvent> reader = read(gateway);
            rig.time.advance(Duration.ofSeconds(10));
            hedged += reader.complete ? 1 : 0;
            reader.subscription.cancel();
            assertThat(rig.anthropic.seen().size()).isLessThanOrEqualTo(call / 10);
        }
        assertThat(hedged).isEqualTo(20);
    }

    @Test
    void unusedShare_isKeptForTenExtraCalls() {
        Hedging hedging = new Hedging(HedgeRules.DEFAULT, rig.time, rig.time);
        for (int i = 0; i < 1000; i++) {
            hedging.call();
        }
        int taken = 0;
        while (hedging.take()) {
            taken++;
        }
        assertThat(taken).isEqualTo(10);
    }

    @Test
    void wait_isTheUsualTimeOfTheTarget_withinItsBounds() {
        Hedging hedging = new Hedging(RULES, rig.time, rig.time);
        GatewayTarget target = GatewayTarget.parse("openai/gpt-4o");
        assertThat(hedging.delay(target)).isEqualTo(Duration.ofSeconds(2));
        for (int i = 1; i <= 20; i++) {
            hedging.sample(target, Duration.ofMillis(100L * i).toNanos());
        }
        assertThat(hedging.delay(target)).isEqualTo(Duration.ofMillis(1900));
        assertThat(hedging.delay(GatewayTarget.of("other"))).isEqualTo(Duration.ofSeconds(2));
        for (int i = 0; i < 200; i++) {
            hedging.sample(target, Duration.ofMillis(1).toNanos());
        }
        assertThat(hedging.delay(target)).isEqualTo(Duration.ofMillis(50));
        for (int i = 0; i < 200; i++) {
            hedging.sample(target, Duration.ofMinutes(1).toNanos());
        }
        assertThat(hedging.delay(target)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void wait_isLearnedFromCalls_alsoFromThoseThatWereGivenUp() {
        slow = Duration.ofMillis(100);
        rig.anthropic.text("second");
        LLMGateway gateway =
                withSlowFirst(RULES.withLeastSamples(20), "anthropic").build();
        for (int i = 0; i < 20; i++) {
            Reader<InferenceEvent> reader = read(gateway);
            rig.time.advance(Duration.ofMillis(100));
            assertThat(textOf(reader)).isEqualTo("slow");
        }
        slow = Duration.ofSeconds(30);
        Reader<InferenceEvent> reader = read(gateway);
        rig.time.advance(Duration.ofMillis(100));
        assertThat(textOf(reader)).isEqualTo("second");
    }

    @Test
    void reader_thatLeaves_cancelsBoth() {
        rig.openai.events();
        rig.anthropic.events();
        Reader<InferenceEvent> reader = read(builder(RULES, "anthropic").build());
        rig.time.advance(Duration.ofSeconds(2));
        reader.subscription.cancel();
        assertThat(rig.openai.cancelled()).isEqualTo(1);
        assertThat(rig.anthropic.cancelled()).isEqualTo(1);
        assertThat(ledgers.get(0).entries())
                .extracting(CallLedger.Entry::cancelled)
                .containsExactly(CancelReason.CALLER, CancelReason.CALLER);
    }

    @Test
    void reader_thatLeavesBeforeTheSecond_cancelsTheFirstAndTheWait() {
        rig.openai.events();
        rig.anthropic.text("never");
        Reader<InferenceEvent> reader = read(builder(RULES, "anthropic").build());
        rig.time.advance(Duration.ofSeconds(1));
        reader.subscription.cancel();
        rig.time.advance(Duration.ofMinutes(1));
        assertThat(rig.anthropic.seen()).isEmpty();
        assertThat(rig.openai.cancelled()).isEqualTo(1);
    }

    @Test
    void first_thatFails_isFollowedAtOnce_asWithoutHedging() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.anthropic.text("next");
        Reader<InferenceEvent> reader = read(builder(RULES, "anthropic").build());
        assertThat(textOf(reader)).isEqualTo("next");
    }

    @Test
    void winner_thatBreaksOff_goesOnElsewhere_withItsOwnTextOnly() {
        Capabilities goesOn = Capabilities.unknown().yes(Feature.CONTINUE_TEXT);
        rig.openai.events();
        rig.anthropic.fails(failure(ErrorCategory.CONNECTION), text("a"));
        rig.ollama.capabilities(goesOn).events(text("b"), ScriptedAdapter.completed(FinishReason.STOP, 1));
        LLMGateway gateway = builder(RULES, "anthropic", "ollama")
                .fallback(to("anthropic", "ollama").withAfterCommit(AfterCommit.CONTINUE))
                .build();
        Reader<InferenceEvent> reader = read(gateway);
        rig.time.advance(Duration.ofSeconds(2));
        assertThat(textOf(reader)).isEqualTo("ab");
        assertThat(rig.ollama.seen().get(0).request().messages().get(1).text()).isEqualTo("a");
        assertThat(ledgers.get(0).entries()).hasSize(3);
    }
}
