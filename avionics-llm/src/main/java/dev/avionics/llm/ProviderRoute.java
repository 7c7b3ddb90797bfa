package dev.avionics.llm;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Timeouts;

/**
 * One call to one provider in single attempts, for who makes the attempts of several providers under one plan, such as a
 * gateway. Made for one call.
 *
 * @param timeouts the clocks of its targets
 * @param plan where attempts go within this provider; that and what it allows is the provider's affair
 * @param observer has to be told of the attempts that are made here, and of the end of a call that was answered here, failed
 *     here or was given up here
 * @param operation makes one attempt
 * @param <Q> the question: a conversation, texts
 * @param <R> the answer: a stream, a future
 */
public record ProviderRoute<Q, R>(
        Timeouts timeouts, AttemptPlan plan, CallObserver observer, Operation<Q, R> operation) {
    /** Makes one attempt, which is never tried again by itself. */
    public interface Operation<Q, R> {
        /**
         * The attempt; nothing is sent before a stream is consumed.
         *
         * @param attempt as the plan wants it
         * @param question may differ from attempt to attempt
         * @param bounded the call with its deadline
         */
        R attempt(Attempt attempt, Q question, CallContext bounded);
    }

    public ProviderRoute {
        requireNonNull(timeouts, "timeouts");
        requireNonNull(plan, "plan");
        requireNonNull(observer, "observer");
        requireNonNull(operation, "operation");
    }

    /** A route of one target. */
    public static <Q, R> ProviderRoute<Q, R> single(
            Timeouts timeouts, Target target, CallObserver observer, Operation<Q, R> operation) {
        return new ProviderRoute<>(timeouts, AttemptPlan.single(target), observer, operation);
    }
}
