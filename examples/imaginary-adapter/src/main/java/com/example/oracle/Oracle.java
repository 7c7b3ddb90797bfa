package com.example.oracle;

import dev.avionics.airframe.*;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.http.*;
import dev.avionics.airframe.spi.*;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.*;

/** The oracle's protocol: a question is put, and its answer read from the place that the oracle names. */
public final class Oracle implements WireProtocol {
    static final HttpErrors ERRORS = HttpErrors.of("oracle")
            .fields("trouble", "words")
            .mapping((status, error) -> error.code().equals("mist") ? ErrorCategory.OVERLOADED : null);

    @Override
    public BackendKind kind() {
        return BackendKind.of("oracle");
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        return Capabilities.unknown()
                .yes(Feature.CHAT, Feature.STREAM, Feature.MODELS, Feature.HEALTH, Feature.USAGE_IN_STREAM)
                .no(Feature.TOOLS, Feature.FORCED_TOOL, Feature.THINKING, Feature.EMBEDDINGS, Feature.RERANK)
                .no(Feature.IMAGES, Feature.IMAGE_URLS, Feature.DOCUMENTS, Feature.JSON_OBJECT, Feature.JSON_SCHEMA)
                .no(Feature.STREAMED_TOOL_ARGUMENTS);
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        List<Adjustment> adjustments = new ArrayList<>();
        HttpCall put = HttpCall.postJson(url(scope, "/questions"), question(scope, request, adjustments), false);
        return new Exchange<>(adjustments, new Step.Send<>(put, head -> answer(scope, head)));
    }

    private static Step<InferenceResult> answer(WireScope scope, HttpHead head) {
        if (!head.isSuccess() || head.header("location").isEmpty()) {
            return ERRORS.refused(head, scope.now());
        }
        URI place = url(scope, head.header("location").orElseThrow());
        HttpCall read = new HttpCall("GET", place, Map.of(), new byte[0], true);
        return new Step.Send<>(read, found -> {
            return found.isSuccess() ? new Step.Decode<>(new OracleFrames()) : ERRORS.refused(found, scope.now());
        });
    }

    private static byte[] question(WireScope scope, InferenceRequest request, List<Adjustment> adjustments) {
        RequestFields fields = RequestFields.of(scope, request.extra(), Set.of("oracle", "turns"));
        fields.put("oracle", scope.model());
        fields.put("turns", request.messages().stream().map(Oracle::turn).toList());
        fields.put("heat", request.sampling().temperature());
        fields.put("most", request.sampling().maxTokens());
        fields.put("until", request.sampling().stop());
        Untaken.options(request, Set.of("temperature", "maxTokens", "stop"), "the oracle", adjustments);
        Untaken.parts(request.messages(), Set.of(Part.Text.class), "the oracle", adjustments);
        return fields.end(adjustments);
    }

    private static Map<String, String> turn(Message message) {
        return Map.of("who", message.role().wireName(), "says", message.text());
    }

    @Override
    public Exchange<HealthState> health(WireScope scope) {
        return Exchange.of(new Step.Send<>(HttpCall.get(url(scope, "/oracles")), head -> {
            return new Step.Done<>(HealthState.ofStatus(head.status(), scope.now(), "GET oracles"));
        }));
    }

    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        return Exchange.of(new Step.Send<>(HttpCall.get(url(scope, "/oracles")), head -> {
            return head.isSuccess() ? new Step.ReadAll<>(1 << 20, Oracle::names) : ERRORS.refused(head, scope.now());
        }));
    }

    private static Step<List<ModelInfo>> names(ByteBuffer body) {
        String lines = StandardCharsets.UTF_8.decode(body).toString();
        return new Step.Done<>(lines.lines().map(ModelInfo::of).toList());
    }

    private static URI url(WireScope scope, String path) {
        return EndpointUrls.resolve(scope.endpoint(), "", path);
    }

    @Override
    public HttpCall authorize(HttpCall call, EndpointSpec endpoint, Credential credential) {
        return credential.onto(call, "x-oracle-key");
    }
}
