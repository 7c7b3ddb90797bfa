package dev.avionics.airframe.gemini;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.gemini.model.Addresses;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.json.JsonWriter;
import dev.avionics.airframe.spi.EmbeddingVectors;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.ModelTraits;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.TokenEstimator;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Embeddings: up to a hundred texts at once from the Gemini API, one by one from Vertex AI. Google tells no tokens for most
 * models: they are estimated then. Vectors that were asked for shorter than the model makes them are sent as they come,
 * which for some models means that their length is not 1.
 */
final class GeminiEmbeddings implements EmbeddingWire {
    private static final int MOST_TEXTS = 100;
    private static final int MOST_BYTES = 256 << 20;
    private static final Set<String> FIXED = Set.of("content", "model");

    private final ModelTraits traits;

    GeminiEmbeddings(ModelTraits traits) {
        this.traits = traits;
    }

    @Override
    public int maxBatch(EndpointSpec endpoint, String model) {
        return Addresses.of(endpoint).isVertex() ? 1 : MOST_TEXTS;
    }

    @Override
    public Exchange<EmbeddingResult> embed(WireScope scope, EmbeddingRequest request) {
        Addresses addresses = Addresses.of(scope.endpoint());
        List<Adjustment> adjustments = new ArrayList<>();
        HttpCall call = HttpCall.postJson(
                addresses.operation(scope.model(), addresses.isVertex() ? "embedContent" : "batchEmbedContents"),
                body(scope, request, addresses.isVertex(), adjustments),
                false);
        return new Exchange<>(
                adjustments,
                new Step.Send<>(
                        call,
                        head -> head.isSuccess()
                                ? new Step.ReadAll<>(MOST_BYTES, bytes -> new Step.Done<>(read(scope, request, bytes)))
                                : Errors.refused(head, scope)));
    }

    private byte[] body(WireScope scope, EmbeddingRequest request, boolean vertex, List<Adjustment> adjustments) {
        if (vertex) {
            return one(scope, request, request.inputs().get(0), true, adjustments);
        }
        JsonWriter json = new JsonWriter().beginObject().name("requests").beginArray();
        for (String text : request.inputs()) {
            List<Adjustment> told = adjustments.isEmpty() ? adjustments : new ArrayList<>();
            json.raw(new String(one(scope, request, text, false, told), StandardCharsets.UTF_8));
        }
        return json.endArray().endObject().toBytes();
    }

    private byte[] one(
            WireScope scope, EmbeddingRequest request, String text, boolean vertex, List<Adjustment> adjustments) {
        RequestFields fields = RequestFields.ofRequestAlone(scope, request.extra(), FIXED);
        JsonWriter json = fields.json();
        json.field("model", vertex ? null : Addresses.resource(scope.model()));
        String words = text;
        EmbeddingRequest.Purpose purpose = request.purpose();
        if (purpose != null) {
            boolean written = traits.of(scope.endpoint(), Addresses.id(scope.model()))
                    .text("purpose", "field")
                    .equals("words");
            if (written) {
                words = inFront(purpose) + text;
                adjustments.add(Adjustment.changed("purpose", "the model wants it in words, in front of the text"));
            } else {
                fields.put("taskType", taskType(purpose));
            }
        }
        json.name("content").beginObject().name("parts").beginArray();
        json.beginObject().field("text", words).endObject().endArray().endObject();
        fields.put("outputDimensionality", request.dimensions());
        return fields.end(adjustments);
    }

    private static String taskType(EmbeddingRequest.Purpose purpose) {
        return switch (purpose) {
            case DOCUMENT -> "RETRIEVAL_DOCUMENT";
            case QUERY -> "RETRIEVAL_QUERY";
            case CLASSIFICATION -> "CLASSIFICATION";
            case CLUSTERING -> "CLUSTERING";
            case SIMILARITY -> "SEMANTIC_SIMILARITY";
        };
    }

    private static String inFront(EmbeddingRequest.Purpose purpose) {
        return switch (purpose) {
            case DOCUMENT -> "title: none | text: ";
            case QUERY -> "task: search result | query: ";
            case CLASSIFICATION -> "task: classification | query: ";
            case CLUSTERING -> "task: clustering | query: ";
            case SIMILARITY -> "task: sentence similarity | query: ";
        };
    }

    private static EmbeddingResult read(WireScope scope, EmbeddingRequest request, ByteBuffer body) {
        EmbeddingVectors vectors = new EmbeddingVectors(request);
        Long tokens = null;
        JsonReader json = JsonReader.of(body);
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "embedding" -> vectors.put(0, values(json));
                    case "embeddings" -> {
                        if (json.enterArray()) {
                            for (int place = 0; json.nextElement(); place++) {
                                vectors.put(place, values(json));
                            }
                        }
                    }
                    case "usageMetadata" -> tokens = promptTokens(json);
                    case "error" -> {
                        if (!json.isNull()) {
                            throw Errors.ERRORS.inBand(json.raw());
                        }
                    }
                    default -> {}
                }
            }
        }
        json.finish();
        return vectors.result(scope, usage(request, tokens), null);
    }

    private static float @Nullable [] values(JsonReader json) {
        float[] values = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("values")) {
                    values = json.floatsOrNull();
                }
            }
        }
        return values;
    }

    private static @Nullable Long promptTokens(JsonReader json) {
        Long tokens = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("promptTokenCount")) {
                    tokens = json.longOrNull();
                }
            }
        }
        return tokens;
    }

    private static Usage usage(EmbeddingRequest request, @Nullable Long tokens) {
        if (tokens != null && tokens >= 0) {
            return Usage.builder().inputUncached(TokenCount.known(tokens)).build();
        }
        long guess = 0;
        for (String text : request.inputs()) {
            guess += Math.max(1, TokenEstimator.CHARS_PER_TOKEN.estimate(text));
        }
        return Usage.builder().inputUncached(TokenCount.estimated(guess)).build();
    }
}
