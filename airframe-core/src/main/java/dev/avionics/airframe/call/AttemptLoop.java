package dev.avionics.airframe.call;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.RetryRule;
import dev.avionics.airframe.error.RetryTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The decisions of one logical call: after each failure, whether and when which attempt comes next. Counts the allowance,
 * asks the retry budget, keeps earlier errors. Used serially.
 */
final class AttemptLoop {
    private final AttemptPlan plan;
    private final RetryPolicy policy;
    private final RetryBudget budget;
    private final RandomSource random;
    private final Deadline deadline;
    private final List<InferenceException> failures = new ArrayList<>(2);
    private final Set<String> spentOnce = new HashSet<>(2);
    private boolean uncertainSpent;
    private int backOffs;
    private int number;
    private Attempt current;

    AttemptLoop(AttemptPlan plan, RetryPolicy policy, RetryBudget budget, RandomSource random, Deadline deadline) {
        this.plan = plan;
        this.policy = policy;
        this.budget = budget;
        this.random = random;
        this.deadline = deadline;
        current = plan.first();
    }

    /** Counts the attempt that begins now. */
    Attempt begin() {
        number++;
        if (number == 1) {
            budget.deposit(route(current.target()));
        }
        return current;
    }

    int number() {
        return number;
    }

    Target target() {
        return current.target();
    }

    /** What comes after a failure; empty means that the call has failed with {@link #verdict}. */
    Optional<Attempt> next(InferenceException why) {
        failures.add(why);
        if (number >= policy.maxAttempts() || deadline.isOver()) {
            return Optional.empty();
        }
        RetryRule rule = RetryTable.ruleFor(why, policy.maxWait());
        boolean free = current.target().endpoint().billing() == Billing.FREE;
        Duration wait = sameWait(rule, why, free);
        boolean same = wait != null && wait.compareTo(deadline.remaining()) < 0;
        boolean other = otherAllowed(rule, free);
        Optional<Attempt> wanted =
                plan.next(new Failure(current, number, why, rule, same, wait == null ? Duration.ZERO : wait, other));
        if (wanted.isEmpty()) {
            return wanted;
        }
        Attempt next = wanted.get();
        boolean here = next.target().equals(current.target());
        if (here ? !same || !spend(rule, why, free) : !other) {
            return Optional.empty();
        }
        if (!here && rule.other() == RetryRule.Other.UNCERTAIN) {
            uncertainSpent = true;
        }
        current = next;
        return wanted;
    }

    private @Nullable Duration sameWait(RetryRule rule, InferenceException why, boolean free) {
        return switch (rule.same()) {
            case NEVER -> null;
            case ONCE -> spentOnce.contains(onceKey(why)) ? null : Duration.ZERO;
            case AT_ONCE_THEN_BACK_OFF -> spentOnce.contains(onceKey(why)) ? backOff(why) : Duration.ZERO;
            case AFTER_WAIT -> why.retryAfter().orElse(Duration.ZERO);
            case BACK_OFF -> backOff(why);
            case UNCERTAIN -> free || !uncertainSpent ? backOff(why) : null;
        };
    }

    private boolean otherAllowed(RetryRule rule, boolean free) {
        return switch (rule.other()) {
            case NEVER -> false;
            case UNCERTAIN -> free || !uncertainSpent;
            case YES, OTHER_CREDENTIALS, LARGER_WINDOW, POLICY -> true;
        };
    }

    private Duration backOff(InferenceException why) {
        boolean rateLimited = why.category() == ErrorCategory.RATE_LIMITED;
        Duration wait = policy.backOff(backOffs + 1, rateLimited, random.nextDouble());
        Duration asked =
                why.retryAfter().filter(d -> d.compareTo(policy.maxWait()) <= 0).orElse(Duration.ZERO);
        return asked.compareTo(wait) > 0 ? asked : wait;
    }

    /** Books another attempt at the same target; false if the retry budget is empty. */
    private boolean spend(RetryRule rule, InferenceException why, boolean free) {
        boolean firstOfKind = spentOnce.add(onceKey(why));
        switch (rule.same()) {
            case ONCE -> {
                return true;
            }
            case AT_ONCE_THEN_BACK_OFF -> {
                if (firstOfKind) {
                    // Nothing had left: the backend is not burdened by a second try.
                    return true;
                }
            }
            case UNCERTAIN -> uncertainSpent |= !free;
            case AFTER_WAIT, BACK_OFF, NEVER -> {}
        }
        backOffs++;
        return budget.withdraw(route(current.target()));
    }

    private static String onceKey(InferenceException why) {
        return why.category() + "/" + why.remedy() + "/" + why.sent();
    }

    private static String route(Target target) {
        return target.endpoint().name() + "/" + target.model();
    }

    /** The error of the whole call: the last one, with the number of attempts and the earlier ones behind it. */
    InferenceException verdict(InferenceException last) {
        InferenceException error = last.toBuilder().attempts(number).build();
        error.setStackTrace(last.getStackTrace());
        for (InferenceException earlier : failures) {
            if (earlier != last) {
                error.addSuppressed(earlier);
            }
        }
        return error;
    }
}
