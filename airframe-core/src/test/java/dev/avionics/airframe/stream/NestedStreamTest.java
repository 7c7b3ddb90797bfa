package dev.avionics.airframe.stream;

import static dev.avionics.airframe.stream.Samples.COMPLETED;
import static dev.avionics.airframe.stream.Samples.STARTED;
import static dev.avionics.airframe.stream.Samples.failure;
import static dev.avionics.airframe.stream.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A stream inside a stream: deferred, relayed, switched. */
class NestedStreamTest {
    private final CallContext context = CallContext.create(Delivery.TRANSPORT);
    private final HandSource source = new HandSource();
    private final InferenceStream<InferenceEvent> inner = InferenceStream.from(context, source);
    private final Probe<InferenceEvent> probe = new Probe<>();

    private static Outcome outcome(InferenceStream<?> stream) {
        return stream.outcome().toCompletableFuture().getNow(null);
    }

    private static ErrorCategory category(Throwable error) {
        assertThat(error).isInstanceOf(InferenceException.class);
        return ((InferenceException) error).category();
    }

    /** What a source says to the one who started it. */
    private static final class Notes implements Source.Sink {
        final List<Object> said = new ArrayList<>();

        @Override
        public void event(InferenceEvent event) {
            said.add(event);
        }

        @Override
        public void flushPoint() {}

        @Override
        public void fail(InferenceException why) {
            said.add(why);
        }
    }

    @Test
    void deferred_keepsDemandUntilTheStreamIsKnown() {
        CompletableFuture<InferenceStream<InferenceEvent>> later = new CompletableFuture<>();
        InferenceStream.deferred(context, () -> later).subscribe(probe);
        assertThat(source.starts).hasValue(0);

        later.complete(inner);

        assertThat(source.requested).hasValue(Drain.WINDOW);
        source.give(STARTED, COMPLETED);
        assertThat(probe.completed).isTrue();
    }

    @Test
    void deferred_beforeConsumption_asksNobody() {
        List<String> asked = new ArrayList<>();

        InferenceStream<InferenceEvent> stream = InferenceStream.deferred(context, () -> {
            asked.add("later");
            return CompletableFuture.completedFuture(inner);
        });

        assertThat(asked).isEmpty();
        stream.subscribe(probe);
        assertThat(asked).hasSize(1);
    }

    @Test
    void deferred_cancelledBeforeTheStreamIsKnown_cancelsTheFuture() {
        CompletableFuture<InferenceStream<InferenceEvent>> later = new CompletableFuture<>();
        InferenceStream<InferenceEvent> stream = InferenceStream.deferred(context, () -> later);
        stream.subscribe(probe);

        stream.cancel(CancelReason.DEADLINE);

        assertThat(later).isCancelled();
        assertThat(outcome(stream)).isEqualTo(new Outcome.Cancelled(CancelReason.DEADLINE, Usage.absent()));
        assertThat(probe.terminals).hasValue(1);
    }

    @Test
    void deferred_cancelledBeforeAStageThatCannotBeCancelled_cancelsItsStream() {
        CompletableFuture<InferenceStream<InferenceEvent>> later = new CompletableFuture<>();
        InferenceStream<InferenceEvent> stream = InferenceStream.deferred(
                context, () -> later.minimalCompletionStage().thenApply(s -> s));
        stream.subscribe(probe);
        stream.cancel(CancelReason.DEADLINE);

        later.complete(inner);

        assertThat(outcome(inner)).isEqualTo(new Outcome.Cancelled(CancelReason.DEADLINE, Usage.absent()));
        assertThat(source.starts).hasValue(0);
    }

    @Test
    void deferred_cancelledWhileItsStreamStarts_cancelsItAfterwards() {
        CompletableFuture<InferenceStream<InferenceEvent>> later = new CompletableFuture<>();
        InferenceStream<InferenceEvent> stream = InferenceStream.deferred(context, () -> later);
        stream.subscribe(probe);
        HandSource slow = new HandSource(sink -> stream.cancel(CancelReason.DEADLINE));

        later.complete(InferenceStream.from(context, slow));

        assertThat(slow.cancels).containsExactly(CancelReason.DEADLINE);
        assertThat(slow.requested).hasValue(0);
    }

    @Test
    void deferred_whoseFutureFails_fails() {
        InferenceException own = failure("no");
        CompletableFuture<InferenceStream<InferenceEvent>> later = new CompletableFuture<>();
        InferenceStream.deferred(context, () -> later.thenApply(s -> s)).subscribe(probe);

        later.completeExceptionally(own);

        assertThat(probe.error).isSameAs(own);
    }

    @Test
    void deferred_whoseFutureIsCancelledByItsOwner_isCancelled() {
        CompletableFuture<InferenceStream<InferenceEvent>> later = new CompletableFuture<>();
        InferenceStream.deferred(context, () -> later).subscribe(probe);

        later.cancel(false);

        assertThat(category(probe.error)).isEqualTo(ErrorCategory.CANCELLED);
    }

    @Test
    void deferred_whoseSupplierThrows_fails() {
        InferenceStream.deferred(context, () -> {
                    throw new IllegalStateException("no");
                })
                .subscribe(probe);

        assertThat(category(probe.error)).isEqualTo(ErrorCategory.REJECTED);
        assertThat(probe.terminals).hasValue(1);
    }

    @Test
    void deferred_ofConsumedStream_failsAndLeavesTheOtherConsumerAlone() {
        Probe<InferenceEvent> first = new Probe<>(1);
        inner.subscribe(first);
        InferenceStream<InferenceEvent> stream =
                InferenceStream.deferred(context, () -> CompletableFuture.completedFuture(inner));

        stream.subscribe(probe);
        stream.cancel(CancelReason.CALLER);

        assertThat(category(probe.error)).isEqualTo(ErrorCategory.REJECTED);
        assertThat(source.requested).hasValue(Drain.WINDOW);
        assertThat(source.cancels).isEmpty();
    }

    @Test
    void relay_ofConsumedStream_steersNothing() {
        inner.subscribe(new Probe<>(1));
        Notes notes = new Notes();
        Source relay = InferenceStream.sourceOf(inner);

        relay.start(notes);
        relay.request(10);
        relay.cancel(CancelReason.CALLER);

        assertThat(notes.said).hasSize(1);
        assertThat(source.requested).hasValue(Drain.WINDOW);
        assertThat(source.cancels).isEmpty();
    }

    @Test
    void relay_cancelledThroughItself_saysNothingMore() {
        Notes notes = new Notes();
        Source relay = InferenceStream.sourceOf(inner);
        relay.start(notes);
        relay.request(10);
        source.give(text("a"));

        relay.cancel(CancelReason.SUPERSEDED);
        source.give(text("b"));

        assertThat(notes.said).containsExactly(text("a"));
        assertThat(source.cancels).containsExactly(CancelReason.SUPERSEDED);
        assertThat(outcome(inner)).isEqualTo(new Outcome.Cancelled(CancelReason.SUPERSEDED, Usage.absent()));
    }

    @Test
    void relay_ofStreamThatSomebodyElseCancels_failsWithItsUsage() {
        source.usage = Samples.USAGE;
        Notes notes = new Notes();
        InferenceStream.sourceOf(inner).start(notes);

        inner.cancel(CancelReason.SHUTDOWN);

        assertThat(notes.said).hasSize(1);
        InferenceException why = (InferenceException) notes.said.get(0);
        assertThat(why.category()).isEqualTo(ErrorCategory.CANCELLED);
        assertThat(why.usage()).isEqualTo(Samples.USAGE);
    }

    @Test
    void cancel_ofOuterStream_settlesBothAndIsToldOnce() {
        source.usage = Samples.USAGE;
        InferenceStream<InferenceEvent> outer = InferenceStream.from(context, InferenceStream.sourceOf(inner));
        outer.subscribe(probe);

        outer.cancel(CancelReason.DEADLINE);

        Outcome cancelled = new Outcome.Cancelled(CancelReason.DEADLINE, Samples.USAGE);
        assertThat(outcome(outer)).isEqualTo(cancelled);
        assertThat(outcome(inner)).isEqualTo(cancelled);
        assertThat(source.cancels).containsExactly(CancelReason.DEADLINE);
        assertThat(probe.terminals).hasValue(1);
    }

    @Test
    void cancel_ofOuterStreamAfterTheInnerEnd_knowsTheExactUsage() {
        InferenceStream<InferenceEvent> outer = InferenceStream.from(context, InferenceStream.sourceOf(inner));
        outer.subscribe(probe);
        inner.observe(end -> outer.cancel(CancelReason.CALLER));

        source.give(COMPLETED);

        assertThat(outcome(inner)).isEqualTo(new Outcome.Done(COMPLETED));
        assertThat(outcome(outer)).isEqualTo(new Outcome.Cancelled(CancelReason.CALLER, Samples.USAGE));
    }

    @Test
    void relayedView_thatLeavesOutNearlyEverything_doesNotStall() {
        InferenceStream<InferenceEvent> many = InferenceStream.from(context, ScriptedSource.words(5000, null));
        InferenceStream<InferenceEvent> few = many.map(e -> e.equals(text("w4999")) ? e : null);

        InferenceStream.from(context, InferenceStream.sourceOf(few)).subscribe(probe);

        assertThat(probe.elements()).containsExactly(text("w4999"), COMPLETED);
        assertThat(probe.completed).isTrue();
    }

    @Test
    void relayedView_thatThrows_failsTheOuterStream() {
        IllegalStateException bad = new IllegalStateException("view");
        InferenceStream<InferenceEvent> view = inner.peek(e -> {
            throw bad;
        });
        InferenceStream<InferenceEvent> outer = InferenceStream.from(context, InferenceStream.sourceOf(view));
        outer.subscribe(probe);

        source.give(text("a"));

        assertThat(probe.error).hasCause(bad);
        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
        assertThat(outcome(outer)).isInstanceOf(Outcome.Failed.class);
    }

    @Test
    void relayedView_thatEndsEarly_completesAndCancelsTheInnerStream() {
        InferenceStream<InferenceEvent> view = inner.map(e -> e.equals(text("stop")) ? COMPLETED : e);
        InferenceStream<InferenceEvent> outer = InferenceStream.from(context, InferenceStream.sourceOf(view));
        outer.subscribe(probe);

        source.give(text("a"), text("stop"), text("b"));

        assertThat(probe.elements()).containsExactly(text("a"), COMPLETED);
        assertThat(probe.completed).isTrue();
        assertThat(source.cancels).hasSize(1);
        assertThat(outcome(outer)).isEqualTo(new Outcome.Done(COMPLETED));
    }

    @Test
    void switching_whenTheFirstStreamFails_carriesDemandToTheSecond() {
        HandSource second = new HandSource();
        SwitchingSource both = new SwitchingSource(List.of(() -> inner, () -> InferenceStream.from(context, second)));
        InferenceStream<InferenceEvent> outer = InferenceStream.from(context, both);
        outer.subscribe(probe);

        source.fail(failure("first"));

        assertThat(second.requested).hasValue(Drain.WINDOW);
        second.give(STARTED, COMPLETED);
        assertThat(probe.elements()).containsExactly(STARTED, COMPLETED);
        assertThat(outcome(inner)).isInstanceOf(Outcome.Failed.class);
        assertThat(outcome(outer)).isEqualTo(new Outcome.Done(COMPLETED));
    }

    @Test
    void switching_whenCancelled_startsNoSecond() {
        List<String> asked = new ArrayList<>();
        SwitchingSource both = new SwitchingSource(List.of(() -> inner, () -> {
            asked.add("second");
            return inner;
        }));
        InferenceStream<InferenceEvent> outer = InferenceStream.from(context, both);
        outer.subscribe(probe);

        outer.cancel(CancelReason.CALLER);

        assertThat(asked).isEmpty();
        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
    }
}
