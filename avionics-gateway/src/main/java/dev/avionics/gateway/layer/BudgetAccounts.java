package dev.avionics.gateway.layer;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.GatewayAttempt;
import dev.avionics.gateway.limit.Budget;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.Balance;
import dev.avionics.gateway.state.BudgetReply;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The accounts that one attempt is paid from, and whose they are.
 *
 * @param purses those with a limit; none if nothing limits the attempt
 * @param now when the attempt begins
 */
record BudgetAccounts(List<Purse> purses, Instant now) {
    /**
     * One account.
     *
     * @param whose such as {@code agent planner}
     */
    record Purse(Account account, String whose, String window) {}

    /** The accounts of an attempt that begins now. */
    static BudgetAccounts of(BudgetPolicy policy, String agent, String key, String provider, Instant now) {
        List<Purse> purses = new ArrayList<>(2);
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        add(purses, policy.agents().of(agent), "agent", agent, today);
        if (!key.isEmpty()) {
            add(purses, policy.keys().of(key), "key", key, today);
        }
        add(purses, policy.providers().of(provider), "provider", provider, today);
        return new BudgetAccounts(purses, now);
    }

    private static void add(List<Purse> purses, Budget budget, String kind, String name, LocalDate today) {
        if (budget.isLimited()) {
            String whose = kind + " " + name;
            add(purses, "day", budget.usdPerDay(), today.plusDays(1), kind, name, whose);
            LocalDate nextMonth = today.withDayOfMonth(1).plusMonths(1);
            add(purses, "month", budget.usdPerMonth(), nextMonth, kind, name, whose);
        }
    }

    private static void add(
            List<Purse> purses,
            String window,
            @Nullable BigDecimal usd,
            LocalDate end,
            String kind,
            String name,
            String whose) {
        if (usd != null) {
            String key = StateKeys.of(window + ":" + kind, name);
            Instant ends = end.atStartOfDay(ZoneOffset.UTC).toInstant();
            purses.add(new Purse(new Account(key, Account.microsOf(usd), ends), whose, window));
        }
    }

    List<Account> accounts() {
        return purses.stream().map(Purse::account).toList();
    }

    /** Whom an error concerns: the first account's owner. */
    String whose() {
        return purses.get(0).whose();
    }

    InferenceException refusal(BudgetReply.Refused refused, GatewayAttempt attempt) {
        Balance balance = refused.balance();
        Account account = balance.account();
        Purse purse = purses.stream()
                .filter(one -> one.account().key().equals(account.key()))
                .findFirst()
                .orElseThrow();
        String message = "the budget of " + purse.whose() + " for this " + purse.window() + " has no room for "
                + usd(refused.micros()) + ": " + usd(account.limitMicros()) + " may be spent, "
                + usd(balance.spentMicros()) + " is spent and " + usd(balance.reservedMicros())
                + " reserved by calls under way; it starts anew at " + account.windowEnd()
                + " (raise the budget, or wait)";
        return exceeded(attempt, message)
                .code("budget_exceeded")
                .retryAfter(Duration.between(now, account.windowEnd()))
                .build();
    }

    static InferenceException.Builder exceeded(GatewayAttempt attempt, String message) {
        return InferenceException.builder(ErrorCategory.BUDGET_EXCEEDED, message)
                .provider(attempt.provider())
                .model(attempt.model())
                .endpoint(attempt.target().endpoint().address())
                .shouldRetry(false)
                .sent(InferenceException.Sent.NOTHING);
    }

    private static String usd(long micros) {
        return "$" + BigDecimal.valueOf(micros, 6).stripTrailingZeros().toPlainString();
    }
}
