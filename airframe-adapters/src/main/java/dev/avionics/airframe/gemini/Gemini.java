package dev.avionics.airframe.gemini;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.gemini.answer.AnswerReader;
import dev.avionics.airframe.gemini.model.Addresses;
import dev.avionics.airframe.gemini.model.ModelRules;
import dev.avionics.airframe.gemini.request.RequestWriter;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.JsonArray;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelTraits;
import dev.avionics.airframe.spi.ModelTraits.Traits;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.TokenCountWire;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.util.List;
import java.util.Optional;

/**
 * Google's generateContent, as the Gemini API and Vertex AI speak it.
 *
 * <p>The base URL may end with {@code /v1beta}, {@code /v1} or neither. One with {@code /projects/…} or {@code /publishers/…}
 * in its path is Vertex AI, with a bearer token or an express key. A key goes into the header {@code x-goog-api-key}, a bearer
 * token into {@code Authorization}, neither into an address. Models are named with or without {@code models/}.
 *
 * <p>Signatures of thoughts are kept as vendor data {@code google} of the part that they came on, and sent back on it. Thoughts
 * themselves go back only if they are signed: Google does not want its summaries, so those are dropped with an adjustment, as
 * thoughts of other models are. Remarks about an answer, such as what it is grounded on, are vendor data of its text, or an
 * opaque part where the answer does not end with text; they are not sent back.
 *
 * <p>Fields of {@link InferenceRequest#extra()} go to the top of the request, such as {@code safetySettings} or
 * {@code cachedContent}; those within {@code generationConfig} are merged with what is made of the request. Metadata
 * {@code extra_body} holds such fields for every request of an endpoint.
 *
 * <p>Metadata that overrules what is known of models: {@code thinking} (level, budget or none), {@code levels},
 * {@code thinking_off}, {@code least_budget}, {@code most_budget}, {@code system}, {@code signatures}, {@code schemas} (json or
 * openapi), {@code json_with_tools}, {@code pictures_in_results}, {@code validated_calls}, {@code purpose} (field or words).
 */
public final class Gemini implements WireProtocol {
    /** A picture comes whole, in one frame. */
    private static final int LARGEST_FRAME = 32 << 20;

    private static final String KEY_HEADER = "x-goog-api-key";
    private static final ModelTraits TRAITS = ModelTraits.beside(Gemini.class);
    private static final EmbeddingWire EMBEDDINGS = new GeminiEmbeddings(TRAITS);

    /** One protocol for all endpoints. */
    public Gemini() {}

    @Override
    public BackendKind kind() {
        return BackendKind.GOOGLE_GENAI;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        Traits traits = traits(endpoint, model);
        boolean thinks = !traits.text("thinking", "level").equals("none");
        return Capabilities.unknown()
                .yes(Feature.MODELS, Feature.HEALTH)
                .no(Feature.RERANK, Feature.PROMPT_CACHE)
                .with(support(traits, "chat"), Feature.CHAT, Feature.STREAM, Feature.USAGE_IN_STREAM)
                .with(support(traits, "embeddings"), Feature.EMBEDDINGS)
                .with(support(traits, "tools"), Feature.TOOLS, Feature.FORCED_TOOL)
                .with(support(traits, "json"), Feature.JSON_OBJECT, Feature.JSON_SCHEMA)
                .with(support(traits, "images"), Feature.IMAGES, Feature.DOCUMENTS)
                .with(thinks ? support(traits, "thinks") : Support.NO, Feature.THINKING)
                .no(Feature.STREAMED_TOOL_ARGUMENTS);
    }

    private static Support support(Traits traits, String trait) {
        return switch (traits.text(trait, "")) {
            case "true" -> Support.YES;
            case "false" -> Support.NO;
            default -> Support.UNKNOWN;
        };
    }

    private static Traits traits(EndpointSpec endpoint, String model) {
        return TRAITS.of(endpoint, model.isBlank() ? model : Addresses.id(model));
    }

    private static ModelRules rules(WireScope scope) {
        return new ModelRules(scope, traits(scope.endpoint(), scope.model()), Addresses.of(scope.endpoint()));
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        ModelRules rules = rules(scope);
        RequestWriter writer = new RequestWriter(request, rules);
        boolean streamed = request.stream();
        String operation = streamed ? "streamGenerateContent?alt=sse" : "generateContent";
        HttpCall call =
                HttpCall.postJson(rules.addresses().operation(scope.model(), operation), writer.body(), streamed);
        return new Exchange<>(writer.adjustments(), new Step.Send<>(call, head -> reply(scope, streamed, head)));
    }

    private static Step<InferenceResult> reply(WireScope scope, boolean streamed, HttpHead head) {
        if (!head.isSuccess()) {
            return Errors.refused(head, scope);
        }
        String type = head.contentType();
        boolean json = type.equals("application/json");
        if (type.equals("text/event-stream") || (streamed && !json)) {
            return new Step.Decode<>(Sse.decoder(new AnswerReader(false, Errors.ERRORS), LARGEST_FRAME));
        }
        // Whoever does not heed alt=sse streams one array.
        return new Step.Decode<>(
                streamed
                        ? JsonArray.decoder(new AnswerReader(false, Errors.ERRORS), LARGEST_FRAME)
                        : WholeJson.decoder(new AnswerReader(true, Errors.ERRORS)));
    }

    /** Asks for one model of the list, which spends no tokens. */
    @Override
    public Exchange<HealthState> health(WireScope scope) {
        HttpCall call = HttpCall.get(Addresses.of(scope.endpoint()).models("pageSize=1"));
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
    public Optional<TokenCountWire> tokenCounting() {
        return Optional.of(Gemini::count);
    }

    private static Exchange<Long> count(WireScope scope, InferenceRequest request) {
        ModelRules rules = rules(scope);
        RequestWriter writer = new RequestWriter(request, rules);
        HttpCall call =
                HttpCall.postJson(rules.addresses().operation(scope.model(), "countTokens"), writer.countBody(), false);
        return new Exchange<>(
                writer.adjustments(),
                new Step.Send<>(
                        call,
                        head -> TokenCountWire.answer(head, "totalTokens", refusal -> Errors.refused(refusal, scope))));
    }

    /** A key of the protocol's own goes into {@code x-goog-api-key}; anything else where it says. */
    @Override
    public HttpCall authorize(HttpCall call, EndpointSpec endpoint, Credential credential) {
        Secret secret = credential.secret();
        return secret != null && credential.placement() == Credential.Placement.PROTOCOL
                ? call.withHeader(KEY_HEADER, secret.reveal())
                : WireProtocol.super.authorize(call, endpoint, credential);
    }
}
