package dev.avionics.airframe.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeliveryPoolTest {
    private static final int MOST = 4;

    private final DeliveryPool pool = new DeliveryPool(MOST);
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() throws InterruptedException {
        release.countDown();
        pool.shutdownNow();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    private void block(CountDownLatch begun) {
        pool.execute(() -> {
            begun.countDown();
            awaitQuietly(release);
        });
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void task_behindBlockedOnes_runs() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(MOST - 1);
        for (int i = 0; i < MOST - 1; i++) {
            block(begun);
        }
        begun.await();

        CountDownLatch ran = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            pool.execute(ran::countDown);
        }

        ran.await();
    }

    @Test
    void tasksThatBlockOneAfterAnother_eachFindAThread() throws InterruptedException {
        // Each is given from the one before: nobody from outside wakes the next thread.
        CountDownLatch begun = new CountDownLatch(MOST);
        pool.execute(() -> blockAndGoOn(begun, MOST - 1));

        begun.await();
    }

    private void blockAndGoOn(CountDownLatch begun, int more) {
        begun.countDown();
        if (more > 0) {
            pool.execute(() -> blockAndGoOn(begun, more - 1));
        }
        awaitQuietly(release);
    }

    @Test
    void task_whileAllThreadsBlock_runsWhenOneIsFree() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(MOST);
        for (int i = 0; i < MOST; i++) {
            block(begun);
        }
        begun.await();
        CountDownLatch ran = new CountDownLatch(1);
        pool.execute(ran::countDown);

        assertThat(ran.getCount()).isEqualTo(1);
        release.countDown();

        ran.await();
    }

    @Test
    void tasks_fromManyThreads_runOnceEachOnFewThreads() throws InterruptedException {
        int givers = 4;
        int each = 20_000;
        AtomicIntegerArray runs = new AtomicIntegerArray(givers * each);
        Set<String> threads = ConcurrentHashMap.newKeySet();
        CountDownLatch all = new CountDownLatch(givers * each);
        for (int g = 0; g < givers; g++) {
            int first = g * each;
            new Thread(() -> {
                        for (int i = first; i < first + each; i++) {
                            int number = i;
                            pool.execute(() -> {
                                runs.incrementAndGet(number);
                                threads.add(Thread.currentThread().getName());
                                all.countDown();
                            });
                        }
                    })
                    .start();
        }

        all.await();

        for (int i = 0; i < runs.length(); i++) {
            assertThat(runs.get(i)).isEqualTo(1);
        }
        assertThat(threads).hasSizeBetween(1, MOST).allMatch(name -> name.startsWith("avionics-delivery-"));
    }

    /** Tasks come one at a time, each when the last is done: every thread is about to sleep or asleep. */
    @Test
    void tasks_oneAtATime_areNeverForgotten() throws InterruptedException {
        BlockingQueue<Integer> done = new LinkedBlockingQueue<>();
        for (int i = 0; i < 20_000; i++) {
            int number = i;
            pool.execute(() -> done.add(number));
            assertThat(done.take()).isEqualTo(number);
        }
    }

    @Test
    void task_thatThrows_leavesTheNextAlone() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        pool.execute(() -> {
            throw new IllegalStateException("on purpose");
        });
        pool.execute(ran::countDown);

        ran.await();
    }

    @Test
    void interruptOfATask_isNotSeenByTheNext() throws InterruptedException {
        BlockingQueue<Boolean> seen = new LinkedBlockingQueue<>();
        DeliveryPool single = new DeliveryPool(1);
        try {
            single.execute(() -> Thread.currentThread().interrupt());
            single.execute(() -> seen.add(Thread.currentThread().isInterrupted()));

            assertThat(seen.take()).isFalse();
        } finally {
            single.shutdownNow();
        }
    }

    @Test
    void shutdown_runsWhatWasGiven_andRefusesMore() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(MOST);
        for (int i = 0; i < MOST; i++) {
            block(begun);
        }
        begun.await();
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            pool.execute(ran::incrementAndGet);
        }

        pool.shutdown();

        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(pool.isTerminated()).isFalse();
        release.countDown();
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(ran).hasValue(10);
    }

    @Test
    void shutdownNow_interruptsWhatRuns_andGivesBackTheRest() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(MOST);
        for (int i = 0; i < MOST; i++) {
            block(begun);
        }
        begun.await();
        List<Runnable> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Runnable task = () -> {};
            waiting.add(task);
            pool.execute(task);
        }

        assertThat(pool.shutdownNow()).isEqualTo(waiting);
        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void shutdown_ofAPoolAtRest_endsItsThreads() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        pool.execute(ran::countDown);
        ran.await();

        pool.shutdown();

        assertThat(pool.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
}
