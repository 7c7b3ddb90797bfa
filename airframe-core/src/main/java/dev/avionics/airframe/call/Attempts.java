package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Duration;
import java.util.Optional;
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
public final class Attempts {
    private final Scheduler scheduler;
    private final Ticker ticker;
    private final RandomSource random;
    private final RetryBudget budget;
    private final RetryPolicy policy;

    /** An engine with its own retry budget. */
    public Attempts(Scheduler scheduler, Ticker ticker, RandomSource random, RetryPolicy policy) {
        this(scheduler, ticker, random, policy, new RetryBudget(ticker));
    }

    private Attempts(Scheduler scheduler, Ticker ticker, RandomSource random, RetryPolicy policy, RetryBudget budget) {
        this.scheduler = requireNonNull(scheduler, "scheduler");
        this.ticker = requireNonNull(ticker, "ticker");
        this.random = requireNonNull(random, "random");
        this.policy = requireNonNull(policy, "policy");
        this.budget = requireNonNull(budget, "budget");
    }

    /** This engine with another policy and the same budget. */
    public Attempts with(RetryPolicy other) {
        return new Attempts(scheduler, ticker, random, other, budget);
    }

    /**
     * An answer, in as many attempts as the rules allow.
     *
     * @param context the call; without a deadline it gets one from {@code timeouts}
     * @param timeouts the clocks of the first target, of which {@code total} bounds the whole call
     * @param plan where attempts go
     * @param attempt starts one attempt; nothing may be sent before its stream is consumed
     */
    public InferenceStream<InferenceEvent> infer(
            CallContext context,
            Timeouts timeouts,
            AttemptPlan plan,
            BiFunction<Attempt, CallContext, InferenceStream<InferenceEvent>> attempt) {
        CallContext bounded = bounded(context, timeouts);
        AttemptLoop loop = loop(plan, bounded);
        InferenceStream<InferenceEvent> stream =
                InferenceStream.from(bounded, new AttemptSource(loop, scheduler, bounded, attempt));
        if (bounded.observer() != CallObserver.NONE) {
            stream.observe(bounded.observer()::ended);
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
        CallContext bounded = bounded(context, timeouts);
        ValueCall<R> call = new ValueCall<>(loop(plan, bounded), bounded, attempt);
        call.run();
        return call.result;
    }

    private CallContext bounded(CallContext context, Timeouts timeouts) {
        return context.withDeadline(
                Deadline.after(ticker, timeouts.with(context.timeouts()).total()));
    }

    private AttemptLoop loop(AttemptPlan plan, CallContext bounded) {
        return new AttemptLoop(plan, policy, budget, random, requireNonNull(bounded.deadline()));
    }

    static InferenceException asInferenceException(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof InferenceException known) {
            return known;
        }
        if (cause instanceof java.util.concurrent.CancellationException) {
            return InferenceException.builder(ErrorCategory.CANCELLED, "the attempt was cancelled")
                    .cause(cause)
                    .build();
        }
        return InferenceException.builder(ErrorCategory.REJECTED, "the attempt broke on our side: " + cause)
                .origin(ErrorOrigin.US)
                .cause(cause)
                .build();
    }

    private final class ValueCall<R> {
        private final AttemptLoop loop;
        private final CallContext context;
        private final BiFunction<Attempt, CallContext, CompletableFuture<R>> opener;
        private final CompletableFuture<R> result = new CompletableFuture<>();
        private volatile Runnable stop = () -> {};

        ValueCall(
                AttemptLoop loop, CallContext context, BiFunction<Attempt, CallContext, CompletableFuture<R>> opener) {
            this.loop = loop;
            this.context = context;
            this.opener = opener;
            result.whenComplete((value, error) -> {
                if (result.isCancelled()) {
                    stop.run();
                }
            });
        }

        void run() {
            if (result.isDone()) {
                return;
            }
            Attempt attempt = loop.begin();
            context.observer().attemptStarted(loop.number(), attempt.target());
            CompletableFuture<R> future;
            try {
                future = opener.apply(attempt, context);
            } catch (RuntimeException e) {
                future = CompletableFuture.failedFuture(e);
            }
            CompletableFuture<R> running = future;
            holdStop(() -> running.cancel(false));
            running.whenComplete((value, error) -> {
                if (error == null) {
                    result.complete(value);
                } else {
                    failed(asInferenceException(error));
                }
            });
        }

        private void failed(InferenceException why) {
            context.observer().attemptFailed(loop.number(), loop.target(), why);
            Optional<Attempt> next = loop.next(why);
            if (next.isEmpty()) {
                result.completeExceptionally(loop.verdict(why));
                return;
            }
            Duration wait = next.get().after();
            if (wait.isZero()) {
                run();
                return;
            }
            context.observer().waiting(loop.number() + 1, wait, why);
            Scheduler.Handle timer = scheduler.schedule(this::run, wait);
            holdStop(timer::cancel);
        }

        private void holdStop(Runnable action) {
            stop = action;
            if (result.isCancelled()) {
                action.run();
            }
        }
    }
}
