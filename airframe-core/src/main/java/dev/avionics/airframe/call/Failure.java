package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.RetryRule;
import java.time.Duration;

/**
 * A failed attempt, and what the rules allow next.
 *
 * @param attempt the one that failed
 * @param number its number, from 1
 * @param error why
 * @param rule the retry table's word
 * @param sameAllowed whether the same target may be tried again: rule, allowance, retry budget and deadline permit it
 * @param sameAfter the wait before that; zero or more
 * @param otherAllowed whether any other target may be tried at once. Where the rule names a condition (other credentials,
 *     a larger window, a policy) this is false, and a plan that knows a target which meets it may go there all the same
 */
public record Failure(
        Attempt attempt,
        int number,
        InferenceException error,
        RetryRule rule,
        boolean sameAllowed,
        Duration sameAfter,
        boolean otherAllowed) {
    public Failure {
        requireNonNull(attempt, "attempt");
        requireNonNull(error, "error");
        requireNonNull(rule, "rule");
        requireNonNull(sameAfter, "sameAfter");
    }
}
