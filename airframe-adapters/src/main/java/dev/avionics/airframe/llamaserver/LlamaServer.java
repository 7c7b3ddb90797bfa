package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.openai.ModelList;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.openai.dialect.Dialect.Switch;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * llama.cpp's own server. Api type {@code native} (the default) has the server's chat template applied and completes the
 * prompt; {@code openai} uses its chat completions, which know tools and images, or its text completions when metadata or an
 * extra field {@code raw_completion} is true: then the texts of the conversation are the prompt, without any template.
 *
 * <p>Answers are always asked for as streams, also when the request wants a whole one: this server goes on generating when
 * the connection of a call that is not streamed is closed, and its slot stays busy.
 *
 * <p>Options that a request leaves open are sent: temperature 0.7, 512 new tokens, top-p 0.95, no stop sequences; in native
 * requests also top-k 40 and repeat penalty 1.1.
 */
public final class LlamaServer implements WireProtocol {
    private static final int MAX_HEALTH = 64 << 10;
    static final double TEMPERATURE = 0.7;
    static final int MAX_TOKENS = 512;
    static final double TOP_P = 0.95;
    static final int TOP_K = 40;
    static final double REPEAT_PENALTY = 1.1;

    /** What extra fields cannot replace. */
    static final Set<String> FIXED = Set.of("prompt", "messages", "stream", "raw_completion");

    private static final String RAW_COMPLETION = "raw_completion";
    private static final EmbeddingWire EMBEDDINGS = new LlamaServerEmbeddings();
    private static final Dialect DIALECT = Dialect.generic()
            .with(
                    "llama-server",
                    Map.of(
                            Switch.VENDOR, "llama-server",
                            Switch.REPEAT_PENALTY_FIELD, "repeat_penalty",
                            Switch.THINKING, "chat_template_kwargs",
                            Switch.THINK_TAGS, "split"));

    /** One protocol for all endpoints. */
    public LlamaServer() {}

    @Override
    public BackendKind kind() {
        return BackendKind.LLAMA_SERVER;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        Capabilities both = Capabilities.unknown()
                .yes(Feature.CHAT, Feature.STREAM, Feature.HEALTH, Feature.MODELS, Feature.USAGE_IN_STREAM)
                .yes(Feature.JSON_OBJECT, Feature.JSON_SCHEMA)
                .no(Feature.DOCUMENTS, Feature.RERANK, Feature.PROMPT_CACHE);
        return isOpenAi(endpoint)
                ? both
                : both.no(Feature.TOOLS, Feature.STREAMED_TOOL_ARGUMENTS, Feature.FORCED_TOOL, Feature.IMAGES)
                        .no(Feature.IMAGE_URLS);
    }

    @Override
    public Timeouts timeouts(EndpointSpec endpoint, String model) {
        return Timeouts.LOCAL;
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        Dialect dialect = DIALECT.with(scope.endpoint());
        HttpErrors errors = errors(scope);
        if (!isOpenAi(scope.endpoint())) {
            return new NativeCompletion(scope, request, dialect, errors).exchange();
        }
        ChatWire wire = new ChatWire(dialect, errors);
        InferenceRequest filled = filled(request);
        boolean raw = isTrue(request.extra().get(RAW_COMPLETION))
                || isTrue(scope.endpoint().metadata().get(RAW_COMPLETION));
        if (raw) {
            return rawCompletion(scope, wire, filled);
        }
        return wire.chat(scope, EndpointUrls.inference(scope.endpoint(), "/v1", "/chat/completions"), filled, true);
    }

    private static Exchange<InferenceResult> rawCompletion(WireScope scope, ChatWire wire, InferenceRequest request) {
        if (!request.tools().isEmpty()) {
            throw InferenceException.of(
                    ErrorCategory.UNSUPPORTED, "tools cannot be sent to text completions (leave out raw_completion)");
        }
        String prompt =
                request.messages().stream().map(NativeCompletion::textOf).collect(Collectors.joining("\n"));
        URI url = EndpointUrls.inference(scope.endpoint(), "/v1", "/completions");
        List<Adjustment> adjustments = request.thinking() == null
                ? List.of()
                : List.of(Adjustment.dropped("thinking", "text completions know no templates"));
        return new Exchange<>(adjustments, wire.completion(scope, url, request, prompt, true));
    }

    /** The request with the options of chat completions filled in, without what is for this class only. */
    private static InferenceRequest filled(InferenceRequest request) {
        InferenceRequest.Builder filled = request.toBuilder().sampling(withDefaults(request.sampling()));
        if (request.sampling().stop().isEmpty() && !request.extra().containsKey("stop")) {
            filled.extra("stop", List.of());
        }
        return request.extra().containsKey(RAW_COMPLETION) ? without(filled.build()) : filled.build();
    }

    private static InferenceRequest without(InferenceRequest request) {
        Map<String, @Nullable Object> extra = new LinkedHashMap<>(request.extra());
        extra.remove(RAW_COMPLETION);
        return new InferenceRequest(
                request.messages(),
                request.tools(),
                request.toolChoice(),
                request.parallelToolCalls(),
                request.output(),
                request.thinking(),
                request.sampling(),
                request.stream(),
                request.context(),
                request.user(),
                extra);
    }

    /** The options with what both api types send by default. */
    static Sampling withDefaults(Sampling options) {
        return options.toBuilder()
                .temperature(options.temperature() == null ? (Double) TEMPERATURE : options.temperature())
                .maxTokens(options.maxTokens() == null ? (Integer) MAX_TOKENS : options.maxTokens())
                .topP(options.topP() == null ? (Double) TOP_P : options.topP())
                .build();
    }

    private static boolean isTrue(@Nullable Object value) {
        return value != null && value.toString().equals("true");
    }

    private static boolean isOpenAi(EndpointSpec endpoint) {
        String type = endpoint.apiType();
        if (type.equalsIgnoreCase("openai")) {
            return true;
        }
        if (type.isEmpty() || type.equalsIgnoreCase("native")) {
            return false;
        }
        throw InferenceException.of(
                ErrorCategory.INVALID_REQUEST,
                "endpoint " + endpoint.name() + ": api type " + type + " (expected: native or openai)");
    }

    @Override
    public Exchange<HealthState> health(WireScope scope) {
        return Exchange.of(new Step.Send<>(
                HttpCall.get(url(scope, "/health")),
                head -> new Step.ReadAll<>(MAX_HEALTH, body -> new Step.Done<>(health(scope, head, body)))));
    }

    private static HealthState health(WireScope scope, HttpHead head, ByteBuffer body) {
        int status = head.status();
        if (status == 503) {
            return new HealthState(HealthState.Status.DEGRADED, scope.now(), "the server is loading its model");
        }
        if (head.isSuccess() && !saysOk(body)) {
            // Other servers have that path too.
            return new HealthState(
                    HealthState.Status.DEGRADED,
                    scope.now(),
                    "something answers, but it does not seem to be llama-server");
        }
        HealthState.Status state = head.isSuccess()
                ? HealthState.Status.HEALTHY
                : status / 100 == 4 ? HealthState.Status.DEGRADED : HealthState.Status.UNHEALTHY;
        return new HealthState(state, scope.now(), "GET /health answered " + status);
    }

    private static boolean saysOk(ByteBuffer body) {
        String text = StandardCharsets.UTF_8.decode(body).toString();
        try {
            return "ok".equals(JsonValues.parseObject(text).get("status"));
        } catch (InferenceException notJson) {
            return false;
        }
    }

    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        return ModelList.at(scope, EndpointUrls.resolve(scope.endpoint(), "/v1", "/models"), errors(scope));
    }

    @Override
    public Optional<EmbeddingWire> embeddings() {
        return Optional.of(EMBEDDINGS);
    }

    /** The address of a path of the server's own, which has no version in front. */
    static URI url(WireScope scope, String path) {
        EndpointSpec endpoint = scope.endpoint();
        String base = endpoint.baseUrl().toString().replaceFirst("/+$", "");
        String own = base.endsWith("/v1") ? base.substring(0, base.length() - "/v1".length()) : base;
        return EndpointUrls.resolve(URI.create(own), "", path);
    }

    /** The table of errors with this server's own words. */
    static HttpErrors errors(WireScope scope) {
        return HttpErrors.of(scope.endpoint().name()).mapping((status, details) -> {
            if (details.type().equals("not_supported_error")
                    || details.message().contains("input is not supported")) {
                return ErrorCategory.UNSUPPORTED;
            }
            // An input that exceeds the batch is told as a fault of the server.
            return details.message().contains("is too large to process") ? ErrorCategory.CONTEXT_LENGTH : null;
        });
    }
}
