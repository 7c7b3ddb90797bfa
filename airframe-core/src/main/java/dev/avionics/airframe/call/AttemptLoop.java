package dev.avionics.airframe.call;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decisions of one logical call: after each failure, whether and when which attempt comes next. Counts the allowance,
 * asks the retry budget, keeps earlier errors. Used serially.
 */
final class AttemptLoop {
    private static final Logger LOG = LoggerFactory.getLogger(AttemptLoop.class);

    private final AttemptPlan plan;
    private final RetryPolicy policy;
    private final RetryBudget budget;
    private final RandomSource random;
    private final CallContext context;
    private final Deadline deadline;
    private final List<InferenceException> failures = new ArrayList<>(2);
    private final Set<String> spentOnce = new HashSet<>(2);
    private @Nullable Throwable brokenBy;
    private boolean uncertainSpent;
    private int backOffs;
    private int number;
    private RetryDenial denial = RetryDenial.RULE;
    private Attempt current;

    /** @param context of the call, with a deadline */
    AttemptLoop(AttemptPlan plan, RetryPolicy policy, RetryBudget budget, RandomSource random, CallContext context) {
        this.plan = plan;
        this.policy = policy;
        this.budget = budget;
        this.random = random;
        this.context = context;
        deadline = requireNonNull(context.deadline());
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

    /** How many attempts were made. */
    int number() {
        return number + plan.aside();
    }

    boolean mayResume() {
        return plan.mayResume();
    }

    Target target() {
        return current.target();
    }

    /**
     * What comes after a failure; empty means that the call has failed with {@link #verdict}. What the plan throws counts
     * as empty, and is kept with the earlier errors.
     */
    Optional<Attempt> next(InferenceException why) {
        failures.add(why);
        if (deadline.isOver()) {
            return denied(RetryDenial.DEADLINE);
        }
        if (number() >= policy.maxAttempts()) {
            return denied(RetryDenial.ALLOWANCE);
        }
        RetryRule rule = RetryTable.ruleFor(why, policy.maxWait());
        boolean free = current.target().endpoint().billing() == Billing.FREE;
        Duration wait = sameWait(rule, why, free);
        boolean charged = wait != null && isCharged(rule, why);
        // Taken out before the plan decides, so that it is not told of a retry that nobody may make.
        boolean inTime = wait != null && wait.compareTo(deadline.remaining()) < 0;
        boolean same = inTime && (!charged || budget.withdraw(route(current.target())));
        boolean other = rule.other() == RetryRule.Other.YES || uncertainAllowed(rule, free) || refusedHereOnly(why);
        Failure failure =
                new Failure(current, number(), why, rule, same, same ? requireNonNull(wait) : Duration.ZERO, other);
        Optional<Attempt> wanted = ask(() -> plan.next(failure));
        boolean here = wanted.isPresent() && wanted.get().target().equals(current.target());
        if (same && charged && !here) {
            budget.refund(route(current.target()));
        }
        if (wanted.isEmpty() || (here ? !same : !mayGo(wanted.get().target(), rule, other))) {
            if (wait != null && !same) {
                return denied(inTime ? RetryDenial.BUDGET : RetryDenial.DEADLINE);
            }
            return denied(same ? RetryDenial.PLAN : RetryDenial.RULE);
        }
        Attempt next = wanted.get();
        if (here && next.after().compareTo(failure.sameAfter()) < 0) {
            next = new Attempt(next.target(), failure.sameAfter());
        }
        if (next.after().compareTo(deadline.remaining()) >= 0) {
            return denied(RetryDenial.DEADLINE);
        }
        book(rule, why, here, free);
        CallLog.line(LOG.atDebug(), context)
                .log(
                        "llm_retry attempt={} max_retries={} backoff_seconds={} error={}",
                        number(),
                        policy.maxAttempts() - 1,
                        next.after().toMillis() / 1e3,
                        why.getMessage());
        current = next;
        return Optional.of(next);
    }

    /**
     * Where an answer goes on that broke off; empty as with {@link #next}. That the backend may have acted does not count here: it has,
     * and the plan wants what it left out.
     */
    Optional<Attempt> resume(InferenceException why) {
        failures.add(why);
        if (deadline.isOver()) {
            return denied(RetryDenial.DEADLINE);
        }
        if (number() >= policy.maxAttempts()) {
            return denied(RetryDenial.ALLOWANCE);
        }
        RetryRule rule = RetryTable.ruleFor(why, policy.maxWait());
        if (rule.other() != RetryRule.Other.YES && rule.other() != RetryRule.Other.UNCERTAIN) {
            return denied(RetryDenial.RULE);
        }
        Failure failure = new Failure(current, number(), why, rule, false, Duration.ZERO, true);
        Optional<Attempt> wanted = ask(() -> plan.resume(failure))
                .filter(attempt -> !attempt.target().equals(failure.attempt().target()));
        if (wanted.isEmpty()) {
            return denied(RetryDenial.PLAN);
        }
        Attempt next = Attempt.at(wanted.get().target());
        CallLog.line(LOG.atDebug(), context)
                .log(
                        "llm_resume attempt={} max_retries={} error={}",
                        number(),
                        policy.maxAttempts() - 1,
                        why.getMessage());
        current = next;
        return Optional.of(next);
    }

    private Optional<Attempt> denied(RetryDenial why) {
        denial = why;
        return Optional.empty();
    }

    /** Why {@link #next} was empty. */
    RetryDenial denial() {
        return denial;
    }

    private Optional<Attempt> ask(Supplier<Optional<Attempt>> question) {
        try {
            return question.get();
        } catch (Throwable e) {
            brokenBy = e;
            return Optional.empty();
        }
    }

    private @Nullable Duration sameWait(RetryRule rule, InferenceException why, boolean free) {
        return switch (rule.same()) {
            case NEVER -> null;
            case ONCE -> spentOnce.contains(onceKey(rule, why)) ? null : Duration.ZERO;
            case AT_ONCE_THEN_BACK_OFF -> spentOnce.contains(onceKey(rule, why)) ? backOff(why) : Duration.ZERO;
            case AFTER_WAIT -> {
                Duration asked = why.retryAfter().orElse(Duration.ZERO);
                yield asked.isZero() || asked.isNegative() ? backOff(why) : asked;
            }
            case BACK_OFF -> backOff(why);
            case UNCERTAIN -> free || !uncertainSpent ? backOff(why) : null;
        };
    }

    private boolean uncertainAllowed(RetryRule rule, boolean free) {
        return rule.other() == RetryRule.Other.UNCERTAIN && (free || !uncertainSpent);
    }

    private boolean refusedHereOnly(InferenceException why) {
        return policy.elsewhereAfterRefusal()
                && (why.category() == ErrorCategory.INVALID_REQUEST || why.category() == ErrorCategory.UNSUPPORTED);
    }

    /** Whether the plan may go to another target. That it meets a condition is the plan's word, but for the key. */
    private boolean mayGo(Target to, RetryRule rule, boolean allowed) {
        return switch (rule.other()) {
            case OTHER_CREDENTIALS ->
                to.endpoint().credentials() != current.target().endpoint().credentials();
            case LARGER_WINDOW, POLICY -> true;
            case NEVER, YES, UNCERTAIN -> allowed;
        };
    }

    private Duration backOff(InferenceException why) {
        boolean rateLimited = why.category() == ErrorCategory.RATE_LIMITED;
        Duration wait = policy.backOff(backOffs + 1, rateLimited, random.nextDouble());
        Duration asked =
                why.retryAfter().filter(d -> d.compareTo(policy.maxWait()) <= 0).orElse(Duration.ZERO);
        return asked.compareTo(wait) > 0 ? asked : wait;
    }

    /** Whether a retry here burdens a backend that may be down. A request that changed, or never arrived, does not. */
    private static boolean isCharged(RetryRule rule, InferenceException why) {
        return rule.same() != RetryRule.Same.ONCE || why.category() == ErrorCategory.PARSE;
    }

    private void book(RetryRule rule, InferenceException why, boolean here, boolean free) {
        if (here ? rule.same() == RetryRule.Same.UNCERTAIN : rule.other() == RetryRule.Other.UNCERTAIN) {
            uncertainSpent |= !free;
        }
        if (!here) {
            return;
        }
        boolean firstOfKind = spentOnce.add(onceKey(rule, why));
        boolean atOnce = rule.same() == RetryRule.Same.ONCE
                || (rule.same() == RetryRule.Same.AT_ONCE_THEN_BACK_OFF && firstOfKind);
        if (!atOnce) {
            backOffs++;
        }
    }

    /** What is done once is done once for each row of the table at each target. */
    private String onceKey(RetryRule rule, InferenceException why) {
        String row = rule.same() == RetryRule.Same.AT_ONCE_THEN_BACK_OFF
                ? "connect"
                : why.category() + "/" + why.remedy() + "/" + why.sent();
        return route(current.target()) + "/" + row;
    }

    private static String route(Target target) {
        return target.endpoint().name() + "/" + target.model();
    }

    /**
     * The error of the whole call: the last one, with the number of attempts, the tokens of all of them, and the earlier
     * errors behind it.
     */
    InferenceException verdict(InferenceException last) {
        Usage usage = last.usage();
        for (InferenceException earlier : failures) {
            if (earlier != last) {
                usage = usage.plus(earlier.usage());
            }
        }
        InferenceException error =
                last.toBuilder().attempts(number()).usage(usage).build();
        error.setStackTrace(last.getStackTrace());
        for (Throwable behind : last.getSuppressed()) {
            error.addSuppressed(behind);
        }
        for (InferenceException earlier : failures) {
            if (earlier != last) {
                error.addSuppressed(earlier);
            }
        }
        Throwable plansFault = brokenBy;
        if (plansFault != null) {
            error.addSuppressed(plansFault);
        }
        try {
            return plan.verdict(error);
        } catch (RuntimeException e) {
            error.addSuppressed(e);
            return error;
        }
    }
}
