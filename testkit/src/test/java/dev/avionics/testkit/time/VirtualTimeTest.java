package dev.avionics.testkit.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class VirtualTimeTest {
    private final VirtualTime time = VirtualTime.create();
    private final List<String> ran = new ArrayList<>();

    private VirtualTime.Task at(int millis, String name) {
        return time.schedule(() -> ran.add(name), Duration.ofMillis(millis));
    }

    @Test
    void time_leftAlone_standsStill() {
        assertThat(time.nanoTime()).isEqualTo(VirtualTime.FIRST_TICK).isEqualTo(time.nanoTime());
        assertThat(time.instant()).isEqualTo(VirtualTime.DEFAULT_START);
    }

    @Test
    void advance_overTheOverflow_keepsDifferencesRight() {
        long start = time.nanoTime();
        time.advance(Duration.ofMinutes(2));
        assertThat(time.nanoTime()).isNegative();
        assertThat(time.nanoTime() - start).isEqualTo(Duration.ofMinutes(2).toNanos());
        assertThat(time.elapsed()).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void tasks_dueInTheWindow_runInOrderAtTheirTime() {
        List<Duration> when = new ArrayList<>();
        at(20, "b");
        at(10, "a");
        at(20, "c");
        time.schedule(() -> when.add(time.elapsed()), Duration.ofMillis(15));
        at(31, "later");
        time.advance(Duration.ofMillis(30));
        assertThat(ran).containsExactly("a", "b", "c");
        assertThat(when).containsExactly(Duration.ofMillis(15));
        assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(30));
        assertThat(time.pendingTasks()).isEqualTo(1);
        assertThat(time.untilNext()).hasValue(Duration.ofMillis(1));
    }

    @Test
    void task_thatSchedulesItself_runsAsOftenAsItFits() {
        AtomicInteger count = new AtomicInteger();
        Runnable[] again = new Runnable[1];
        again[0] = () -> {
            count.incrementAndGet();
            time.schedule(again[0], Duration.ofMillis(10));
        };
        time.schedule(again[0], Duration.ofMillis(10));
        time.advance(Duration.ofMillis(100));
        assertThat(count).hasValue(10);
    }

    @Test
    void schedule_withZeroOrNegativeDelay_waitsForTheNextAdvance() {
        at(0, "zero");
        at(-5, "negative");
        assertThat(ran).isEmpty();
        time.advance(Duration.ZERO);
        assertThat(ran).containsExactly("zero", "negative");
    }

    @Test
    void cancel_beforeDue_takesTheTaskOut() {
        VirtualTime.Task task = at(10, "a");
        task.cancel();
        task.cancel();
        assertThat(task.isCancelled()).isTrue();
        assertThat(time.pendingTasks()).isZero();
        time.advance(Duration.ofSeconds(1));
        assertThat(ran).isEmpty();
        assertThat(task.hasRun()).isFalse();
    }

    @Test
    void cancel_afterRun_isTooLate() {
        VirtualTime.Task task = at(10, "a");
        time.advance(Duration.ofMillis(10));
        task.cancel();
        assertThat(task.hasRun()).isTrue();
        assertThat(task.isCancelled()).isFalse();
    }

    @Test
    void cancel_byAnEarlierTaskOfTheSameAdvance_isInTime() {
        VirtualTime.Task victim = at(20, "victim");
        time.schedule(victim::cancel, Duration.ofMillis(10));
        time.advance(Duration.ofMillis(50));
        assertThat(ran).isEmpty();
    }

    @Test
    void advanceToNext_always_jumpsToTheDueTime() {
        at(10, "a");
        at(25, "b");
        assertThat(time.advanceToNext()).hasValue(Duration.ofMillis(10));
        assertThat(time.advanceToNext()).hasValue(Duration.ofMillis(15));
        assertThat(time.advanceToNext()).isEmpty();
        assertThat(time.untilNext()).isEmpty();
        assertThat(ran).containsExactly("a", "b");
    }

    @Test
    void tasks_thatThrow_doNotStopTheOthers() {
        time.schedule(
                () -> {
                    throw new IllegalStateException("first");
                },
                Duration.ofMillis(1));
        at(2, "a");
        time.schedule(
                () -> {
                    throw new AssertionError("second");
                },
                Duration.ofMillis(3));
        assertThatThrownBy(() -> time.advance(Duration.ofMillis(5)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("first")
                .satisfies(t -> assertThat(t.getSuppressed()).hasSize(1));
        assertThat(ran).containsExactly("a");
        assertThat(time.elapsed()).isEqualTo(Duration.ofMillis(5));
    }

    @Test
    void wallClock_jumped_leavesTickerAndTasksAlone() {
        at(10, "a");
        long tick = time.nanoTime();
        time.jumpWallClock(Duration.ofHours(-1));
        assertThat(time.instant()).isEqualTo(VirtualTime.DEFAULT_START.minus(Duration.ofHours(1)));
        assertThat(time.nanoTime()).isEqualTo(tick);
        time.advance(Duration.ofMillis(9));
        assertThat(ran).isEmpty();
    }

    @Test
    void clock_inAnyZone_followsTheTime() {
        VirtualTime other = VirtualTime.startingAt(Instant.EPOCH);
        other.advance(Duration.ofSeconds(3));
        assertThat(other.clock().millis()).isEqualTo(3000);
        assertThat(other.clock().withZone(ZoneId.of("Asia/Tokyo")).instant()).isEqualTo(other.instant());
        assertThat(other.clock().withZone(ZoneId.of("Asia/Tokyo")).getZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    }

    @Test
    void longDelays_always_areBounded() {
        time.schedule(() -> ran.add("never"), Duration.ofSeconds(Long.MAX_VALUE));
        time.advance(Duration.ofDays(1));
        assertThat(ran).isEmpty();
        assertThat(time.pendingTasks()).isEqualTo(1);
    }

    @Test
    void advance_backwards_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> time.advance(Duration.ofNanos(-1)))
                .withMessageContaining("expected: >= PT0S");
    }

    @Test
    void schedule_fromManyThreads_losesNothing() throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        AtomicInteger count = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            pool.execute(() -> {
                for (int k = 0; k < 1000; k++) {
                    time.schedule(count::incrementAndGet, Duration.ofMillis(k % 7));
                }
                done.countDown();
            });
        }
        while (done.getCount() > 0) {
            time.advance(Duration.ofMillis(1));
        }
        time.advance(Duration.ofMillis(7));
        pool.shutdown();
        assertThat(pool.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        assertThat(count).hasValue(4000);
    }
}
