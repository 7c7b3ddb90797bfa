package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
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
        // Nobody waits for the answer any more, whoever completed the future; after the call's end this does nothing.
        future.whenComplete((result, error) -> flight.cancel(CancelReason.CALLER));
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
    public void end(@Nullable InferenceException error, boolean cancelled) {
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
            future.completeExceptionally(
                    InferenceException.builder(ErrorCategory.PARSE, "the events make no whole answer: " + e)
                            .origin(ErrorOrigin.US)
                            .cause(e)
                            .build());
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
