package dev.avionics.airframe.openai;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.openai.responses.ResponsesWire;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * OpenAI's Responses API for every model of an endpoint: POST responses; embeddings, models and health as {@link OpenAiChat}
 * has them.
 *
 * <p>The endpoint's metadata may name a {@code dialect}, which tells whose vendor data it gets back, a {@code model_hint}
 * where the model's name is a deployment's, and {@code api_path} and {@code extra_body} as for chats.
 */
public final class OpenAiResponses implements WireProtocol {
    /** Its kind. */
    public static final BackendKind KIND = new BackendKind("openai-responses");

    private static final OpenAiChat CHAT = new OpenAiChat();

    /** One protocol for all endpoints. */
    public OpenAiResponses() {}

    @Override
    public BackendKind kind() {
        return KIND;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        Support thinking = switch (ResponsesWire.traits(endpoint, model).text("reasoning", "")) {
            case "true" -> Support.YES;
            case "false" -> Support.NO;
            default -> Support.UNKNOWN;
        };
        return Capabilities.unknown()
                .yes(Feature.CHAT, Feature.STREAM, Feature.USAGE_IN_STREAM, Feature.HEALTH)
                .with(thinking, Feature.THINKING)
                .no(Feature.RERANK, Feature.PROMPT_CACHE);
    }

    @Override
    public Timeouts timeouts(EndpointSpec endpoint, String model) {
        return CHAT.timeouts(endpoint, model);
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        EndpointSpec endpoint = scope.endpoint();
        URI url = EndpointUrls.inference(endpoint, OpenAiChat.PREFIX, "/responses");
        return new ResponsesWire(Family.dialect(endpoint, scope.model()), HttpErrors.of(endpoint.name()))
                .chat(scope, url, request, request.stream());
    }

    @Override
    public Exchange<HealthState> health(WireScope scope) {
        return CHAT.health(scope);
    }

    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        return CHAT.models(scope);
    }

    @Override
    public Optional<EmbeddingWire> embeddings() {
        return CHAT.embeddings();
    }
}
