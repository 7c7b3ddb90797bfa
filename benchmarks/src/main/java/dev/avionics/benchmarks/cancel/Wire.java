package dev.avionics.benchmarks.cancel;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import dev.avionics.testkit.backend.Reply;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A protocol in two steps with a pause between them: {@code POST /ticket}, then {@code POST /answer}, whose events are
 * pieces of text, the last one {@code end}.
 */
final class Wire implements WireProtocol {
    private static final BackendKind KIND = BackendKind.of("two-steps");
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final String END = "end";

    private final Duration pause;

    Wire(Duration pause) {
        this.pause = pause;
    }

    static Target target(URI backend) {
        return new Target(
                EndpointSpec.builder("upstream-" + NAMES.incrementAndGet(), backend, KIND)
                        .build(),
                "m");
    }

    static Reply ticket() {
        return Reply.json("{}");
    }

    static Reply answer() {
        return Reply.sse("text", END);
    }

    @Override
    public BackendKind kind() {
        return KIND;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        return Capabilities.unknown();
    }

    @Override
    public Timeouts timeouts(EndpointSpec endpoint, String model) {
        return Timeouts.HOSTED;
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        byte[] question = request.messages().get(0).text().getBytes(StandardCharsets.UTF_8);
        HttpCall first = HttpCall.postJson(URI.create(scope.endpoint().baseUrl() + "/ticket"), question, false);
        HttpCall second = HttpCall.postJson(URI.create(scope.endpoint().baseUrl() + "/answer"), new byte[0], true);
        Step.Send<InferenceResult> answer = new Step.Send<>(second, pause, Wire::onAnswer);
        return Exchange.of(new Step.Send<>(first, head -> onTicket(head, answer)));
    }

    private static Step<InferenceResult> onTicket(HttpHead head, Step.Send<InferenceResult> answer) {
        if (!head.isSuccess()) {
            return new Step.Fail<>(InferenceException.builder(ErrorCategory.OVERLOADED, "no ticket")
                    .status(head.status())
                    .build());
        }
        return new Step.ReadAll<>(1000, ticket -> answer);
    }

    private static Step<InferenceResult> onAnswer(HttpHead head) {
        return new Step.Decode<>(Sse.decoder((frame, out) -> {
            if (frame.text().equals(END)) {
                out.finish(FinishReason.STOP, END);
                return Progress.END;
            }
            out.text(frame.text());
            return Progress.FRAME;
        }));
    }

    @Override
    public Exchange<HealthState> health(WireScope scope) {
        throw new UnsupportedOperationException("health");
    }

    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        throw new UnsupportedOperationException("models");
    }
}
