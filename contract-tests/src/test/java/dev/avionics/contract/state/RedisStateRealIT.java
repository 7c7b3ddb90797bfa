package dev.avionics.contract.state;

import static dev.avionics.contract.state.Stages.failure;
import static dev.avionics.contract.state.Stages.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.BudgetReply;
import dev.avionics.gateway.state.Grant;
import dev.avionics.gateway.state.Rate;
import dev.avionics.gateway.state.Reservation;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.redis.RedisOptions;
import dev.avionics.redis.RedisState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The contract on a real Redis, and what a Redis adds to it. */
class RedisStateRealIT extends SharedStateContract {
    private static final Duration LONG = Duration.ofHours(1);
    /** Long enough for a busy machine: only what a test is about may fail. */
    private static final Duration PATIENT = Duration.ofSeconds(10);

    private static RedisProcess server;

    @BeforeAll
    static void start() {
        server = RedisProcess.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static RedisOptions.Builder options(RedisProcess server) {
        return RedisOptions.builder(server.uri())
                .timeout(PATIENT)
                .connectTimeout(PATIENT)
                .limits(LIMITS);
    }

    @Override
    SharedState create() throws IOException {
        server.ask("FLUSHALL");
        return RedisState.of(options(server).build());
    }

    @Override
    Duration shortTime() {
        return Duration.ofMillis(100);
    }

    @Override
    void pass(Duration time) {
        RealTime.pass(time);
    }

    @Override
    Instant now() {
        return Instant.now();
    }

    @Test
    void keys_ofAllOperations_leaveTheServerByThemselves() throws IOException {
        Account account = new Account("a", 1000, Instant.now().plusSeconds(60));
        get(state().take("a", Rate.perMinute(5), 1));
        get(state().acquire("a", 1, LONG));
        Reservation reservation =
                ((BudgetReply.Granted) get(state().reserve(List.of(account), 100, LONG))).reservation();
        get(state().reserve(List.of(account), 100, LONG));
        get(state().settle(reservation, 50));
        get(state().addSpent("x", List.of(account), 50));
        get(state().put("a", new byte[10], LONG));
        get(state().publish("t", "n", "v", LONG));
        get(state().ping());

        String without = server.ask(
                "EVAL",
                "local out = '' for _, k in ipairs(redis.call('KEYS', '*')) do"
                        + " if redis.call('PTTL', k) < 0 then out = out .. k .. ' ' end end"
                        + " return #redis.call('KEYS', '*') .. ' keys, without an end: ' .. out",
                "0");

        assertThat(without).isEqualTo("10 keys, without an end: ");
    }

    @Test
    void namespaces_ofTwoGateways_shareNothing() {
        try (SharedState other =
                RedisState.of(options(server).namespace("other").build())) {
            get(state().acquire("a", 1, LONG));
            assertThat(get(other.acquire("a", 1, LONG))).isPresent();
        }
    }

    @Test
    void replicas_ofOneServer_shareEverything() {
        Account account = new Account("a", 100, Account.NO_END);
        try (SharedState other = RedisState.of(options(server).build())) {
            get(state().take("a", new Rate(1, 1, LONG), 1));
            assertThat(get(other.take("a", new Rate(1, 1, LONG), 1)).allowed()).isFalse();
            get(state().acquire("a", 1, LONG));
            assertThat(get(other.acquire("a", 1, LONG))).isEmpty();
            Reservation reservation =
                    ((BudgetReply.Granted) get(state().reserve(List.of(account), 90, LONG))).reservation();
            assertThat(get(other.reserve(List.of(account), 20, LONG))).isInstanceOf(BudgetReply.Refused.class);
            assertThat(get(other.settle(reservation, 10))).isTrue();
            assertThat(get(state().settle(reservation, 10))).isFalse();
            get(state().publish("t", "n", "v", LONG));
            assertThat(get(other.hints("t"))).containsEntry("n", "v");
        }
    }

    @Test
    void server_thatForgotItsScripts_getsThemAgain() throws IOException {
        get(state().take("a", new Rate(10, 1, LONG), 1));
        server.ask("SCRIPT", "FLUSH");

        assertThat(get(state().take("a", new Rate(10, 1, LONG), 1))).isEqualTo(Grant.taken(8));
    }

    @Test
    void server_withAPassword_isUsedWithItAndNobodyReadsIt() {
        try (RedisProcess guarded = RedisProcess.start("--requirepass", "sesame-1234")) {
            RedisOptions.Builder builder = options(guarded);
            try (SharedState without = RedisState.of(builder.build());
                    SharedState with = RedisState.of(
                            builder.password(Secret.of("sesame-1234")).build())) {
                get(with.ping());
                assertThat(failure(without.ping()))
                        .isInstanceOf(InferenceException.class)
                        .hasMessageContaining("127.0.0.1:" + guarded.port());
                assertThat(with.toString() + builder.build()).doesNotContain("sesame");
            }
        }
    }

    @Test
    void server_thatIsNotThere_failsInTimeAndIsFoundLater() {
        try (RedisProcess late = RedisProcess.start()) {
            late.kill();
            try (SharedState early =
                    RedisState.of(options(late).timeout(Duration.ofMillis(250)).build())) {
                assertThat(failure(early.ping())).isInstanceOf(InferenceException.class);
                late.restart();
                RealTime.until(() -> !early.ping()
                        .toCompletableFuture()
                        .handle((done, failure) -> failure)
                        .thenApply(failure -> failure != null)
                        .join());
                assertThat(get(early.take("a", Rate.perMinute(1), 1)).allowed()).isTrue();
            }
        }
    }

    /** Nothing piles up: beyond the bound, operations are refused while the server says nothing. */
    @Test
    void server_thatHangs_failsOperationsInTimeAndHoldsNoMoreThanTheBound() {
        try (RedisProcess hung = RedisProcess.start()) {
            try (SharedState state = RedisState.of(
                    options(hung).timeout(Duration.ofMillis(250)).pending(50).build())) {
                get(state.take("a", new Rate(1000, 1, LONG), 1));
                hung.freeze();
                long begun = System.nanoTime();
                List<CompletionStage<?>> asked = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    asked.add(state.take("a", new Rate(1000, 1, LONG), 1));
                }
                List<String> why = asked.stream()
                        .map(one -> failure(one).getMessage())
                        .distinct()
                        .toList();
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
                assertThat(why)
                        .hasSize(2)
                        .anyMatch(text -> text.endsWith("no answer within 250 ms"))
                        .anyMatch(text -> text.endsWith("50 operations wait for an answer already"));
                hung.thaw();
                RealTime.until(() -> state.take("a", new Rate(1000, 1, LONG), 1)
                        .toCompletableFuture()
                        .handle((grant, failure) -> failure == null)
                        .join());
            }
        }
    }
}
