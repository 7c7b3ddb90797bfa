package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The only class that tries again. Runs an {@link AttemptPlan} under one deadline and one allowance until an attempt
 * commits or the rules give up. Thread-safe.
 *
 * <p>An attempt commits with its first content or its end. What came before is held back, and dropped if the attempt
 * fails; waits and failed attempts are told to the call's {@link CallObserver} only. After the commit nothing is repeated.
 */
public final class Attempts implements AutoCloseable {
    private final Pauses pauses;
    private final Ticker ticker;
    private final RandomSource random;
    private final RetryBudget budget;
    private final RetryPolicy policy;

    /** An engine with its own retry budget. */
    public Attempts(Scheduler scheduler, Ticker ticker, RandomSource random, RetryPolicy policy) {
        this(new Pauses(scheduler), ticker, random, policy, new RetryBudget(ticker));
    }

    private Attempts(Pauses pauses, Ticker ticker, RandomSource random, RetryPolicy policy, RetryBudget budget) {
        this.pauses = pauses;
        this.ticker = requireNonNull(ticker, "ticker");
        this.random = requireNonNull(random, "random");
        this.policy = requireNonNull(policy, "policy");
        this.budget = requireNonNull(budget, "budget");
    }

    /** This engine with another policy, and the same budget and end. */
    public Attempts with(RetryPolicy other) {
        return new Attempts(pauses, ticker, random, other, budget);
    }

    /**
     * An answer, in as many attempts as the rules allow.
     *
     * @param context the call; its deadline is at most {@code total} after its consumption
     * @param timeouts the clocks of the first target, of which {@code total} bounds the whole call
     * @param plan where attempts go; first asked when the stream is consumed
     * @param attempt starts one attempt; nothing may be sent before its stream is consumed
     */
    public InferenceStream<InferenceEvent> infer(
            CallContext context,
            Timeouts timeouts,
            AttemptPlan plan,
            BiFunction<Attempt, CallContext, InferenceStream<InferenceEvent>> attempt) {
        InferenceStream<InferenceEvent> stream =
                InferenceStream.from(context, new AttemptSource(this, context, timeouts, plan, attempt));
        CallObserver observer = context.observer();
        if (observer != CallObserver.NONE) {
            stream.observe(observer::ended);
        }
        return stream;
    }

    /**
     * A value, in as many attempts as the rules allow: embeddings, model lists.
     *
     * @param attempt starts one attempt; its future fails with {@link InferenceException}
     * @return fails with {@link InferenceException}; cancelling it ends the running attempt
     */
    public <R> CompletableFuture<R> value(
            CallContext context,
            Timeouts timeouts,
            AttemptPlan plan,
            BiFunction<Attempt, CallContext, CompletableFuture<R>> attempt) {
        CompletableFuture<R> result = new CompletableFuture<>();
        CallObserver observer = context.observer();
        if (observer != CallObserver.NONE) {
            result.whenComplete((value, error) -> observer.ended(outcomeOf(result, error)));
        }
        try {
            CallContext bounded = bounded(context, timeouts);
            new ValueCall<>(loop(plan, bounded), pauses, bounded, attempt, result).run();
        } catch (Throwable e) {
            result.completeExceptionally(asInferenceException(e));
        }
        return result;
    }

    private static Outcome outcomeOf(CompletableFuture<?> result, @Nullable Throwable error) {
        if (result.isCancelled()) {
            return new Outcome.Cancelled(CancelReason.CALLER, Usage.absent());
        }
        return error == null
                ? new Outcome.Done(new InferenceEvent.Completed(FinishReason.STOP, null, Usage.absent(), null, null))
                : new Outcome.Failed(asInferenceException(error));
    }

    Pauses pauses() {
        return pauses;
    }

    CallContext bounded(CallContext context, Timeouts timeouts) {
        return context.withDeadline(
                Deadline.after(ticker, timeouts.with(context.timeouts()).total()));
    }

    AttemptLoop loop(AttemptPlan plan, CallContext bounded) {
        return new AttemptLoop(plan, policy, budget, random, bounded);
    }

    /**
     * Ends the waits between attempts, on this thread: calls that wait make their next attempt at once, and so do those that
     * would wait later. To be called when adapters are closed, so that these attempts are refused and the calls end.
     */
    @Override
    public void close() {
        pauses.close();
    }

    static InferenceException asInferenceException(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof InferenceException known) {
            return known;
        }
        if (cause instanceof CancellationException) {
            return InferenceException.builder(ErrorCategory.CANCELLED, "the attempt was cancelled")
                    .cause(cause)
                    .build();
        }
        return InferenceException.builder(ErrorCategory.REJECTED, "the attempt broke on our side: " + cause)
                .origin(ErrorOrigin.US)
                .cause(cause)
                .build();
    }
}
