package dev.avionics.airframe.stream;

import static dev.avionics.airframe.stream.Samples.COMPLETED;
import static dev.avionics.airframe.stream.Samples.STARTED;
import static dev.avionics.airframe.stream.Samples.failure;
import static dev.avionics.airframe.stream.Samples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class CollectTest {
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final CallContext queued = CallContext.create(Delivery.on(tasks::add));
    private final CallContext transport = CallContext.create(Delivery.TRANSPORT);
    private final HandSource source = new HandSource();

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    @Test
    void collect_ofWholeAnswer_putsItTogetherWhereTheDeliverySays() {
        CompletableFuture<InferenceResult> result =
                InferenceStream.from(queued, source).collect();
        assertThat(source.requested).hasValue(Long.MAX_VALUE);

        source.give(STARTED, text("a"), text("b"), COMPLETED);

        assertThat(result).isNotDone();
        assertThat(tasks).hasSize(1);
        runTasks();
        assertThat(result.join().text()).isEqualTo("ab");
        assertThat(result.join().usage()).isEqualTo(Samples.USAGE);
    }

    @Test
    void collect_ofFailedCall_fails() {
        InferenceException broken = failure("broken");
        CompletableFuture<InferenceResult> result =
                InferenceStream.from(transport, source).collect();
        source.give(STARTED, text("a"));

        source.fail(broken);

        assertThatThrownBy(result::join).isInstanceOf(CompletionException.class).hasCause(broken);
    }

    @Test
    void collect_ofEventsWithoutStart_failsAsUnreadable() {
        CompletableFuture<InferenceResult> result =
                InferenceStream.from(transport, source).collect();

        source.give(COMPLETED);

        assertThatThrownBy(result::join)
                .cause()
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.PARSE));
    }

    @Test
    void future_cancelled_cancelsTheSource() {
        CompletableFuture<InferenceResult> result =
                InferenceStream.from(transport, source).collect();

        result.cancel(true);

        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
    }

    @Test
    void future_completedFromOutside_cancelsTheSource() {
        CompletableFuture<InferenceResult> result =
                InferenceStream.from(transport, source).collect();

        result.completeExceptionally(new IllegalStateException("a timeout of the caller"));

        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
    }

    @Test
    void future_ofFinishedCall_cancelsNothing() {
        CompletableFuture<InferenceResult> result =
                InferenceStream.from(transport, source).collect();
        source.give(STARTED, COMPLETED);

        result.cancel(true);

        assertThat(result).isCompleted();
        assertThat(source.cancels).isEmpty();
    }

    @Test
    void collect_ofCancelledStream_failsAndStartsNothing() {
        InferenceStream<InferenceEvent> stream = InferenceStream.from(transport, source);
        stream.cancel(CancelReason.DEADLINE);

        CompletableFuture<InferenceResult> result = stream.collect();

        assertThat(result).isCompletedExceptionally();
        assertThatThrownBy(result::join)
                .cause()
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.CANCELLED));
        assertThat(source.starts).hasValue(0);
    }

    @Test
    void views_ofCollectedStream_runWhereTheDeliverySays() {
        List<InferenceEvent> seen = new ArrayList<>();
        CompletableFuture<InferenceResult> result = InferenceStream.from(queued, source)
                .peek(seen::add)
                .map(e -> null)
                .collect();

        source.give(STARTED, text("a"), COMPLETED);

        assertThat(seen).isEmpty();
        runTasks();
        assertThat(seen).containsExactly(STARTED, text("a"), COMPLETED);
        assertThat(result.join().text()).isEqualTo("a");
    }

    @Test
    void view_thatThrows_failsTheFutureAndCancelsTheSource() {
        IllegalStateException bad = new IllegalStateException("view");
        CompletableFuture<InferenceResult> result = InferenceStream.from(transport, source)
                .peek(e -> {
                    throw bad;
                })
                .collect();

        source.give(STARTED);

        assertThatThrownBy(result::join).hasCause(bad);
        assertThat(source.cancels).containsExactly(CancelReason.CALLER);
    }
}
