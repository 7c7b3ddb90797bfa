package dev.avionics.contract.state;

import static dev.avionics.contract.state.Stages.failure;
import static dev.avionics.contract.state.Stages.get;
import static dev.avionics.contract.state.Stages.together;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.Balance;
import dev.avionics.gateway.state.BudgetReply;
import dev.avionics.gateway.state.Grant;
import dev.avionics.gateway.state.Lease;
import dev.avionics.gateway.state.Rate;
import dev.avionics.gateway.state.Reservation;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.gateway.state.StateLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link SharedState} does. */
abstract class SharedStateContract {
    /** Small, so that a bound is reached. */
    static final StateLimits LIMITS = new StateLimits(64 * 1024, 4 * 1024, 8);

    private static final int THREADS = 32;
    private static final Duration LONG = Duration.ofHours(1);

    private SharedState state;

    /** An empty state with {@link #LIMITS}. */
    abstract SharedState create() throws Exception;

    /** A time that this state can wait for: short, if it is real. */
    abstract Duration shortTime();

    /** Lets time pass. */
    abstract void pass(Duration time);

    /** The time of day for ends of windows. */
    abstract Instant now();

    @BeforeEach
    void open() throws Exception {
        state = create();
    }

    @AfterEach
    void close() {
        state.close();
    }

    SharedState state() {
        return state;
    }

    private Account account(String key, long limit) {
        return new Account(key, limit, now().plus(Duration.ofDays(1)));
    }

    private Reservation reserved(long micros, Account... accounts) {
        return get(state.reserve(List.of(accounts), micros, LONG)).fold(BudgetReply.Granted::reservation, refused -> {
            throw new AssertionError("refused: " + refused);
        });
    }

    private BudgetReply.Refused refused(long micros, Account... accounts) {
        return get(state.reserve(List.of(accounts), micros, LONG))
                .fold(
                        granted -> {
                            throw new AssertionError("granted: " + granted);
                        },
                        refused -> refused);
    }

    private void assertBalance(Account account, long spent, long reserved) {
        assertThat(get(state.spent(account))).isEqualTo(new Balance(account, spent, reserved));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // Rates

    @Test
    void bucket_atFirst_givesItsCapacityAndThenTellsTheWait() {
        Rate rate = new Rate(3, 1, LONG);

        assertThat(get(state.take("a", rate, 1))).isEqualTo(Grant.taken(2));
        assertThat(get(state.take("a", rate, 2))).isEqualTo(Grant.taken(0));
        Grant refused = get(state.take("a", rate, 2));
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.left()).isZero();
        assertThat(refused.retryAfter()).isCloseTo(Duration.ofHours(2), Duration.ofMinutes(2));
        assertThat(get(state.take("b", rate, 3)).allowed()).isTrue();
    }

    @Test
    void bucket_afterTheWait_givesAgain() {
        Rate rate = new Rate(4, 1, shortTime());

        assertThat(get(state.take("a", rate, 4)).allowed()).isTrue();
        Grant refused = get(state.take("a", rate, 4));
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.retryAfter())
                .isBetween(Duration.ofNanos(1), shortTime().multipliedBy(4));
        pass(refused.retryAfter());
        assertThat(get(state.take("a", rate, 4)).allowed()).isTrue();
    }

    @Test
    void bucket_longUnused_holdsNoMoreThanItsCapacity() {
        Rate rate = new Rate(2, 2, shortTime());

        assertThat(get(state.take("a", rate, 2)).allowed()).isTrue();
        pass(shortTime().multipliedBy(3));
        assertThat(get(state.take("a", new Rate(2, 1, LONG), 2)).allowed()).isTrue();
        assertThat(get(state.take("a", new Rate(2, 1, LONG), 1)).allowed()).isFalse();
    }

    @Test
    void amount_beyondTheCapacity_isRefusedForGood() {
        Grant grant = get(state.take("a", new Rate(3, 3, LONG), 4));

        assertThat(grant.allowed()).isFalse();
        assertThat(grant.retryAfter()).isEqualTo(Grant.NEVER);
        assertThat(get(state.take("a", new Rate(3, 3, LONG), 3)).allowed()).isTrue();
    }

    @Test
    void amount_givenBack_canBeTakenButNoMoreThanTheCapacity() {
        Rate rate = new Rate(5, 1, LONG);
        get(state.take("a", rate, 5));

        get(state.giveBack("a", rate, 2));
        assertThat(get(state.take("a", rate, 2)).allowed()).isTrue();
        get(state.giveBack("a", rate, 100));
        assertThat(get(state.take("a", rate, 5)).allowed()).isTrue();
        assertThat(get(state.take("a", rate, 1)).allowed()).isFalse();
        get(state.giveBack("unused", rate, 3));
        assertThat(get(state.take("unused", rate, 1)).left()).isEqualTo(4);
    }

    @Test
    void debit_beyondTheLevel_hasToBeRefilledFirst() {
        Rate rate = new Rate(10, 10, LONG);
        get(state.take("a", rate, 8));

        get(state.debit("a", rate, 7));
        Grant refused = get(state.take("a", rate, 5));
        assertThat(refused.allowed()).isFalse();
        assertThat(refused.left()).isZero();
        assertThat(refused.retryAfter()).isCloseTo(LONG, Duration.ofMinutes(2));
        get(state.giveBack("a", rate, 6));
        assertThat(get(state.take("a", rate, 1)).allowed()).isTrue();
    }

    @Test
    void rate_changed_keepsTheLevelAsFarAsItFits() {
        get(state.take("a", new Rate(10, 1, LONG), 2));

        assertThat(get(state.take("a", new Rate(100, 1, LONG), 9)).allowed()).isFalse();
        assertThat(get(state.take("a", new Rate(100, 1, LONG), 1)).left()).isEqualTo(7);
        assertThat(get(state.take("a", new Rate(3, 1, LONG), 1)).left()).isEqualTo(2);
    }

    @Test
    void bucket_of32Threads_givesItsCapacityAndNoMore() {
        Rate rate = new Rate(500, 1, Duration.ofDays(1));

        List<Integer> taken = together(THREADS, thread -> {
            int mine = 0;
            for (int i = 0; i < 50; i++) {
                mine += get(state.take("a", rate, 1)).allowed() ? 1 : 0;
            }
            return mine;
        });

        assertThat(taken.stream().mapToInt(Integer::intValue).sum()).isEqualTo(500);
    }

    // Concurrency

    @Test
    void places_allTaken_areRefusedUntilOneIsReleased() {
        Lease first = get(state.acquire("a", 2, LONG)).orElseThrow();
        Lease second = get(state.acquire("a", 2, LONG)).orElseThrow();

        assertThat(first.id()).isNotEqualTo(second.id());
        assertThat(get(state.acquire("a", 2, LONG))).isEmpty();
        assertThat(get(state.acquire("b", 1, LONG))).isPresent();
        assertThat(get(state.release(first))).isTrue();
        assertThat(get(state.release(first))).isFalse();
        assertThat(get(state.acquire("a", 2, LONG))).isPresent();
        assertThat(get(state.acquire("a", 2, LONG))).isEmpty();
        assertThat(get(state.acquire("a", 3, LONG))).isPresent();
    }

    @Test
    void lease_ofAReplicaThatDied_endsByItself() {
        Lease dead = get(state.acquire("a", 2, shortTime())).orElseThrow();
        Lease alive = get(state.acquire("a", 2, LONG)).orElseThrow();

        pass(shortTime().multipliedBy(2));

        assertThat(get(state.acquire("a", 2, LONG))).isPresent();
        assertThat(get(state.acquire("a", 2, LONG))).isEmpty();
        assertThat(get(state.renew(dead, LONG))).isFalse();
        assertThat(get(state.release(dead))).isFalse();
        assertThat(get(state.release(alive))).isTrue();
    }

    @Test
    void lease_renewed_isHeldForLonger() {
        Lease lease = get(state.acquire("a", 1, shortTime().multipliedBy(10))).orElseThrow();

        assertThat(get(state.renew(lease, LONG))).isTrue();
        pass(shortTime().multipliedBy(11));
        assertThat(get(state.acquire("a", 1, LONG))).isEmpty();
        assertThat(get(state.release(lease))).isTrue();
        assertThat(get(state.renew(lease, LONG))).isFalse();
    }

    @Test
    void places_of32Threads_areNeverMoreThanTheLimit() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger entered = new AtomicInteger();

        together(THREADS, thread -> {
            for (int i = 0; i < 20; i++) {
                Optional<Lease> lease = get(state.acquire("a", 5, LONG));
                if (lease.isPresent()) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    entered.incrementAndGet();
                    inside.decrementAndGet();
                    get(state.release(lease.orElseThrow()));
                }
            }
            return thread;
        });

        assertThat(most.get()).isBetween(1, 5);
        assertThat(entered.get()).isGreaterThanOrEqualTo(5);
        assertThat(IntStream.range(0, 6)
                        .filter(i -> get(state.acquire("a", 5, LONG)).isPresent())
                        .count())
                .isEqualTo(5);
    }

    // Budgets

    @Test
    void reservation_settled_isSpent() {
        Account day = account("day", 1000);
        Account month = account("month", 5000);

        BudgetReply reply = get(state.reserve(List.of(day, month), 400, LONG));
        BudgetReply.Granted granted = (BudgetReply.Granted) reply;
        assertThat(granted.balances()).containsExactly(new Balance(day, 0, 400), new Balance(month, 0, 400));
        assertThat(granted.balances().get(0).leftMicros()).isEqualTo(600);
        assertThat(get(state.settle(granted.reservation(), 150))).isTrue();

        assertBalance(day, 150, 0);
        assertBalance(month, 150, 0);
    }

    @Test
    void reservation_thatOneAccountRefuses_isHeldInNone() {
        Account wide = account("wide", 1000);
        Account narrow = account("narrow", 100);
        Account third = account("third", 50);
        get(state.settle(reserved(40, narrow), 30));
        reserved(20, narrow);

        BudgetReply.Refused refused = refused(51, wide, narrow, third);

        assertThat(refused.balance()).isEqualTo(new Balance(narrow, 30, 20));
        assertThat(refused.micros()).isEqualTo(51);
        assertBalance(wide, 0, 0);
        assertBalance(narrow, 30, 20);
        assertBalance(third, 0, 0);
        assertThat(reserved(50, wide, narrow, third).micros()).isEqualTo(50);
    }

    @Test
    void reservation_settledTwice_isSpentOnce() {
        Account account = account("a", 1000);
        Reservation reservation = reserved(100, account);

        assertThat(get(state.settle(reservation, 80))).isTrue();
        assertThat(get(state.settle(reservation, 80))).isFalse();
        assertThat(get(state.release(reservation))).isFalse();

        assertBalance(account, 80, 0);
    }

    @Test
    void reservation_released_costsNothing() {
        Account account = account("a", 1000);
        Reservation reservation = reserved(1000, account);

        assertThat(get(state.release(reservation))).isTrue();
        assertThat(get(state.release(reservation))).isFalse();
        assertThat(get(state.settle(reservation, 10))).isFalse();

        assertBalance(account, 0, 0);
        reserved(1000, account);
    }

    @Test
    void settlement_beyondReservationAndLimit_countsInFull() {
        Account account = account("a", 100);

        assertThat(get(state.settle(reserved(90, account), 250))).isTrue();

        assertBalance(account, 250, 0);
        assertThat(get(state.spent(account)).leftMicros()).isZero();
        assertThat(refused(0, account).balance().spentMicros()).isEqualTo(250);
    }

    @Test
    void reservation_ofNothing_isGrantedAtTheLimitAndEndsOnce() {
        Account account = account("a", 0);
        Reservation reservation = reserved(0, account);

        refused(1, account);
        assertThat(get(state.settle(reservation, 0))).isTrue();
        assertThat(get(state.settle(reservation, 0))).isFalse();
        assertBalance(account, 0, 0);
    }

    @Test
    void reservation_ofTheLargestAmount_isExact() {
        Account account = account("a", Account.MAX_MICROS);

        get(state.settle(reserved(Account.MAX_MICROS - 1, account), Account.MAX_MICROS - 1));

        assertBalance(account, Account.MAX_MICROS - 1, 0);
        refused(2, account);
        get(state.settle(reserved(1, account), 1));
        assertBalance(account, Account.MAX_MICROS, 0);
        refused(1, account);
    }

    /** Its owner crashed between reserving and settling. */
    @Test
    @Tag("fault-57")
    void reservation_whoseTimeIsOver_isFreeAgainOnce() {
        Account account = account("a", 1000);
        get(state.reserve(List.of(account), 600, shortTime()));
        reserved(300, account);

        pass(shortTime().multipliedBy(2));

        assertBalance(account, 0, 300);
        assertBalance(account, 0, 300);
        reserved(700, account);
        refused(1, account);
    }

    /** Its owner was slow and not dead. */
    @Test
    @Tag("fault-57")
    void reservation_settledAfterItsTime_isStillSpentOnce() {
        Account day = account("day", 1000);
        Account month = account("month", 1000);
        Reservation slow = get(state.reserve(List.of(day, month), 600, shortTime()))
                .fold(BudgetReply.Granted::reservation, refused -> {
                    throw new AssertionError(refused);
                });
        Reservation gone = get(state.reserve(List.of(day), 100, shortTime()))
                .fold(BudgetReply.Granted::reservation, refused -> {
                    throw new AssertionError(refused);
                });
        pass(shortTime().multipliedBy(2));
        assertBalance(day, 0, 0);

        assertThat(get(state.settle(slow, 500))).isTrue();
        assertThat(get(state.settle(slow, 500))).isFalse();
        assertThat(get(state.release(gone))).isTrue();
        assertThat(get(state.settle(gone, 70))).isFalse();

        assertBalance(day, 500, 0);
        assertBalance(month, 500, 0);
    }

    @Test
    void account_ofAnotherWindow_beginsWithNothing() {
        Account today = account("a", 100);
        Account tomorrow = new Account("a", 100, today.windowEnd().plus(Duration.ofDays(1)));
        Account ever = new Account("a", 100, Account.NO_END);
        get(state.settle(reserved(100, today), 100));

        reserved(100, tomorrow);
        reserved(100, ever);
        assertBalance(today, 100, 0);
        assertBalance(tomorrow, 0, 100);
    }

    @Test
    void account_justOver_stillTakesWhatBeganInIt() {
        Account account = new Account("a", 100, now().minus(Duration.ofMinutes(30)));

        get(state.settle(reserved(60, account), 50));

        assertBalance(account, 50, 0);
    }

    @Test
    void account_longOver_isRefusedWithItsEnd() {
        Account open = account("open", 100);
        Account over = new Account("over", 100, now().minus(Duration.ofMinutes(61)));

        assertThat(failure(state.reserve(List.of(open, over), 1, LONG)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("account over")
                .hasMessageContaining(over.windowEnd().toString());
        assertThat(failure(state.addSpent("id", List.of(over), 1))).isInstanceOf(IllegalArgumentException.class);
        assertThat(failure(state.spent(over))).isInstanceOf(IllegalArgumentException.class);
        assertBalance(open, 0, 0);
    }

    @Test
    void spending_addedTwiceWithOneId_countsOnce() {
        Account day = account("day", 100);
        Account month = account("month", 100);

        assertThat(get(state.addSpent("x", List.of(day, month), 150))).isTrue();
        assertThat(get(state.addSpent("x", List.of(day, month), 150))).isFalse();
        assertThat(get(state.addSpent("y", List.of(day), 1))).isTrue();

        assertBalance(day, 151, 0);
        assertBalance(month, 150, 0);
    }

    @Test
    @Tag("fault-56")
    void reservations_200AtOnceWithMoneyFor10_are10() {
        Account day = account("day", 1_000);
        Account month = account("month", 1_000_000);
        AtomicInteger refusals = new AtomicInteger();

        List<List<Reservation>> all = together(40, thread -> {
            List<Reservation> mine = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                get(state.reserve(List.of(month, day), 100, LONG))
                        .fold(granted -> mine.add(granted.reservation()), refused -> {
                            assertThat(refused.balance().account()).isEqualTo(day);
                            return refusals.incrementAndGet() > 0;
                        });
            }
            return mine;
        });

        List<Reservation> granted = all.stream().flatMap(List::stream).toList();
        assertThat(granted).hasSize(10);
        assertThat(granted.stream().map(Reservation::id)).doesNotHaveDuplicates();
        assertThat(refusals).hasValue(190);
        assertBalance(month, 0, 1_000);
        granted.forEach(one -> get(state.settle(one, 100)));
        assertBalance(day, 1_000, 0);
        assertBalance(month, 1_000, 0);
    }

    @Test
    @Tag("fault-57")
    void settlement_by32ThreadsAtOnce_countsOnce() {
        Account account = account("a", 1_000);
        Reservation reservation = reserved(100, account);

        List<Boolean> settled = together(THREADS, thread -> get(state.settle(reservation, 70)));

        assertThat(settled.stream().filter(one -> one)).hasSize(1);
        assertBalance(account, 70, 0);
    }

    /** Whatever happens, what is spent is what was settled, and nothing stays reserved. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void ledger_ofRandomOperationsOnManyThreads_isBalanced(long seed) {
        List<Account> accounts =
                IntStream.range(0, 5).mapToObj(i -> account("a" + i, 20_000)).toList();
        Map<Account, AtomicLong> settled =
                accounts.stream().collect(Collectors.toMap(account -> account, account -> new AtomicLong()));

        together(8, thread -> {
            SplittableRandom random = new SplittableRandom(seed * 100 + thread);
            for (int i = 0; i < 60; i++) {
                List<Account> some = accounts.stream()
                        .filter(account -> random.nextInt(3) > 0)
                        .toList();
                long micros = random.nextLong(1, 1000);
                if (some.isEmpty()) {
                    continue;
                }
                get(state.reserve(some, micros, LONG))
                        .fold(
                                granted -> {
                                    long real = random.nextLong(0, micros + 1);
                                    boolean release = random.nextInt(4) == 0;
                                    boolean first = release
                                            ? get(state.release(granted.reservation()))
                                            : get(state.settle(granted.reservation(), real));
                                    assertThat(first).isTrue();
                                    if (!release) {
                                        some.forEach(
                                                account -> settled.get(account).addAndGet(real));
                                    }
                                    return true;
                                },
                                refused -> false);
            }
            return thread;
        });

        accounts.forEach(account -> {
            assertBalance(account, settled.get(account).get(), 0);
            assertThat(settled.get(account).get()).as("seed " + seed).isBetween(1L, 20_000L);
        });
    }

    // Cache

    @Test
    void bytes_put_areThereUntilTheirTimeIsOver() {
        byte[] raw = {0, -1, 13, 10, 127};
        get(state.put("kept", raw, LONG));
        get(state.put("short", bytes("x"), shortTime()));
        get(state.put("empty", new byte[0], LONG));

        assertThat(get(state.get("kept")))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(raw));
        assertThat(get(state.get("never"))).isEmpty();
        assertThat(get(state.get("empty")))
                .hasValueSatisfying(found -> assertThat(found).isEmpty());
        pass(shortTime().multipliedBy(2));
        assertThat(get(state.get("short"))).isEmpty();
        assertThat(get(state.get("kept"))).isPresent();
    }

    @Test
    void bytes_putAgain_replaceTheOldOnes() {
        get(state.put("a", bytes("old"), LONG));
        get(state.put("a", bytes("new"), LONG));

        assertThat(get(state.get("a")))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(bytes("new")));
    }

    @Test
    void bytes_beyondTheSizeOfAnEntry_areNotKeptAndNeitherIsWhatWasThere() {
        get(state.put("a", new byte[LIMITS.entryBytes()], LONG));
        assertThat(get(state.get("a"))).isPresent();

        get(state.put("a", new byte[LIMITS.entryBytes() + 1], LONG));
        assertThat(get(state.get("a"))).isEmpty();
    }

    @Test
    void bytes_changedByTheCaller_areNotChangedInTheCache() {
        byte[] mine = bytes("mine");
        get(state.put("a", mine, LONG));
        mine[0] = 'X';
        get(state.get("a")).orElseThrow()[1] = 'X';

        assertThat(get(state.get("a")))
                .hasValueSatisfying(found -> assertThat(found).isEqualTo(bytes("mine")));
    }

    @Test
    void cache_full_holdsNoMoreThanItsBound() {
        int entries = 200;
        for (int i = 0; i < entries; i++) {
            get(state.put("key " + i, new byte[2000], LONG));
        }

        long bytes = IntStream.range(0, entries)
                        .filter(i -> get(state.get("key " + i)).isPresent())
                        .count()
                * 2000;
        assertThat(bytes).isBetween(LIMITS.cacheBytes() / 4, LIMITS.cacheBytes());
    }

    // Hints

    @Test
    void hints_ofATopic_areItsLatestValuesInTime() {
        get(state.publish("nodes", "n1", "up: 1", LONG));
        get(state.publish("nodes", "n2", "", LONG));
        get(state.publish("nodes", "n1", "down: \u00fc\ud83d\ude00", LONG));
        get(state.publish("nodes", "n3", "x", shortTime()));
        get(state.publish("breakers", "b", "open", LONG));
        pass(shortTime().multipliedBy(2));

        assertThat(get(state.hints("nodes"))).isEqualTo(Map.of("n1", "down: \u00fc\ud83d\ude00", "n2", ""));
        assertThat(get(state.hints("breakers"))).isEqualTo(Map.of("b", "open"));
        assertThat(get(state.hints("none"))).isEmpty();
    }

    @Test
    void hints_ofTooManyNames_areThoseThatEndLast() {
        for (int i = 0; i < 20; i++) {
            get(state.publish("t", "n" + i, "v", LONG.plusSeconds(i)));
        }

        assertThat(get(state.hints("t")).keySet())
                .containsExactlyInAnyOrder("n12", "n13", "n14", "n15", "n16", "n17", "n18", "n19");
    }

    // Arguments and end

    @Test
    void keys_withAnyCharacters_areApart() {
        List<String> keys = List.of("{a}", "}{", "a:b", "a b\n", "\u00e4\ud83d\ude00", "|1", "*", "x".repeat(512));
        for (String key : keys) {
            get(state.put(key, bytes(key), LONG));
            get(state.publish(key, key, key, LONG));
            get(state.settle(reserved(5, account(key, 10)), 5));
            assertThat(get(state.take(key, new Rate(1, 1, LONG), 1)).allowed()).isTrue();
            assertThat(get(state.acquire(key, 1, LONG))).isPresent();
        }

        for (String key : keys) {
            assertThat(get(state.get(key)))
                    .hasValueSatisfying(found -> assertThat(found).isEqualTo(bytes(key)));
            assertThat(get(state.hints(key))).isEqualTo(Map.of(key, key));
            assertBalance(account(key, 10), 5, 0);
        }
    }

    @Test
    void arguments_outOfRange_areThrownAtOnce() {
        Rate rate = Rate.perMinute(10);
        Account account = account("a", 10);
        List<Runnable> wrong = List.of(
                () -> state.take("", rate, 1),
                () -> state.take("x".repeat(513), rate, 1),
                () -> state.take("a", rate, 0),
                () -> state.giveBack("a", rate, -1),
                () -> state.debit("a", rate, Rate.MAX + 1),
                () -> state.acquire("a", 0, LONG),
                () -> state.acquire("a", 1, Duration.ZERO),
                () -> state.reserve(List.of(), 1, LONG),
                () -> state.reserve(List.of(account, account), 1, LONG),
                () -> state.reserve(List.of(account), -1, LONG),
                () -> state.reserve(List.of(account), Account.MAX_MICROS + 1, LONG),
                () -> state.reserve(List.of(account), 1, Duration.ZERO),
                () -> state.addSpent("", List.of(account), 1),
                () -> state.addSpent("x", List.of(account), -1),
                () -> state.put("a", new byte[1], Duration.ofNanos(999_999)),
                () -> state.publish("t", "n", "x".repeat(4097), LONG),
                () -> state.hints(""));

        for (Runnable one : wrong) {
            assertThatIllegalArgumentException().isThrownBy(one::run).withMessageContaining("expected: ");
        }
        assertBalance(account, 0, 0);
    }

    @Test
    void state_closed_rejectsWhatIsAskedOfIt() {
        get(state.ping());
        state.close();
        state.close();

        Throwable why = failure(state.take("a", Rate.perSecond(1), 1));
        assertThat(why).isInstanceOf(InferenceException.class);
        assertThat(((InferenceException) why).category()).isEqualTo(ErrorCategory.REJECTED);
        assertThat(((InferenceException) why).origin()).isEqualTo(ErrorOrigin.US);
    }
}
