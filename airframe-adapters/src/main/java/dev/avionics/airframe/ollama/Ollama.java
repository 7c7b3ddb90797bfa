package dev.avionics.airframe.ollama;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.Ndjson;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The protocol of Ollama's own API, on one's own machine or hosted.
 *
 * <p>The endpoint's {@code apiType} is {@code ollama-chat} or empty for {@code /api/chat}, or {@code ollama-generate} for
 * {@code /api/generate}, which takes one prompt: several turns are rendered to one text, and tools are refused.
 *
 * <p>Metadata of the endpoint:
 *
 * <ul>
 *   <li>{@code num_ctx}: the size of the context window. {@code auto} (default) fits it to the prompt, in steps of powers
 *       of two, because Ollama loads the model anew when it changes; a number fixes it; {@code off} leaves it to the
 *       server, as is the default for the hosted service. {@link InferenceRequest#context()} wins over it.
 *   <li>{@code context_length}: the model's own window, which {@code auto} does not exceed; see {@link #show}.
 *   <li>{@code truncate}: whether the server may cut a prompt that does not fit. Default {@code false} for answers: a
 *       prompt that is too long fails with CONTEXT_LENGTH (servers that do not know the field cut it all the same); for
 *       embeddings the server's own.
 *   <li>{@code keep_alive}: how long the model stays loaded, such as {@code 5m}, {@code -1} or {@code 0}.
 *   <li>{@code think_tags}: what happens to {@code <think>} at the start of a text, as servers from before thinking stood
 *       apart send it: {@code asked} (default) takes it for thinking if the request asks for thinking, {@code split}
 *       always, {@code keep} never.
 *   <li>{@code extra_body}: a JSON object with fields for every request, as {@link InferenceRequest#extra()}, which wins.
 * </ul>
 *
 * <p>Fields of {@link InferenceRequest#extra()} go to the top of the request; those that are known as options of the
 * model, such as {@code num_gpu}, and the content of {@code options}, go into its options.
 *
 * <p>A whole answer is asked for as one: Ollama ends the work when the connection is closed, streamed or not.
 */
public final class Ollama implements WireProtocol {
    private static final String PREFIX = "/api";
    private static final int MAX_LIST = 16 << 20;
    private static final int MAX_VERSION = 64 << 10;
    private static final EmbeddingWire EMBEDDINGS = new Embeddings();

    /** Makes the protocol. */
    public Ollama() {}

    @Override
    public BackendKind kind() {
        return BackendKind.OLLAMA;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        Capabilities chat = Capabilities.unknown()
                .yes(
                        Feature.CHAT,
                        Feature.STREAM,
                        Feature.JSON_OBJECT,
                        Feature.JSON_SCHEMA,
                        Feature.EMBEDDINGS,
                        Feature.MODELS,
                        Feature.HEALTH,
                        Feature.USAGE_IN_STREAM)
                .no(
                        Feature.STREAMED_TOOL_ARGUMENTS,
                        Feature.FORCED_TOOL,
                        Feature.IMAGE_URLS,
                        Feature.DOCUMENTS,
                        Feature.PROMPT_CACHE,
                        Feature.RERANK);
        return Api.of(endpoint) == Api.GENERATE ? chat.no(Feature.TOOLS) : chat;
    }

    @Override
    public Timeouts timeouts(EndpointSpec endpoint, String model) {
        return Metadata.isCloud(endpoint) ? Timeouts.HOSTED : Timeouts.LOCAL;
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        Api api = Api.of(scope.endpoint());
        RequestWriter writer = new RequestWriter(scope, request);
        HttpCall call = HttpCall.postJson(
                EndpointUrls.inference(scope.endpoint(), PREFIX, api.path()), writer.body(api), request.stream());
        Errors errors = new Errors(scope, writer.thinks(), writer.adaptive());
        boolean thinkTags = writer.thinkTags();
        return new Exchange<>(writer.adjustments(), new Step.Send<>(call, head -> {
            if (!head.isSuccess()) {
                return errors.refused(head);
            }
            // A stream may come under any type: what is one line reads the same either way.
            boolean lines = request.stream() || head.contentType().equals("application/x-ndjson");
            AnswerReader reader = new AnswerReader(errors, !lines, thinkTags);
            return new Step.Decode<>(lines ? Ndjson.decoder(reader) : WholeJson.decoder(reader));
        }));
    }

    /** Asks for the version, which neither loads a model nor spends a token. */
    @Override
    public Exchange<HealthState> health(WireScope scope) {
        HttpCall call = HttpCall.get(url(scope.endpoint(), "/version"));
        return Exchange.of(new Step.Send<>(
                call, head -> new Step.ReadAll<>(MAX_VERSION, body -> new Step.Done<>(health(scope, head, body)))));
    }

    private static HealthState health(WireScope scope, HttpHead head, ByteBuffer body) {
        if (head.status() >= 500) {
            return new HealthState(HealthState.Status.UNHEALTHY, scope.now(), "status " + head.status());
        }
        if (!head.isSuccess()) {
            return new HealthState(HealthState.Status.DEGRADED, scope.now(), "status " + head.status());
        }
        try {
            JsonReader json = json(body);
            String version = "";
            if (json.enterObject()) {
                while (json.nextField()) {
                    if (json.field().equals("version")) {
                        version = json.stringOrEmpty();
                    }
                }
            }
            return version.isEmpty()
                    ? notOllama(scope)
                    : new HealthState(HealthState.Status.HEALTHY, scope.now(), "Ollama " + version);
        } catch (InferenceException notJson) {
            return notOllama(scope);
        }
    }

    private static HealthState notOllama(WireScope scope) {
        return new HealthState(
                HealthState.Status.DEGRADED, scope.now(), "something answers, but it does not seem to be Ollama");
    }

    /** The models on the machine, from {@code /api/tags}, with family, size and capabilities where the server says them. */
    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        return list(scope, HttpCall.get(url(scope.endpoint(), "/tags")), Models::tags);
    }

    /**
     * One model, from {@code /api/show}: its context window, the length of its embeddings, what it can do.
     *
     * @param scope names the model
     */
    public Exchange<ModelInfo> show(WireScope scope) {
        byte[] body = new JsonWriter()
                .beginObject()
                .field("model", scope.model())
                .endObject()
                .toBytes();
        HttpCall call = HttpCall.postJson(url(scope.endpoint(), "/show"), body, false);
        return list(scope, call, json -> Models.show(json, scope.model()));
    }

    private static <R> Exchange<R> list(WireScope scope, HttpCall call, Function<JsonReader, R> reader) {
        return Exchange.of(new Step.Send<>(call, head -> {
            if (!head.isSuccess()) {
                return new Errors(scope).refused(head);
            }
            return new Step.ReadAll<>(MAX_LIST, body -> new Step.Done<>(reader.apply(json(body))));
        }));
    }

    @Override
    public Optional<EmbeddingWire> embeddings() {
        return Optional.of(EMBEDDINGS);
    }

    /** A body that was read to its end, as JSON. */
    static JsonReader json(ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        return JsonReader.of(bytes);
    }

    /** The address of an operation, such as {@code /chat}. */
    static URI url(EndpointSpec endpoint, String path) {
        return EndpointUrls.resolve(endpoint, PREFIX, path);
    }
}
