package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.llamaserver.completion.NativeApi;
import dev.avionics.airframe.openai.OpenAiEmbeddings;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.spi.EmbeddingVectors;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Embeddings by {@code /v1/embeddings}; servers that lack it are asked by their own {@code /embedding}, which nests. */
final class LlamaServerEmbeddings implements EmbeddingWire {
    private static final int MOST_BYTES = 256 << 20;

    @Override
    public int maxBatch(EndpointSpec endpoint, String model) {
        return OpenAiEmbeddings.MAX_BATCH;
    }

    @Override
    public Exchange<EmbeddingResult> embed(WireScope scope, EmbeddingRequest request) {
        List<Adjustment> adjustments = request.purpose() == null
                ? List.of()
                : List.of(Adjustment.dropped(
                        "purpose", "llama-server takes none: models that need one want it as the start of the text"));
        HttpCall call = HttpCall.postJson(
                EndpointUrls.resolve(scope.endpoint(), "/v1", "/embeddings"),
                OpenAiEmbeddings.body(scope, request),
                false);
        return new Exchange<>(adjustments, new Step.Send<>(call, head -> reply(scope, request, head)));
    }

    private static Step<EmbeddingResult> reply(WireScope scope, EmbeddingRequest request, HttpHead head) {
        if (head.isSuccess()) {
            return new Step.ReadAll<>(MOST_BYTES, body -> new Step.Done<>(OpenAiEmbeddings.read(scope, request, body)));
        }
        if (head.status() != 404 && head.status() != 405) {
            return ChatWire.failed(scope, head, NativeApi.errors(scope));
        }
        RequestFields fields = RequestFields.ofRequestAlone(scope, request.extra(), Set.of("content"));
        fields.put("content", request.inputs());
        HttpCall own = HttpCall.postJson(NativeApi.url(scope, "/embedding"), fields.end(new ArrayList<>()), false);
        return NativeApi.ask(
                scope,
                own,
                json -> nested(request, json),
                vectors -> new Step.Done<>(vectors.result(scope, Usage.absent(), null)));
    }

    private static EmbeddingVectors nested(EmbeddingRequest request, JsonReader json) {
        EmbeddingVectors vectors = new EmbeddingVectors(request);
        if (json.enterArray()) {
            for (int place = 0; json.nextElement(); place++) {
                if (json.enterObject()) {
                    while (json.nextField()) {
                        if (json.field().equals("embedding")) {
                            vectors.put(place, vector(json));
                        }
                    }
                }
            }
        }
        json.finish();
        return vectors;
    }

    /** One vector in an array of its own; several are those of single tokens, which a text cannot be found by. */
    private static float[] vector(JsonReader json) {
        List<float[]> rows = new ArrayList<>(1);
        json.enterArray();
        while (json.nextElement()) {
            float[] row = json.floatsOrNull();
            if (row != null) {
                rows.add(row);
            }
        }
        if (rows.size() != 1) {
            throw InferenceException.of(
                    ErrorCategory.UNSUPPORTED,
                    "the server gives one vector for each token (start it with --pooling mean, or as the model wants)");
        }
        return rows.get(0);
    }
}
