package dev.avionics.server.telemetry;

import dev.avionics.llm.telemetry.GatewayMeters;
import dev.avionics.llm.telemetry.LLMTelemetry;
import dev.avionics.llm.telemetry.TelemetryOptions;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SDK and its exporters. Apart from {@link ServerTelemetry}, so that no class of the SDK is loaded where nothing is exported. */
final class ExportingSdk {
    private static final Logger LOG = LoggerFactory.getLogger(ServerTelemetry.class);
    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
    private static final String UNNAMED = "unknown_service";

    private final OpenTelemetrySdk sdk;
    private final LLMTelemetry telemetry;
    // Exporters are there before there is somebody to count what they drop.
    private volatile @Nullable GatewayMeters meters;

    private ExportingSdk(OtelSettings settings) {
        CountedExports counted = new CountedExports(this::dropped);
        try {
            sdk = AutoConfiguredOpenTelemetrySdk.builder()
                    .addPropertiesSupplier(settings::properties)
                    .addResourceCustomizer((resource, config) -> named(resource))
                    .addSpanExporterCustomizer((exporter, config) -> counted.of(exporter))
                    .addMetricExporterCustomizer((exporter, config) -> counted.of(exporter))
                    .addLogRecordExporterCustomizer((exporter, config) -> counted.of(exporter))
                    // Whoever closes this waits for what is left, and not for ever.
                    .disableShutdownHook()
                    .build()
                    .getOpenTelemetrySdk();
        } catch (ConfigurationException wrong) {
            throw new IllegalArgumentException(
                    "the OTEL_… variables of the environment cannot be used: " + wrong.getMessage(), wrong);
        }
        telemetry = LLMTelemetry.builder(sdk)
                .options(TelemetryOptions.from(settings::value))
                .build();
        meters = telemetry.gateway();
    }

    /**
     * Starts it.
     *
     * @throws IllegalArgumentException if a variable is wrong
     */
    static ExportingSdk start(OtelSettings settings) {
        // Before the SDK, which wraps what suppliers throw.
        settings.properties();
        TelemetryOptions unused = TelemetryOptions.from(settings::value);
        return new ExportingSdk(settings);
    }

    private static Resource named(Resource resource) {
        String name = resource.getAttribute(SERVICE);
        return name == null || name.startsWith(UNNAMED)
                ? resource.merge(Resource.create(Attributes.of(SERVICE, "avionics")))
                : resource;
    }

    private void dropped(Signal signal, long items) {
        GatewayMeters known = meters;
        if (known != null) {
            known.dropped(signal.item(), items);
        }
    }

    OpenTelemetry openTelemetry() {
        return sdk;
    }

    LLMTelemetry telemetry() {
        return telemetry;
    }

    /** Exports what is left and ends all threads; false if that takes longer, in which case it goes on behind the back. */
    boolean close(Duration atMost) {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        // Ending the reader of metrics waits for its exporter, on the thread that asks for it.
        Thread closing =
                new Thread(() -> sdk.shutdown().whenComplete(() -> ended.complete(true)), "avionics-telemetry-close");
        closing.setDaemon(true);
        closing.start();
        boolean inTime = await(ended, atMost);
        if (!inTime) {
            LOG.warn(
                    "telemetry_lost: what was left could not be exported within {} ms (is there a collector at"
                            + " OTEL_EXPORTER_OTLP_ENDPOINT?)",
                    atMost.toMillis());
        }
        return inTime;
    }

    private static boolean await(CompletableFuture<Boolean> ended, Duration atMost) {
        try {
            return ended.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
