package dev.avionics.airframe.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallValuesTest {
    private static final Duration ONE = Duration.ofSeconds(1);
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

    @Test
    @Tag("row-37")
    void timeouts_haveTheStatedDefaults() {
        assertThat(Timeouts.HOSTED)
                .isEqualTo(new Timeouts(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(120),
                        Duration.ofSeconds(300),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(600)));
        assertThat(Timeouts.LOCAL.with(new Timeouts.Override(null, Duration.ofSeconds(120), null, null, null, null)))
                .isEqualTo(Timeouts.HOSTED);
    }

    @ParameterizedTest
    @CsvSource({"0, connect", "1, firstByte", "2, idle", "3, progress", "4, tail", "5, total"})
    void clock_notPositive_isRefusedByName(int place, String name) {
        for (Duration wrong : new Duration[] {Duration.ZERO, Duration.ofNanos(-1)}) {
            Duration[] d = {ONE, ONE, ONE, ONE, ONE, ONE};
            d[place] = wrong;
            String message = name + ": " + wrong + " (expected: > 0)";
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Timeouts(d[0], d[1], d[2], d[3], d[4], d[5]))
                    .withMessage(message);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Timeouts.Override(d[0], d[1], d[2], d[3], d[4], d[5]))
                    .withMessage(message);
        }
    }

    @Test
    void override_setsWhatItHolds_andTheFirstOneWins() {
        Timeouts.Override first = new Timeouts.Override(ONE, null, ONE, null, ONE, null);
        Timeouts.Override second = new Timeouts.Override(
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                null);
        Timeouts both = Timeouts.HOSTED.with(first.or(second));
        assertThat(both)
                .isEqualTo(new Timeouts(
                        ONE, Duration.ofSeconds(2), ONE, Duration.ofSeconds(2), ONE, Duration.ofSeconds(600)));
        assertThat(Timeouts.HOSTED.with(null)).isSameAs(Timeouts.HOSTED);
        assertThat(Timeouts.HOSTED.with(Timeouts.Override.NONE)).isEqualTo(Timeouts.HOSTED);
        assertThat(first.or(null)).isSameAs(first);
    }

    @Test
    void context_withoutDeadline_keepsTheRest() {
        CallContext context =
                CallContext.create(Delivery.TRANSPORT).withTotal(ONE).with("agent", "a");
        assertThat(context.withDeadline(Deadline.after(now::get, ONE)).withoutDeadline())
                .isEqualTo(context);
    }

    @Test
    void deadline_holdsAcrossTheTickersOverflow() {
        Deadline near = Deadline.after(now::get, Duration.ofNanos(10));
        Deadline far = Deadline.after(now::get, Duration.ofDays(400_000));
        assertThat(near.remaining()).isEqualTo(Duration.ofNanos(10));
        assertThat(near.isOver()).isFalse();
        assertThat(far.isOver()).isFalse();
        assertThat(near.min(far)).isSameAs(near);
        assertThat(far.min(near)).isSameAs(near);
        now.addAndGet(10);
        assertThat(near.isOver()).isTrue();
        now.addAndGet(1);
        assertThat(near.remaining()).isNegative();
        assertThat(far.isOver()).isFalse();
    }

    @Test
    @Tag("row-33")
    void policy_countsRetriesAfterTheFirst() {
        assertThat(RetryPolicy.DEFAULT.maxAttempts()).isEqualTo(4);
        assertThat(RetryPolicy.NEVER.maxAttempts()).isEqualTo(1);
        assertThat(RetryPolicy.DEFAULT.withMaxRetries(3)).isEqualTo(RetryPolicy.DEFAULT);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryPolicy.DEFAULT.withMaxRetries(-1))
                .withMessage("maxAttempts: 0 (expected: >= 1)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryPolicy.additiveJitter(1, ONE.negated(), ONE))
                .withMessage("base: PT-1S (expected: >= 0)");
    }

    @Test
    @Tag("row-32")
    void backOff_ofAdditiveJitter_isTheFormula_andNeverAboveTheCap() {
        RetryPolicy policy = RetryPolicy.additiveJitter(9, ONE, Duration.ofSeconds(30));
        RandomSource random = RandomSource.seeded(42);
        RandomSource same = RandomSource.seeded(42);
        for (int attempt = 0; attempt < 9; attempt++) {
            double chance = random.nextDouble();
            long expected = (long) (Math.min(Math.pow(2, attempt) + same.nextDouble(), 30) * 1e9);
            assertThat(policy.backOff(attempt + 1, false, chance).toNanos())
                    .isCloseTo(expected, org.assertj.core.data.Offset.offset(1L));
        }
        assertThat(policy.backOff(6, false, 0.999)).isEqualTo(Duration.ofSeconds(30));
        assertThat(policy.backOff(1_000, true, 0.5)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void backOff_ofFullJitter_isAShareOfTheGrownBase() {
        RetryPolicy policy = RetryPolicy.DEFAULT;
        assertThat(policy.backOff(1, false, 0.5)).isEqualTo(Duration.ofMillis(50));
        assertThat(policy.backOff(3, false, 0.5)).isEqualTo(Duration.ofMillis(200));
        assertThat(policy.backOff(1, true, 0.5)).isEqualTo(Duration.ofMillis(500));
        assertThat(policy.backOff(50, false, 0.5)).isEqualTo(Duration.ofSeconds(4));
        assertThat(policy.backOff(4, false, 0)).isZero();
    }

    @Test
    void budget_isAPurseForEachRoute() {
        RetryBudget budget = new RetryBudget(now::get);
        for (int i = 0; i < 10; i++) {
            assertThat(budget.withdraw("a")).isTrue();
        }
        assertThat(budget.withdraw("a")).isFalse();
        assertThat(budget.withdraw("b")).isTrue();
        now.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(budget.withdraw("a")).isTrue();
        assertThat(budget.withdraw("a")).isTrue();
        assertThat(budget.withdraw("a")).isFalse();
        budget.refund("a");
        assertThat(budget.withdraw("a")).isTrue();
        for (int i = 0; i < 11; i++) {
            budget.deposit("a");
        }
        assertThat(budget.withdraw("a")).as("a tenth each").isTrue();
        assertThat(budget.withdraw("a")).isFalse();
    }

    @Test
    void budget_isBounded() {
        RetryBudget budget = new RetryBudget(now::get);
        for (int i = 0; i < 2_000; i++) {
            budget.deposit("busy");
        }
        assertThat(budget.balances()).containsEntry("busy", 100.0);
        for (int i = 0; i < 10_000; i++) {
            budget.deposit("route " + i);
        }
        assertThat(budget.balances()).hasSize(4096).doesNotContainKey("busy");
    }

    @Test
    void context_keepsTheNearerDeadline_andChangesNothingElse() {
        Deadline near = Deadline.after(now::get, Duration.ofNanos(10));
        Deadline far = Deadline.after(now::get, ONE);
        CallContext context = CallContext.create(Delivery.TRANSPORT).with("agent", "planner");
        assertThat(context.withDeadline(far).withDeadline(near).deadline()).isEqualTo(near);
        assertThat(context.withDeadline(near).withDeadline(far).deadline()).isEqualTo(near);
        CallContext more = context.withTotal(ONE).withRawFrames().withLenientFrames();
        assertThat(more.callId()).isEqualTo(context.callId());
        assertThat(more.attributes()).containsEntry("agent", "planner");
        assertThat(more.timeouts()).isEqualTo(Timeouts.Override.total(ONE));
        assertThat(more.rawFrames() && more.lenientFrames()).isTrue();
        assertThat(context.rawFrames() || context.lenientFrames()).isFalse();
        assertThat(CallContext.create(Delivery.TRANSPORT).callId()).isNotEqualTo(context.callId());
    }

    @Test
    void headers_areKeptByEveryOtherChange_andReplacedAsAWhole() {
        CallContext context = CallContext.create(Delivery.TRANSPORT).withHeaders(Map.of("a", "1"));
        CallContext more = context.with("agent", "planner")
                .withTotal(ONE)
                .withRawFrames()
                .withLenientFrames()
                .observedBy(new CallObserver() {})
                .unobserved()
                .deliveredOn(Delivery.TRANSPORT)
                .withDeadline(Deadline.after(now::get, ONE));

        assertThat(more.headers()).isEqualTo(Map.of("a", "1"));
        assertThat(more.withHeaders(Map.of("b", "2")).headers()).isEqualTo(Map.of("b", "2"));
    }
}
