package dev.avionics.airframe.openai;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingRequest.Purpose;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpErrors;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.openai.answer.UsageReader;
import dev.avionics.airframe.openai.chat.ChatWire;
import dev.avionics.airframe.openai.dialect.Dialect;
import dev.avionics.airframe.openai.dialect.Dialect.Switch;
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
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Embeddings as OpenAI makes them: {@code /v1/embeddings}, floats or base64, in the order that the answer's indexes tell. */
public final class OpenAiEmbeddings implements EmbeddingWire {
    /** The most texts that OpenAI takes at once. */
    public static final int MAX_BATCH = 2048;

    private static final int MOST_BYTES = 256 << 20;

    private final Addresses addresses;

    OpenAiEmbeddings(Addresses addresses) {
        this.addresses = addresses;
    }

    @Override
    public int maxBatch(EndpointSpec endpoint, String model) {
        return Family.dialect(endpoint, model).number(Switch.EMBEDDING_BATCH, MAX_BATCH);
    }

    @Override
    public long maxBatchTokens(EndpointSpec endpoint, String model) {
        return Family.dialect(endpoint, model).number(Switch.EMBEDDING_BATCH_TOKENS, Integer.MAX_VALUE);
    }

    @Override
    public Exchange<EmbeddingResult> embed(WireScope scope, EmbeddingRequest request) {
        EndpointSpec endpoint = scope.endpoint();
        Dialect dialect = Family.dialect(endpoint, scope.model());
        HttpErrors errors = dialect.errors(endpoint.name());
        List<Adjustment> adjustments = new ArrayList<>();
        byte[] body = body(scope, request, dialect, adjustments);
        URI url = addresses.of(endpoint, scope.model(), Addresses.EMBEDDINGS);
        return new Exchange<>(
                adjustments,
                new Step.Send<>(
                        HttpCall.postJson(url, body, false),
                        head -> head.isSuccess()
                                ? new Step.ReadAll<>(
                                        MOST_BYTES, bytes -> new Step.Done<>(read(scope, request, bytes, dialect)))
                                : ChatWire.failed(scope, head, errors)));
    }

    /** The request's body, for servers of the generic dialect. */
    public static byte[] body(WireScope scope, EmbeddingRequest request) {
        return body(scope, request, Dialect.generic(), new ArrayList<>());
    }

    private static byte[] body(
            WireScope scope, EmbeddingRequest request, Dialect dialect, List<Adjustment> adjustments) {
        RequestFields fields = RequestFields.ofRequestAlone(scope, request.extra(), Set.of());
        fields.put("model", scope.model().isEmpty() ? null : scope.model());
        fields.put("input", request.inputs());
        String dimensions = dialect.text(Switch.EMBEDDING_DIMENSIONS);
        if (dimensions.isEmpty() && request.dimensions() != null) {
            throw InferenceException.builder(
                            ErrorCategory.UNSUPPORTED,
                            scope.endpoint().name() + " makes vectors of one length only; nothing was sent")
                    .sent(InferenceException.Sent.NOTHING)
                    .build();
        }
        fields.put(dimensions, request.dimensions());
        purpose(fields, request.purpose(), dialect.text(Switch.EMBEDDING_PURPOSE), adjustments);
        return fields.end(adjustments);
    }

    private static void purpose(
            RequestFields fields, @Nullable Purpose purpose, String words, List<Adjustment> adjustments) {
        if (words.isEmpty()) {
            if (purpose != null) {
                adjustments.add(Adjustment.dropped("purpose", "the backend has no such option"));
            }
            return;
        }
        String field = words.substring(0, words.indexOf(':'));
        String[] each = words.substring(field.length() + 1).split(",", -1);
        String word = purpose == Purpose.QUERY ? each[0] : purpose == Purpose.DOCUMENT ? each[1] : each[2];
        if (purpose != null && purpose != Purpose.QUERY && purpose != Purpose.DOCUMENT) {
            adjustments.add(Adjustment.changed("purpose", "the backend knows queries and documents only"));
        }
        fields.put(field, word.isEmpty() ? null : word);
    }

    /** Reads the vectors of an answer. */
    public static EmbeddingResult read(WireScope scope, EmbeddingRequest request, ByteBuffer body) {
        return read(scope, request, body, Dialect.generic());
    }

    private static EmbeddingResult read(WireScope scope, EmbeddingRequest request, ByteBuffer body, Dialect dialect) {
        boolean bytes = dialect.text(Switch.EMBEDDING_NUMBERS).equals("int8");
        EmbeddingVectors vectors = new EmbeddingVectors(request);
        Usage usage = Usage.absent();
        String model = null;
        JsonReader json = JsonReader.of(body);
        if (json.enterObject()) {
            while (json.nextField()) {
                switch (json.field()) {
                    case "data" -> vectors(json, vectors, bytes);
                    case "model" -> model = json.stringOrNull();
                    case "usage" -> {
                        Usage told = UsageReader.readOfInput(json);
                        usage = told == null ? usage : told;
                    }
                    case "error" -> {
                        if (!json.isNull()) {
                            throw dialect.errors(scope.endpoint().name()).inBand(json.raw());
                        }
                    }
                    default -> {}
                }
            }
        }
        json.finish();
        return vectors.result(scope, usage, model);
    }

    private static void vectors(JsonReader json, EmbeddingVectors vectors, boolean bytes) {
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
                                ? decoded(json.stringOrEmpty(), bytes)
                                : json.floatsOrNull();
                    default -> {}
                }
            }
            vectors.put(index, vector);
        }
    }

    private static float[] decoded(String base64, boolean bytes) {
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw InferenceException.builder(ErrorCategory.PARSE, "an embedding is neither numbers nor base64")
                    .cause(notBase64)
                    .build();
        }
        float[] vector = new float[bytes ? decoded.length : decoded.length / Float.BYTES];
        if (bytes) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = decoded[i];
            }
        } else {
            ByteBuffer.wrap(decoded)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asFloatBuffer()
                    .get(vector);
        }
        return vector;
    }
}
