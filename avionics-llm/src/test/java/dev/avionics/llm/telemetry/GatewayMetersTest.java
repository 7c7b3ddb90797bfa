package dev.avionics.llm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.llm.telemetry.GatewayMeters.BreakerState;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GatewayMetersTest {
    private static final Usage USAGE = Usage.builder()
            .inputUncached(TokenCount.known(5))
            .output(TokenCount.known(2))
            .build();
    private final Recorded recorded = new Recorded();
    private final GatewayMeters meters = LLMTelemetry.of(recorded.sdk).gateway();

    @AfterEach
    void close() {
        recorded.close();
    }

    private Map<Map<String, Object>, Long> values(String metric) {
        Map<Map<String, Object>, Long> values = new java.util.HashMap<>();
        recorded.points(metric)
                .forEach(point -> values.put(Recorded.map(point.getAttributes()), ((LongPointData) point).getValue()));
        return values;
    }

    @Test
    void eachMethod_hasItsInstrument() {
        meters.callEntered();
        meters.callEntered();
        meters.callLeft();
        meters.shed("queue_full", "low");
        meters.streamIdleTimeout();
        meters.clientDisconnected();
        meters.upstreamCancelled(Duration.ofMillis(3));
        meters.retryBudget("r", 1.5);
        meters.breaker("r", BreakerState.HALF_OPEN);
        meters.pool("e", 1, 2, 3);
        meters.dropped("span", 4);
        meters.tenantCall("t", USAGE, 7);

        TreeSet<String> expected = new TreeSet<>(GatewayMeters.ALL);
        // That one is counted with calls.
        expected.remove(GatewayMeters.USAGE_MISSING);
        assertThat(recorded.metrics().keySet()).isEqualTo(expected);
        assertThat(values("avionics.gateway.inflight")).isEqualTo(Map.of(Map.of(), 1L));
        assertThat(values("avionics.gateway.shed"))
                .isEqualTo(Map.of(Map.of("avionics.reason", "queue_full", "avionics.priority", "low"), 1L));
        assertThat(values("avionics.breaker.state")).isEqualTo(Map.of(Map.of("avionics.route.id", "r"), 1L));
        assertThat(values("avionics.tenant.tokens"))
                .isEqualTo(Map.of(
                        Map.of("avionics.tenant.id", "t", "avionics.token.direction", "input"), 5L,
                        Map.of("avionics.tenant.id", "t", "avionics.token.direction", "output"), 2L));
    }

    @Test
    void tenants_beyondTheMost_areOneSeries() {
        for (int i = 0; i < 5000; i++) {
            meters.tenantCall("tenant " + i, USAGE, 1);
        }

        assertThat(values("avionics.tenant.calls"))
                .hasSize(GatewayMeters.MOST_TENANTS + 1)
                .containsEntry(Map.of("avionics.tenant.id", "_OTHER"), 5000L - GatewayMeters.MOST_TENANTS);
    }
}
