package dev.avionics.airframe.cohere;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.cohere.chat.ChatFrames;
import dev.avionics.airframe.cohere.chat.ChatRequest;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelTraits;
import dev.avionics.airframe.spi.RefusedFields;
import dev.avionics.airframe.spi.RerankWire;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Cohere's own API in its version 2: {@code /v2/chat}, {@code /v2/embed}, {@code /v2/rerank} and {@code /v1/models}. The
 * endpoint's base URL may end with a version or not.
 *
 * <p>What a model can do is in {@code model-traits.json}, by the names of {@link Feature} in lower case; the endpoint's metadata
 * comes first, also {@code json_with_tools}: whether a JSON answer may be asked for beside tools or documents (default: no).
 * Metadata {@code api_path} replaces the path of chats, {@code extra_body} holds JSON fields for every chat. Fields that are
 * Cohere's alone, such as {@code safety_mode}, {@code documents} or {@code truncate}, are given as extra fields of the request.
 *
 * <p>The plan that a model writes before it calls tools is thinking like any other, and goes back to Cohere as the plan that
 * it was; so do citations, which are vendor data of the text that they belong to. Usage is what Cohere bills, which is less
 * than what it processes: that is found in {@link dev.avionics.airframe.Usage#told}.
 *
 * <p>Tokens are not counted ahead: Cohere counts those of plain texts only, without what the conversation adds.
 */
public final class Cohere implements WireProtocol {
    private static final ModelTraits TRAITS = ModelTraits.beside(Cohere.class);
    private static final Feature[] BY_MODEL = {
        Feature.CHAT,
        Feature.TOOLS,
        Feature.FORCED_TOOL,
        Feature.IMAGES,
        Feature.THINKING,
        Feature.EMBEDDINGS,
        Feature.RERANK
    };

    /** What ends a base URL that was copied with its version or operation. */
    private static final Pattern VERSION = Pattern.compile("/v[12](/(chat|embed|rerank|models))?/*$");

    /** What can be left out of a request without changing what is asked. */
    private static final List<String> OPTIONAL = List.of(
            "temperature",
            "p",
            "k",
            "seed",
            "presence_penalty",
            "frequency_penalty",
            "thinking",
            "output_dimension",
            "top_n");

    private static final EmbeddingWire EMBEDDINGS = new CohereEmbeddings();
    private static final RerankWire RERANKING = new CohereReranking();

    /** One protocol for all endpoints. */
    public Cohere() {}

    @Override
    public BackendKind kind() {
        return BackendKind.COHERE_CHAT;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        ModelTraits.Traits traits = TRAITS.of(endpoint, model);
        Capabilities can = Capabilities.unknown()
                .yes(
                        Feature.STREAM,
                        Feature.STREAMED_TOOL_ARGUMENTS,
                        Feature.JSON_OBJECT,
                        Feature.JSON_SCHEMA,
                        Feature.MODELS,
                        Feature.HEALTH,
                        Feature.USAGE_IN_STREAM)
                .no(Feature.PROMPT_CACHE);
        for (Feature feature : BY_MODEL) {
            String told = traits.text(feature.name().toLowerCase(Locale.ROOT), "");
            if (told.equals("true")) {
                can = can.yes(feature);
            } else if (told.equals("false")) {
                can = can.no(feature);
            }
        }
        return can.with(can.of(Feature.IMAGES), Feature.IMAGE_URLS);
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        List<Adjustment> adjustments = new ArrayList<>();
        ModelTraits.Traits traits = TRAITS.of(scope.endpoint(), scope.model());
        byte[] body = new ChatRequest(scope, request, traits, adjustments).body();
        EndpointSpec root = root(scope.endpoint());
        HttpCall call = HttpCall.postJson(EndpointUrls.inference(root, "/v2", "/chat"), body, request.stream());
        return new Exchange<>(adjustments, new Step.Send<>(call, head -> answer(scope, request, head)));
    }

    private static Step<InferenceResult> answer(WireScope scope, InferenceRequest request, HttpHead head) {
        if (!head.isSuccess()) {
            return refused(scope, head);
        }
        String type = head.contentType();
        boolean events = type.equals("text/event-stream") || (request.stream() && !type.equals("application/json"));
        ChatFrames frames = new ChatFrames(!events, errors(scope));
        return new Step.Decode<>(events ? Sse.decoder(frames) : WholeJson.decoder(frames));
    }

    /** Asks for one model: a GET that spends nothing, and tells of server and key alike; the check of keys tells of keys alone. */
    @Override
    public Exchange<HealthState> health(WireScope scope) {
        HttpCall call = HttpCall.get(url(scope, "/v1", "/models?page_size=1"));
        return Exchange.of(new Step.Send<>(
                call, head -> new Step.Done<>(HealthState.ofStatus(head.status(), scope.now(), "GET models"))));
    }

    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        return Models.of(scope);
    }

    @Override
    public Optional<EmbeddingWire> embeddings() {
        return Optional.of(EMBEDDINGS);
    }

    @Override
    public Optional<RerankWire> reranking() {
        return Optional.of(RERANKING);
    }

    /** The address of an operation. */
    static URI url(WireScope scope, String version, String path) {
        return EndpointUrls.resolve(root(scope.endpoint()), version, path);
    }

    /** The endpoint without the version in its address: operations have different ones. */
    private static EndpointSpec root(EndpointSpec endpoint) {
        String base = endpoint.baseUrl().toString();
        String root = VERSION.matcher(base).replaceFirst("");
        return root.length() == base.length()
                ? endpoint
                : endpoint.toBuilder().baseUrl(URI.create(root)).build();
    }

    /** The step that reads an error and fails with it. */
    static <R> Step<R> refused(WireScope scope, HttpHead head) {
        return errors(scope).refused(head, scope.now(), (status, body) -> RefusedFields.learn(status, body, OPTIONAL));
    }

    /** The table of errors. 498 is a bad key here, while others mean by it that they are busy. */
    static HttpErrors errors(WireScope scope) {
        return HttpErrors.of(scope.endpoint().name())
                .mapping((status, details) -> status == 498 ? ErrorCategory.AUTHENTICATION : null);
    }
}
