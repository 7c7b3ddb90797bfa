package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.openai.OpenAiEmbeddings;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Embeddings by {@code /v1/embeddings}; servers that lack it are asked by their own {@code /embedding}, which nests. */
final class LlamaServerEmbeddings implements EmbeddingWire {
    private static final int MOST_BYTES = 256 << 20;

    @Override
    public int maxBatch(EndpointSpec endpoint, String model) {
        return OpenAiEmbeddings.MAX_BATCH;
    }

    @Override
    public Exchange<EmbeddingResult> embed(WireScope scope, EmbeddingRequest request) {
        HttpCall call = HttpCall.postJson(
                EndpointUrls.resolve(scope.endpoint(), "/v1", "/embeddings"),
                OpenAiEmbeddings.body(scope, request),
                false);
        return Exchange.of(new Step.Send<>(call, head -> reply(scope, request, head)));
    }

    private static Step<EmbeddingResult> reply(WireScope scope, EmbeddingRequest request, HttpHead head) {
        if (head.isSuccess()) {
            return new Step.ReadAll<>(MOST_BYTES, body -> new Step.Done<>(OpenAiEmbeddings.read(scope, request, body)));
        }
        if (head.status() != 404 && head.status() != 405) {
            return ChatWire.failed(scope, head, LlamaServer.errors(scope));
        }
        JsonWriter json = new JsonWriter().beginObject().name("content").value(request.inputs());
        HttpCall own = HttpCall.postJson(
                LlamaServer.url(scope, "/embedding"), json.endObject().toBytes(), false);
        return new Step.Send<>(
                own,
                next -> next.isSuccess()
                        ? new Step.ReadAll<>(MOST_BYTES, body -> new Step.Done<>(nested(scope, request, body)))
                        : ChatWire.failed(scope, next, LlamaServer.errors(scope)));
    }

    private static EmbeddingResult nested(WireScope scope, EmbeddingRequest request, ByteBuffer body) {
        byte[] bytes = new byte[body.remaining()];
        body.duplicate().get(bytes);
        JsonReader json = JsonReader.of(bytes);
        List<float[]> vectors = new ArrayList<>();
        if (json.enterArray()) {
            while (json.nextElement()) {
                if (json.enterObject()) {
                    while (json.nextField()) {
                        if (json.field().equals("embedding")) {
                            vectors.add(vector(json));
                        }
                    }
                }
            }
        }
        json.finish();
        if (vectors.size() != request.inputs().size()) {
            throw InferenceException.of(
                    ErrorCategory.PARSE,
                    "the answer holds " + vectors.size() + " vectors for "
                            + request.inputs().size() + " texts");
        }
        return new EmbeddingResult(vectors, Usage.absent(), new Target(scope.endpoint(), scope.model()), null);
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
