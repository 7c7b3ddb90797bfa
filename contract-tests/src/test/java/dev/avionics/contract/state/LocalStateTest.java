package dev.avionics.contract.state;

import static dev.avionics.contract.state.Stages.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.BudgetReply;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.Rate;
import dev.avionics.gateway.state.Reservation;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.testkit.time.VirtualTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalStateTest extends SharedStateContract {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final VirtualTime time = VirtualTime.create();

    @Override
    SharedState create() {
        return LocalState.create(time, time.clock(), LIMITS);
    }

    @Override
    Duration shortTime() {
        return Duration.ofSeconds(10);
    }

    @Override
    void pass(Duration by) {
        time.advance(by);
    }

    @Override
    Instant now() {
        return time.instant();
    }

    @Test
    void lease_toTheNanosecond_isHeldUntilItsEnd() {
        get(state().acquire("a", 1, MINUTE));

        time.advance(MINUTE.minusNanos(1));
        assertThat(get(state().acquire("a", 1, MINUTE))).isEmpty();
        time.advance(Duration.ofNanos(1));
        assertThat(get(state().acquire("a", 1, MINUTE))).isPresent();
    }

    @Test
    void bucket_toTheNanosecond_givesWhenItSaid() {
        Rate rate = new Rate(1, 1, MINUTE);
        get(state().take("a", rate, 1));

        time.advance(MINUTE.minusNanos(1));
        assertThat(get(state().take("a", rate, 1)).allowed()).isFalse();
        time.advance(Duration.ofNanos(1));
        assertThat(get(state().take("a", rate, 1)).allowed()).isTrue();
    }

    /** A bucket that is refused for long is not forgotten, which would fill it. */
    @Test
    void bucket_askedAgainAndAgain_staysAsEmptyAsItIs() {
        Rate rate = new Rate(10, 1, MINUTE);
        get(state().take("a", rate, 10));
        get(state().debit("a", rate, 20));

        for (int i = 0; i < 29; i++) {
            time.advance(MINUTE);
            assertThat(get(state().take("a", rate, 10)).allowed()).isFalse();
        }
        time.advance(MINUTE);
        assertThat(get(state().take("a", rate, 10)).allowed()).isTrue();
    }

    @Test
    @Tag("fault-57")
    void reservation_settledADayAfterItsEnd_isNotKnownAnyMore() {
        Account account = new Account("a", 1000, Account.NO_END);
        Reservation reservation = reserved(account);
        Reservation later = reserved(account);

        time.advance(MINUTE.plus(Reservation.LATE).minusNanos(1));
        assertThat(get(state().settle(reservation, 70))).isTrue();
        time.advance(Duration.ofNanos(1));
        assertThat(get(state().settle(later, 70))).isFalse();
        assertThat(get(state().spent(account)).spentMicros()).isEqualTo(70);
    }

    private Reservation reserved(Account account) {
        return ((BudgetReply.Granted) get(state().reserve(List.of(account), 100, MINUTE))).reservation();
    }

    @Test
    void settlement_inAWindowThatIsForgotten_isNotSpent() {
        Account account = new Account("a", 1000, time.instant().plus(MINUTE));
        Account open = new Account("open", 1000, Account.NO_END);
        Reservation reservation = ((BudgetReply.Granted)
                        get(state().reserve(List.of(account, open), 100, Duration.ofDays(1))))
                .reservation();
        Reservation alone = reserved(account);

        time.advance(MINUTE.plus(Account.GRACE).plus(MINUTE));
        assertThat(get(state().settle(reservation, 70))).isTrue();
        assertThat(get(state().settle(alone, 70))).isFalse();
        assertThat(get(state().spent(open)).spentMicros()).isEqualTo(70);
    }

    @ParameterizedTest
    @Tag("fault-66")
    @CsvSource({"PT1H", "PT-1H"})
    void clock_thatJumpsByAnHour_endsNoLeaseAndKeepsTheWindow(Duration jump) {
        Account account = new Account("a", 100, time.instant().plus(MINUTE));
        get(state().acquire("a", 1, MINUTE));
        get(state().reserve(List.of(account), 100, MINUTE));

        time.jumpWallClock(jump);

        assertThat(get(state().acquire("a", 1, MINUTE))).isEmpty();
        assertThat(get(state().spent(account)).reservedMicros()).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.000001, 1", "0.0000010001, 2", "0.00000000000001, 1", "12.5, 12500000"})
    void micros_ofAnAmountInUsd_areRoundedUp(BigDecimal usd, long micros) {
        assertThat(Account.microsOf(usd)).isEqualTo(micros);
    }
}
