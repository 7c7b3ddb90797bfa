package dev.avionics.gateway.layer;

import static dev.avionics.gateway.GatewayRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls of 32 threads that share answers, while some come late, some leave and some read piece by piece. */
class SingleFlightStressTest {
    private static final int THREADS = 32;
    private static final int ROUNDS = 200;
    /** The threads that leave while the answer comes. */
    private static final int LEAVERS = 8;
    /** The thread that asks while the answer comes. */
    private static final int LATE = THREADS - 1;
    /** The thread that lets the answer come, and reads all of it. */
    private static final int OPENER = LATE - 1;

    private static final String ANSWER = "abcdef";

    private final GatewayRig rig = new GatewayRig();
    private final Queue<CompletableFuture<Void>> held = new ConcurrentLinkedQueue<>();
    private volatile CompletableFuture<Void> gate = new CompletableFuture<>();

    private final LLMGateway gateway =
            rig.gateway().singleFlight(true).layer(450, new Held()).build();

    /** Calls upstream wait here until they are let through. */
    private final class Held implements GatewayLayer {
        @Override
        public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
            return InferenceStream.deferred(call.context(), () -> {
                // One of its own, so that it can be cancelled alone.
                CompletableFuture<Void> through = gate.copy();
                held.add(through);
                CompletableFuture<InferenceStream<InferenceEvent>> answer =
                        through.thenApply(open -> next.infer(request, call));
                answer.whenComplete((stream, error) -> {
                    if (answer.isCancelled()) {
                        through.cancel(false);
                    }
                });
                return answer;
            });
        }
    }

    /** Reads all at once or one after the other; the calls of a subscriber come one at a time, from any thread. */
    private static final class Reading implements Flow.Subscriber<InferenceEvent> {
        private final boolean stepwise;
        private final StringBuilder text = new StringBuilder();
        private volatile Flow.Subscription subscription;
        private int ends;
        private Throwable error;

        Reading(boolean stepwise) {
            this.stepwise = stepwise;
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
            given.request(stepwise ? 1 : Long.MAX_VALUE);
        }

        @Override
        public void onNext(InferenceEvent event) {
            if (event instanceof InferenceEvent.TextDelta delta) {
                text.append(delta.text());
            }
            if (stepwise) {
                subscription.request(1);
            }
        }

        @Override
        public void onError(Throwable why) {
            error = why;
            ends++;
        }

        @Override
        public void onComplete() {
            ends++;
        }
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static void inAllThreads(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                all.add(threads.submit(() -> {
                    work.run(thread);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void await(CyclicBarrier barrier) throws Exception {
        // Only so that a failure in one thread does not leave the others waiting for ever.
        barrier.await(60, TimeUnit.SECONDS);
    }

    private Reading ask(int round, boolean stepwise) {
        GatewayRequest request =
                GatewayRequest.builder("question " + round).temperature(0.0).build();
        Reading reading = new Reading(stepwise);
        gateway.infer(request, rig.airframe.newCall()).subscribe(reading);
        return reading;
    }

    @Test
    void answers_ofThirtyTwoThreads_areWholeForAllWhoStay_andPaidOnce() throws Exception {
        List<InferenceEvent> events = new ArrayList<>();
        ANSWER.chars().forEach(letter -> events.add(text(String.valueOf((char) letter))));
        events.add(ScriptedAdapter.completed(FinishReason.STOP, 5));
        rig.openai.events(events.toArray(InferenceEvent[]::new));
        gate.complete(null);
        ask(-1, false);
        long tokensOfOne = gateway.stats().totalTokens();
        assertThat(tokensOfOne).isPositive();

        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        Reading[] readings = new Reading[THREADS];
        inAllThreads(thread -> {
            SplittableRandom random = new SplittableRandom(thread);
            for (int round = 0; round < ROUNDS; round++) {
                if (thread == OPENER) {
                    gate = new CompletableFuture<>();
                }
                int before = rig.openai.seen().size();
                await(barrier);
                if (thread != LATE) {
                    readings[thread] = ask(round, random.nextBoolean());
                }
                await(barrier);
                if (thread == LATE) {
                    readings[thread] = ask(round, random.nextBoolean());
                } else if (thread == OPENER) {
                    gate.complete(null);
                } else if (thread < LEAVERS) {
                    readings[thread].subscription.cancel();
                }
                await(barrier);
                Reading mine = readings[thread];
                if (thread < LEAVERS) {
                    assertThat(ANSWER).startsWith(mine.text);
                } else {
                    assertThat(mine.error).isNull();
                    assertThat(mine.text).hasToString(ANSWER);
                    assertThat(mine.ends).isEqualTo(1);
                }
                // One for all who were there, and one for who came when it was over.
                assertThat(rig.openai.seen().size() - before).isBetween(1, 2);
                await(barrier);
            }
        });

        assertThat(gateway.stats().totalRequests()).isEqualTo(1L + ROUNDS * THREADS);
        assertThat(gateway.stats().failures()).isZero();
        assertThat(gateway.stats().cancelled()).isLessThanOrEqualTo(ROUNDS * LEAVERS);
        assertThat(gateway.stats().totalTokens())
                .isEqualTo(tokensOfOne * rig.openai.seen().size());
    }

    @Test
    void calls_thatAllThirtyTwoThreadsLeave_areCancelledUpstream() throws Exception {
        rig.openai.text(ANSWER);
        CyclicBarrier barrier = new CyclicBarrier(THREADS);
        inAllThreads(thread -> {
            for (int round = 0; round < ROUNDS; round++) {
                await(barrier);
                // Nobody waits for anybody: some come when the last of the others leaves.
                ask(round, thread % 2 == 0).subscription.cancel();
            }
        });

        assertThat(held).isNotEmpty().allMatch(CompletableFuture::isCancelled);
        assertThat(rig.openai.seen()).isEmpty();
        gate.complete(null);
        assertThat(rig.openai.seen()).isEmpty();
        Reading next = ask(0, false);
        assertThat(next.text).hasToString(ANSWER);
    }
}
