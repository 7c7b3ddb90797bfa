package dev.avionics.llm.service;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.Inference;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The calls of one service: so many at once, each with its models in order, and all of them to be cancelled together. */
final class Calls {
    private final Inference inference;
    private final CallSlots slots;
    private final Set<Running> running = ConcurrentHashMap.newKeySet();

    /** A call that was consumed and has not ended. */
    private static final class Running {
        private volatile @Nullable InferenceStream<InferenceEvent> stream;
    }

    Calls(Inference inference, int most) {
        this.inference = inference;
        slots = new CallSlots(most);
    }

    /**
     * An answer, as soon as there is room for another call.
     *
     * @param models what is asked one after the other; empty names mean the inference's own default
     */
    InferenceStream<InferenceEvent> infer(List<String> models, InferenceRequest request, CallContext call) {
        Running one = new Running();
        InferenceStream<InferenceEvent> stream = InferenceStream.deferred(call, () -> {
            running.add(one);
            return withPermit(models, request, call);
        });
        one.stream = stream;
        return stream.observe(outcome -> running.remove(one));
    }

    private CompletableFuture<InferenceStream<InferenceEvent>> withPermit(
            List<String> models, InferenceRequest request, CallContext call) {
        CompletableFuture<InferenceStream<InferenceEvent>> ready = new CompletableFuture<>();
        CompletableFuture<CallSlots.Permit> place = slots.acquire();
        place.whenComplete((permit, error) -> {
            if (error != null) {
                ready.completeExceptionally(error);
                return;
            }
            InferenceStream<InferenceEvent> answer = InferenceStream.from(
                            call, new FallbackSource(models, model -> ask(model, request, call)))
                    .observe(outcome -> permit.release());
            if (!ready.complete(answer)) {
                permit.release();
            }
        });
        ready.whenComplete((answer, error) -> {
            if (ready.isCancelled()) {
                place.cancel(false);
            }
        });
        return ready;
    }

    private InferenceStream<InferenceEvent> ask(String model, InferenceRequest request, CallContext call) {
        return inference.infer(model.isEmpty() ? null : model, request, call);
    }

    /** How many calls run or wait. */
    int running() {
        return running.size();
    }

    int freeSlots() {
        return slots.free();
    }

    int waiting() {
        return slots.waiting();
    }

    void cancelAll() {
        for (Running one : running) {
            InferenceStream<InferenceEvent> stream = one.stream;
            if (stream != null) {
                stream.cancel(CancelReason.SHUTDOWN);
            }
        }
    }

    void close() {
        cancelAll();
        slots.close(() -> InferenceException.of(ErrorCategory.REJECTED, "the service is closed"));
    }
}
