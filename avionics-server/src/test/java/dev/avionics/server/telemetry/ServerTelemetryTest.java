package dev.avionics.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Secret;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayResponse;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.ProviderLookup;
import dev.avionics.gateway.StreamingChunk;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.SimulatedModel;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program exports, read by who takes it; and calls while nobody takes it. */
@Timeout(120)
class ServerTelemetryTest {
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final SimulatedModel MODEL = SimulatedModel.of("simulated-1", 4096);

    private final SimulatedBackend backend =
            SimulatedBackend.start(Scenario.create().otherwise(OpenAiFace.of(MODEL, "key")));
    private final Airframe airframe = Airframe.create();

    @AfterEach
    void close() {
        airframe.close();
        backend.close();
    }

    private LLMGateway gateway(ServerTelemetry telemetry) {
        ProviderSettings settings = ProviderSettings.builder(ProviderId.OPENAI_COMPATIBLE)
                .baseUrl(backend.uri())
                .apiKey(Secret.of("key"))
                .model(MODEL.name())
                .maxRetries(0)
                .build();
        return LLMGateway.builder(ProviderLookup.of(new BackendProvider(settings, airframe)), airframe)
                .telemetry(telemetry.calls())
                .build();
    }

    /** Whole and streamed answers, as text. */
    private List<String> answers(ServerTelemetry telemetry, int count) {
        List<String> texts = new ArrayList<>();
        try (LLMGateway gateway = gateway(telemetry)) {
            for (int i = 0; i < count; i++) {
                GatewayRequest request =
                        GatewayRequest.builder("question " + i).temperature(0.0).build();
                GatewayResponse whole = gateway.complete(request);
                texts.add(whole.text() + " " + whole.tokensUsed());
                StringBuilder streamed = new StringBuilder();
                try (var chunks = gateway.completeStream(request).open()) {
                    while (chunks.hasNext()) {
                        StreamingChunk chunk = chunks.next();
                        streamed.append(chunk.text());
                    }
                }
                texts.add(streamed.toString());
            }
        }
        return texts;
    }

    private static Map<String, String> environment(String... pairs) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return environment;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PATH=/bin",
                "OTEL_SERVICE_NAME=mine",
                "OTEL_EXPORTER_OTLP_ENDPOINT=",
                "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 OTEL_SDK_DISABLED=true",
                "OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318 OTEL_TRACES_EXPORTER=none OTEL_METRICS_EXPORTER=none"
                        + " OTEL_LOGS_EXPORTER=none"
            })
    void telemetry_withoutAnAddressOrSwitchedOff_isOff(String variables) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String pair : variables.split(" ")) {
            String[] parts = pair.split("=", 2);
            environment.put(parts[0], parts[1]);
        }
        try (ServerTelemetry telemetry = ServerTelemetry.of(environment)) {
            assertThat(telemetry.isOn()).isFalse();
            assertThat(telemetry.calls().isOn()).isFalse();
            assertThat(telemetry.openTelemetry()).isSameAs(OpenTelemetry.noop());
            assertThat(telemetry.close(Duration.ZERO)).isTrue();
        }
    }

    @Test
    @Tag("row-145")
    void spansMetricsAndEvents_arriveAtTheCollector() {
        try (Collector collector = Collector.start()) {
            ServerTelemetry telemetry = ServerTelemetry.of(
                    environment(ENDPOINT, collector.address(), "OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT", "true"));
            assertThat(telemetry.isOn()).isTrue();
            answers(telemetry, 1);
            assertThat(telemetry.close(Duration.ofSeconds(30))).isTrue();

            assertThat(collector.paths()).containsExactlyInAnyOrder("/v1/traces", "/v1/metrics", "/v1/logs");
            assertThat(collector.services()).containsExactly("avionics");
            assertThat(collector.spans())
                    .extracting(Span::getName)
                    .containsExactlyInAnyOrder("chat simulated-1", "POST", "chat simulated-1", "POST");
            assertThat(collector.spans())
                    .filteredOn(span -> span.getName().startsWith("chat"))
                    .allSatisfy(span -> {
                        assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_CLIENT);
                        assertThat(span.getAttributesList()).anySatisfy(attribute -> {
                            assertThat(attribute.getKey()).isEqualTo("gen_ai.provider.name");
                            assertThat(attribute.getValue().getStringValue()).isEqualTo("openai");
                        });
                    });
            assertThat(collector.metrics())
                    .extracting(Metric::getName)
                    .contains(
                            "gen_ai.client.operation.duration",
                            "gen_ai.client.token.usage",
                            "gen_ai.client.operation.time_to_first_chunk",
                            "avionics.gateway.inflight");
            assertThat(collector.logs())
                    .extracting(LogRecord::getEventName)
                    .containsOnly("gen_ai.client.inference.operation.details")
                    .hasSize(2);
        }
    }

    @Test
    void signals_withoutAnAddressOfTheirOwn_areNotExported() {
        try (Collector collector = Collector.start()) {
            ServerTelemetry telemetry = ServerTelemetry.of(environment(
                    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                    collector.address() + "/v1/traces",
                    "OTEL_RESOURCE_ATTRIBUTES",
                    "service.name=mine"));
            answers(telemetry, 1);
            assertThat(telemetry.close(Duration.ofSeconds(30))).isTrue();

            assertThat(collector.paths()).containsExactly("/v1/traces");
            assertThat(collector.services()).containsExactly("mine");
        }
    }

    @Test
    void calls_whileTheCollectorIsDown_areAnsweredAsEver() {
        List<String> wanted = answers(ServerTelemetry.off(), 5);
        try (ClosedPort nobody = ClosedPort.open()) {
            ServerTelemetry telemetry = ServerTelemetry.of(environment(
                    ENDPOINT,
                    nobody.uri().toString(),
                    "OTEL_BSP_SCHEDULE_DELAY",
                    "1",
                    "OTEL_METRIC_EXPORT_INTERVAL",
                    "5"));
            assertThat(answers(telemetry, 5)).isEqualTo(wanted);
            // Bound by its argument; the time limit of the class says whether it keeps to it.
            telemetry.close(Duration.ofMillis(200));
        }
    }

    @Test
    void calls_whileTheCollectorHangs_areAnsweredAsEver_andTheEndIsBounded() {
        List<String> wanted = answers(ServerTelemetry.off(), 5);
        try (Collector collector = Collector.hanging()) {
            ServerTelemetry telemetry = ServerTelemetry.of(environment(
                    ENDPOINT,
                    collector.address(),
                    // Longer than the test may take: only a bound of ours ends the wait.
                    "OTEL_EXPORTER_OTLP_TIMEOUT",
                    "600000",
                    "OTEL_BSP_EXPORT_TIMEOUT",
                    "600000",
                    "OTEL_BSP_SCHEDULE_DELAY",
                    "1",
                    "OTEL_METRIC_EXPORT_INTERVAL",
                    "5"));
            assertThat(answers(telemetry, 1)).isEqualTo(wanted.subList(0, 2));
            // From here on exporters are known to wait for an answer.
            collector.awaitRequests(2);
            assertThat(answers(telemetry, 5)).isEqualTo(wanted);
            assertThat(telemetry.close(Duration.ofMillis(200))).isFalse();
        }
    }

    @Test
    void whatIsDropped_isCounted() {
        try (Collector collector = Collector.refusing("/v1/traces");
                ServerTelemetry telemetry = ServerTelemetry.of(environment(
                        ENDPOINT,
                        collector.address(),
                        "OTEL_BSP_SCHEDULE_DELAY",
                        "1",
                        "OTEL_METRIC_EXPORT_INTERVAL",
                        "20"))) {
            answers(telemetry, 1);
            Metric dropped = collector.awaitMetric(metric -> metric.getName().equals("avionics.telemetry.dropped")
                    && metric.getSum().getDataPoints(0).getAsInt() == 4);
            NumberDataPoint point = dropped.getSum().getDataPoints(0);
            assertThat(point.getAttributes(0).getKey()).isEqualTo("avionics.signal");
            assertThat(point.getAttributes(0).getValue().getStringValue()).isEqualTo("span");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OTEL_EXPORTER_OTLP_PROTOCOL | grpc | OTEL_EXPORTER_OTLP_PROTOCOL: grpc (expected: http/protobuf",
                "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL | grpc | OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: grpc (expected",
                "OTEL_TRACES_SAMPLER | sometimes | sometimes",
                "OTEL_TRACES_EXPORTER | nowhere | nowhere",
                "OTEL_BSP_SCHEDULE_DELAY | soon | soon",
                "AVIONICS_TELEMETRY_PROPAGATION | everything | everything"
            })
    void variables_thatAreWrong_areNamed(String name, String value, String message) {
        assertThatThrownBy(() -> ServerTelemetry.of(environment(ENDPOINT, "http://127.0.0.1:4318", name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
