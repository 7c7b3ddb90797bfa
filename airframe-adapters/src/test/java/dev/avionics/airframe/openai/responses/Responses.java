package dev.avionics.airframe.openai.responses;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.openai.OpenAiResponses;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tests of this package ask an endpoint whose vendor is {@code v}. */
final class Responses {
    static final String VENDOR = "v";

    /** The key of what it leaves with parts. */
    static final String LEFT = VENDOR + "-responses";

    private Responses() {}

    static EndpointSpec endpoint(String... metadata) {
        EndpointSpec.Builder builder = EndpointSpec.builder(
                        "test", URI.create("http://localhost:1"), OpenAiResponses.KIND)
                .metadata("vendor", VENDOR);
        for (int i = 0; i < metadata.length; i += 2) {
            builder.metadata(metadata[i], metadata[i + 1]);
        }
        return builder.build();
    }

    static Exchange<InferenceResult> exchange(String model, InferenceRequest request, String... learned) {
        return new OpenAiResponses().inference(Dialogue.scope(endpoint(), model, learned), request);
    }

    static Map<String, @Nullable Object> body(Exchange<InferenceResult> exchange) {
        return Dialogue.json(exchange.first().call());
    }

    /** What is sent for a conversation, item by item. */
    static List<?> input(Message... messages) {
        return (List<?>) body(exchange("m", request(messages))).get("input");
    }

    static InferenceRequest request(Message... messages) {
        return InferenceRequest.builder().messages(List.of(messages)).build();
    }

    static Decoded whole(String json) {
        return Dialogue.of(exchange(
                        "m",
                        request(Message.user("q")).toBuilder().stream(false).build()))
                .answer(200, "application/json", json)
                .decoded();
    }

    /** An answer whose events are these, each with the name of its type. */
    static Decoded streamed(String... events) {
        StringBuilder body = new StringBuilder();
        for (String event : events) {
            int from = event.indexOf("\"type\":\"") + 8;
            body.append("event: ").append(event, from, event.indexOf('"', from)).append('\n');
            body.append("data: ").append(event).append("\n\n");
        }
        return Dialogue.of(exchange("m", request(Message.user("q"))))
                .answer(200, "text/event-stream", body.toString())
                .decoded();
    }

    /** The turn of the model that an answer is. */
    static Message turn(Decoded answer) {
        ResultAssembler assembler = new ResultAssembler();
        answer.events().forEach(assembler::accept);
        return assembler.message();
    }
}
