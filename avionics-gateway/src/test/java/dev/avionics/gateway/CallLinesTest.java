package dev.avionics.gateway;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static dev.avionics.gateway.GatewayRig.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.llm.telemetry.LLMTelemetry;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import dev.avionics.testkit.secret.LogCapture;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The log lines of a call through the gateway, whichever part of it writes them. */
class CallLinesTest {
    private final GatewayRig rig = new GatewayRig();
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();

    @AfterEach
    void close() {
        rig.close();
        sdk.close();
    }

    private LLMGateway failing(LLMTelemetry telemetry) {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.ollama.events(text("a"), ScriptedAdapter.completed(FinishReason.STOP, 1));
        return rig.gateway()
                .fallback(to("ollama"))
                .telemetry(telemetry)
                .resourceCallback((in, out) -> Optional.of("enough"))
                .streamingCallback(chunk -> {
                    throw new IllegalStateException("no");
                })
                .build();
    }

    private List<String> lines(LLMGateway gateway, String... events) throws InterruptedException {
        try (LogCapture log = LogCapture.start()) {
            Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(
                    GatewayRequest.builder("hi").agent("planner").build()));
            rig.time.advance(Duration.ofMinutes(1));
            assertThat(reader.complete).isTrue();
            gateway.close();
            assertThat(gateway.awaitCallbacks(20, TimeUnit.SECONDS)).isTrue();
            String id = "request_id=" + reader.got.get(0).requestId();
            for (String event : events) {
                assertThat(log.records())
                        .as(event)
                        .anySatisfy(line -> assertThat(line).contains(event));
            }
            List<String> ours = log.records().stream()
                    .filter(line -> List.of(events).stream().anyMatch(line::contains))
                    .toList();
            assertThat(ours).allSatisfy(line -> assertThat(line).contains(id));
            return ours;
        }
    }

    private static final String[] EVENTS = {
        "llm_retry", "llm_generation_complete", "llm_quota_exceeded", "streaming_callback_error"
    };

    @Test
    @Tag("row-149")
    @Tag("row-150")
    void linesOfACall_haveTheIdsOfTheRequestAndOfTheTrace() throws Exception {
        List<String> lines = lines(failing(LLMTelemetry.of(sdk)), EVENTS);

        String trace = spans.getFinishedSpanItems().get(0).getTraceId();
        assertThat(lines).allSatisfy(line -> assertThat(line).contains("trace_id=" + trace));
        assertThat(lines)
                .filteredOn(line -> !line.contains("llm_retry"))
                .allSatisfy(line -> assertThat(line).contains("agent=planner"));
    }

    @Test
    void linesOfACall_whereNobodyIsToldOfIt_haveNoTrace() throws Exception {
        assertThat(lines(failing(LLMTelemetry.off()), EVENTS))
                .allSatisfy(line -> assertThat(line).doesNotContain("trace_id"));
    }
}
