package dev.avionics.airframe.cohere;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tests of this package begin with. */
final class Given {
    static final Cohere COHERE = new Cohere();
    static final EndpointSpec ENDPOINT = endpoint("https://api.cohere.com");
    static final String MODEL = "command-a-03-2025";
    static final ToolSpec WEATHER = ToolSpec.of(
            "weather", "Tells the weather", "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}");

    private Given() {}

    static EndpointSpec endpoint(String address) {
        return EndpointSpec.builder("cohere", URI.create(address), BackendKind.COHERE_CHAT)
                .build();
    }

    static Exchange<InferenceResult> exchange(String model, InferenceRequest request, String... learned) {
        return COHERE.inference(Dialogue.scope(ENDPOINT, model, learned), request);
    }

    static Map<String, @Nullable Object> body(String model, InferenceRequest request, String... learned) {
        return Dialogue.json(exchange(model, request, learned).first().call());
    }

    /** A JSON object, with single quotes for double ones. */
    static Map<String, @Nullable Object> json(String text) {
        return JsonValues.parseObject(text.replace('\'', '"'));
    }

    /** The answer to a whole request; single quotes stand for double ones. */
    static Decoded whole(String body) {
        InferenceRequest request =
                InferenceRequest.of("q").toBuilder().stream(false).build();
        return Dialogue.of(exchange(MODEL, request))
                .answer(200, "application/json", body.replace('\'', '"'))
                .decoded();
    }

    /** The answer to a streamed request, from its events' data; single quotes stand for double ones. */
    static Decoded stream(String... events) {
        StringBuilder body = new StringBuilder();
        for (String event : events) {
            body.append("data: ").append(event.replace('\'', '"')).append("\n\n");
        }
        return Dialogue.of(exchange(MODEL, InferenceRequest.of("q")))
                .answer(200, "text/event-stream", body.toString())
                .decoded();
    }
}
