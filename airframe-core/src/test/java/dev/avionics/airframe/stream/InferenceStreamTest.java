package dev.avionics.airframe.stream;

import static dev.avionics.airframe.stream.Samples.COMPLETED;
import static dev.avionics.airframe.stream.Samples.STARTED;
import static dev.avionics.airframe.stream.Samples.failure;
import static dev.avionics.airframe.stream.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The rules of one stream, one thread at a time: deliveries run when the test says so. */
class InferenceStreamTest {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final CallContext queued = CallContext.create(Delivery.on(tasks::add));
    private final CallContext transport = CallContext.create(Delivery.TRANSPORT);
    private final HandSource source = new HandSource();

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private static InferenceException inference(Throwable error) {
        assertThat(error).isInstanceOf(InferenceException.class);
        return (InferenceException) error;
    }

    @Test
    void source_beforeFirstDemand_isNotStarted() {
        Probe<InferenceEvent> probe = new Probe<>(0);

        InferenceStream.from(transport, source).subscribe(probe);

        assertThat(source.starts).hasValue(0);
        probe.request(1);
        assertThat(source.starts).hasValue(1);
        assertThat(source.requested).hasValue(Drain.WINDOW);
    }

    @Test
    void events_inBatch_takeOneHop() {
        Probe<InferenceEvent> probe = new Probe<>();
        InferenceStream.from(queued, source).subscribe(probe);
        runTasks();

        source.sink().event(STARTED);
        source.sink().event(text("a"));
        assertThat(tasks).isEmpty();
        source.sink().flushPoint();

        assertThat(tasks).hasSize(1);
        runTasks();
        assertThat(probe.elements()).containsExactly(STARTED, text("a"));
        source.give(COMPLETED);
        runTasks();
        assertThat(probe.elements()).containsExactly(STARTED, text("a"), COMPLETED);
        assertThat(probe.completed).isTrue();
        assertThat(probe.offences()).isEmpty();
    }

    @Test
    void outcome_ofUndeliveredEnd_isSettled() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        List<Outcome> seen = new ArrayList<>();
        stream.observe(seen::add);
        CompletableFuture<Outcome> outcome = stream.outcome().toCompletableFuture();
        Probe<InferenceEvent> probe = new Probe<>(1);
        stream.subscribe(probe);

        source.give(STARTED, text("a"), COMPLETED);

        assertThat(probe.elements()).containsExactly(STARTED);
        assertThat(probe.terminals).hasValue(0);
        assertThat(seen).containsExactly(new Outcome.Done(COMPLETED));
        assertThat(outcome).isCompletedWithValue(new Outcome.Done(COMPLETED));
        stream.observe(seen::add);
        assertThat(seen).containsExactly(new Outcome.Done(COMPLETED), new Outcome.Done(COMPLETED));
    }

    @Test
    void outcome_ofDeliveryOnExecutor_completesThere() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(queued, source);
        CompletableFuture<Outcome> outcome = stream.outcome().toCompletableFuture();

        stream.cancel(CancelReason.DEADLINE);

        assertThat(outcome).isNotDone();
        runTasks();
        assertThat(outcome).isCompletedWithValue(new Outcome.Cancelled(CancelReason.DEADLINE, Usage.absent()));
    }

    @Test
    void listener_thatThrows_keepsNobodyFromTheEnd() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        List<Outcome> seen = new ArrayList<>();
        stream.observe(outcome -> {
            throw new AssertionError("listener");
        });
        stream.observe(seen::add);
        Probe<InferenceEvent> probe = new Probe<>();
        stream.subscribe(probe);

        source.give(COMPLETED);

        assertThat(seen).hasSize(1);
        assertThat(probe.completed).isTrue();
    }

    @Test
    void cancel_afterDecodedEnd_changesNothing() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(queued, source);
        List<Outcome> seen = new ArrayList<>();
        stream.observe(seen::add);
        Probe<InferenceEvent> probe = new Probe<>();
        stream.subscribe(probe);
        source.give(STARTED, COMPLETED);

        stream.cancel(CancelReason.DEADLINE);
        runTasks();

        assertThat(seen).containsExactly(new Outcome.Done(COMPLETED));
        assertThat(source.cancels).isEmpty();
        assertThat(probe.elements()).containsExactly(STARTED, COMPLETED);
        assertThat(probe.completed).isTrue();
    }

    @Test
    void cancel_beforeDecodedEnd_dropsTheEnd() {
        source.usage = Samples.USAGE;
        InferenceStream<InferenceEvent> stream = InferenceStream.from(queued, source);
        List<Outcome> seen = new ArrayList<>();
        stream.observe(seen::add);
        Probe<InferenceEvent> probe = new Probe<>();
        stream.subscribe(probe);
        source.give(STARTED);

        stream.cancel(CancelReason.DEADLINE);
        source.give(text("late"), COMPLETED);
        source.fail(failure("later"));
        runTasks();

        assertThat(seen).containsExactly(new Outcome.Cancelled(CancelReason.DEADLINE, Samples.USAGE));
        assertThat(source.cancels).containsExactly(CancelReason.DEADLINE);
        assertThat(probe.elements()).isEmpty();
        assertThat(inference(probe.error).category()).isEqualTo(ErrorCategory.CANCELLED);
        assertThat(inference(probe.error).usage()).isEqualTo(Samples.USAGE);
        assertThat(probe.terminals).hasValue(1);
    }

    @Test
    void subscription_cancelled_isSilent() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(queued, source);
        List<Outcome> seen = new ArrayList<>();
        stream.observe(seen::add);
        Probe<InferenceEvent> probe = new Probe<>();
        stream.subscribe(probe);
        source.give(STARTED);

        probe.cancel();
        probe.cancel();
        probe.request(1);
        runTasks();

        assertThat(seen).containsExactly(new Outcome.Cancelled(CancelReason.CALLER, Usage.absent()));
        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
        assertThat(probe.elements()).isEmpty();
        assertThat(probe.terminals).hasValue(0);
    }

    @Test
    void subscription_cancelledAfterUndeliveredFailure_isSilent() {
        Probe<InferenceEvent> probe = new Probe<>();
        InferenceStream.from(queued, source).subscribe(probe);
        source.fail(failure("broken"));

        probe.cancel();
        runTasks();

        assertThat(probe.terminals).hasValue(0);
    }

    @Test
    void subscription_cancelledAfterUndeliveredCancel_isSilent() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(queued, source);
        Probe<InferenceEvent> probe = new Probe<>();
        stream.subscribe(probe);
        stream.cancel(CancelReason.DEADLINE);

        probe.cancel();
        runTasks();

        assertThat(probe.terminals).hasValue(0);
    }

    @Test
    void cancel_beforeSubscribe_isToldToTheSubscriber() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        stream.cancel(CancelReason.SHUTDOWN);
        Probe<InferenceEvent> probe = new Probe<>();

        stream.subscribe(probe);

        assertThat(inference(probe.error).category()).isEqualTo(ErrorCategory.CANCELLED);
        assertThat(probe.terminals).hasValue(1);
        assertThat(probe.offences()).isEmpty();
        assertThat(source.starts).hasValue(0);
        assertThat(source.cancels).isEmpty();
    }

    @Test
    void request_afterCancelNotYetDelivered_startsNothing() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(queued, source);
        Probe<InferenceEvent> probe = new Probe<>(0);
        stream.subscribe(probe);

        stream.cancel(CancelReason.DEADLINE);
        probe.request(1);
        runTasks();

        assertThat(source.starts).hasValue(0);
        assertThat(probe.terminals).hasValue(1);
    }

    @Test
    void subscription_cancelledInsideOnSubscribe_startsNothing() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        Probe<InferenceEvent> probe = new Probe<>(0) {
            @Override
            public void onSubscribe(Flow.Subscription mine) {
                mine.cancel();
                mine.request(5);
            }
        };

        stream.subscribe(probe);

        assertThat(source.starts).hasValue(0);
        assertThat(probe.terminals).hasValue(0);
        assertThat(stream.outcome().toCompletableFuture())
                .isCompletedWithValue(new Outcome.Cancelled(CancelReason.CALLER, Usage.absent()));
    }

    @Test
    void signals_duringOnSubscribe_waitForItsReturn() throws InterruptedException {
        HandSource hasty = new HandSource(sink -> sink.fail(failure("in start")));
        List<String> order = new ArrayList<>();
        Probe<InferenceEvent> probe = new Probe<>(0) {
            @Override
            public void onSubscribe(Flow.Subscription mine) {
                mine.request(1);
                order.add("onSubscribe returns");
            }

            @Override
            public void onError(Throwable why) {
                order.add("onError");
            }
        };

        InferenceStream.from(transport, hasty).subscribe(probe);

        assertThat(order).containsExactly("onSubscribe returns", "onError");
        assertThat(hasty.requested).hasValue(0);
    }

    @Test
    void subscriber_thatThrowsInOnSubscribe_isCancelled() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        Probe<InferenceEvent> probe = new Probe<>(0) {
            @Override
            public void onSubscribe(Flow.Subscription mine) {
                mine.request(1);
                throw new IllegalStateException("onSubscribe");
            }
        };

        stream.subscribe(probe);

        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
        assertThat(probe.terminals).hasValue(0);
    }

    @Test
    void start_thatThrows_failsTheCall() {
        HandSource broken = new HandSource(sink -> {
            throw new NoClassDefFoundError("a/Native");
        });
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, broken);
        Probe<InferenceEvent> probe = new Probe<>();

        stream.subscribe(probe);

        assertThat(inference(probe.error).category()).isEqualTo(ErrorCategory.REJECTED);
        assertThat(probe.error).hasCauseInstanceOf(NoClassDefFoundError.class);
        assertThat(probe.terminals).hasValue(1);
        assertThat(broken.requested).hasValue(0);
    }

    @Test
    void start_thatThrowsInferenceException_failsTheCallWithIt() {
        InferenceException own = failure("no key");
        HandSource broken = new HandSource(sink -> {
            throw own;
        });
        Probe<InferenceEvent> probe = new Probe<>();

        InferenceStream.from(transport, broken).subscribe(probe);

        assertThat(probe.error).isSameAs(own);
    }

    @Test
    void start_duringWhichTheCallIsCancelled_isFollowedByOneCancel() {
        AtomicReference<InferenceStream<InferenceEvent>> self = new AtomicReference<>();
        HandSource slow = new HandSource(sink -> self.get().cancel(CancelReason.DEADLINE));
        self.set(InferenceStream.from(transport, slow));
        Probe<InferenceEvent> probe = new Probe<>();

        self.get().subscribe(probe);

        assertThat(slow.cancels).containsExactly(CancelReason.DEADLINE);
        assertThat(slow.requested).hasValue(0);
        assertThat(probe.terminals).hasValue(1);
    }

    @Test
    void source_whoseCancelThrows_letsTheReaderHearOfIt() {
        Source stubborn = new Source() {
            @Override
            public void start(Sink sink) {}

            @Override
            public void request(long n) {}

            @Override
            public void cancel(CancelReason why) {
                throw new IllegalStateException("cancel");
            }

            @Override
            public Usage usageSoFar() {
                throw new IllegalStateException("usage");
            }
        };
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, stubborn);
        Probe<InferenceEvent> probe = new Probe<>();
        stream.subscribe(probe);

        stream.cancel(CancelReason.DEADLINE);

        assertThat(inference(probe.error).category()).isEqualTo(ErrorCategory.CANCELLED);
        assertThat(stream.outcome().toCompletableFuture())
                .isCompletedWithValue(new Outcome.Cancelled(CancelReason.DEADLINE, Usage.absent()));
    }

    @Test
    void source_whoseRequestThrows_failsTheCallAndIsStopped() {
        List<CancelReason> cancels = new ArrayList<>();
        Source broken = new Source() {
            @Override
            public void start(Sink sink) {}

            @Override
            public void request(long n) {
                throw new IllegalStateException("request");
            }

            @Override
            public void cancel(CancelReason why) {
                cancels.add(why);
            }
        };
        Probe<InferenceEvent> probe = new Probe<>();

        InferenceStream.from(transport, broken).subscribe(probe);

        assertThat(inference(probe.error).category()).isEqualTo(ErrorCategory.REJECTED);
        assertThat(cancels).hasSize(1);
    }

    @Test
    void consumer_second_isTold() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        Probe<InferenceEvent> first = new Probe<>();
        Probe<InferenceEvent> second = new Probe<>();
        stream.subscribe(first);

        stream.subscribe(second);

        assertThat(second.error).isInstanceOf(IllegalStateException.class);
        assertThat(second.offences()).isEmpty();
        assertThatThrownBy(stream::collect).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(stream::open).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(stream.map(e -> e)::collect).isInstanceOf(IllegalStateException.class);
        source.give(COMPLETED);
        assertThat(first.completed).isTrue();
    }

    @Test
    void reader_oneByOne_getsAllInOrder() {
        Probe<InferenceEvent> probe = Probe.oneByOne();
        InferenceStream.from(transport, ScriptedSource.words(1000, null)).subscribe(probe);

        assertThat(probe.elements()).hasSize(1001).startsWith(text("w0"), text("w1"));
        assertThat(probe.completed).isTrue();
        assertThat(probe.offences()).isEmpty();
    }

    @Test
    void reader_thatStopsAsking_stopsTheSourceAfterWindowAndFrame() {
        int frame = 100;
        ScriptedSource words = ScriptedSource.words(Long.MAX_VALUE, null).frames(frame);
        Probe<InferenceEvent> probe = new Probe<>(1);

        InferenceStream.from(transport, words).subscribe(probe);

        for (int taken = 1; taken < 5000; taken++) {
            assertThat(words.given.get() - taken).isBetween(0L, (long) Drain.WINDOW + frame);
            probe.request(1);
        }
        assertThat(probe.elements()).hasSize(5000);
    }

    @Test
    void view_thatLeavesOutNearlyEverything_doesNotStall() {
        Probe<InferenceEvent> probe = Probe.oneByOne();

        InferenceStream.from(transport, ScriptedSource.words(5000, null))
                .<InferenceEvent>map(e -> e.equals(text("w4999")) ? e : null)
                .subscribe(probe);

        assertThat(probe.elements()).containsExactly(text("w4999"));
        assertThat(probe.completed).isTrue();
    }

    @Test
    void end_withoutElementInTheView_needsNoDemand() {
        Probe<String> probe = new Probe<>(1);
        InferenceStream.from(transport, source).map(Samples::words).subscribe(probe);

        source.give(STARTED, text("a"), COMPLETED);

        assertThat(probe.elements()).containsExactly("a");
        assertThat(probe.completed).isTrue();
    }

    @Test
    void view_thatThrows_endsTheStreamWithIt() {
        AssertionError bad = new AssertionError("view");
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        Probe<InferenceEvent> probe = new Probe<>();
        stream.peek(e -> {
                    if (e.equals(text("b"))) {
                        throw bad;
                    }
                })
                .subscribe(probe);

        source.give(text("a"), text("b"), text("c"));

        assertThat(probe.elements()).containsExactly(text("a"));
        assertThat(probe.error).isSameAs(bad);
        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
        assertThat(stream.outcome().toCompletableFuture().join()).isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void view_thatThrowsAfterTheEndWasDecoded_endsTheStreamButNotTheOutcome() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        Probe<InferenceEvent> probe = new Probe<>();
        stream.<InferenceEvent>map(e -> {
                    throw new IllegalArgumentException("view");
                })
                .subscribe(probe);

        source.give(COMPLETED);

        assertThat(probe.error).hasMessage("view");
        assertThat(stream.outcome().toCompletableFuture()).isCompletedWithValue(new Outcome.Done(COMPLETED));
    }

    @Test
    void onNext_thatThrows_cancelsSilently() {
        Probe<InferenceEvent> probe = new Probe<>(Long.MAX_VALUE, (p, e) -> {
            throw new IllegalStateException("onNext");
        });
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        stream.subscribe(probe);

        source.give(text("a"), text("b"));

        assertThat(probe.elements()).containsExactly(text("a"));
        assertThat(probe.terminals).hasValue(0);
        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
    }

    @Test
    void cancel_insideOnNext_isTheLast() {
        Probe<InferenceEvent> probe = new Probe<>(Long.MAX_VALUE, (p, e) -> p.cancel());
        InferenceStream.from(transport, source).subscribe(probe);

        source.give(text("a"), text("b"), COMPLETED);

        assertThat(probe.elements()).containsExactly(text("a"));
        assertThat(probe.terminals).hasValue(0);
    }

    @Test
    void request_ofNothing_isAnError() {
        Probe<InferenceEvent> probe = new Probe<>(1);
        InferenceStream.from(transport, source).subscribe(probe);

        probe.request(0);

        assertThat(probe.error)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("request: 0 (expected: >= 1");
        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
    }

    @Test
    void reader_thatAskedForNothing_isSeenWaitingAgain() {
        Probe<InferenceEvent> probe = new Probe<>(1);
        InferenceStream.from(transport, source).subscribe(probe);
        assertThat(source.sink().readerWaits()).isTrue();

        source.give(text("a"));
        assertThat(source.sink().readerWaits()).isFalse();
        assertThat(source.resumptions).hasValue(0);
        probe.request(2);

        assertThat(source.sink().readerWaits()).isTrue();
        assertThat(source.resumptions).hasValue(1);
    }

    @Test
    void executor_thatRejects_cancelsTheCallAndTellsOnAnotherThread() throws InterruptedException {
        CallContext full = CallContext.create(Delivery.on(task -> {
            throw new RejectedExecutionException("full");
        }));
        InferenceStream<InferenceEvent> stream = InferenceStream.from(full, source);
        CompletableFuture<Outcome> outcome = stream.outcome().toCompletableFuture();
        Probe<InferenceEvent> probe = new Probe<>();
        stream.subscribe(probe);

        probe.awaitEnd();

        assertThat(inference(probe.error).category()).isEqualTo(ErrorCategory.REJECTED);
        assertThat(probe.threads.get(probe.threads.size() - 1)).isNotSameAs(Thread.currentThread());
        assertThat(outcome.orTimeout(20, TimeUnit.SECONDS).join())
                .isEqualTo(new Outcome.Cancelled(CancelReason.SHUTDOWN, Usage.absent()));
        assertThat(source.cancels).containsExactly(CancelReason.SHUTDOWN);
    }

    @Test
    void executor_thatRejectsAfterTheEndWasDecoded_doesNotPretendTheAnswerWasWhole() throws InterruptedException {
        List<Runnable> taken = new ArrayList<>();
        CallContext once = CallContext.create(Delivery.on(task -> {
            if (!taken.isEmpty()) {
                throw new RejectedExecutionException("full");
            }
            taken.add(task);
        }));
        InferenceStream<InferenceEvent> stream = InferenceStream.from(once, source);
        Probe<InferenceEvent> probe = new Probe<>();
        stream.subscribe(probe);
        taken.get(0).run();

        source.give(text("a"), COMPLETED);
        probe.awaitEnd();

        assertThat(inference(probe.error).category()).isEqualTo(ErrorCategory.REJECTED);
        assertThat(probe.elements()).isEmpty();
    }
}
