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
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.llamaserver.completion.NativeApi;
import dev.avionics.airframe.llamaserver.completion.NativeCompletion;
import dev.avionics.airframe.openai.ModelList;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.openai.dialect.Dialect.Switch;
import dev.avionics.airframe.spi.CacheHints;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.TokenCountWire;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private static final double TEMPERATURE = 0.7;
    private static final int MAX_TOKENS = 512;
    private static final double TOP_P = 0.95;
    private static final EmbeddingWire EMBEDDINGS = new LlamaServerEmbeddings();
    private static final Dialect DIALECT = Dialect.generic()
            .with(
                    "llama-server",
                    Map.of(
                            Switch.VENDOR, "llama-server",
                            Switch.REPEAT_PENALTY_FIELD, "repeat_penalty",
                            Switch.REASONING_REPLAY, "reasoning_content",
                            Switch.THINKING, "chat_template_kwargs",
                            Switch.THINK_TAGS, "split"));

    /** One protocol for all endpoints. */
    public LlamaServer() {}

    @Override
    public BackendKind kind() {
        return BackendKind.LLAMA_SERVER;
    }

    /** Whether tools, images, thinking and embeddings are there depends on the model and on how the server was started. */
    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        Capabilities both = Capabilities.unknown()
                .yes(Feature.CHAT, Feature.STREAM, Feature.HEALTH, Feature.MODELS, Feature.USAGE_IN_STREAM)
                .yes(Feature.JSON_OBJECT, Feature.JSON_SCHEMA, Feature.CONTINUE_TEXT)
                .no(Feature.DOCUMENTS, Feature.RERANK, Feature.PROMPT_CACHE);
        return isOpenAi(endpoint)
                ? both.no(Feature.CONTINUE_TOKENS)
                : both.yes(Feature.CONTINUE_TOKENS)
                        .no(Feature.TOOLS, Feature.STREAMED_TOOL_ARGUMENTS, Feature.FORCED_TOOL, Feature.IMAGES)
                        .no(Feature.IMAGE_URLS);
    }

    @Override
    public Timeouts timeouts(EndpointSpec endpoint, String model) {
        return Timeouts.LOCAL;
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        Set<Adjustment> adjustments = new LinkedHashSet<>();
        InferenceRequest fitted = fitted(request, adjustments);
        Dialect dialect = DIALECT.with(scope.endpoint());
        return isOpenAi(scope.endpoint())
                ? new OpenAiApi(scope, fitted, dialect, adjustments).answer()
                : new NativeCompletion(scope, fitted, dialect, adjustments).answer();
    }

    /** By the server's own template and tokenizer; nothing is generated. */
    @Override
    public Optional<TokenCountWire> tokenCounting() {
        return Optional.of((scope, request) -> {
            Set<Adjustment> adjustments = new LinkedHashSet<>();
            InferenceRequest fitted = fitted(request, adjustments);
            Dialect dialect = DIALECT.with(scope.endpoint());
            return isOpenAi(scope.endpoint())
                    ? new OpenAiApi(scope, fitted, dialect, adjustments).count()
                    : new NativeCompletion(scope, fitted, dialect, adjustments).count();
        });
    }

    /** The request with what both api types send by default, and without what neither knows. */
    private static InferenceRequest fitted(InferenceRequest request, Set<Adjustment> adjustments) {
        CacheHints.drop(request.messages(), "the server caches prompts by itself", adjustments);
        if (request.context() != null) {
            adjustments.add(Adjustment.dropped("context", "the server's context window is fixed when it starts"));
        }
        if (request.user() != null) {
            adjustments.add(Adjustment.dropped("user", "the server takes no name of the end user"));
        }
        Sampling options = request.sampling();
        return request.toBuilder()
                .context(null)
                .user(null)
                .thinking(fitted(request.thinking(), adjustments))
                .sampling(options.toBuilder()
                        .temperature(options.temperature() == null ? (Double) TEMPERATURE : options.temperature())
                        .maxTokens(options.maxTokens() == null ? (Integer) MAX_TOKENS : options.maxTokens())
                        .topP(options.topP() == null ? (Double) TOP_P : options.topP())
                        .build())
                .build();
    }

    private static @Nullable ThinkingOptions fitted(@Nullable ThinkingOptions thinking, Set<Adjustment> adjustments) {
        if (thinking == null || !thinking.enabled()) {
            return thinking;
        }
        if (thinking.budgetTokens() != null) {
            adjustments.add(Adjustment.dropped("thinking.budgetTokens", "templates know no limit of thinking"));
        }
        if (thinking.effort() != ThinkingOptions.Effort.MEDIUM) {
            adjustments.add(Adjustment.changed("thinking.effort", "templates know thinking without depths only"));
        }
        return ThinkingOptions.of(ThinkingOptions.Effort.MEDIUM);
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
                HttpCall.get(NativeApi.url(scope, "/health")),
                head -> new Step.ReadAll<>(MAX_HEALTH, body -> new Step.Done<>(health(scope, head, body)))));
    }

    private static HealthState health(WireScope scope, HttpHead head, ByteBuffer body) {
        if (head.status() == 503) {
            return new HealthState(HealthState.Status.DEGRADED, scope.now(), "the server is loading its model");
        }
        if (head.isSuccess() && !saysOk(body)) {
            // Other servers have that path too.
            return new HealthState(
                    HealthState.Status.DEGRADED,
                    scope.now(),
                    "something answers, but it does not seem to be llama-server");
        }
        return HealthState.ofStatus(head.status(), scope.now(), "GET /health");
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
        return ModelList.at(scope, EndpointUrls.resolve(scope.endpoint(), "/v1", "/models"), NativeApi.errors(scope));
    }

    @Override
    public Optional<EmbeddingWire> embeddings() {
        return Optional.of(EMBEDDINGS);
    }
}
