package dev.avionics.contract.state;

import static dev.avionics.contract.state.Stages.get;

import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.BudgetReply;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.redis.RedisOptions;
import dev.avionics.redis.RedisState;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** A replica in a process of its own that spends a budget until it is used up; prints what it spent. */
final class BudgetSpender {
    static final long LIMIT = 1_000_000;
    static final long MOST = 2_000;
    static final List<Account> ACCOUNTS = List.of(
            new Account("agent:day", LIMIT, Account.NO_END), new Account("key:month", 2 * LIMIT, Account.NO_END));

    private static final int THREADS = 8;

    private BudgetSpender() {}

    /** With the server's address and a seed. */
    public static void main(String[] arguments) {
        AtomicLong spent = new AtomicLong();
        AtomicLong calls = new AtomicLong();
        try (SharedState state = RedisState.of(RedisOptions.builder(arguments[0])
                .timeout(Duration.ofSeconds(10))
                .connectTimeout(Duration.ofSeconds(10))
                .build())) {
            Stages.together(THREADS, thread -> {
                SplittableRandom random = new SplittableRandom(Long.parseLong(arguments[1]) * THREADS + thread);
                boolean room = true;
                while (room) {
                    long micros = random.nextLong(1, MOST);
                    room = get(state.reserve(ACCOUNTS, micros, Duration.ofMinutes(10)))
                            .fold(granted -> spend(state, granted, random, spent, calls), refused -> false);
                }
                return thread;
            });
        }
        System.out.println(spent.get() + " " + calls.get());
    }

    private static boolean spend(
            SharedState state,
            BudgetReply.Granted granted,
            SplittableRandom random,
            AtomicLong spent,
            AtomicLong calls) {
        long real = random.nextLong(0, granted.reservation().micros() + 1);
        if (!get(state.settle(granted.reservation(), real))) {
            throw new AssertionError("settled by somebody else: " + granted);
        }
        spent.addAndGet(real);
        calls.incrementAndGet();
        return true;
    }
}
