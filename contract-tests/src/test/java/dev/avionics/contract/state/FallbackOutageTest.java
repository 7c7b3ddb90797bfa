package dev.avionics.contract.state;

import static dev.avionics.contract.state.Stages.get;
import static dev.avionics.contract.state.Stages.together;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.contract.state.FailingState.Fault;
import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.Balance;
import dev.avionics.gateway.state.BudgetReply;
import dev.avionics.gateway.state.FallbackRules;
import dev.avionics.gateway.state.FallbackState;
import dev.avionics.gateway.state.Lease;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.Rate;
import dev.avionics.gateway.state.Reservation;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.gateway.state.StateLimits;
import dev.avionics.testkit.secret.LogCapture;
import dev.avionics.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a fallback does when the shared state goes and comes back. */
class FallbackOutageTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration RETRY = FallbackRules.DEFAULT.retryAfter();
    private static final Rate RATE = new Rate(2, 1, LONG);
    private static final Account ACCOUNT = new Account("a", 1000, Account.NO_END);

    private final VirtualTime time = VirtualTime.create();
    private final SharedState shared = local();
    private final FailingState remote = new FailingState(shared);
    private final FallbackState state = FallbackState.of(remote.state(), local(), time);
    private final LogCapture log = LogCapture.start();

    @AfterEach
    void close() {
        log.close();
        state.close();
    }

    private SharedState local() {
        return LocalState.create(time, time.clock(), StateLimits.DEFAULT);
    }

    private static Reservation reserved(SharedState where, long micros, Account... accounts) {
        return ((BudgetReply.Granted) get(where.reserve(List.of(accounts), micros, LONG))).reservation();
    }

    private static Balance refused(SharedState where, long micros) {
        return ((BudgetReply.Refused) get(where.reserve(List.of(ACCOUNT), micros, LONG))).balance();
    }

    private void assertShared(long spent, long reserved) {
        assertThat(get(shared.spent(ACCOUNT))).isEqualTo(new Balance(ACCOUNT, spent, reserved));
    }

    private long logged(String what) {
        return log.records().stream().filter(record -> record.contains(what)).count();
    }

    private void comeBack() {
        remote.fault(Fault.NONE);
        time.advance(RETRY);
        assertThat(state.degraded()).isFalse();
    }

    @Test
    void outage_isToldOnceAndOnlyTheBackgroundTriesAgain() {
        get(state.take("a", RATE, 1));
        assertThat(state.degraded()).isFalse();
        remote.fault(Fault.GONE);
        int before = remote.asked();

        for (int i = 0; i < 50; i++) {
            get(state.take("b", RATE, 1));
        }
        assertThat(state.degraded()).isTrue();
        assertThat(remote.asked() - before).isEqualTo(1);
        time.advance(RETRY.multipliedBy(10));
        assertThat(remote.asked() - before).isEqualTo(11);
        assertThat(logged("shared_state_degraded")).isEqualTo(1);
        assertThat(log.text()).contains("no connection to the state").doesNotContain("shared_state_back");

        comeBack();
        assertThat(logged("shared_state_back")).isEqualTo(1);
        assertThat(get(state.take("a", RATE, 1)).allowed()).isTrue();
        assertThat(get(shared.take("a", RATE, 1)).allowed()).isFalse();
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void outage_onManyThreads_isToldOnce() {
        remote.fault(Fault.GONE);

        together(32, thread -> get(state.acquire("a", 100, LONG)).orElseThrow());

        assertThat(logged("shared_state_degraded")).isEqualTo(1);
        assertThat(time.pendingTasks()).isEqualTo(1);
    }

    @Test
    void rates_inAnOutage_areTheLocalOnes() {
        remote.fault(Fault.GONE);

        assertThat(get(state.take("a", RATE, 2)).allowed()).isTrue();
        assertThat(get(state.take("a", RATE, 1)).allowed()).isFalse();
    }

    @Test
    void leases_ofTheSharedState_countAsHeldInAnOutageAndEndThere() {
        Lease lease = get(state.acquire("a", 1, LONG)).orElseThrow();
        remote.fault(Fault.GONE);

        assertThat(get(state.renew(lease, LONG))).isTrue();
        Lease local = get(state.acquire("a", 1, LONG)).orElseThrow();
        assertThat(get(state.acquire("a", 1, LONG))).isEmpty();
        comeBack();

        assertThat(get(state.acquire("a", 1, LONG))).isEmpty();
        assertThat(get(state.release(local))).isTrue();
        assertThat(get(state.release(local))).isFalse();
        assertThat(get(state.release(lease))).isTrue();
        assertThat(get(state.acquire("a", 1, LONG))).isPresent();
    }

    @Test
    void budget_inAnOutage_goesOnFromWhatWasSeen() {
        get(state.settle(reserved(state, 700, ACCOUNT), 650));
        reserved(state, 100, ACCOUNT);
        remote.fault(Fault.GONE);

        assertThat(refused(state, 251)).isEqualTo(new Balance(ACCOUNT, 750, 0));
        BudgetReply.Granted granted = (BudgetReply.Granted) get(state.reserve(List.of(ACCOUNT), 250, LONG));
        assertThat(granted.balances()).containsExactly(new Balance(ACCOUNT, 750, 250));
        assertThat(granted.reservation().accounts()).containsExactly(ACCOUNT);
        assertThat(refused(state, 1)).isEqualTo(new Balance(ACCOUNT, 750, 250));
    }

    @Test
    void spending_ofAnOutage_isToldWhenTheStateIsBack() {
        Reservation before = reserved(state, 100, ACCOUNT);
        Reservation dropped = reserved(state, 50, ACCOUNT);
        remote.fault(Fault.GONE);
        Reservation during = reserved(state, 200, ACCOUNT);
        Reservation across = reserved(state, 40, ACCOUNT);
        assertThat(get(state.settle(during, 180))).isTrue();
        assertThat(get(state.settle(during, 180))).isFalse();
        assertThat(get(state.settle(before, 90))).isTrue();
        assertThat(get(state.settle(before, 90))).isFalse();
        assertThat(get(state.release(dropped))).isTrue();
        assertThat(get(state.settle(dropped, 50))).isFalse();
        assertThat(get(state.addSpent("id", List.of(ACCOUNT), 7))).isTrue();
        assertThat(state.waiting()).isEqualTo(4);
        assertShared(0, 150);

        comeBack();
        assertShared(90 + 180 + 7, 0);
        assertThat(state.waiting()).isZero();

        assertThat(get(state.settle(across, 30))).isTrue();
        assertThat(get(state.settle(across, 30))).isFalse();
        assertShared(90 + 180 + 7 + 30, 0);
        assertThat(state.degraded()).isFalse();
    }

    /** What was told is in the shared state, too; a second outage must not count it twice. */
    @Test
    void budget_inASecondOutage_countsTheSpendingOfTheFirstOnce() {
        remote.fault(Fault.GONE);
        get(state.settle(reserved(state, 300, ACCOUNT), 300));
        comeBack();
        assertShared(300, 0);
        remote.fault(Fault.GONE);
        get(state.take("a", RATE, 1));

        assertThat(refused(state, 701)).isEqualTo(new Balance(ACCOUNT, 300, 0));
        get(state.settle(reserved(state, 100, ACCOUNT), 100));
        comeBack();

        assertShared(400, 0);
        assertThat(get(state.spent(ACCOUNT))).isEqualTo(new Balance(ACCOUNT, 400, 0));
        reserved(state, 600, ACCOUNT);
        assertThat(refused(state, 1)).isEqualTo(new Balance(ACCOUNT, 400, 600));
    }

    @Test
    @Tag("fault-57")
    void settlement_whoseAnswerWasLost_countsOnce() {
        Reservation reservation = reserved(state, 100, ACCOUNT);
        remote.fault(Fault.ANSWER_LOST);

        assertThat(get(state.settle(reservation, 80))).isTrue();
        assertShared(80, 0);
        comeBack();

        assertShared(80, 0);
    }

    @Test
    @Tag("fault-57")
    void spending_whoseAnswerWasLost_isToldAgainAndCountsOnce() {
        remote.fault(Fault.ANSWER_LOST);
        assertThat(get(state.addSpent("id", List.of(ACCOUNT), 5))).isTrue();
        assertShared(5, 0);
        get(state.settle(reserved(state, 100, ACCOUNT), 80));
        // The answers to a ping and to the first spending arrive, that to the second does not.
        remote.faultAfter(2, Fault.ANSWER_LOST);
        time.advance(RETRY);
        assertShared(85, 0);
        assertThat(state.degraded()).isTrue();
        assertThat(state.waiting()).isEqualTo(1);

        comeBack();
        assertShared(85, 0);
        assertThat(state.waiting()).isZero();
    }

    @Test
    void state_thatGoesAgainWhileItIsTold_isToldTheRestLater() {
        remote.fault(Fault.GONE);
        for (int i = 0; i < 20; i++) {
            Account one = new Account("a" + i, 1000, Account.NO_END);
            get(state.settle(reserved(state, 100, one), i + 1));
        }
        assertThat(state.waiting()).isEqualTo(20);
        remote.faultAfter(8, Fault.GONE);
        time.advance(RETRY.multipliedBy(3));
        assertThat(state.waiting()).isEqualTo(13);
        assertThat(state.degraded()).isTrue();

        comeBack();
        for (int i = 0; i < 20; i++) {
            Account one = new Account("a" + i, 1000, Account.NO_END);
            assertThat(get(shared.spent(one)).spentMicros()).isEqualTo(i + 1);
        }
        assertThat(log.text()).contains("it was told 20 entries");
    }

    @Test
    void backlog_full_keepsNoMoreAndSaysSo() {
        try (FallbackState small = FallbackState.of(remote.state(), local(), time, new FallbackRules(RETRY, 2))) {
            remote.fault(Fault.GONE);
            for (int i = 0; i < 5; i++) {
                get(small.settle(reserved(small, 100, new Account("a" + i, 1000, Account.NO_END)), 10));
                get(small.settle(reserved(small, 100, new Account("a0", 1000, Account.NO_END)), 10));
            }
            assertThat(small.waiting()).isEqualTo(2);
            assertThat(logged("shared_state_backlog_full")).isEqualTo(1);
            remote.fault(Fault.NONE);
            time.advance(RETRY);
            assertThat(get(shared.spent(new Account("a0", 1000, Account.NO_END)))
                            .spentMicros())
                    .isEqualTo(60);
            assertThat(get(shared.spent(new Account("a1", 1000, Account.NO_END)))
                            .spentMicros())
                    .isEqualTo(10);
            assertThat(get(shared.spent(new Account("a2", 1000, Account.NO_END)))
                            .spentMicros())
                    .isZero();
        }
    }

    @Test
    void spending_inAWindowThatIsOverWhenTheStateIsBack_isLeftOutAndTold() {
        Account short_ = new Account("s", 1000, time.instant().plus(RETRY));
        remote.fault(Fault.GONE);
        get(state.settle(reserved(state, 10, short_, ACCOUNT), 10));
        get(state.settle(reserved(state, 10, ACCOUNT), 10));
        time.advance(Account.GRACE.plus(RETRY));

        comeBack();
        assertShared(10, 0);
        assertThat(log.text()).contains("shared_state_refused").contains("account s");
    }

    @Test
    void close_inAnOutage_endsItAndSaysWhatIsLost() {
        remote.fault(Fault.GONE);
        get(state.settle(reserved(state, 10, ACCOUNT), 10));

        state.close();
        assertThat(time.pendingTasks()).isZero();
        assertThat(log.text()).contains("shared_state_closed: 1 entries");
    }
}
