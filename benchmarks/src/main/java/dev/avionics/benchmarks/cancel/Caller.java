package dev.avionics.benchmarks.cancel;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Somebody who has begun a call in one of the ways there are, and leaves it in the way that goes with it. */
final class Caller {
    private final Runnable cancel;

    private Caller(Runnable cancel) {
        this.cancel = cancel;
    }

    static Caller begin(InferenceStream<InferenceEvent> stream, Random random) {
        switch (random.nextInt(4)) {
            case 0 -> {
                CompletableFuture<InferenceResult> answer = stream.collect();
                return new Caller(() -> answer.cancel(true));
            }
            case 1 -> {
                EventCursor<InferenceEvent> cursor = stream.open();
                return new Caller(cursor::close);
            }
            case 2 -> {
                stream.subscribe(new Subscriber());
                return new Caller(() -> stream.cancel(CancelReason.CALLER));
            }
            default -> {
                Subscriber subscriber = new Subscriber();
                stream.subscribe(subscriber);
                return new Caller(subscriber::cancel);
            }
        }
    }

    /** Leaves, and returns the moment just before. */
    long leave() {
        long now = System.nanoTime();
        cancel.run();
        return now;
    }

    /** Reads everything; may leave while it is given its nth event. */
    static final class Subscriber implements Flow.Subscriber<InferenceEvent> {
        private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();
        private final CompletableFuture<Long> left = new CompletableFuture<>();
        private final int leaveAt;
        private int count;

        Subscriber() {
            this(Integer.MAX_VALUE);
        }

        Subscriber(int leaveAt) {
            this.leaveAt = leaveAt;
        }

        /** Completes with the moment just before it left. */
        CompletableFuture<Long> left() {
            return left;
        }

        void cancel() {
            Flow.Subscription to = subscription.get();
            if (to != null) {
                to.cancel();
            }
        }

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription.set(given);
            given.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(InferenceEvent event) {
            if (++count == leaveAt) {
                long now = System.nanoTime();
                cancel();
                left.complete(now);
            }
        }

        @Override
        public void onError(Throwable error) {
            left.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            left.completeExceptionally(new IllegalStateException("the answer ended before the caller left"));
        }
    }
}
