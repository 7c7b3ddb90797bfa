package dev.avionics.airframe.anthropic;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What tests of this protocol begin with. */
final class Given {
    static final Anthropic ANTHROPIC = new Anthropic();
    static final EndpointSpec ENDPOINT = endpoint("https://api.anthropic.example");

    /** Takes sampling, budgets, prefill; a schema by a forced call only. */
    static final String OLD = "claude-sonnet-4-20250514";

    /** Takes sampling and both forms of thinking. */
    static final String MIDDLE = "claude-sonnet-4-6";

    /** Takes neither sampling nor a forced call, and cannot be kept from thinking. */
    static final String NEW = "claude-opus-5-5";

    private Given() {}

    static EndpointSpec endpoint(String address) {
        return EndpointSpec.builder("anthropic", URI.create(address), BackendKind.ANTHROPIC_MESSAGES)
                .build();
    }

    static EndpointSpec with(String name, String value) {
        return ENDPOINT.toBuilder().metadata(name, value).build();
    }

    /** A request as it is sent. */
    record Sent(Map<String, @Nullable Object> body, Map<String, String> headers, List<Adjustment> adjustments) {
        List<String> adjusted() {
            return adjustments.stream().map(Adjustment::what).toList();
        }

        @Nullable
        Object field(String name) {
            return body.get(name);
        }
    }

    static Sent sent(EndpointSpec endpoint, String model, InferenceRequest request, String... learned) {
        Exchange<InferenceResult> exchange = ANTHROPIC.inference(Dialogue.scope(endpoint, model, learned), request);
        return new Sent(
                Dialogue.json(exchange.first().call()), exchange.first().call().headers(), exchange.adjustments());
    }

    static Sent sent(String model, InferenceRequest request, String... learned) {
        return sent(ENDPOINT, model, request, learned);
    }

    static Dialogue<InferenceResult> asked(String model, InferenceRequest request) {
        return Dialogue.of(ANTHROPIC.inference(Dialogue.scope(ENDPOINT, model), request));
    }

    /** The events of a stream, by the JSON of their data. */
    static Decoded stream(String model, InferenceRequest request, String... events) {
        StringBuilder body = new StringBuilder();
        for (String event : events) {
            body.append("data: ").append(event).append("\n\n");
        }
        return asked(model, request)
                .answer(200, "text/event-stream", body.toString())
                .decoded();
    }

    static Decoded stream(String... events) {
        return stream(OLD, InferenceRequest.of("q"), events);
    }

    static Decoded whole(String body) {
        InferenceRequest request =
                InferenceRequest.of("q").toBuilder().stream(false).build();
        return asked(OLD, request).answer(200, "application/json", body).decoded();
    }
}
