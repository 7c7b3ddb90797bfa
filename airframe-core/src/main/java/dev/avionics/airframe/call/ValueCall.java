package dev.avionics.airframe.call;

import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

/** The attempts at one value. Whoever completes the result ends what runs. */
final class ValueCall<R> {
    private final AttemptLoop loop;
    private final Scheduler scheduler;
    private final CallContext context;
    private final BiFunction<Attempt, CallContext, CompletableFuture<R>> opener;
    private final CompletableFuture<R> result;
    private volatile Runnable stop = () -> {};
    private int turn;

    ValueCall(
            AttemptLoop loop,
            Scheduler scheduler,
            CallContext context,
            BiFunction<Attempt, CallContext, CompletableFuture<R>> opener,
            CompletableFuture<R> result) {
        this.loop = loop;
        this.scheduler = scheduler;
        this.context = context;
        this.opener = opener;
        this.result = result;
        result.whenComplete((value, error) -> stop.run());
    }

    void run() {
        if (result.isDone()) {
            return;
        }
        Attempt attempt = loop.begin();
        context.observer().attemptStarted(loop.number(), attempt.target());
        CompletableFuture<R> running;
        try {
            running = opener.apply(attempt, context);
            holdStop(2 * loop.number(), () -> running.cancel(false));
        } catch (Throwable e) {
            failed(Attempts.asInferenceException(e));
            return;
        }
        running.whenComplete((value, error) -> {
            if (error == null) {
                done(value);
            } else {
                failed(Attempts.asInferenceException(error));
            }
        });
    }

    private void done(R value) {
        if (!result.isDone()) {
            context.observer().committed(loop.number(), loop.target());
            result.complete(value);
        }
    }

    private void failed(InferenceException why) {
        if (result.isDone()) {
            return;
        }
        try {
            context.observer().attemptFailed(loop.number(), loop.target(), why);
            Optional<Attempt> next = loop.next(why);
            if (next.isEmpty()) {
                context.observer().notRetried(loop.number(), loop.denial());
                result.completeExceptionally(loop.verdict(why));
                return;
            }
            Duration wait = next.get().after();
            if (wait.isZero()) {
                run();
                return;
            }
            context.observer().waiting(loop.number() + 1, wait, why);
            int turn = 2 * loop.number() + 1;
            Scheduler.Handle timer = scheduler.schedule(this::run, wait);
            holdStop(turn, timer::cancel);
        } catch (Throwable e) {
            result.completeExceptionally(Attempts.asInferenceException(e));
        }
    }

    /** Says how the call is given up from here on. The next attempt may have begun when the wait for it is told. */
    private void holdStop(int of, Runnable action) {
        synchronized (this) {
            if (of < turn) {
                return;
            }
            turn = of;
            stop = action;
        }
        if (result.isDone()) {
            action.run();
        }
    }
}
