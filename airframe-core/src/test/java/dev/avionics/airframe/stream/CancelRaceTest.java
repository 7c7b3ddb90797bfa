package dev.avionics.airframe.stream;

import static dev.avionics.airframe.stream.Samples.COMPLETED;
import static dev.avionics.airframe.stream.Samples.failure;
import static dev.avionics.airframe.stream.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many rounds in which a cancel meets something else; the random head starts are seeded, the meeting is real. */
@Timeout(120)
class CancelRaceTest {
    private static final int ROUNDS = 10_000;
    private static final int SPINS = 40;

    private enum End {
        DONE,
        FAILED,
        CANCELLED
    }

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Random random = new Random(20260101);
    private final Map<End, Integer> ends = new EnumMap<>(End.class);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    /** Runs both at the same time, as nearly as can be, and waits for them. */
    private void race(Runnable one, Runnable other) throws Exception {
        AtomicInteger ready = new AtomicInteger();
        int oneSpins = random.nextInt(SPINS);
        int otherSpins = random.nextInt(SPINS);
        CompletableFuture<Void> second = CompletableFuture.runAsync(() -> after(ready, otherSpins, other), threads);
        after(ready, oneSpins, one);
        second.get(20, TimeUnit.SECONDS);
    }

    private static void after(AtomicInteger ready, int spins, Runnable task) {
        ready.incrementAndGet();
        for (int i = 0; ready.get() < 2; i++) {
            // Spinning meets within nanoseconds; yielding helps where there is one core for both.
            if (i < 10_000) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        for (int i = 0; i < spins; i++) {
            Thread.onSpinWait();
        }
        task.run();
    }

    private CallContext context(int round) {
        return CallContext.create(round % 2 == 0 ? Delivery.on(threads) : Delivery.TRANSPORT);
    }

    /** The one outcome of a stream. */
    private static final class Settled {
        final List<Outcome> told = new ArrayList<>();
        final CompletableFuture<Outcome> first = new CompletableFuture<>();
        final InferenceStream<InferenceEvent> stream;

        Settled(InferenceStream<InferenceEvent> stream) {
            this.stream = stream;
            stream.observe(outcome -> {
                synchronized (told) {
                    told.add(outcome);
                }
                first.complete(outcome);
            });
        }

        Outcome outcome() throws Exception {
            Outcome outcome = stream.outcome().toCompletableFuture().get(20, TimeUnit.SECONDS);
            // A late question is answered at once; who asked early may be told a moment later, on another thread.
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(outcome);
            synchronized (told) {
                assertThat(told).containsExactly(outcome);
            }
            return outcome;
        }
    }

    private End count(Outcome outcome) {
        End end = outcome instanceof Outcome.Done
                ? End.DONE
                : outcome instanceof Outcome.Failed ? End.FAILED : End.CANCELLED;
        ends.merge(end, 1, Integer::sum);
        return end;
    }

    private static void assertInOrder(List<InferenceEvent> words) {
        for (int i = 0; i < words.size() - 1; i++) {
            if (!words.get(i).equals(text("w" + i))) {
                throw new AssertionError(words.get(i) + " in place " + i);
            }
        }
    }

    private static void assertToldCancelled(Probe<?> probe) throws Exception {
        probe.awaitEnd();
        assertThat(probe.error).isInstanceOf(InferenceException.class);
        assertThat(((InferenceException) probe.error).category()).isEqualTo(ErrorCategory.CANCELLED);
        assertThat(probe.terminals).hasValue(1);
    }

    @Test
    void streamCancel_againstTerminal_leavesOneEndThatAllAgreeOn() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            boolean fails = round % 3 == 0;
            HandSource source = new HandSource();
            Settled settled = new Settled(InferenceStream.from(context(round), source));
            Probe<InferenceEvent> probe = new Probe<>();
            settled.stream.subscribe(probe);

            race(
                    () -> {
                        source.give(text("a"));
                        if (fails) {
                            source.fail(failure("broken"));
                        } else {
                            source.give(COMPLETED);
                        }
                    },
                    () -> settled.stream.cancel(CancelReason.DEADLINE));

            switch (count(settled.outcome())) {
                case DONE -> {
                    probe.awaitEnd();
                    assertThat(probe.elements()).containsExactly(text("a"), COMPLETED);
                    assertThat(probe.completed).isTrue();
                    assertThat(source.cancels).isEmpty();
                }
                case FAILED -> {
                    probe.awaitEnd();
                    assertThat(probe.elements()).containsExactly(text("a"));
                    assertThat(probe.error).hasMessage("broken");
                    assertThat(source.cancels).isEmpty();
                }
                case CANCELLED -> {
                    assertToldCancelled(probe);
                    assertThat(probe.elements()).doesNotContain(COMPLETED);
                    assertThat(source.cancels).containsExactly(CancelReason.DEADLINE);
                }
            }
            assertThat(probe.offences()).isEmpty();
        }
        assertThat(ends).containsOnlyKeys(End.values());
    }

    @Test
    void subscriptionCancel_againstTerminal_isSilentOrTooLate() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            HandSource source = new HandSource();
            Settled settled = new Settled(InferenceStream.from(context(round), source));
            Probe<InferenceEvent> probe = new Probe<>();
            settled.stream.subscribe(probe);

            race(() -> source.give(text("a"), COMPLETED), probe::cancel);

            if (count(settled.outcome()) == End.DONE) {
                assertThat(source.cancels).isEmpty();
                assertThat(probe.error).isNull();
            } else {
                assertThat(source.cancels).containsExactly(CancelReason.CALLER);
                assertThat(probe.terminals).hasValue(0);
            }
            assertThat(probe.offences()).isEmpty();
        }
        assertThat(ends).containsOnlyKeys(End.DONE, End.CANCELLED);
    }

    @Test
    void cancel_againstFirstDemand_startsNothingOrStopsIt() throws Exception {
        int started = 0;
        for (int round = 0; round < ROUNDS; round++) {
            HandSource source = new HandSource();
            Settled settled = new Settled(InferenceStream.from(context(round), source));
            Probe<InferenceEvent> probe = new Probe<>(0);
            settled.stream.subscribe(probe);

            race(() -> probe.request(1), () -> settled.stream.cancel(CancelReason.DEADLINE));

            assertThat(count(settled.outcome())).isEqualTo(End.CANCELLED);
            assertToldCancelled(probe);
            assertThat(source.cancels).hasSize(source.starts.get());
            started += source.starts.get();
            assertThat(probe.offences()).isEmpty();
        }
        assertThat(started).isBetween(1, ROUNDS - 1);
    }

    @Test
    void cancel_againstSubscribe_isToldOnceAfterOnSubscribe() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            HandSource source = new HandSource();
            Settled settled = new Settled(InferenceStream.from(context(round), source));
            Probe<InferenceEvent> probe = new Probe<>();

            race(() -> settled.stream.subscribe(probe), () -> settled.stream.cancel(CancelReason.DEADLINE));

            settled.outcome();
            assertToldCancelled(probe);
            assertThat(source.cancels).hasSize(source.starts.get());
            assertThat(probe.offences()).isEmpty();
        }
    }

    @Test
    void cancel_againstDemand_endsAReaderThatAsksOneByOne() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ScriptedSource source = ScriptedSource.words(round % 7 == 0 ? 40 : Long.MAX_VALUE, threads)
                    .frames(1 + round % 5)
                    .framesPerFlush(1 + round % 3);
            Settled settled = new Settled(InferenceStream.from(context(round), source));
            Probe<InferenceEvent> probe = Probe.oneByOne();

            race(() -> settled.stream.subscribe(probe), () -> settled.stream.cancel(CancelReason.CALLER));

            if (count(settled.outcome()) == End.DONE) {
                probe.awaitEnd();
                assertThat(probe.completed).isTrue();
                assertThat(probe.elements()).hasSize(41);
            } else {
                assertToldCancelled(probe);
                assertThat(source.cancels).hasValue(source.starts.get());
            }
            assertInOrder(probe.elements());
            assertThat(probe.offences()).isEmpty();
        }
    }

    @Test
    void cancel_insideOnNext_isFollowedByNothing() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            int last = 1 + random.nextInt(600);
            ScriptedSource source = ScriptedSource.words(500, threads).frames(1 + round % 5);
            Settled settled = new Settled(InferenceStream.from(context(round), source));
            AtomicInteger taken = new AtomicInteger();
            Probe<InferenceEvent> probe = new Probe<>(Long.MAX_VALUE, (self, event) -> {
                if (taken.incrementAndGet() == last) {
                    self.cancel();
                }
            });

            settled.stream.subscribe(probe);

            End end = count(settled.outcome());
            if (last > 501) {
                probe.awaitEnd();
                assertThat(end).isEqualTo(End.DONE);
                assertThat(probe.elements()).hasSize(501);
            } else if (end == End.CANCELLED) {
                assertThat(probe.elements()).hasSize(last);
                assertThat(probe.terminals).hasValue(0);
            }
            assertThat(probe.elements()).hasSizeLessThanOrEqualTo(last);
            assertThat(probe.offences()).isEmpty();
        }
        assertThat(ends).containsOnlyKeys(End.DONE, End.CANCELLED);
    }

    @Test
    void cancel_againstTheComingOfADeferredStream_leavesNothingRunning() throws Exception {
        int started = 0;
        for (int round = 0; round < ROUNDS; round++) {
            CallContext context = context(round);
            HandSource source = new HandSource();
            InferenceStream<InferenceEvent> inner = InferenceStream.from(context, source);
            CompletableFuture<InferenceStream<InferenceEvent>> later = new CompletableFuture<>();
            Settled settled = new Settled(InferenceStream.deferred(context, () -> later));
            Probe<InferenceEvent> probe = new Probe<>();
            settled.stream.subscribe(probe);

            race(() -> later.complete(inner), () -> settled.stream.cancel(CancelReason.CALLER));

            assertThat(count(settled.outcome())).isEqualTo(End.CANCELLED);
            assertToldCancelled(probe);
            assertThat(source.cancels).hasSize(source.starts.get());
            started += source.starts.get();
            if (!later.isCancelled()) {
                assertThat(new Settled(inner).outcome()).isInstanceOf(Outcome.Cancelled.class);
            }
        }
        assertThat(started).isPositive();
    }

    @Test
    void cancel_againstTheSwitchToTheNextStream_leavesNothingRunning() throws Exception {
        int switched = 0;
        for (int round = 0; round < ROUNDS; round++) {
            CallContext context = context(round);
            HandSource first = new HandSource();
            HandSource second = new HandSource();
            Settled settled = new Settled(InferenceStream.from(
                    context,
                    new SwitchingSource(List.of(
                            () -> InferenceStream.from(context, first), () -> InferenceStream.from(context, second)))));
            Probe<InferenceEvent> probe = new Probe<>();
            settled.stream.subscribe(probe);

            race(() -> first.fail(failure("first")), () -> settled.stream.cancel(CancelReason.CALLER));

            assertThat(count(settled.outcome())).isEqualTo(End.CANCELLED);
            assertToldCancelled(probe);
            assertThat(second.cancels).hasSize(second.starts.get());
            switched += second.starts.get();
        }
        assertThat(switched).isPositive();
    }

    @Test
    void close_ofACursorAgainstItsReader_endsTheReader() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            ScriptedSource source = ScriptedSource.words(round % 2 == 0 ? 30 : Long.MAX_VALUE, threads)
                    .frames(1 + round % 5);
            Settled settled = new Settled(InferenceStream.from(context(0), source));
            EventCursor<InferenceEvent> cursor = settled.stream.open();
            List<InferenceEvent> seen = new ArrayList<>();

            race(
                    () -> {
                        try {
                            cursor.forEachRemaining(seen::add);
                        } catch (InferenceException e) {
                            assertThat(e.category()).isEqualTo(ErrorCategory.CANCELLED);
                        }
                    },
                    cursor::close);

            count(settled.outcome());
            assertInOrder(seen);
        }
        assertThat(ends).containsKey(End.CANCELLED);
    }

    @Test
    void cancel_ofACollectedFutureAgainstTheEnd_agreesWithTheOutcome() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            HandSource source = new HandSource();
            Settled settled = new Settled(InferenceStream.from(context(round), source));
            CompletableFuture<?> result = settled.stream.collect();

            race(() -> source.give(Samples.STARTED, COMPLETED), () -> result.cancel(false));

            if (count(settled.outcome()) == End.CANCELLED) {
                assertThat(result).isCancelled();
                assertThat(source.cancels).containsExactly(CancelReason.CALLER);
            } else {
                assertThat(source.cancels).isEmpty();
            }
        }
        assertThat(ends).containsOnlyKeys(End.DONE, End.CANCELLED);
    }

    @Test
    void end_againstAReaderThatFindsNothing_losesNoEvent() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            HandSource source = new HandSource();
            InferenceStream<InferenceEvent> stream =
                    InferenceStream.from(CallContext.create(Delivery.TRANSPORT), source);
            Probe<InferenceEvent> probe = new Probe<>(1);
            stream.subscribe(probe);

            race(() -> source.give(text("a"), COMPLETED), () -> probe.request(1));

            probe.awaitEnd();
            assertThat(probe.elements()).containsExactly(text("a"), COMPLETED);
            assertThat(probe.offences()).isEmpty();
        }
    }

    @Test
    void end_againstACursorThatFindsNothing_losesNoEvent() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            HandSource source = new HandSource();
            EventCursor<InferenceEvent> cursor =
                    InferenceStream.from(context(0), source).open();
            List<InferenceEvent> seen = new ArrayList<>();

            race(() -> source.give(text("a"), COMPLETED), () -> cursor.forEachRemaining(seen::add));

            assertThat(seen).containsExactly(text("a"), COMPLETED);
        }
    }

    @Test
    void observe_againstTheEnd_tellsEachListenerOnce() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            HandSource source = new HandSource();
            InferenceStream<InferenceEvent> stream = InferenceStream.from(context(round), source);
            stream.subscribe(new Probe<>());
            AtomicInteger told = new AtomicInteger();

            race(() -> source.give(COMPLETED), () -> {
                for (int i = 0; i < 5; i++) {
                    stream.observe(outcome -> told.incrementAndGet());
                }
            });

            assertThat(told).hasValue(5);
        }
    }
}
