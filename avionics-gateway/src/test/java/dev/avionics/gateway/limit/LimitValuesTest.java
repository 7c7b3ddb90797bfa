package dev.avionics.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.avionics.gateway.state.Rate;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitValuesTest {
    @ParameterizedTest
    @ValueSource(strings = {"-0.01", "0.0000001", "9007199255"})
    void budget_ofMoneyThatCannotBeCounted_isRefused(String usd) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Budget.perDay(usd))
                .withMessage(
                        "usdPerDay: " + usd + " (expected: US dollars, 0 to 9007199254, with at most six decimals)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Budget.UNLIMITED.andPerMonth(usd))
                .withMessageStartingWith("usdPerMonth: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0.000001", "9007199254", "1E+3", "2.5000000"})
    void budget_ofExactMoney_isKept(String usd) {
        assertThat(Budget.perDay(usd).usdPerDay()).isEqualByComparingTo(new BigDecimal(usd));
        assertThat(Budget.perDay(usd).isLimited()).isTrue();
    }

    @Test
    void policies_withoutAnything_limitNothing() {
        BudgetPolicy budgets = BudgetPolicy.builder().build();
        assertThat(budgets.agents().of("a").isLimited()).isFalse();
        assertThat(budgets.reserveOutputTokens()).isEqualTo(1024);
        assertThat(budgets.unpriced()).isEqualTo(Unpriced.ALLOW);
        assertThat(LimitPolicy.NONE.agents().of("a").isLimited()).isFalse();
        assertThat(LimitPolicy.NONE.target().isLimited()).isFalse();
        assertThat(LimitPolicy.NONE.longestWait()).isEqualTo(Duration.ofSeconds(30));
        assertThat(LimitPolicy.NONE.waiting()).isEqualTo(1000);
    }

    @Test
    void name_withALimitOfItsOwn_hasThatAndOthersTheUsualOne() {
        PerName<Integer> limits = PerName.all(1).with("a", 2).withUsual(3);
        assertThat(limits).isEqualTo(new PerName<>(3, Map.of("a", 2)));
        assertThat(limits.of("a")).isEqualTo(2);
        assertThat(limits.of("b")).isEqualTo(3);
    }

    @Test
    void numbers_outOfRange_areRefusedWithTheirNames() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimits.requests(-1))
                .withMessage("requestsPerMinute: -1 (expected: 0 to 1000000000000)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RateLimits.tokens(Rate.MAX + 1))
                .withMessageStartingWith("tokensPerMinute: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TargetLimits.concurrent(-1))
                .withMessage("concurrent: -1 (expected: >= 0)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LimitPolicy.builder().concurrent("a", -1).build())
                .withMessage("agentConcurrency: -1 (expected: >= 0)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LimitPolicy.builder().waiting(-1).build())
                .withMessage("waiting: -1 (expected: >= 0)");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> LimitPolicy.builder().longestWait(Duration.ZERO).build())
                .withMessageStartingWith("longestWait: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BudgetPolicy.builder().reserveOutputTokens(-1).build())
                .withMessageStartingWith("reserveOutputTokens: ");
    }
}
