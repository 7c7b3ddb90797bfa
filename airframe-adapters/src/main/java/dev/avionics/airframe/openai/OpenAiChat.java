package dev.avionics.airframe.openai;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.openai.dialect.Dialects;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * OpenAI chat completions, as any server with {@code /v1/chat/completions} speaks them: POST chat/completions and
 * embeddings, GET models.
 *
 * <p>What differs between servers is their {@link Dialect}: named by the endpoint's api type or its metadata {@code dialect}
 * (generic, deepseek, openrouter, together, zai, qwen, vllm, lmstudio), else told by the host, and changed switch by switch in
 * the metadata. Metadata {@code api_path} replaces the path of chats, {@code extra_body} holds JSON fields for every request.
 *
 * <p>Parameters that a server refuses with 400 or 422 are learned and left out, or sent in the form that it asks for.
 */
public final class OpenAiChat implements WireProtocol {
    /** What stands before every path. */
    static final String PREFIX = "/v1";

    private static final EmbeddingWire EMBEDDINGS = new OpenAiEmbeddings();

    /** One protocol for all endpoints. */
    public OpenAiChat() {}

    @Override
    public BackendKind kind() {
        return BackendKind.OPENAI_CHAT;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        return Capabilities.unknown()
                .yes(Feature.CHAT, Feature.STREAM, Feature.HEALTH)
                .no(Feature.RERANK);
    }

    @Override
    public Timeouts timeouts(EndpointSpec endpoint, String model) {
        return isLocal(endpoint.baseUrl()) ? Timeouts.LOCAL : Timeouts.HOSTED;
    }

    /** Whether an address leads to this machine, where models are loaded when they are asked for. */
    private static boolean isLocal(URI url) {
        String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]") || host.isEmpty();
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        URI url = EndpointUrls.inference(scope.endpoint(), PREFIX, "/chat/completions");
        return new ChatWire(Dialects.of(scope.endpoint()), ChatWire.errors(scope))
                .chat(scope, url, request, request.stream());
    }

    @Override
    public Exchange<HealthState> health(WireScope scope) {
        URI url = EndpointUrls.resolve(scope.endpoint(), PREFIX, "/models");
        return Exchange.of(new Step.Send<>(
                HttpCall.get(url),
                head -> new Step.Done<>(HealthState.ofStatus(head.status(), scope.now(), "GET models"))));
    }

    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        return ModelList.at(scope, EndpointUrls.resolve(scope.endpoint(), PREFIX, "/models"), ChatWire.errors(scope));
    }

    @Override
    public Optional<EmbeddingWire> embeddings() {
        return Optional.of(EMBEDDINGS);
    }
}
