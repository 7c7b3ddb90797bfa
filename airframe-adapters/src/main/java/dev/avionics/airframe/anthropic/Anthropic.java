package dev.avionics.airframe.anthropic;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.anthropic.answer.MessageFrames;
import dev.avionics.airframe.anthropic.request.ModelRules;
import dev.avionics.airframe.anthropic.request.Refusals;
import dev.avionics.airframe.anthropic.request.RequestWriter;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.ErrorDetails;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelTraits;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.TokenCountWire;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Anthropic's Messages API, and servers that speak like it: POST messages and messages/count_tokens, GET models.
 *
 * <p>What models take, and which version of the API they are spoken to in, are data beside this class; the metadata of an
 * endpoint comes first:
 *
 * <ul>
 *   <li>{@code anthropic_version}: the version of the API; by default {@code 2023-06-01} for models that take sampling
 *       options, {@code 2026-10-21} for others.
 *   <li>{@code anthropic_beta}: names of features to come, with commas.
 *   <li>{@code max_tokens_stream} (default 8192) and {@code max_tokens_complete} (default 4096): the limit of new tokens, which
 *       the API does not go without, for requests that set none.
 *   <li>{@code vendor}: under which name the backend's own data is kept, where another vendor speaks like this one; default
 *       {@code anthropic}.
 *   <li>{@code api_path}, {@code extra_body}, {@code model_hint}, {@code model_traits}: as everywhere. Traits are
 *       {@code sampling}, {@code temperature_with_top_p}, {@code thinking} (none, budget, adaptive, both),
 *       {@code thinking_off} (disabled, between_tools, least), {@code efforts}, {@code forced_tool} (yes, no, unknown),
 *       {@code prefill}, {@code json_schema}, {@code max_output}.
 * </ul>
 *
 * <p>A key goes into {@code x-api-key}, a bearer token into {@code Authorization}. Fields that a model refuses are learned and
 * left out, or sent in the form that it asks for.
 */
public final class Anthropic implements WireProtocol {
    private static final String PREFIX = "/v1";
    private static final String VENDOR = "anthropic";
    private static final ModelTraits TRAITS = ModelTraits.beside(Anthropic.class);

    /** One protocol for all endpoints. */
    public Anthropic() {}

    @Override
    public BackendKind kind() {
        return BackendKind.ANTHROPIC_MESSAGES;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        ModelRules rules = rules(endpoint, model, Set.of());
        Support own = rules.isClaude() ? Support.YES : Support.UNKNOWN;
        boolean schema = rules.jsonSchema() || rules.forcedTool() != Support.NO;
        return Capabilities.unknown()
                .yes(Feature.CHAT, Feature.STREAM, Feature.MODELS, Feature.HEALTH, Feature.USAGE_IN_STREAM)
                .with(
                        own,
                        Feature.TOOLS,
                        Feature.STREAMED_TOOL_ARGUMENTS,
                        Feature.IMAGES,
                        Feature.IMAGE_URLS,
                        Feature.PROMPT_CACHE)
                .with(rules.forcedTool(), Feature.FORCED_TOOL)
                .with(rules.canThink() ? own : Support.NO, Feature.THINKING)
                .with(rules.prefill() ? own : Support.NO, Feature.CONTINUE_TEXT)
                .no(Feature.CONTINUE_TOKENS)
                .with(schema ? own : Support.NO, Feature.JSON_SCHEMA)
                .no(Feature.EMBEDDINGS, Feature.RERANK);
    }

    @Override
    public Timeouts timeouts(EndpointSpec endpoint, String model) {
        return EndpointUrls.isLocal(endpoint.baseUrl()) ? Timeouts.LOCAL : Timeouts.HOSTED;
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        ModelRules rules = rules(scope.endpoint(), scope.model(), scope.learned());
        String vendor = vendor(scope.endpoint());
        RequestWriter writer = new RequestWriter(scope, request, rules, vendor);
        HttpCall call = HttpCall.postJson(
                EndpointUrls.inference(scope.endpoint(), PREFIX, "/messages"), writer.message(), request.stream());
        return new Exchange<>(writer.adjustments(), new Step.Send<>(headed(call, scope, rules), head -> {
            if (!head.isSuccess()) {
                return refused(scope, head);
            }
            String type = head.contentType();
            boolean events = type.equals("text/event-stream") || (request.stream() && !type.equals("application/json"));
            MessageFrames frames = new MessageFrames(errors(scope), vendor, writer.toolOfTheAnswer());
            return new Step.Decode<>(events ? Sse.decoder(frames) : WholeJson.decoder(frames));
        }));
    }

    /** Asks for one model of the list, which spends no token. */
    @Override
    public Exchange<HealthState> health(WireScope scope) {
        HttpCall call = HttpCall.get(EndpointUrls.resolve(scope.endpoint(), PREFIX, "/models?limit=1"));
        return Exchange.of(new Step.Send<>(
                headed(call, scope),
                head -> new Step.Done<>(HealthState.ofStatus(head.status(), scope.now(), "GET models"))));
    }

    /** All models, page by page. */
    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        return Models.of(
                path -> headed(HttpCall.get(EndpointUrls.resolve(scope.endpoint(), PREFIX, path)), scope),
                head -> refused(scope, head));
    }

    /** By {@code messages/count_tokens}, which costs nothing; for what a request of this kind would send. */
    @Override
    public Optional<TokenCountWire> tokenCounting() {
        return Optional.of(Anthropic::count);
    }

    private static Exchange<Long> count(WireScope scope, InferenceRequest request) {
        ModelRules rules = rules(scope.endpoint(), scope.model(), scope.learned());
        RequestWriter writer = new RequestWriter(scope, request, rules, vendor(scope.endpoint()));
        HttpCall call = HttpCall.postJson(
                EndpointUrls.resolve(scope.endpoint(), PREFIX, "/messages/count_tokens"), writer.count(), false);
        Step.Send<Long> send = new Step.Send<>(
                headed(call, scope, rules),
                head -> TokenCountWire.answer(head, "input_tokens", refusal -> refused(scope, refusal)));
        return new Exchange<>(writer.adjustments(), send);
    }

    @Override
    public HttpCall authorize(HttpCall call, EndpointSpec endpoint, Credential credential) {
        return credential.secret() != null && credential.placement() == Credential.Placement.PROTOCOL
                ? call.withHeader("x-api-key", credential.secret().reveal())
                : WireProtocol.super.authorize(call, endpoint, credential);
    }

    private static ModelRules rules(EndpointSpec endpoint, String model, Set<String> learned) {
        return new ModelRules(TRAITS.of(endpoint, model), learned);
    }

    private static String vendor(EndpointSpec endpoint) {
        return endpoint.metadata().getOrDefault("vendor", VENDOR);
    }

    private static HttpCall headed(HttpCall call, WireScope scope) {
        return headed(call, scope, rules(scope.endpoint(), scope.model(), scope.learned()));
    }

    private static HttpCall headed(HttpCall call, WireScope scope, ModelRules rules) {
        HttpCall versioned = call.withHeader("anthropic-version", rules.version());
        String beta =
                scope.endpoint().metadata().getOrDefault("anthropic_beta", "").strip();
        return beta.isEmpty() ? versioned : versioned.withHeader("anthropic-beta", beta);
    }

    private static <R> Step<R> refused(WireScope scope, HttpHead head) {
        return errors(scope).refused(head, scope.now(), Refusals::learn);
    }

    private static HttpErrors errors(WireScope scope) {
        return HttpErrors.of(scope.endpoint().name()).mapping(Anthropic::category);
    }

    /** The API counts the room for the answer into the context; the rest is told as everywhere. */
    private static @Nullable ErrorCategory category(int status, ErrorDetails details) {
        return details.message().contains("exceed context limit") ? ErrorCategory.CONTEXT_LENGTH : null;
    }
}
