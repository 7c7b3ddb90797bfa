package dev.avionics.airframe.ollama;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** What tests of this protocol begin with. */
public final class Given {
    public static final Ollama OLLAMA = new Ollama();
    public static final EndpointSpec LOCAL = endpoint("http://localhost:11434");

    private Given() {}

    public static EndpointSpec endpoint(String address) {
        return EndpointSpec.builder("local", URI.create(address), BackendKind.OLLAMA)
                .build();
    }

    public static EndpointSpec with(String name, String value) {
        return LOCAL.toBuilder().metadata(name, value).build();
    }

    public static EndpointSpec generate() {
        return LOCAL.toBuilder().apiType("ollama-generate").build();
    }

    public static Exchange<InferenceResult> exchange(
            EndpointSpec endpoint, InferenceRequest request, String... learned) {
        return OLLAMA.inference(Dialogue.scope(endpoint, "qwen2.5:7b", learned), request);
    }

    public static Dialogue<InferenceResult> asked(EndpointSpec endpoint, InferenceRequest request, String... learned) {
        return Dialogue.of(exchange(endpoint, request, learned));
    }

    /** The body of the first request, as text. */
    public static String body(EndpointSpec endpoint, InferenceRequest request, String... learned) {
        return new String(exchange(endpoint, request, learned).first().call().body(), StandardCharsets.UTF_8);
    }
}
