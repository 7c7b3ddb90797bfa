package dev.avionics.server.telemetry;

import static java.util.Objects.requireNonNull;

import dev.avionics.llm.telemetry.LLMTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The telemetry of the program: exported over OTLP if the standard variables of OpenTelemetry name where to, such as {@code
 * OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318}; without one it is off, and no class of the SDK is loaded. Thread-safe.
 *
 * <p>Exporters have threads and bounded queues of their own. A collector that is down or slow costs spans and points, which {@code
 * avionics.telemetry.dropped} counts, but neither fails nor delays a call.
 *
 * <pre>{@code
 * try (ServerTelemetry telemetry = ServerTelemetry.of(System.getenv())) {
 *     LLMGateway.builder(providers, airframe).telemetry(telemetry.calls()).build();
 * }
 * }</pre>
 */
public final class ServerTelemetry implements AutoCloseable {
    /** How long {@link #close()} waits for what is left to be exported. */
    public static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    private final @Nullable ExportingSdk sdk;

    private ServerTelemetry(@Nullable ExportingSdk sdk) {
        this.sdk = sdk;
    }

    /** Exports nothing. */
    public static ServerTelemetry off() {
        return new ServerTelemetry(null);
    }

    /**
     * As the variables say; a system property of the same name, such as {@code otel.exporter.otlp.endpoint}, wins. A signal without an
     * exporter or an address of its own is not exported; the protocol is http/protobuf, and the service is {@code avionics} unless it has
     * another name.
     *
     * @param environment all variables of the environment; others than the standard ones and those of {@link
     *     dev.avionics.llm.telemetry.TelemetryOptions#from} are ignored
     * @throws IllegalArgumentException if one of them is wrong
     */
    public static ServerTelemetry of(Map<String, String> environment) {
        OtelSettings settings = new OtelSettings(environment);
        return settings.isOn() ? new ServerTelemetry(ExportingSdk.start(settings)) : off();
    }

    /** Whether anything is exported. */
    public boolean isOn() {
        return sdk != null;
    }

    /** Is told of calls. */
    public LLMTelemetry calls() {
        return sdk == null ? LLMTelemetry.off() : sdk.telemetry();
    }

    /** For spans and metrics of the program's own. */
    public OpenTelemetry openTelemetry() {
        return sdk == null ? OpenTelemetry.noop() : sdk.openTelemetry();
    }

    /** Exports what is left and ends; gives up after {@link #CLOSE_WAIT}. */
    @Override
    public void close() {
        close(CLOSE_WAIT);
    }

    /**
     * Exports what is left and ends.
     *
     * @param atMost how long to wait for it; what has not arrived by then is lost, and a warning says so
     * @return whether it ended in that time
     */
    public boolean close(Duration atMost) {
        requireNonNull(atMost, "atMost");
        return sdk == null || sdk.close(atMost);
    }
}
