package dev.avionics.airframe.ollama.chat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.Ndjson;
import dev.avionics.airframe.http.WholeJson;
import dev.avionics.airframe.ollama.answer.AnswerReader;
import dev.avionics.airframe.ollama.endpoint.Api;
import dev.avionics.airframe.ollama.endpoint.Errors;
import dev.avionics.airframe.ollama.endpoint.Settings;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireScope;

/** Answers by {@code /api/chat} or {@code /api/generate}, as the endpoint's api type says. */
public final class Answers {
    private Answers() {}

    /**
     * An answer to a conversation.
     *
     * @throws dev.avionics.airframe.error.InferenceException of category UNSUPPORTED or INVALID_REQUEST if Ollama has no
     *     form for the request
     */
    public static Exchange<InferenceResult> to(WireScope scope, InferenceRequest request) {
        Settings settings = new Settings(scope.endpoint());
        Api api = Api.of(scope.endpoint());
        RequestWriter writer = new RequestWriter(scope, request, settings);
        HttpCall call = HttpCall.postJson(settings.answers(api), writer.body(api), request.stream());
        ThinkingOptions thinking = request.thinking();
        boolean thinks = thinking != null && thinking.enabled();
        Errors errors = new Errors(scope, thinks, writer.adaptive());
        boolean thinkTags = settings.thinkTags(thinks);
        return new Exchange<>(writer.adjustments(), new Step.Send<>(call, head -> {
            if (!head.isSuccess()) {
                return errors.refused(head);
            }
            // A stream may come under any type: what is one line reads the same either way.
            boolean lines = request.stream() || head.contentType().equals("application/x-ndjson");
            AnswerReader reader = new AnswerReader(errors, !lines, thinkTags);
            return new Step.Decode<>(lines ? Ndjson.decoder(reader) : WholeJson.decoder(reader));
        }));
    }
}
