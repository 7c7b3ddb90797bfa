package dev.avionics.server.telemetry;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The standard variables of OpenTelemetry, and what holds here where they are silent. A property {@code a.b-c} is {@code A_B_C} in
 * the environment; system properties win.
 */
final class OtelSettings {
    private static final String NONE = "none";
    private static final String HTTP = "http/protobuf";

    private final Map<String, String> environment;

    OtelSettings(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** The value of a property; null if it has none, or an empty one. */
    @Nullable
    String value(String property) {
        String set = System.getProperty(property);
        String found = set != null
                ? set
                : environment.get(
                        property.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'));
        return found == null || found.isBlank() ? null : found.strip();
    }

    /** Whether anything is exported. */
    boolean isOn() {
        if ("true".equalsIgnoreCase(value("otel.sdk.disabled"))) {
            return false;
        }
        for (Signal signal : Signal.values()) {
            if (!exporter(signal).equals(NONE)) {
                return true;
            }
        }
        return false;
    }

    /** The exporter of a signal: that which is named, or else OTLP if there is an address for it. */
    private String exporter(Signal signal) {
        String named = value(signal.exporter());
        if (named != null) {
            return named;
        }
        boolean addressed = value("otel.exporter.otlp.endpoint") != null || value(signal.otlp("endpoint")) != null;
        return addressed ? "otlp" : NONE;
    }

    /**
     * Everything that the SDK has to know beyond what it finds in the process by itself.
     *
     * @throws IllegalArgumentException if OTLP shall be spoken in a way that cannot be sent
     */
    Map<String, String> properties() {
        Map<String, String> properties = new LinkedHashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith("OTEL_")) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        // The SDK's own default is grpc, which needs a client that is not here.
        properties.putIfAbsent("otel.exporter.otlp.protocol", HTTP);
        checkProtocol("otel.exporter.otlp.protocol");
        for (Signal signal : Signal.values()) {
            properties.put(signal.exporter(), exporter(signal));
            checkProtocol(signal.otlp("protocol"));
        }
        return properties;
    }

    private void checkProtocol(String property) {
        String protocol = value(property);
        if (protocol != null && !protocol.equals(HTTP)) {
            throw new IllegalArgumentException(property.toUpperCase(Locale.ROOT).replace('.', '_') + ": " + protocol
                    + " (expected: " + HTTP + "; collectors take it at port 4318)");
        }
    }
}
