package dev.avionics.contract.state;

import dev.avionics.gateway.state.SharedState;
import dev.avionics.redis.RedisOptions;
import dev.avionics.redis.RedisState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a Redis in cluster mode, which refuses an operation whose keys have not one slot. */
class RedisClusterStateRealIT extends SharedStateContract {
    private static RedisProcess server;

    @BeforeAll
    static void start() throws IOException {
        server = RedisProcess.start("--cluster-enabled", "yes");
        server.ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        server.await("cluster_state:ok", "CLUSTER", "INFO");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    SharedState create() throws IOException {
        server.ask("FLUSHALL");
        RedisOptions options = RedisStateRealIT.options(server).cluster(true).build();
        return RedisState.of(options);
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
}
