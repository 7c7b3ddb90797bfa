package dev.avionics.airframe.cohere;

import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.RerankResult.Ranked;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.cohere.chat.UsageReader;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonReader;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.RequestFields;
import dev.avionics.airframe.spi.RerankWire;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ranking by {@code /v2/rerank}. It is billed by searches, not by tokens, so that usage mostly knows none. */
final class CohereReranking implements RerankWire {
    private static final int MOST_BYTES = 16 << 20;

    @Override
    public Exchange<RerankResult> rerank(WireScope scope, RerankRequest request) {
        RequestFields fields = RequestFields.ofRequestAlone(scope, Map.of(), Set.of());
        fields.put("model", scope.model());
        fields.put("query", request.query());
        fields.put("documents", request.documents());
        fields.put("top_n", request.topN());
        HttpCall call = HttpCall.postJson(Cohere.url(scope, "/v2", "/rerank"), fields.end(new ArrayList<>()), false);
        return Exchange.of(new Step.Send<>(
                call,
                head -> head.isSuccess()
                        ? new Step.ReadAll<>(MOST_BYTES, body -> new Step.Done<>(read(scope, request, body)))
                        : Cohere.refused(scope, head)));
    }

    private static RerankResult read(WireScope scope, RerankRequest request, ByteBuffer body) {
        List<Ranked> ranked = new ArrayList<>();
        boolean found = false;
        Usage usage = Usage.absent();
        JsonReader json = JsonReader.of(body);
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("meta")) {
                    usage = UsageReader.read(json);
                } else if (json.field().equals("results") && json.enterArray()) {
                    found = true;
                    while (json.nextElement()) {
                        ranked.add(ranked(json, request.documents().size()));
                    }
                }
            }
        }
        json.finish();
        if (!found) {
            throw InferenceException.of(ErrorCategory.PARSE, "the answer holds no results");
        }
        return new RerankResult(ranked, usage, new Target(scope.endpoint(), scope.model()));
    }

    private static Ranked ranked(JsonReader json, int documents) {
        Long index = null;
        Double score = null;
        if (json.enterObject()) {
            while (json.nextField()) {
                if (json.field().equals("index")) {
                    index = json.longOrNull();
                } else if (json.field().equals("relevance_score")) {
                    score = json.doubleOrNull();
                }
            }
        }
        if (index == null || score == null || index < 0 || index >= documents) {
            throw InferenceException.of(
                    ErrorCategory.PARSE, "a result names no document of the request and its score: index " + index);
        }
        return new Ranked(index.intValue(), score);
    }
}
