package dev.avionics.llm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TelemetryOptionsTest {
    /** Options of an environment written as {@code NAME=value}. */
    private static TelemetryOptions of(String... variables) {
        Map<String, String> environment = new HashMap<>();
        for (String each : variables) {
            String[] parts = each.split("=", 2);
            environment.put(parts[0], parts[1]);
        }
        return TelemetryOptions.from(property -> environment.get(TelemetryOptions.environmentName(property)));
    }

    @Test
    void nothingSaid_isTheDefault() {
        assertThat(of()).isEqualTo(TelemetryOptions.DEFAULT);
        assertThat(TelemetryOptions.DEFAULT.content()).isEqualTo(ContentMode.NO_CONTENT);
        assertThat(TelemetryOptions.DEFAULT.toBuilder().build()).isEqualTo(TelemetryOptions.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource({
        "NO_CONTENT, NO_CONTENT, false",
        "span_only, SPAN_ONLY, false",
        "EVENT_ONLY, EVENT_ONLY, true",
        "SPAN_AND_EVENT, SPAN_AND_EVENT, true",
        "true, EVENT_ONLY, true",
        "false, NO_CONTENT, false"
    })
    void capture_hasTheSpellingsOfTheReference(String value, ContentMode mode, boolean events) {
        TelemetryOptions options = of(
                "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=" + value,
                "AVIONICS_TELEMETRY_CONTENT_ACKNOWLEDGED=true");

        assertThat(options.content()).isEqualTo(mode);
        assertThat(options.events()).isEqualTo(events);
    }

    @Test
    void capture_withoutTheWordThatPermitsIt_isRefusedWithThatWord() {
        assertThatThrownBy(() -> of("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SPAN_ONLY")
                .hasMessageContaining("avionics.telemetry.content.acknowledged=true");
        assertThatThrownBy(() -> of("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=ALL"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("content: ALL (expected: NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT)");
    }

    @Test
    void variables_setTheirOptions() {
        TelemetryOptions options = of(
                "OTEL_SEMCONV_STABILITY_OPT_IN=http,gen_ai_latest_experimental",
                "OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT=true",
                "AVIONICS_TELEMETRY_COMPAT=gen_ai.system",
                "AVIONICS_TELEMETRY_PROPAGATION=none",
                "AVIONICS_TELEMETRY_OWN_SPAN=false");

        assertThat(options.semconv()).isEqualTo(SemconvVersion.LATEST);
        assertThat(options.events()).isTrue();
        assertThat(options.genAiSystem()).isTrue();
        assertThat(options.propagation()).isEqualTo(Propagation.NONE);
        assertThat(options.ownSpan()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "AVIONICS_TELEMETRY_COMPAT=other, avionics.telemetry.compat: other (expected: gen_ai.system)",
        "AVIONICS_TELEMETRY_PROPAGATION=all, 'propagation: all (expected: none, traceparent or full)'"
    })
    void wrongValue_isRefusedByName(String variable, String message) {
        assertThatThrownBy(() -> of(variable))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void numbers_outOfRange_areRefusedByName() {
        TelemetryOptions.Builder builder = TelemetryOptions.builder();
        assertThatThrownBy(() -> builder.messageBytes(255).build()).hasMessage("messageBytes: 255 (expected: >= 256)");
        assertThatThrownBy(() -> TelemetryOptions.builder().modelLimit(-1).build())
                .hasMessage("modelLimit: -1 (expected: 0 to 1000)");
    }
}
