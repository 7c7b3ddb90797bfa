package dev.avionics.airframe.ollama;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.ollama.endpoint.Errors;
import dev.avionics.airframe.ollama.endpoint.Settings;
import dev.avionics.airframe.spi.EmbeddingVectors;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
        for (String name : List.of("model", "input", "prompt")) {
            if (request.extra().containsKey(name)) {
                throw Errors.invalid("extra: " + name + " (expected: neither the model nor the texts)");
            }
        }
        RequestFields fields = RequestFields.ofRequestAlone(scope, request.extra(), Set.of());
        fields.put("model", scope.model());
        fields.put("input", request.inputs());
        fields.put("dimensions", request.dimensions());
        HttpCall call = call(scope, "/embed", fields, adjustments);
        return new Exchange<>(adjustments, new Step.Send<>(call, head -> answer(scope, request, head)));
    }

    private static HttpCall call(WireScope scope, String path, RequestFields fields, List<Adjustment> adjustments) {
        Settings settings = new Settings(scope.endpoint());
        fields.put("keep_alive", settings.keepAlive());
        fields.put("truncate", settings.truncate(null));
        return HttpCall.postJson(settings.url(path), fields.end(adjustments), false);
    }

    private static Step<EmbeddingResult> answer(WireScope scope, EmbeddingRequest request, HttpHead head) {
        Errors errors = new Errors(scope);
        if (head.isSuccess()) {
            return new Step.ReadAll<>(MAX_BODY, body -> new Step.Done<>(result(scope, request, read(body))));
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
        RequestFields fields = RequestFields.ofRequestAlone(scope, request.extra(), Set.of());
        fields.put("model", scope.model());
        fields.put("prompt", request.inputs().get(vectors.size()));
        return new Step.Send<>(call(scope, "/embeddings", fields, new ArrayList<>()), head -> {
            if (!head.isSuccess()) {
                return new Errors(scope).refused(head);
            }
            return new Step.ReadAll<>(MAX_BODY, body -> {
                Answer answer = read(body);
                vectors.addAll(answer.vectors);
                if (vectors.size() < request.inputs().size() && !answer.vectors.isEmpty()) {
                    return oneByOne(scope, request, vectors);
                }
                return new Step.Done<>(result(scope, request, new Answer(vectors, null, null)));
            });
        });
    }

    private record Answer(
            List<float[]> vectors,
            @Nullable Long tokens,
            @Nullable String model) {}

    private static Answer read(ByteBuffer body) {
        JsonReader json = JsonReader.of(body);
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

    private static EmbeddingResult result(WireScope scope, EmbeddingRequest request, Answer answer) {
        EmbeddingVectors all = new EmbeddingVectors(request);
        for (int i = 0; i < answer.vectors.size(); i++) {
            all.put(i, answer.vectors.get(i));
        }
        Usage usage = answer.tokens == null
                ? Usage.absent()
                : Usage.builder().inputTotal(TokenCount.known(answer.tokens)).build();
        return all.result(scope, usage, answer.model);
    }
}
