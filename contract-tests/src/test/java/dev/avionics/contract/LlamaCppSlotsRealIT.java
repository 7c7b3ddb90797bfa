package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.EventCursor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A model in this process, its slots and its queue; and its tokens beside those of a llama-server. */
class LlamaCppSlotsRealIT {
    private final Airframe airframe = Airframe.create();

    @AfterEach
    void close() {
        airframe.close();
    }

    private static InferenceRequest story(int tokens) {
        return InferenceRequest.builder()
                .message(Message.system("You tell stories."))
                .message(Message.user("Write a very long story about the sea."))
                .temperature(0.0)
                .maxTokens(tokens)
                .build();
    }

    private CompletableFuture<InferenceResult> call(Target target, int tokens) {
        return airframe.infer(target, story(tokens), airframe.newCall(), RetryPolicy.NEVER)
                .collect();
    }

    private static InferenceResult get(CompletableFuture<InferenceResult> future)
            throws InterruptedException, TimeoutException {
        try {
            return future.get(120, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("it failed: " + e.getCause(), e.getCause());
        }
    }

    private static InferenceException failure(CompletableFuture<InferenceResult> future)
            throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("it succeeded: " + future.get(120, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return (InferenceException) e.getCause();
        }
    }

    private EventCursor<InferenceEvent> begun(Airframe by, Target target) {
        EventCursor<InferenceEvent> cursor =
                by.infer(target, story(1500), by.newCall()).open();
        while (!(cursor.next() instanceof InferenceEvent.TextDelta)) {
            // Not begun yet.
        }
        return cursor;
    }

    @Test
    void callers_fourOnOneSlot_areServedOneAfterTheOther() throws Exception {
        Target target = LlamaCppRealIT.target(RealParts.model(), 1, 8);
        List<CompletableFuture<InferenceResult>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(call(target, 12));
        }
        for (CompletableFuture<InferenceResult> one : all) {
            assertThat(get(one).text()).isNotBlank();
        }
    }

    @Test
    void call_beyondSlotsAndQueue_isRejectedAtOnce() throws Exception {
        Target target = LlamaCppRealIT.target(RealParts.model(), 1, 1);
        try (EventCursor<InferenceEvent> running = begun(airframe, target)) {
            CompletableFuture<InferenceResult> waiting = call(target, 4);
            InferenceException why = failure(call(target, 4));
            assertThat(why.category()).isEqualTo(ErrorCategory.REJECTED);
            assertThat(waiting).isNotDone();
            running.close();
            assertThat(get(waiting).text()).isNotBlank();
        }
    }

    @Test
    void call_cancelledWhileItWaits_leavesTheQueueToOthers() throws Exception {
        Target target = LlamaCppRealIT.target(RealParts.model(), 1, 1);
        try (EventCursor<InferenceEvent> running = begun(airframe, target)) {
            CompletableFuture<InferenceResult> waiting = call(target, 4);
            waiting.cancel(false);
            CompletableFuture<InferenceResult> next = call(target, 4);
            running.close();
            assertThat(get(next).text()).isNotBlank();
        }
    }

    @Test
    void call_whoseReaderAsksForNothing_ofTwoSlots_leavesTheOtherFree() throws Exception {
        Target target = LlamaCppRealIT.target(RealParts.model(), 2, 8);
        try (EventCursor<InferenceEvent> running = begun(airframe, target)) {
            assertThat(get(call(target, 8)).text()).isNotBlank();
            assertThat(running.hasNext()).isTrue();
        }
    }

    @Test
    void airframe_closedInMidAnswer_endsItAndTheModelServesTheNext() throws Exception {
        Target target = LlamaCppRealIT.target(RealParts.model(), 1, 8);
        CompletableFuture<Void> committed = new CompletableFuture<>();
        Airframe other = Airframe.create();
        CallContext context = CallContext.create(Delivery.on(Runnable::run)).observedBy(new CallObserver() {
            @Override
            public void committed(int number, Target to) {
                committed.complete(null);
            }
        });
        CompletableFuture<InferenceResult> running =
                other.infer(target, story(1500), context).collect();
        committed.get(60, TimeUnit.SECONDS);
        other.close();
        assertThat(failure(running).category()).isEqualTo(ErrorCategory.REJECTED);
        long begun = System.nanoTime();
        assertThat(get(call(target, 4)).text()).isNotBlank();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void inputTokens_hereAndAtALlamaServer_areTheSame() throws Exception {
        long here = get(call(LlamaCppRealIT.target(RealParts.model(), 1, 8), 4))
                .usage()
                .inputTotal()
                .value();
        try (LlamaServerProcess server = LlamaServerProcess.start(1)) {
            assertThat(get(call(server.target("native"), 4))
                            .usage()
                            .inputTotal()
                            .value())
                    .isEqualTo(here);
            assertThat(get(call(server.target("openai"), 4))
                            .usage()
                            .inputTotal()
                            .value())
                    .isEqualTo(here);
        }
    }
}
