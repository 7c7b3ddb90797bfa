package dev.avionics.airframe.stream;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A source that is known only later: demand is kept until then, and a cancel before it reaches the late one. */
final class Deferred implements Source {
    private final Supplier<? extends CompletionStage<InferenceStream<InferenceEvent>>> later;
    private @Nullable CompletionStage<InferenceStream<InferenceEvent>> stage;
    private @Nullable Source inner;
    private @Nullable CancelReason cancelled;
    private long asked;

    Deferred(Supplier<? extends CompletionStage<InferenceStream<InferenceEvent>>> later) {
        this.later = later;
    }

    @Override
    public void start(Sink sink) {
        CompletionStage<InferenceStream<InferenceEvent>> coming = later.get();
        synchronized (this) {
            stage = coming;
        }
        coming.whenComplete((stream, error) -> {
            if (error != null || stream == null) {
                sink.fail(asInferenceException(error));
            } else {
                connect(stream, sink);
            }
        });
    }

    private void connect(InferenceStream<InferenceEvent> stream, Sink sink) {
        Source found = InferenceStream.sourceOf(stream);
        CancelReason why;
        synchronized (this) {
            why = cancelled;
        }
        if (why != null) {
            stream.cancel(why);
            return;
        }
        found.start(sink);
        long pending;
        synchronized (this) {
            inner = found;
            pending = asked;
            asked = 0;
            why = cancelled;
        }
        if (why != null) {
            found.cancel(why);
        } else if (pending > 0) {
            found.request(pending);
        }
    }

    private static InferenceException asInferenceException(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof InferenceException known) {
            return known;
        }
        if (cause instanceof CancellationException) {
            return InferenceException.builder(ErrorCategory.CANCELLED, "the call was cancelled before it was started")
                    .cause(cause)
                    .build();
        }
        return InferenceException.builder(ErrorCategory.REJECTED, "the call could not be started: " + cause)
                .origin(ErrorOrigin.US)
                .cause(cause)
                .build();
    }

    @Override
    public void request(long n) {
        Source to;
        synchronized (this) {
            to = inner;
            if (to == null) {
                asked = asked + n < 0 ? Long.MAX_VALUE : asked + n;
            }
        }
        if (to != null) {
            to.request(n);
        }
    }

    @Override
    public void cancel(CancelReason why) {
        Source to;
        CompletionStage<InferenceStream<InferenceEvent>> coming;
        synchronized (this) {
            cancelled = why;
            to = inner;
            coming = stage;
        }
        if (to != null) {
            to.cancel(why);
        } else if (coming instanceof CompletableFuture<?> future) {
            future.cancel(false);
        }
    }

    @Override
    public void resumed() {
        Source to;
        synchronized (this) {
            to = inner;
        }
        if (to != null) {
            to.resumed();
        }
    }

    @Override
    public Usage usageSoFar() {
        Source to;
        synchronized (this) {
            to = inner;
        }
        return to == null ? Usage.absent() : to.usageSoFar();
    }
}
