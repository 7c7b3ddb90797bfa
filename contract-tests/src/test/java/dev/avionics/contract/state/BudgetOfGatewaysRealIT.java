package dev.avionics.contract.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.Balance;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.redis.RedisState;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Three gateways in processes of their own spend one budget on one Redis, at a backend that fails now and then. */
@Tag("fault-56")
class BudgetOfGatewaysRealIT {
    private static final long LIMIT = 2_000_000;
    private static final int REPLICAS = 3;
    /** The largest reservation: forty words, what is around them, and an answer. */
    private static final long LARGEST = (80 + GatewayReplica.MOST_OUTPUT) * GatewayReplica.MICROS_A_TOKEN;

    private static final int AT_ONCE = REPLICAS * GatewayReplica.THREADS;

    private final RedisProcess redis = RedisProcess.start("--appendonly", "yes", "--appendfsync", "always");
    private final SplittableRandom random = new SplittableRandom(1);
    private final AtomicLong worked = new AtomicLong();
    private final SimulatedBackend backend =
            SimulatedBackend.start(Scenario.create().otherwise(this::answer));

    @AfterEach
    void close() {
        backend.close();
        redis.close();
    }

    /** Answers with tokens that it puts on its bill, or refuses, or breaks. */
    private Reply answer(SeenRequest request) {
        int fate;
        int output;
        Duration latency;
        synchronized (random) {
            fate = random.nextInt(100);
            output = 50 + random.nextInt(GatewayReplica.MOST_OUTPUT - 49);
            latency = Duration.ofMillis(random.nextInt(20));
        }
        if (fate < 5) {
            return Reply.json(fate < 3 ? 503 : 500, "{\"error\":{\"message\":\"by chance\"}}");
        }
        int input = 4 + request.bodyText().split("word ", -1).length - 1;
        worked.addAndGet((input + output) * GatewayReplica.MICROS_A_TOKEN);
        return Reply.json(
                        "{\"id\":\"1\",\"object\":\"chat.completion\",\"model\":\"simulated-1\",\"choices\":[{\"index\":0,"
                                + "\"message\":{\"role\":\"assistant\",\"content\":\"ok\"},\"finish_reason\":\"stop\"}],"
                                + "\"usage\":{\"prompt_tokens\":" + input + ",\"completion_tokens\":" + output
                                + ",\"total_tokens\":" + (input + output) + "}}")
                .latency(latency);
    }

    /** What one process printed. */
    private record Replica(long settled, long answered, long refused, long failed) {}

    private Process start(int seed) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        GatewayReplica.class.getName(),
                        redis.uri(),
                        backend.uri("/v1").toString(),
                        String.valueOf(seed),
                        String.valueOf(LIMIT))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        return process;
    }

    private List<Process> start() throws IOException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < REPLICAS; i++) {
            processes.add(start(i));
        }
        return processes;
    }

    private static List<Replica> await(List<Process> processes) throws IOException, InterruptedException {
        List<Replica> replicas = new ArrayList<>();
        for (Process process : processes) {
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(out).isZero();
            String[] words = out.substring(out.lastIndexOf('\n') + 1).split(" ");
            replicas.add(new Replica(
                    Long.parseLong(words[0]),
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Long.parseLong(words[3])));
        }
        return replicas;
    }

    private Balance balance() {
        LocalDate nextMonth = LocalDate.now(ZoneOffset.UTC).withDayOfMonth(1).plusMonths(1);
        Account account = new Account(
                "month:agent:" + GatewayReplica.AGENT,
                LIMIT,
                nextMonth.atStartOfDay(ZoneOffset.UTC).toInstant());
        try (SharedState state = RedisState.of(RedisStateRealIT.options(redis).build())) {
            return Stages.get(state.spent(account));
        }
    }

    @Test
    void budget_ofThreeGateways_isUsedAndNotExceeded() throws IOException, InterruptedException {
        List<Replica> replicas = await(start());
        Balance balance = balance();
        print("Three gateways", balance, replicas);
        assertThat(balance.reservedMicros()).isZero();
        assertThat(balance.spentMicros()).isBetween(LIMIT * 8 / 10, LIMIT);
        assertThat(replicas.stream().mapToLong(Replica::settled).sum()).isEqualTo(balance.spentMicros());
        assertThat(replicas).allSatisfy(one -> assertThat(one.answered()).isPositive());
    }

    @Test
    @Tag("fault-57")
    void budget_whoseRedisIsKilledAndRestarted_isExceededByNoMoreThanEachCouldSpendAlone()
            throws IOException, InterruptedException {
        List<Process> processes = start();
        long third = LIMIT / 3;
        RealTime.until(() -> worked.get() > third);
        redis.kill();
        long before = worked.get();
        RealTime.until(() -> worked.get() > before + LIMIT / 20);
        redis.restart();
        List<Replica> replicas = await(processes);
        Balance balance = balance();
        print("Three gateways, Redis gone for a while", balance, replicas);
        assertThat(balance.spentMicros()).isGreaterThanOrEqualTo(LIMIT * 8 / 10);
        // Each of them could have spent what was left when it last saw the account, but for the one that would have
        // been right to.
        long left = LIMIT - before + AT_ONCE * LARGEST;
        assertThat(balance.spentMicros()).isLessThanOrEqualTo(LIMIT + (REPLICAS - 1) * left);
        // Nothing that was spent is lost or counted twice.
        assertThat(replicas.stream().mapToLong(Replica::settled).sum()).isEqualTo(balance.spentMicros());
        // What was reserved when it died and never known to anybody ends with its time.
        assertThat(balance.reservedMicros()).isLessThanOrEqualTo(AT_ONCE * LARGEST);
    }

    private void print(String what, Balance balance, List<Replica> replicas) {
        System.out.printf(
                "%s: %d of %d micro-USD spent, %d reserved, %d worked; %s%n",
                what, balance.spentMicros(), LIMIT, balance.reservedMicros(), worked.get(), replicas);
    }
}
