package dev.avionics.gateway.layer;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that a call has to have before it goes on, and waits for. What is taken reaches the call, or is taken back: also where
 * the call is given up at any moment between.
 *
 * @param coming what is waited for; cancelling it ends the wait, and whoever completes it takes back what it cannot deliver
 * @param takeBack takes back what was delivered to a call that was given up meanwhile
 */
record Admission<T>(CompletableFuture<T> coming, Consumer<T> takeBack) {
    /** An admission that a stage gives, which nobody can call off. */
    static <T> Admission<T> of(CompletionStage<T> stage, Consumer<T> takeBack) {
        CompletableFuture<T> coming = new CompletableFuture<>();
        stage.whenComplete((taken, failure) -> {
            if (failure != null) {
                coming.completeExceptionally(cause(failure));
            } else if (!coming.complete(taken)) {
                takeBack.accept(taken);
            }
        });
        return new Admission<>(coming, takeBack);
    }

    /**
     * This and then another; what is taken is taken back together.
     *
     * @param second asked for after this came
     * @param join makes one of both
     */
    Admission<T> and(Supplier<Admission<T>> second, BinaryOperator<T> join) {
        CompletableFuture<T> both = new CompletableFuture<>();
        coming.whenComplete((mine, failure) -> {
            if (failure != null) {
                both.completeExceptionally(cause(failure));
            } else if (both.isDone()) {
                takeBack.accept(mine);
            } else {
                Admission<T> other = second.get();
                other.coming().whenComplete((its, why) -> {
                    if (why != null) {
                        takeBack.accept(mine);
                        both.completeExceptionally(cause(why));
                    } else if (!both.complete(join.apply(mine, its))) {
                        takeBack.accept(mine);
                        other.takeBack().accept(its);
                    }
                });
                cancelWith(both, other.coming());
            }
        });
        cancelWith(both, coming);
        return new Admission<>(both, takeBack);
    }

    /**
     * A stream that comes after the admission; for {@link InferenceStream#deferred}.
     *
     * @param call whose delivery goes on with it if it was waited for: the thread that brings an admission is a client's or a timer's, and
     *     not to be held up
     * @param start makes the stream; from its return on the stream's own end says what becomes of what was taken
     */
    CompletableFuture<InferenceStream<InferenceEvent>> stream(
            GatewayCall call, Function<T, InferenceStream<InferenceEvent>> start) {
        CompletableFuture<InferenceStream<InferenceEvent>> answer = new CompletableFuture<>();
        go(call, answer, taken -> {
            InferenceStream<InferenceEvent> stream = start.apply(taken);
            if (!answer.complete(stream)) {
                stream.cancel(CancelReason.CALLER);
            }
        });
        return answer;
    }

    /**
     * A value that comes after the admission.
     *
     * @param call as for {@link #stream}
     * @param start makes it; from its return on the future's end says what becomes of what was taken
     */
    <R> CompletableFuture<R> value(GatewayCall call, Function<T, CompletableFuture<R>> start) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        go(call, answer, taken -> {
            CompletableFuture<R> running = start.apply(taken);
            running.whenComplete((value, error) -> {
                if (error == null) {
                    answer.complete(value);
                } else {
                    answer.completeExceptionally(cause(error));
                }
            });
            cancelWith(answer, running);
        });
        return answer;
    }

    /**
     * A copy of a future that completes after somebody had a look at the end; cancelling it cancels the future.
     *
     * @param look takes the value or the failure
     */
    static <R> CompletableFuture<R> observed(
            CompletableFuture<R> running, BiConsumer<@Nullable R, @Nullable Throwable> look) {
        CompletableFuture<R> copy = running.whenComplete(look);
        cancelWith(copy, running);
        return copy;
    }

    private <R> void go(GatewayCall call, CompletableFuture<R> answer, Consumer<T> start) {
        Executor delivery = coming.isDone() ? null : call.context().delivery().executor();
        coming.whenComplete((taken, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(cause(failure));
            } else if (delivery == null) {
                goOn(answer, taken, start);
            } else {
                try {
                    delivery.execute(() -> goOn(answer, taken, start));
                } catch (RejectedExecutionException closed) {
                    takeBack.accept(taken);
                    answer.completeExceptionally(closed);
                }
            }
        });
        cancelWith(answer, coming);
    }

    private <R> void goOn(CompletableFuture<R> answer, T taken, Consumer<T> start) {
        if (answer.isDone()) {
            takeBack.accept(taken);
            return;
        }
        try {
            start.accept(taken);
        } catch (RuntimeException | Error broken) {
            takeBack.accept(taken);
            answer.completeExceptionally(broken);
        }
    }

    private static void cancelWith(CompletableFuture<?> outer, CompletableFuture<?> inner) {
        outer.whenComplete((value, error) -> {
            if (outer.isCancelled()) {
                inner.cancel(false);
            }
        });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
