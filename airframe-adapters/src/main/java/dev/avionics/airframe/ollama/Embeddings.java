package dev.avionics.airframe.ollama;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Embeddings by {@code /api/embed}. A server that is too old to know that path is asked by {@code /api/embeddings}, one
 * text after the other; its vectors are not normalised.
 */
final class Embeddings implements EmbeddingWire {
    private static final int MAX_BATCH = 256;
    private static final int MAX_BODY = 64 << 20;

    @Override
    public int maxBatch(EndpointSpec endpoint, String model) {
        return MAX_BATCH;
    }

    @Override
    public Exchange<EmbeddingResult> embed(WireScope scope, EmbeddingRequest request) {
        List<Adjustment> adjustments = new ArrayList<>();
        if (request.purpose() != null) {
            adjustments.add(Adjustment.dropped(
                    "purpose", "Ollama takes none: models that need one want it as the start of the text"));
        }
        for (String name : request.extra().keySet()) {
            if (name.equals("model") || name.equals("input") || name.equals("prompt")) {
                throw RequestWriter.invalid("extra: " + name + " (expected: neither the model nor the texts)");
            }
        }
        HttpCall call = HttpCall.postJson(Ollama.url(scope.endpoint(), "/embed"), body(scope, request), false);
        return new Exchange<>(adjustments, new Step.Send<>(call, head -> answer(scope, request, head)));
    }

    private static byte[] body(WireScope scope, EmbeddingRequest request) {
        JsonWriter json = new JsonWriter().beginObject().field("model", scope.model());
        json.name("input").value(request.inputs());
        if (!request.extra().containsKey("dimensions")) {
            json.field("dimensions", request.dimensions());
        }
        common(json, scope, request);
        return json.endObject().toBytes();
    }

    private static void common(JsonWriter json, WireScope scope, EmbeddingRequest request) {
        Metadata metadata = new Metadata(scope.endpoint());
        Object keepAlive = metadata.keepAlive();
        if (keepAlive != null && !request.extra().containsKey("keep_alive")) {
            json.name("keep_alive").value(keepAlive);
        }
        if (!request.extra().containsKey("truncate")) {
            json.field("truncate", metadata.truncate(null));
        }
        request.extra().forEach((name, value) -> json.name(name).value(value));
    }

    private static Step<EmbeddingResult> answer(WireScope scope, EmbeddingRequest request, HttpHead head) {
        Errors errors = new Errors(scope);
        if (head.isSuccess()) {
            return new Step.ReadAll<>(MAX_BODY, body -> new Step.Done<>(result(scope, request, Ollama.json(body))));
        }
        Step.ReadAll<EmbeddingResult> refused = errors.refused(head);
        return new Step.ReadAll<>(
                refused.maxBytes(),
                body -> Errors.isUnknownPath(head, body)
                        ? oneByOne(scope, request, new ArrayList<>())
                        : errors.refusal(head, body));
    }

    /** Asks a server from before {@code /api/embed} for the next vector. */
    private static Step<EmbeddingResult> oneByOne(WireScope scope, EmbeddingRequest request, List<float[]> vectors) {
        JsonWriter json = new JsonWriter().beginObject().field("model", scope.model());
        json.field("prompt", request.inputs().get(vectors.size()));
        common(json, scope, request);
        HttpCall call = HttpCall.postJson(
                Ollama.url(scope.endpoint(), "/embeddings"), json.endObject().toBytes(), false);
        return new Step.Send<>(call, head -> {
            if (!head.isSuccess()) {
                return new Errors(scope).refused(head);
            }
            return new Step.ReadAll<>(MAX_BODY, body -> {
                Answer answer = read(Ollama.json(body));
                vectors.addAll(answer.vectors);
                if (vectors.size() < request.inputs().size() && !answer.vectors.isEmpty()) {
                    return oneByOne(scope, request, vectors);
                }
                return new Step.Done<>(checked(scope, request, new Answer(vectors, null, null)));
            });
        });
    }

    private record Answer(
            List<float[]> vectors,
            @Nullable Long tokens,
            @Nullable String model) {}

    private static EmbeddingResult result(WireScope scope, EmbeddingRequest request, JsonReader json) {
        return checked(scope, request, read(json));
    }

    private static Answer read(JsonReader json) {
        List<float[]> vectors = new ArrayList<>();
        Long tokens = null;
        String model = null;
        if (!json.enterObject()) {
            throw InferenceException.of(ErrorCategory.PARSE, "not a JSON object");
        }
        while (json.nextField()) {
            switch (json.field()) {
                case "embeddings" -> {
                    if (json.enterArray()) {
                        while (json.nextElement()) {
                            add(vectors, json);
                        }
                    }
                }
                case "embedding" -> add(vectors, json);
                case "prompt_eval_count" -> tokens = json.longOrNull();
                case "model" -> model = json.stringOrNull();
                default -> {}
            }
        }
        json.finish();
        return new Answer(vectors, tokens, model);
    }

    private static void add(List<float[]> vectors, JsonReader json) {
        float[] vector = json.floatsOrNull();
        if (vector == null || vector.length == 0) {
            throw InferenceException.of(ErrorCategory.PARSE, "an empty vector came");
        }
        vectors.add(vector);
    }

    private static EmbeddingResult checked(WireScope scope, EmbeddingRequest request, Answer answer) {
        if (answer.vectors.size() != request.inputs().size()) {
            throw InferenceException.of(
                    ErrorCategory.PARSE,
                    answer.vectors.size() + " vectors came for "
                            + request.inputs().size() + " texts");
        }
        int length = answer.vectors.get(0).length;
        if (answer.vectors.stream().anyMatch(vector -> vector.length != length)) {
            throw InferenceException.of(ErrorCategory.PARSE, "vectors of different lengths came");
        }
        Integer wanted = request.dimensions();
        if (wanted != null && wanted != length) {
            // The server does not say that it took no notice; vectors of another length would spoil an index.
            throw RequestWriter.unsupported(
                    "dimensions: the vectors have " + length + " (expected: " + wanted + " as asked for)");
        }
        Usage usage = answer.tokens == null
                ? Usage.absent()
                : Usage.builder().inputTotal(TokenCount.known(answer.tokens)).build();
        return new EmbeddingResult(answer.vectors, usage, new Target(scope.endpoint(), scope.model()), answer.model);
    }
}
