package dev.avionics.gateway.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WaitingLinesTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final VirtualTime time = VirtualTime.create();
    private final WaitingLines lines = new WaitingLines(time, 10_000);

    /** Some places, of which the answer comes on this thread or another one. */
    private final class Places implements Wanted<Integer> {
        private final int most;
        private final ExecutorService answers;
        private final AtomicInteger tries = new AtomicInteger();
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger peak = new AtomicInteger();

        Places(int most, ExecutorService answers) {
            this.most = most;
            this.answers = answers;
        }

        private Turn<Integer> tryTake() {
            int now = taken.incrementAndGet();
            if (now > most) {
                taken.decrementAndGet();
                return Turn.notBefore(Duration.ofSeconds(1));
            }
            peak.accumulateAndGet(now, Math::max);
            return Turn.of(now);
        }

        @Override
        public CompletionStage<Turn<Integer>> take() {
            Turn<Integer> turn = tryTake();
            return tries.incrementAndGet() % 2 == 0
                    ? CompletableFuture.completedFuture(turn)
                    : CompletableFuture.supplyAsync(() -> turn, answers);
        }

        @Override
        public void takeBack(Integer place) {
            free();
        }

        void free() {
            taken.decrementAndGet();
            lines.freed("a");
        }

        @Override
        public InferenceException refuse(Denial why, Duration after) {
            return InferenceException.of(ErrorCategory.RATE_LIMITED, why.name());
        }
    }

    /** Time stands still: whoever is not woken by a place that became free waits for ever, and is missed. */
    @Test
    void line_onManyThreads_losesNobodyAndNoPlace() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(8);
        ExecutorService answers = Executors.newFixedThreadPool(3);
        try {
            Places places = new Places(3, answers);
            AtomicInteger served = new AtomicInteger();
            AtomicInteger left = new AtomicInteger();
            List<Future<?>> all = new ArrayList<>();
            for (int caller = 0; caller < 8; caller++) {
                SplittableRandom random = new SplittableRandom(caller);
                all.add(callers.submit(() -> {
                    for (int i = 0; i < 2000; i++) {
                        CompletableFuture<Integer> coming =
                                lines.enter("a", places, LONG).coming();
                        if (random.nextInt(4) == 0 && coming.cancel(false)) {
                            left.incrementAndGet();
                            continue;
                        }
                        coming.orTimeout(60, TimeUnit.SECONDS).join();
                        served.incrementAndGet();
                        places.free();
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
            answers.shutdown();
            assertThat(answers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            assertThat(served.get() + left.get()).isEqualTo(16_000);
            assertThat(places.peak.get()).isEqualTo(3);
            assertThat(places.taken.get()).isZero();
            assertThat(lines.isWaiting("a")).isFalse();
            assertThat(time.pendingTasks()).isZero();
        } finally {
            callers.shutdownNow();
            answers.shutdownNow();
        }
    }

    @Test
    void failure_ofATry_failsThatCallAndTheNextOneTries() {
        AtomicInteger tries = new AtomicInteger();
        Wanted<Integer> wanted = new Wanted<>() {
            @Override
            public CompletionStage<Turn<Integer>> take() {
                return switch (tries.incrementAndGet()) {
                    case 1 -> CompletableFuture.completedFuture(Turn.notBefore(Duration.ofSeconds(1)));
                    case 2 -> throw new IllegalStateException("broken");
                    default -> CompletableFuture.completedFuture(Turn.of(7));
                };
            }

            @Override
            public void takeBack(Integer taken) {
                throw new AssertionError("nobody left");
            }

            @Override
            public InferenceException refuse(Denial why, Duration after) {
                throw new AssertionError(why.name());
            }
        };
        CompletableFuture<Integer> first = lines.enter("a", wanted, LONG).coming();
        CompletableFuture<Integer> second = lines.enter("a", wanted, LONG).coming();
        assertThat(first).isNotDone();
        time.advance(Duration.ofSeconds(1));
        assertThatThrownBy(first::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(second).isCompletedWithValue(7);
        assertThat(lines.isWaiting("a")).isFalse();
    }

    @Test
    void lines_ofOtherNames_doNotWaitForEachOther() {
        Refusing open = new Refusing();
        open.open = true;
        lines.enter("a", new Refusing(), LONG);
        assertThat(lines.isWaiting("a")).isTrue();
        assertThat(lines.enter("b", open, LONG).coming()).isCompletedWithValue(1);
    }

    @Test
    void first_thatLeaves_letsTheNextOneTryAtOnce() {
        Refusing refusing = new Refusing();
        CompletableFuture<Integer> first = lines.enter("a", refusing, LONG).coming();
        CompletableFuture<Integer> second = lines.enter("a", refusing, LONG).coming();
        refusing.open = true;
        first.cancel(false);
        assertThatThrownBy(first::join).isInstanceOf(CancellationException.class);
        assertThat(second).isCompletedWithValue(1);
    }

    private static final class Refusing implements Wanted<Integer> {
        private boolean open;

        @Override
        public CompletionStage<Turn<Integer>> take() {
            return CompletableFuture.completedFuture(open ? Turn.of(1) : Turn.notBefore(Duration.ofMinutes(1)));
        }

        @Override
        public void takeBack(Integer taken) {}

        @Override
        public InferenceException refuse(Denial why, Duration after) {
            return InferenceException.of(ErrorCategory.RATE_LIMITED, why.name());
        }
    }
}
