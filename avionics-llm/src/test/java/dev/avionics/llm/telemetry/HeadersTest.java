package dev.avionics.llm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadersTest {
    private static EndpointSpec endpoint(URI address, Billing billing, String own) {
        EndpointSpec.Builder builder =
                EndpointSpec.builder("e", address, BackendKind.OPENAI_CHAT).billing(billing);
        return (own == null ? builder : builder.metadata(Propagation.METADATA, own)).build();
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com, METERED, NONE",
        "https://api.openai.com, FREE, TRACEPARENT",
        "http://localhost:8080, METERED, TRACEPARENT",
        "http://llm:8080, METERED, TRACEPARENT",
        "http://llm.models.svc.cluster.local, METERED, TRACEPARENT",
        "http://llm.internal, METERED, TRACEPARENT",
        "http://10.1.2.3, METERED, TRACEPARENT",
        "http://172.16.0.1, METERED, TRACEPARENT",
        "http://172.32.0.1, METERED, NONE",
        "http://192.168.1.1, METERED, TRACEPARENT",
        "http://192.169.1.1, METERED, NONE",
        "http://127.0.0.1, METERED, TRACEPARENT",
        "http://8.8.8.8, METERED, NONE",
        "http://10.example.com, METERED, NONE",
        "http://10.1.2.example, METERED, NONE",
        "http://[::1]:80, METERED, TRACEPARENT",
        "http://[fd00::1], METERED, TRACEPARENT",
        "http://[2001:db8::1], METERED, NONE",
        "local:model, METERED, TRACEPARENT"
    })
    void withoutASetting_onlyOnesOwnBackendsAreTold(URI address, Billing billing, Propagation mode) {
        assertThat(Headers.mode(TelemetryOptions.DEFAULT, endpoint(address, billing, null)))
                .isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com, full, TRACEPARENT",
        "https://api.openai.com, traceparent, TRACEPARENT",
        "http://localhost:8080, Full, FULL",
        "http://localhost:8080, none, NONE"
    })
    void setting_ofAnEndpoint_holds_butNothingOfCallersLeavesTheHouse(URI address, String own, Propagation mode) {
        TelemetryOptions other =
                TelemetryOptions.builder().propagation(Propagation.NONE).build();

        assertThat(Headers.mode(other, endpoint(address, Billing.METERED, own))).isEqualTo(mode);
    }

    @ParameterizedTest
    @CsvSource({"https://api.openai.com, TRACEPARENT", "http://localhost, FULL"})
    void setting_ofTheProgram_holdsWhereTheEndpointHasNone(URI address, Propagation mode) {
        TelemetryOptions full =
                TelemetryOptions.builder().propagation(Propagation.FULL).build();

        assertThat(Headers.mode(full, endpoint(address, Billing.METERED, null))).isEqualTo(mode);
    }
}
