package dev.avionics.llm.telemetry;

import dev.avionics.airframe.EndpointSpec;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** What a backend is told of the trace. */
final class Headers {
    private static final String TRACEPARENT = "traceparent";

    private Headers() {}

    /** The headers of an attempt: of its own span, so that no two attempts have the same parent. */
    static Map<String, String> of(LLMTelemetry owner, AttemptSpan attempt) {
        Propagation mode = mode(owner.options(), attempt.target().endpoint());
        if (mode == Propagation.NONE) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>(4);
        if (mode == Propagation.FULL) {
            owner.openTelemetry()
                    .getPropagators()
                    .getTextMapPropagator()
                    .inject(attempt.context(), headers, Headers::put);
        } else {
            W3CTraceContextPropagator.getInstance().inject(attempt.context(), headers, (to, name, value) -> {
                if (TRACEPARENT.equals(name)) {
                    put(to, name, value);
                }
            });
        }
        return headers;
    }

    private static void put(@org.jspecify.annotations.Nullable Map<String, String> to, String name, String value) {
        if (to != null) {
            to.put(name.toLowerCase(Locale.ROOT), value);
        }
    }

    static Propagation mode(TelemetryOptions options, EndpointSpec endpoint) {
        Propagation own = Propagation.of(endpoint.metadata().get(Propagation.METADATA));
        Propagation asked = own != null ? own : options.propagation();
        boolean thirdParty = Neighbourhood.isThirdParty(endpoint);
        if (asked == null) {
            return thirdParty ? Propagation.NONE : Propagation.TRACEPARENT;
        }
        return asked == Propagation.FULL && thirdParty ? Propagation.TRACEPARENT : asked;
    }
}
