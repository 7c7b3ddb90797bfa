package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static dev.avionics.testkit.engine.LineProtocol.headers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.Failure;
import dev.avionics.airframe.call.RandomSource;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.error.RetryRule;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.testkit.http.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is tried again beyond the table: keys, facts, allowance, budget, waits, and who is told. */
class AttemptsTest {
    private static final Script GOOD = Script.reply(200).bytes(data("text hi", "finish stop", "[DONE]"));
    private static final Target A = Rig.target("a", Billing.METERED);

    private static Script error(int status, String... headers) {
        return Script.reply(status, headers(headers)).bytes("no").end();
    }

    /** Gives keys in turn, the next one after a refusal. */
    private static final class Keys implements CredentialSource {
        private final List<Credential> keys = new ArrayList<>();
        private final List<Credential> refused = new ArrayList<>();

        Keys(String... secrets) {
            for (String secret : secrets) {
                keys.add(Credential.key(Secret.of(secret)));
            }
        }

        @Override
        public CompletionStage<Credential> credential() {
            return CompletableFuture.completedFuture(keys.get(0));
        }

        @Override
        public boolean rejected(Credential credential) {
            refused.add(credential);
            return keys.size() > 1 && keys.remove(credential);
        }
    }

    private static List<String> keysSent(Rig rig) {
        return rig.transport.exchanges().stream()
                .map(e -> e.call().headers().get("authorization"))
                .toList();
    }

    @Test
    void unauthorized_withAnotherKey_isTriedOnceAtOnce() {
        Rig rig = new Rig();
        Keys keys = new Keys("one", "two", "three");
        rig.transport.otherwise(call -> error(401));
        Reader reader = rig.toEnd(rig.read(Rig.target("a", Billing.METERED, keys)));

        assertThat(keysSent(rig)).containsExactly("Bearer one", "Bearer two");
        assertThat(rig.log.waits).isEmpty();
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.AUTHENTICATION);
        assertThat(reader.failure().remedy()).isEqualTo(InferenceException.Remedy.OTHER_CREDENTIAL);
        rig.assertQuiet();
    }

    @Test
    void unauthorized_secondKeyIsRight_answers() {
        Rig rig = new Rig();
        rig.transport.then(error(401, "x-should-retry", "false")).then(GOOD);
        Reader reader = rig.read(Rig.target("a", Billing.METERED, new Keys("one", "two")));

        assertThat(reader.text()).isEqualTo("hi");
        assertThat(keysSent(rig)).containsExactly("Bearer one", "Bearer two");
        rig.assertQuiet();
    }

    @Test
    void unauthorized_otherTargetWithTheSameKeys_isNotTried() {
        for (boolean same : new boolean[] {true, false}) {
            Rig rig = new Rig();
            Keys keys = new Keys("one");
            Target a = Rig.target("a", Billing.METERED, keys);
            Target b = Rig.target("b", Billing.METERED, same ? keys : new Keys("other"));
            rig.transport.then(error(401)).otherwise(call -> GOOD);
            Reader reader = rig.read(always(a, b));

            assertThat(rig.transport.hosts()).hasSize(same ? 1 : 2);
            assertThat(reader.completed).isEqualTo(!same);
            rig.assertQuiet();
        }
    }

    @Test
    void credentialSource_thatThrowsWhenToldOfARefusal_failsTheCallOnce() {
        Rig rig = new Rig();
        rig.transport.then(error(401));
        CredentialSource broken = new CredentialSource() {
            @Override
            public CompletionStage<Credential> credential() {
                return CompletableFuture.completedFuture(Credential.NONE);
            }

            @Override
            public boolean rejected(Credential credential) {
                throw new IllegalStateException("broken");
            }
        };
        Reader reader = rig.read(Rig.target("a", Billing.METERED, broken));

        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.AUTHENTICATION);
        rig.assertQuiet();
    }

    /** Goes to the next target whatever the rules say, else back to the first. */
    private static AttemptPlan always(Target first, Target second) {
        return plan(first, last -> Optional.of(Attempt.at(second)));
    }

    private static AttemptPlan plan(Target first, Function<Failure, Optional<Attempt>> next) {
        return new AttemptPlan() {
            @Override
            public Attempt first() {
                return Attempt.at(first);
            }

            @Override
            public Optional<Attempt> next(Failure last) {
                return next.apply(last);
            }
        };
    }

    @Test
    void conditionalRules_areLeftToThePlan() {
        for (String body : List.of("context", "filter")) {
            Rig rig = new Rig();
            List<Failure> told = new ArrayList<>();
            rig.transport.then(Script.answer(400, body)).then(GOOD);
            Reader reader = rig.read(plan(A, last -> {
                told.add(last);
                return Optional.of(Attempt.at(Rig.target("b", Billing.METERED)));
            }));

            assertThat(told).singleElement().satisfies(f -> {
                assertThat(f.otherAllowed()).isFalse();
                assertThat(f.sameAllowed()).isFalse();
                assertThat(f.rule().other())
                        .isEqualTo(body.equals("context") ? RetryRule.Other.LARGER_WINDOW : RetryRule.Other.POLICY);
            });
            assertThat(reader.completed).isTrue();
            rig.assertQuiet();
        }
    }

    @Test
    void plan_thatGoesAgainstTheRules_isStopped() {
        Rig rig = new Rig();
        rig.transport.otherwise(call -> error(400));
        Reader here = rig.read(plan(A, last -> Optional.of(Attempt.at(A))));
        Reader there = rig.read(always(A, Rig.target("b", Billing.METERED)));

        assertThat(here.failure().attempts()).isEqualTo(1);
        assertThat(there.failure().attempts()).isEqualTo(1);
        assertThat(rig.transport.hosts()).containsExactly("a.test", "a.test");
        rig.assertQuiet();
    }

    @Test
    void plan_thatDoesNotWait_waitsAllTheSame() {
        Rig rig = new Rig();
        rig.transport.then(error(429, "retry-after", "2")).then(GOOD);
        Reader reader = rig.toEnd(rig.read(plan(A, last -> Optional.of(Attempt.at(A)))));

        assertThat(reader.completed).isTrue();
        assertThat(rig.transport.exchange(1).at()).isEqualTo(Duration.ofSeconds(2));
        rig.assertQuiet();
    }

    @Test
    void plan_thatThrows_failsTheCallWithTheAttemptsError() {
        Rig rig = new Rig();
        rig.transport.then(error(503));
        Reader reader = rig.read(plan(A, last -> {
            throw new AssertionError("broken plan");
        }));

        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.OVERLOADED);
        assertThat(reader.failure().getSuppressed())
                .singleElement()
                .satisfies(e -> assertThat(e).hasMessage("broken plan"));
        rig.assertQuiet();
    }

    @Test
    void plan_thatThrowsAtOnce_failsTheCallAndNotItsMaker() {
        Rig rig = new Rig();
        AttemptPlan broken = new AttemptPlan() {
            @Override
            public Attempt first() {
                throw new IllegalStateException("no target");
            }

            @Override
            public Optional<Attempt> next(Failure last) {
                return Optional.empty();
            }
        };
        assertThat(rig.read(broken).failure().origin()).isEqualTo(ErrorOrigin.US);
        CompletableFuture<String> value =
                rig.attempts().value(rig.context, rig.protocol.timeouts, broken, (a, c) -> new CompletableFuture<>());
        assertThat(value).isCompletedExceptionally();
        rig.assertQuiet();
    }

    @Test
    void learnedFact_isTriedOnceAndKeptForAnHour() {
        Rig rig = new Rig();
        rig.transport.then(Script.answer(400, "learn no-max")).otherwise(call -> GOOD);
        assertThat(rig.read(A).completed).isTrue();
        assertThat(rig.transport.exchanges()).hasSize(2);
        assertThat(rig.log.waits).isEmpty();
        assertThat(rig.read(A).completed).isTrue();
        Target otherModel = new Target(A.endpoint(), "n");
        assertThat(rig.read(otherModel).completed).isTrue();
        rig.time.advance(Duration.ofHours(1));
        assertThat(rig.read(A).completed).isTrue();

        assertThat(rig.protocol.learnedSeen)
                .containsExactly(Set.of(), Set.of("no-max"), Set.of("no-max"), Set.of(), Set.of());
        rig.assertQuiet();
    }

    @Test
    void learnedFacts_oneAfterTheOther_areTriedOncePerCall() {
        Rig rig = new Rig();
        rig.transport
                .then(Script.answer(400, "learn a"))
                .then(Script.answer(400, "learn b"))
                .then(GOOD);
        assertThat(rig.read(A).failure().attempts()).isEqualTo(2);
        assertThat(rig.read(A).completed).isTrue();
        assertThat(rig.protocol.learnedSeen).containsExactly(Set.of(), Set.of("a"), Set.of("a", "b"));
        rig.assertQuiet();
    }

    @Test
    void learnedFact_thatDidNotHelp_isNotTriedAgain() {
        Rig rig = new Rig();
        rig.transport.otherwise(call -> Script.answer(400, "learn a"));
        assertThat(rig.read(A).failure().attempts()).isEqualTo(2);
        assertThat(rig.read(A).failure().attempts()).isEqualTo(1);
        rig.assertQuiet();
    }

    @Test
    void learnedFact_ofTwoCallsAtOnce_helpsBoth() {
        Rig rig = new Rig();
        Script slow = Script.begin()
                .connected()
                .sent()
                .after(Duration.ofSeconds(1))
                .head(400, headers())
                .bytes("learn a")
                .end();
        rig.transport.then(2, slow).otherwise(call -> GOOD);
        Reader one = rig.read(A);
        Reader two = rig.read(A);
        rig.time.advance(Duration.ofSeconds(1));

        assertThat(one.completed).isTrue();
        assertThat(two.completed).isTrue();
        rig.assertQuiet();
    }

    @Test
    void learnedFacts_areBounded() {
        Rig rig = new Rig();
        rig.policy = RetryPolicy.NEVER;
        int[] number = {0};
        rig.transport.otherwise(call -> Script.answer(400, "learn fact-" + number[0]++));
        for (int i = 0; i < 100; i++) {
            rig.read(A);
        }
        assertThat(rig.protocol.learnedSeen.get(99)).hasSize(64);
        rig.assertQuiet();
    }

    @Test
    void learnedFact_withShouldRetryFalse_isTriedBecauseTheRequestIsAnother() {
        Rig rig = new Rig();
        rig.transport
                .then(Script.reply(400, headers("x-should-retry", "false"))
                        .bytes("learn a")
                        .end())
                .then(GOOD);
        assertThat(rig.read(A).completed).isTrue();
        rig.assertQuiet();
    }

    @Test
    void allowance_isOnePerCallWhateverTheTargets() {
        Rig rig = new Rig();
        rig.transport.otherwise(call -> error(503));
        Target[] many = new Target[10];
        for (int i = 0; i < many.length; i++) {
            many[i] = Rig.target("t" + i, Billing.FREE);
        }
        assertThat(rig.toEnd(rig.read(Rig.inTurn(many))).failure().attempts()).isEqualTo(4);
        assertThat(rig.transport.exchanges()).hasSize(4);
        rig.assertQuiet();
    }

    @Test
    void maxRetriesZero_isOneAttempt() {
        Rig rig = new Rig();
        rig.policy = RetryPolicy.DEFAULT.withMaxRetries(0);
        rig.transport.otherwise(call -> error(503));
        assertThat(rig.read(Rig.inTurn(A, Rig.target("b", Billing.FREE)))
                        .failure()
                        .attempts())
                .isEqualTo(1);
        assertThatThrownBy(() -> RetryPolicy.DEFAULT.withMaxRetries(-1)).isInstanceOf(IllegalArgumentException.class);
        rig.assertQuiet();
    }

    @Test
    void uncertain_isOncePerCall_amongOtherFailures() {
        Rig rig = new Rig();
        rig.transport.then(error(503)).then(error(500)).then(error(502)).then(GOOD);
        Reader reader = rig.toEnd(rig.read(A));

        assertThat(rig.transport.exchanges()).hasSize(3);
        assertThat(reader.failure().status()).hasValue(502);
        rig.assertQuiet();
    }

    @Test
    void uncertain_onAFreeTarget_leavesTheOneOfTheMeteredTarget() {
        Rig rig = new Rig();
        rig.transport.then(error(500)).then(error(500)).then(GOOD);
        Reader reader =
                rig.toEnd(rig.read(Rig.inTurn(Rig.target("a", Billing.FREE), Rig.target("b", Billing.METERED))));

        assertThat(rig.transport.hosts()).containsExactly("a.test", "b.test", "b.test");
        assertThat(reader.completed).isTrue();
        rig.assertQuiet();
    }

    @Test
    void outage_ofAThousandCallers_isNotAnsweredWithAStorm() {
        for (Script down : List.of(
                error(503), Script.unreachable("connect"), Script.reply(200).bytes(data("bad")))) {
            Rig rig = new Rig();
            rig.random = RandomSource.seeded(7);
            rig.transport.otherwise(call -> down);
            List<Reader> readers = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                readers.add(rig.read(Rig.target("a", Billing.FREE)));
                rig.time.advance(Duration.ofMillis(10));
            }
            readers.forEach(rig::toEnd);
            assertThat(rig.transport.exchanges().size() / 1000.0).isBetween(1.05, 1.2);
            rig.assertQuiet();
        }
    }

    @Test
    void staleConnections_ofAThousandCallers_areAllMadeGood() {
        Rig rig = new Rig();
        Script stale = Script.begin().connected().after(Duration.ofMillis(1)).fail("eof", Sent.STALE);
        rig.transport.then(1000, stale).otherwise(call -> GOOD);
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            readers.add(rig.read(A));
        }
        rig.time.advance(Duration.ofMillis(1));
        assertThat(readers).allMatch(r -> r.completed);
        rig.assertQuiet();
    }

    @Test
    void emptyBudget_thePlanIsToldAndMayGoElsewhere() {
        Rig rig = new Rig();
        rig.transport.otherwise(call -> call.uri().getHost().startsWith("b") ? GOOD : error(503));
        for (int i = 0; i < 10; i++) {
            rig.toEnd(rig.read(A));
        }
        List<Boolean> same = new ArrayList<>();
        Reader reader = rig.read(plan(A, last -> {
            same.add(last.sameAllowed());
            return Optional.of(Attempt.at(Rig.target("b", Billing.METERED)));
        }));
        assertThat(same).containsExactly(false);
        assertThat(reader.completed).isTrue();
        rig.assertQuiet();
    }

    @Test
    void budget_isNotTouchedByAPlanThatGoesElsewhere() {
        Rig rig = new Rig();
        rig.transport.otherwise(call -> call.uri().getHost().startsWith("b") ? GOOD : error(503));
        for (int i = 0; i < 100; i++) {
            assertThat(rig.read(Rig.inTurn(A, Rig.target("b", Billing.METERED))).completed)
                    .isTrue();
        }
        // The purse of the first target is full: its own retries are all there.
        assertThat(rig.toEnd(rig.read(A)).failure().attempts()).isEqualTo(4);
        rig.assertQuiet();
    }

    @Test
    void fullJitter_staysWithinItsBounds() {
        RandomSource random = RandomSource.seeded(3);
        for (int retry = 1; retry < 40; retry++) {
            long full = (long) Math.min(8e9, 100e6 * Math.pow(2, retry - 1));
            long least = Long.MAX_VALUE;
            long most = 0;
            for (int i = 0; i < 200; i++) {
                long wait = RetryPolicy.DEFAULT
                        .backOff(retry, false, random.nextDouble())
                        .toNanos();
                assertThat(wait).isBetween(0L, full);
                least = Math.min(least, wait);
                most = Math.max(most, wait);
            }
            assertThat(least).isLessThan(full / 10);
            assertThat(most).isGreaterThan(full / 10 * 9);
        }
        assertThat(RetryPolicy.DEFAULT.backOff(1, true, 1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(RetryPolicy.DEFAULT.backOff(9, true, 1)).isEqualTo(Duration.ofSeconds(8));
    }

    @Test
    void additiveJitter_waitsAreTheComputedList() {
        Rig rig = new Rig();
        rig.random = RandomSource.seeded(11);
        rig.policy = RetryPolicy.additiveJitter(5, Duration.ofSeconds(1), Duration.ofSeconds(6));
        rig.transport.otherwise(call -> error(503));
        rig.toEnd(rig.read(Rig.target("a", Billing.FREE)));

        RandomSource again = RandomSource.seeded(11);
        List<Duration> expected = new ArrayList<>();
        for (int attempt = 0; attempt < 5; attempt++) {
            double seconds = Math.min(Math.pow(2, attempt) + again.nextDouble(), 6);
            expected.add(Duration.ofNanos((long) (seconds * 1e9)));
        }
        assertThat(rig.log.waits).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(rig.log.waits.get(i)).isCloseTo(expected.get(i), Duration.ofNanos(1000));
            assertThat(rig.log.waits.get(i)).isLessThanOrEqualTo(Duration.ofSeconds(6));
        }
        rig.assertQuiet();
    }

    @Test
    void failures_areKeptInOrderBehindTheLast() {
        Rig rig = new Rig();
        rig.transport
                .then(error(503, "x-request-id", "r1"))
                .then(Script.unreachable("connect"))
                .then(error(529, "x-request-id", "r3"))
                .then(error(400, "x-request-id", "r4"));
        InferenceException last = rig.toEnd(rig.read(A)).failure();

        assertThat(last.requestId()).contains("r4");
        assertThat(last.status()).hasValue(400);
        assertThat(last.attempts()).isEqualTo(4);
        assertThat(last.getSuppressed())
                .extracting(e -> ((InferenceException) e).category())
                .containsExactly(ErrorCategory.OVERLOADED, ErrorCategory.CONNECTION, ErrorCategory.OVERLOADED);
        assertThat(((InferenceException) last.getSuppressed()[0]).requestId()).contains("r1");
        rig.assertQuiet();
    }

    @Test
    void usage_ofAllAttempts_isInTheOutcomeOfAFailure() {
        Rig rig = new Rig();
        Script cut = Script.reply(200).bytes(data("usage 7 5")).end();
        rig.transport.then(cut).then(cut);
        Reader reader = rig.toEnd(rig.read(A));

        assertThat(reader.outcome.usage().inputTotal().value()).isEqualTo(14);
        assertThat(reader.outcome.usage().outputTotal().value()).isEqualTo(10);
        rig.assertQuiet();
    }

    @Test
    void observer_isToldEverythingInOrder() {
        Rig rig = new Rig();
        rig.transport.then(error(503)).then(GOOD);
        rig.toEnd(rig.read(A));

        assertThat(rig.log.lines)
                .containsExactly(
                        "start 1 a", "failed 1 a OVERLOADED", "wait 2 50", "start 2 a", "commit 2 a", "end Done");
        rig.assertQuiet();
    }

    /** Throws whatever it is told. */
    private static final CallObserver THROWS = new CallObserver() {
        @Override
        public void attemptStarted(int number, Target target) {
            throw new IllegalStateException("observer");
        }

        @Override
        public void attemptFailed(int number, Target target, InferenceException why) {
            throw new AssertionError("observer");
        }

        @Override
        public void waiting(int number, Duration time, InferenceException why) {
            throw new IllegalStateException("observer");
        }

        @Override
        public void committed(int number, Target target) {
            throw new IllegalStateException("observer");
        }

        @Override
        public void malformedFrame(String excerpt) {
            throw new IllegalStateException("observer");
        }

        @Override
        public void warning(String event, String detail) {
            throw new IllegalStateException("observer");
        }

        @Override
        public void ended(Outcome outcome) {
            throw new AssertionError("observer");
        }
    };

    @Test
    void observer_thatThrows_hasNoEffect() {
        Rig rig = new Rig();
        rig.context = CallContext.create(Delivery.TRANSPORT)
                .observedBy(THROWS.and(rig.log))
                .withLenientFrames();
        rig.transport.then(error(503)).then(Script.reply(200).bytes(data("bad", "text hi", "finish stop", "[DONE]")));
        Reader reader = rig.toEnd(rig.read(A));

        assertThat(reader.text()).isEqualTo("hi");
        assertThat(reader.completed).isTrue();
        assertThat(rig.log.lines)
                .containsExactly(
                        "start 1 a",
                        "failed 1 a OVERLOADED",
                        "wait 2 50",
                        "start 2 a",
                        "malformed bad",
                        "commit 2 a",
                        "end Done");
        rig.context.observer().warning("tag", "x");
        rig.assertQuiet();
    }

    @Test
    void observer_thatThrows_hasNoEffectOnAValue() {
        Rig rig = new Rig();
        rig.context = CallContext.create(Delivery.TRANSPORT).observedBy(THROWS).observedBy(rig.log);
        rig.transport.then(error(503)).then(Script.answer(200, "list"));
        CompletableFuture<?> models = rig.attempts()
                .value(
                        rig.context,
                        rig.protocol.timeouts,
                        AttemptPlan.single(A),
                        (attempt, call) -> rig.adapter.models(attempt.target(), call));
        rig.time.advance(Duration.ofSeconds(1));

        assertThat(models).isCompleted();
        assertThat(rig.log.lines)
                .containsExactly(
                        "start 1 a", "failed 1 a OVERLOADED", "wait 2 50", "start 2 a", "commit 2 a", "end Done");
        rig.assertQuiet();
    }

    @Test
    void opener_thatThrowsOrGivesNothing_failsTheCallOnce() {
        Rig rig = new Rig();
        Reader threw =
                rig.read(rig.attempts().infer(rig.context, rig.protocol.timeouts, AttemptPlan.single(A), (a, c) -> {
                    throw new IllegalStateException("opener");
                }));
        assertThat(threw.failure().category()).isEqualTo(ErrorCategory.REJECTED);
        CompletableFuture<Object> nothing =
                rig.attempts().value(rig.context, rig.protocol.timeouts, AttemptPlan.single(A), (a, c) -> null);
        assertThat(nothing).isCompletedExceptionally();
        rig.assertQuiet();
    }
}
