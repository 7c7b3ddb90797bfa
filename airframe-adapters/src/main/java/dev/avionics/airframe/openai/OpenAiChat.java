package dev.avionics.airframe.openai;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * OpenAI chat completions, as any server with {@code /v1/chat/completions} speaks them: POST chat/completions and
 * embeddings, GET models; and POST responses for models that want it.
 *
 * <p>What differs between servers is their dialect, which is data: {@code dialects.json} beside this class lists them, and a jar
 * of one's own may add others, or replace some, by a like file {@code META-INF/avionics/openai-dialects.json}. The endpoint's metadata {@code dialect} or its api type names one; without, or
 * with api type {@code openai}, the host tells it. What differs between models is in {@code model-traits.json} beside this class.
 * Each switch can be set by metadata of its name, such as {@code max_tokens_field}. Metadata {@code api_path} replaces the path of
 * chats, {@code extra_body} holds JSON fields for every request, {@code model_hint} the model's name where the backend has another.
 *
 * <p>Parameters that a server refuses with 400 or 422 are learned and left out, or sent in the form that it asks for.
 */
public final class OpenAiChat implements WireProtocol {
    /** What stands before every path. */
    static final String PREFIX = "/v1";

    private final Family family = new Family(OpenAiChat::address);

    /** One protocol for all endpoints. */
    public OpenAiChat() {}

    @Override
    public BackendKind kind() {
        return BackendKind.OPENAI_CHAT;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        return family.capabilities(endpoint, model);
    }

    @Override
    public Timeouts timeouts(EndpointSpec endpoint, String model) {
        return family.timeouts(endpoint);
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        return family.inference(scope, request);
    }

    @Override
    public Exchange<HealthState> health(WireScope scope) {
        return family.health(scope);
    }

    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        return family.models(scope);
    }

    @Override
    public Optional<EmbeddingWire> embeddings() {
        return Optional.of(family.embeddings());
    }

    private static URI address(EndpointSpec endpoint, String model, String operation) {
        return operation.equals(Addresses.CHAT)
                ? EndpointUrls.inference(endpoint, PREFIX, operation)
                : EndpointUrls.resolve(endpoint, PREFIX, operation);
    }
}
