package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.call.CancelReason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Puts the answer together: on the source's thread, or as the subscriber of a view whose functions must run. */
final class Collector implements Receiver, Flow.Subscriber<InferenceEvent> {
    private final Flight flight;
    private final ResultAssembler assembler = new ResultAssembler();
    private final CompletableFuture<InferenceResult> future = new CompletableFuture<>();

    Collector(Flight flight) {
        this.flight = flight;
        future.whenComplete((result, error) -> {
            if (future.isCancelled()) {
                flight.cancel(CancelReason.CALLER);
            }
        });
    }

    CompletableFuture<InferenceResult> future() {
        return future;
    }

    void start() {
        flight.begin();
        flight.request(Long.MAX_VALUE);
    }

    @Override
    public void event(InferenceEvent event) {
        assembler.accept(event);
    }

    @Override
    public void flushPoint() {}

    @Override
    public void end(@Nullable Throwable error, boolean cancelled) {
        flight.deliver(() -> complete(error));
    }

    private void complete(@Nullable Throwable error) {
        if (error != null) {
            future.completeExceptionally(error);
            return;
        }
        try {
            future.complete(assembler.result());
        } catch (RuntimeException e) {
            future.completeExceptionally(e);
        }
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(InferenceEvent event) {
        assembler.accept(event);
    }

    @Override
    public void onError(Throwable error) {
        complete(error);
    }

    @Override
    public void onComplete() {
        complete(null);
    }
}
