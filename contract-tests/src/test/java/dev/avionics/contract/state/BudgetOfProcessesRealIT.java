package dev.avionics.contract.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.Balance;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.redis.RedisState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Three processes spend one budget on one Redis. */
class BudgetOfProcessesRealIT {
    @Test
    void budget_ofThreeProcesses_isUsedUpAndNeverExceeded() throws IOException, InterruptedException {
        try (RedisProcess server = RedisProcess.start()) {
            List<Process> replicas = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                replicas.add(replica(server, i));
            }
            long spent = 0;
            List<Long> calls = new ArrayList<>();
            for (Process replica : replicas) {
                String out = new String(replica.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                assertThat(replica.waitFor(120, TimeUnit.SECONDS)).isTrue();
                assertThat(replica.exitValue()).as(out).isZero();
                String[] words = out.split(" ");
                spent += Long.parseLong(words[0]);
                calls.add(Long.parseLong(words[1]));
            }

            System.out.printf("Three processes: %d of %d micro-USD in %s calls%n", spent, BudgetSpender.LIMIT, calls);
            assertThat(spent).isBetween(BudgetSpender.LIMIT - BudgetSpender.MOST * 24, BudgetSpender.LIMIT);
            assertThat(calls).allSatisfy(one -> assertThat(one).isPositive());
            try (SharedState state =
                    RedisState.of(RedisStateRealIT.options(server).build())) {
                for (Account account : BudgetSpender.ACCOUNTS) {
                    assertThat(Stages.get(state.spent(account))).isEqualTo(new Balance(account, spent, 0));
                }
            }
        }
    }

    private static Process replica(RedisProcess server, int seed) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BudgetSpender.class.getName(),
                        server.uri(),
                        String.valueOf(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().close();
        return process;
    }
}
