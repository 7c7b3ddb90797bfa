package dev.avionics.airframe.error;

import dev.avionics.airframe.error.InferenceException.Remedy;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.error.RetryRule.Other;
import dev.avionics.airframe.error.RetryRule.Same;
import java.time.Duration;

/** The one place that says which failures are tried again, and where. Holds before the commit; after it nothing is. */
public final class RetryTable {
    private static final RetryRule GIVE_UP = new RetryRule(Same.NEVER, Other.NEVER);
    private static final RetryRule MAYBE_DONE = new RetryRule(Same.UNCERTAIN, Other.UNCERTAIN);
    private static final RetryRule BUSY = new RetryRule(Same.BACK_OFF, Other.YES);

    private RetryTable() {}

    /**
     * The rule for a failure.
     *
     * @param why the failure
     * @param maxWait the longest wait that the backend may ask for
     */
    public static RetryRule ruleFor(InferenceException why, Duration maxWait) {
        RetryRule rule = byCategory(why, maxWait);
        boolean changed = why.remedy() != Remedy.NONE && rule.same() == Same.ONCE;
        // A changed request is another request: the backend's word was about this one.
        if (why.shouldRetry().isEmpty() || changed || isOurs(why)) {
            return rule;
        }
        // The backend knows best: its explicit word narrows or widens the rule for the same target.
        if (!why.shouldRetry().get()) {
            return new RetryRule(Same.NEVER, rule.other());
        }
        boolean tooLong = why.retryAfter().isPresent() && why.retryAfter().get().compareTo(maxWait) > 0;
        if (!tooLong && (rule.same() == Same.NEVER || rule.same() == Same.UNCERTAIN)) {
            return new RetryRule(Same.BACK_OFF, rule.other() == Other.UNCERTAIN ? Other.YES : rule.other());
        }
        return rule;
    }

    /** What no backend has a say in. */
    private static boolean isOurs(InferenceException why) {
        return switch (why.category()) {
            case CANCELLED, BUDGET_EXCEEDED, REJECTED, UNSUPPORTED, TIMEOUT, CONNECTION -> true;
            default -> false;
        };
    }

    private static RetryRule byCategory(InferenceException why, Duration maxWait) {
        return switch (why.category()) {
            case CANCELLED, BUDGET_EXCEEDED, REJECTED, UNSUPPORTED -> GIVE_UP;
            case INVALID_REQUEST -> new RetryRule(ifLearned(why), Other.NEVER);
            case AUTHENTICATION ->
                new RetryRule(
                        why.remedy() == Remedy.OTHER_CREDENTIAL ? Same.ONCE : Same.NEVER, Other.OTHER_CREDENTIALS);
            case PERMISSION, QUOTA_EXHAUSTED, MODEL_NOT_FOUND -> new RetryRule(ifLearned(why), Other.YES);
            case CONTEXT_LENGTH -> new RetryRule(ifLearned(why), Other.LARGER_WINDOW);
            case CONTENT_FILTER -> new RetryRule(Same.NEVER, Other.POLICY);
            case RATE_LIMITED -> rateLimited(why, maxWait);
            case OVERLOADED -> BUSY;
            case SERVER_ERROR -> MAYBE_DONE;
            case TIMEOUT -> timeout(why);
            case CONNECTION -> connection(why);
            case PARSE -> new RetryRule(Same.ONCE, Other.YES);
        };
    }

    private static Same ifLearned(InferenceException why) {
        return why.remedy() == Remedy.LEARNED_FACT ? Same.ONCE : Same.NEVER;
    }

    private static RetryRule rateLimited(InferenceException why, Duration maxWait) {
        if (why.retryAfter().isEmpty()) {
            return BUSY;
        }
        // A longer wait than anybody wants to sit out: only another target helps.
        boolean fits = why.retryAfter().get().compareTo(maxWait) <= 0;
        return new RetryRule(fits ? Same.AFTER_WAIT : Same.NEVER, Other.YES);
    }

    private static RetryRule timeout(InferenceException why) {
        String clock = why.clock().orElse("");
        if (clock.equals("total")) {
            return GIVE_UP;
        }
        return clock.equals("connect") ? new RetryRule(Same.AT_ONCE_THEN_BACK_OFF, Other.YES) : MAYBE_DONE;
    }

    private static RetryRule connection(InferenceException why) {
        if (why.code().orElse("").equals("tls")) {
            // The same certificate would be shown again.
            return new RetryRule(Same.NEVER, Other.YES);
        }
        if (why.sent() == Sent.STALE) {
            return new RetryRule(Same.ONCE, Other.YES);
        }
        if (why.sent() == Sent.NOTHING || why.sent() == Sent.PART) {
            return new RetryRule(Same.AT_ONCE_THEN_BACK_OFF, Other.YES);
        }
        return MAYBE_DONE;
    }
}
