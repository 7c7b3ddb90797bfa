package dev.avionics.airframe.cohere;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.cohere.chat.UsageReader;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonReader;
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

/** Embeddings by {@code /v2/embed}, which wants to know what they are for: to be found, unless the request says otherwise. */
final class CohereEmbeddings implements EmbeddingWire {
    private static final int MAX_BATCH = 96;
    private static final int MOST_BYTES = 64 << 20;
    private static final List<String> OURS = List.of("texts", "inputs", "images", "embedding_types");

    @Override
    public int maxBatch(EndpointSpec endpoint, String model) {
        return MAX_BATCH;
    }

    @Override
    public Exchange<EmbeddingResult> embed(WireScope scope, EmbeddingRequest request) {
        for (String name : OURS) {
            if (request.extra().containsKey(name)) {
                throw InferenceException.builder(
                                ErrorCategory.INVALID_REQUEST,
                                "extra: " + name + " (expected: neither the texts nor the form of their vectors)")
                        .origin(ErrorOrigin.CALLER)
                        .build();
            }
        }
        List<Adjustment> adjustments = new ArrayList<>(0);
        RequestFields fields = RequestFields.ofRequestAlone(scope, request.extra(), Set.of());
        fields.put("model", scope.model());
        fields.put("input_type", inputType(request, adjustments));
        fields.put("texts", request.inputs());
        fields.put("embedding_types", List.of("float"));
        fields.put("output_dimension", request.dimensions());
        HttpCall call = HttpCall.postJson(Cohere.url(scope, "/v2", "/embed"), fields.end(adjustments), false);
        return new Exchange<>(
                adjustments,
                new Step.Send<>(
                        call,
                        head -> head.isSuccess()
                                ? new Step.ReadAll<>(MOST_BYTES, body -> new Step.Done<>(read(scope, request, body)))
                                : Cohere.refused(scope, head)));
    }

    private static String inputType(EmbeddingRequest request, List<Adjustment> adjustments) {
        EmbeddingRequest.Purpose purpose = request.purpose();
        if (purpose == null) {
            return "search_document";
        }
        return switch (purpose) {
            case DOCUMENT -> "search_document";
            case QUERY -> "search_query";
            case CLASSIFICATION -> "classification";
            case CLUSTERING -> "clustering";
            case SIMILARITY -> {
                adjustments.add(Adjustment.changed("purpose", "Cohere's nearest to likeness is clustering"));
                yield "clustering";
            }
        };
    }

    private static EmbeddingResult read(WireScope scope, EmbeddingRequest request, ByteBuffer body) {
        EmbeddingVectors vectors = new EmbeddingVectors(request);
        Usage usage = Usage.absent();
        JsonReader json = JsonReader.of(body);
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("embeddings")) {
                    byType(json, vectors);
                } else if (json.field().equals("meta")) {
                    usage = UsageReader.read(json);
                }
            }
        }
        json.finish();
        return vectors.result(scope, usage, null);
    }

    private static void byType(JsonReader json, EmbeddingVectors vectors) {
        if (!json.enterObject()) {
            return;
        }
        while (json.nextField()) {
            if (json.field().equals("float") && json.enterArray()) {
                for (int place = 0; json.nextElement(); place++) {
                    vectors.put(place, json.floatsOrNull());
                }
            }
        }
    }
}
