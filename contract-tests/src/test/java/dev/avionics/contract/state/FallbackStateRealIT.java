package dev.avionics.contract.state;

import static dev.avionics.contract.state.Stages.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.call.SystemScheduler;
import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.BudgetReply;
import dev.avionics.gateway.state.FallbackRules;
import dev.avionics.gateway.state.FallbackState;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.Reservation;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.redis.RedisState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A Redis that is killed, restarted and frozen while a fallback is used on many threads. */
class FallbackStateRealIT {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Account ACCOUNT = new Account("a", 1_000_000_000, Account.NO_END);

    private final SystemScheduler scheduler = new SystemScheduler();
    private final RedisProcess server = RedisProcess.start();
    private final FallbackState state = fallback();

    private FallbackState fallback() {
        return FallbackState.of(
                RedisState.of(RedisStateRealIT.options(server)
                        .timeout(Duration.ofMillis(500))
                        .build()),
                LocalState.create(),
                scheduler,
                new FallbackRules(Duration.ofMillis(100), 10_000));
    }

    @AfterEach
    void close() {
        state.close();
        scheduler.close();
        server.close();
    }

    private long spendOnce(long micros) {
        return get(state.reserve(List.of(ACCOUNT), micros, LONG))
                .fold(granted -> get(state.settle(granted.reservation(), micros)) ? micros : 0L, refused -> {
                    throw new AssertionError(refused);
                });
    }

    private long shared() {
        try (SharedState other = RedisState.of(RedisStateRealIT.options(server).build())) {
            return get(other.spent(ACCOUNT)).spentMicros();
        }
    }

    @Test
    void server_killedAndRestarted_noCallFailsAndLaterSpendingIsThere() {
        AtomicLong during = new AtomicLong();
        Reservation before = ((BudgetReply.Granted) get(state.reserve(List.of(ACCOUNT), 100, LONG))).reservation();
        get(state.settle(before, 100));
        assertThat(state.degraded()).isFalse();
        server.kill();

        Stages.together(8, thread -> {
            for (int i = 0; i < 50; i++) {
                during.addAndGet(spendOnce(thread + 1));
            }
            return thread;
        });
        assertThat(state.degraded()).isTrue();
        assertThat(state.waiting()).isPositive();
        server.restart();
        RealTime.until(() -> !state.degraded());

        assertThat(state.waiting()).isZero();
        // What the server kept in memory before is lost with it; what came after is not.
        assertThat(shared()).isEqualTo(during.get());
        spendOnce(5);
        assertThat(shared()).isEqualTo(during.get() + 5);
    }

    @Test
    void server_frozenInMidRun_losesAndDoublesNothing() {
        AtomicLong total = new AtomicLong();
        Stages.together(8, thread -> {
            for (int i = 0; i < 60; i++) {
                total.addAndGet(spendOnce(thread + 1));
                if (thread == 0 && i == 20) {
                    server.freeze();
                }
                if (thread == 0 && i == 40) {
                    assertThat(state.degraded()).isTrue();
                    server.thaw();
                }
            }
            return thread;
        });
        RealTime.until(() -> !state.degraded() && state.waiting() == 0);

        assertThat(shared()).isEqualTo(total.get());
    }
}
