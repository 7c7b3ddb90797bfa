package dev.avionics.airframe.openai;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.EndpointUrls;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.openai.answer.UsageReader;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.spi.EmbeddingVectors;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Set;

/** Embeddings as OpenAI makes them: {@code /v1/embeddings}, floats or base64, in the order that the answer's indexes tell. */
public final class OpenAiEmbeddings implements EmbeddingWire {
    /** The most texts that OpenAI takes at once. */
    public static final int MAX_BATCH = 2048;

    private static final int MOST_BYTES = 256 << 20;

    /** One wire for all endpoints. */
    public OpenAiEmbeddings() {}

    @Override
    public int maxBatch(EndpointSpec endpoint, String model) {
        return MAX_BATCH;
    }

    @Override
    public Exchange<EmbeddingResult> embed(WireScope scope, EmbeddingRequest request) {
        URI url = EndpointUrls.resolve(scope.endpoint(), OpenAiChat.PREFIX, "/embeddings");
        return Exchange.of(new Step.Send<>(
                HttpCall.postJson(url, body(scope, request), false),
                head -> head.isSuccess()
                        ? new Step.ReadAll<>(MOST_BYTES, bytes -> new Step.Done<>(read(scope, request, bytes)))
                        : ChatWire.failed(scope, head, ChatWire.errors(scope))));
    }

    /** The request's body. */
    public static byte[] body(WireScope scope, EmbeddingRequest request) {
        RequestFields fields = RequestFields.ofRequestAlone(scope, request.extra(), Set.of());
        fields.put("model", scope.model().isEmpty() ? null : scope.model());
        fields.put("input", request.inputs());
        fields.put("dimensions", request.dimensions());
        return fields.end(new ArrayList<>());
    }

    /** Reads the vectors of an answer. */
    public static EmbeddingResult read(WireScope scope, EmbeddingRequest request, ByteBuffer body) {
        EmbeddingVectors vectors = new EmbeddingVectors(request);
        Usage usage = Usage.absent();
        String model = null;
        JsonReader json = JsonReader.of(body);
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "data" -> vectors(json, vectors);
                    case "model" -> model = json.stringOrNull();
                    case "usage" -> {
                        Usage told = UsageReader.read(json);
                        usage = told == null ? usage : told;
                    }
                    case "error" -> {
                        if (!json.isNull()) {
                            throw ChatWire.errors(scope).inBand(json.raw());
                        }
                    }
                    default -> {}
                }
            }
        }
        json.finish();
        return vectors.result(scope, usage, model);
    }

    private static void vectors(JsonReader json, EmbeddingVectors vectors) {
        if (!json.enterArray()) {
            return;
        }
        for (int place = 0; json.nextElement(); place++) {
            if (!json.enterObject()) {
                continue;
            }
            int index = place;
            float[] vector = null;
            while (json.nextField()) {
                switch (json.field()) {
                    case "index" -> {
                        Long told = json.longOrNull();
                        index = told == null ? place : told.intValue();
                    }
                    case "embedding" ->
                        vector = json.type() == JsonReader.Type.STRING
                                ? decoded(json.stringOrEmpty())
                                : json.floatsOrNull();
                    default -> {}
                }
            }
            vectors.put(index, vector);
        }
    }

    private static float[] decoded(String base64) {
        try {
            ByteBuffer bytes =
                    ByteBuffer.wrap(Base64.getDecoder().decode(base64)).order(ByteOrder.LITTLE_ENDIAN);
            float[] vector = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(vector);
            return vector;
        } catch (IllegalArgumentException notBase64) {
            throw InferenceException.builder(ErrorCategory.PARSE, "an embedding is neither numbers nor base64")
                    .cause(notBase64)
                    .build();
        }
    }
}
