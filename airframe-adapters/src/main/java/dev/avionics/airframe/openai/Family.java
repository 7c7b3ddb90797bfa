package dev.avionics.airframe.openai;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.openai.dialect.Dialect.Switch;
import dev.avionics.airframe.openai.dialect.Dialects;
import dev.avionics.airframe.openai.responses.ResponsesWire;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelTraits;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the protocols of the OpenAI family share: all but where their operations are. */
abstract sealed class Family implements WireProtocol permits OpenAiChat, AzureOpenAi {
    private static final ModelTraits TRAITS = ModelTraits.beside(OpenAiChat.class);

    private final Addresses addresses;

    Family(Addresses addresses) {
        this.addresses = addresses;
    }

    static Dialect dialect(EndpointSpec endpoint, String model) {
        return Dialects.of(endpoint, model, TRAITS);
    }

    @Override
    public final Capabilities capabilities(EndpointSpec endpoint, String model) {
        Dialect dialect = dialect(endpoint, model);
        Capabilities can = dialect.capabilities();
        return dialect.text(Switch.THINKING).equals("none") ? can.no(Feature.THINKING) : can;
    }

    @Override
    public final Timeouts timeouts(EndpointSpec endpoint, String model) {
        return isLocal(endpoint.baseUrl()) ? Timeouts.LOCAL : Timeouts.HOSTED;
    }

    /** Whether an address leads to this machine, where models are loaded when they are asked for. */
    private static boolean isLocal(URI url) {
        String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]") || host.isEmpty();
    }

    @Override
    public final Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        EndpointSpec endpoint = scope.endpoint();
        Dialect dialect = dialect(endpoint, scope.model());
        HttpErrors errors = dialect.errors(endpoint.name());
        if (wantsResponses(dialect, scope, request)) {
            URI url = addresses.of(endpoint, scope.model(), Addresses.RESPONSES);
            return new ResponsesWire(dialect, errors).chat(scope, url, request, request.stream());
        }
        URI url = addresses.of(endpoint, scope.model(), Addresses.CHAT);
        return new ChatWire(dialect, errors).chat(scope, url, request, request.stream());
    }

    /** Some models take tools by the Responses API only; others are not known for it before they say so. */
    private static boolean wantsResponses(Dialect dialect, WireScope scope, InferenceRequest request) {
        if (scope.knows(ChatWire.USE_RESPONSES)) {
            return true;
        }
        boolean tools = !request.tools().isEmpty();
        ThinkingOptions thinking = request.thinking();
        return switch (dialect.text(Switch.API)) {
            case "responses" -> true;
            case "responses_for_tools" -> tools;
            case "responses_for_thinking_with_tools" -> tools && (thinking == null || thinking.enabled());
            default -> false;
        };
    }

    @Override
    public final Exchange<HealthState> health(WireScope scope) {
        URI url = addresses.of(scope.endpoint(), scope.model(), Addresses.MODELS);
        return Exchange.of(new Step.Send<>(
                HttpCall.get(url),
                head -> new Step.Done<>(HealthState.ofStatus(head.status(), scope.now(), "GET models"))));
    }

    @Override
    public final Exchange<List<ModelInfo>> models(WireScope scope) {
        EndpointSpec endpoint = scope.endpoint();
        URI url = addresses.of(endpoint, scope.model(), Addresses.MODELS);
        return ModelList.at(scope, url, dialect(endpoint, scope.model()).errors(endpoint.name()));
    }

    @Override
    public final Optional<EmbeddingWire> embeddings() {
        return Optional.of(new OpenAiEmbeddings(addresses));
    }
}
