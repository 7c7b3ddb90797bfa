package dev.avionics.llm.check;

import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Waits for an answer, but not for long. */
final class Patience {
    private Patience() {}

    /** The answer, or a failure with TIMEOUT; then the answer's future is cancelled. */
    static <R> CompletableFuture<R> limited(Scheduler scheduler, Duration limit, CompletableFuture<R> answer) {
        CompletableFuture<R> limited = new CompletableFuture<>();
        Scheduler.Handle timer = scheduler.schedule(
                () -> {
                    limited.completeExceptionally(InferenceException.of(
                            ErrorCategory.TIMEOUT, "no answer within " + limit.toMillis() + " ms"));
                    answer.cancel(false);
                },
                limit);
        answer.whenComplete((value, error) -> {
            timer.cancel();
            if (error == null) {
                limited.complete(value);
            } else {
                limited.completeExceptionally(error);
            }
        });
        return limited;
    }
}
