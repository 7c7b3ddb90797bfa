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
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.ollama.chat.Answers;
import dev.avionics.airframe.ollama.endpoint.Api;
import dev.avionics.airframe.ollama.endpoint.Errors;
import dev.avionics.airframe.ollama.endpoint.Settings;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
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
        return new Settings(endpoint).isCloud() ? Timeouts.HOSTED : Timeouts.LOCAL;
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        return Answers.to(scope, request);
    }

    /** Asks for the version, which neither loads a model nor spends a token. */
    @Override
    public Exchange<HealthState> health(WireScope scope) {
        HttpCall call = HttpCall.get(new Settings(scope.endpoint()).url("/version"));
        return Exchange.of(new Step.Send<>(
                call, head -> new Step.ReadAll<>(MAX_VERSION, body -> new Step.Done<>(health(scope, head, body)))));
    }

    private static HealthState health(WireScope scope, HttpHead head, ByteBuffer body) {
        if (!head.isSuccess()) {
            return HealthState.ofStatus(head.status(), scope.now(), "GET version");
        }
        try {
            JsonReader json = JsonReader.of(body);
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
        return list(scope, HttpCall.get(new Settings(scope.endpoint()).url("/tags")), Models::tags);
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
        HttpCall call = HttpCall.postJson(new Settings(scope.endpoint()).url("/show"), body, false);
        return list(scope, call, json -> Models.show(json, scope.model()));
    }

    private static <R> Exchange<R> list(WireScope scope, HttpCall call, Function<JsonReader, R> reader) {
        return Exchange.of(new Step.Send<>(call, head -> {
            if (!head.isSuccess()) {
                return new Errors(scope).refused(head);
            }
            return new Step.ReadAll<>(MAX_LIST, body -> new Step.Done<>(reader.apply(JsonReader.of(body))));
        }));
    }

    @Override
    public Optional<EmbeddingWire> embeddings() {
        return Optional.of(EMBEDDINGS);
    }
}
