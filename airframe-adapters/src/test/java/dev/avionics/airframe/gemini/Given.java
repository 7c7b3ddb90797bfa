package dev.avionics.airframe.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What tests of this protocol begin with. */
final class Given {
    static final Gemini GEMINI = new Gemini();
    static final EndpointSpec API = endpoint("https://generativelanguage.googleapis.com");
    static final EndpointSpec VERTEX = endpoint(
            "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/publishers/google");
    static final String NEW = "gemini-3.1-pro-preview";
    static final String OLD = "gemini-2.5-flash";

    static final ToolSpec WEATHER = ToolSpec.of(
            "weather", "Tells the weather", "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}");

    private Given() {}

    static EndpointSpec endpoint(String address) {
        return EndpointSpec.builder("google", URI.create(address), BackendKind.GOOGLE_GENAI)
                .build();
    }

    static EndpointSpec with(String name, String value) {
        return API.toBuilder().metadata(name, value).build();
    }

    static Exchange<InferenceResult> exchange(
            EndpointSpec endpoint, String model, InferenceRequest request, String... learned) {
        return GEMINI.inference(Dialogue.scope(endpoint, model, learned), request);
    }

    static Exchange<InferenceResult> exchange(String model, InferenceRequest request, String... learned) {
        return exchange(API, model, request, learned);
    }

    /** The body of the first request, as text. */
    static String body(String model, InferenceRequest request, String... learned) {
        return text(exchange(model, request, learned));
    }

    static String text(Exchange<?> exchange) {
        return new String(exchange.first().call().body(), StandardCharsets.UTF_8);
    }

    /** A field of the body, by its path. */
    static @Nullable Object at(Exchange<?> exchange, Object... path) {
        Object value = Dialogue.json(exchange.first().call());
        for (Object step : path) {
            value = step instanceof Integer index
                    ? ((List<?>) value).get(index)
                    : value instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return value;
    }

    /** What adjustments are about. */
    static List<String> adjusted(Exchange<?> exchange) {
        return exchange.adjustments().stream()
                .map(one -> one.action().name().toLowerCase(java.util.Locale.ROOT) + " " + one.what())
                .toList();
    }

    /** A whole answer, decoded. */
    static Decoded whole(String json) {
        return Dialogue.of(exchange(
                        NEW, InferenceRequest.of("q").toBuilder().stream(false).build()))
                .answer(200, "application/json; charset=UTF-8", json)
                .decoded();
    }

    /** A streamed answer of these payloads, decoded. */
    static Decoded streamed(String... payloads) {
        StringBuilder body = new StringBuilder();
        for (String payload : payloads) {
            body.append("data: ").append(payload).append("\r\n\r\n");
        }
        return Dialogue.of(exchange(NEW, InferenceRequest.of("q")))
                .answer(200, "text/event-stream", body.toString())
                .decoded();
    }

    /** A request of these turns. */
    static InferenceRequest turns(Message... messages) {
        return InferenceRequest.builder().messages(List.of(messages)).build();
    }

    /** What Google leaves with a signed part; the signature as JSON text. */
    static VendorData signed(String raw) {
        return VendorData.of("google", "{\"thoughtSignature\":" + raw + "}");
    }

    /** The error of a request that is refused before anything is sent. */
    static InferenceException refusal(String model, InferenceRequest request) {
        try {
            exchange(model, request);
        } catch (InferenceException why) {
            assertThat(why.sent()).isEqualTo(InferenceException.Sent.NOTHING);
            return why;
        }
        throw new AssertionError("it was not refused");
    }
}
