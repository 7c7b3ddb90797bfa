package dev.avionics.gateway;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.cost.Cost;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes responses of results, with the times of their calls. */
final class ResponseMaker {
    private final Ticker ticker;
    private final Clock clock;
    private final boolean textTools;

    ResponseMaker(Ticker ticker, Clock clock, boolean textTools) {
        this.ticker = ticker;
        this.clock = clock;
        this.textTools = textTools;
    }

    /** Watches one call from now on. */
    Watch watch(GatewayRequest request, GatewayCall call, boolean streamed) {
        return new Watch(request, call, streamed);
    }

    /** The times of one call. */
    final class Watch {
        private final GatewayRequest request;
        private final GatewayCall call;
        private final boolean streamed;
        private final long began = ticker.nanoTime();
        private volatile long firstContent = -1;

        private Watch(GatewayRequest request, GatewayCall call, boolean streamed) {
            this.request = request;
            this.call = call;
            this.streamed = streamed;
        }

        /** The stream, whose first content is noted. */
        InferenceStream<InferenceEvent> on(InferenceStream<InferenceEvent> stream) {
            return stream.peek(event -> {
                if (firstContent < 0 && event.commits()) {
                    firstContent = ticker.nanoTime() - began;
                }
            });
        }

        GatewayResponse response(InferenceResult result) {
            long nanos = Math.max(0, ticker.nanoTime() - began);
            Usage usage = result.usage();
            Cost cost = call.ledger().cost();
            List<Part.ToolCall> calls = result.toolCalls();
            if (calls.isEmpty() && textTools) {
                calls = TextToolCalls.in(result.text(), call.id());
            }
            return new GatewayResponse(
                    result.text(),
                    calls,
                    usage.inputTotal().value(),
                    usage.outputTotal().value(),
                    Duration.ofNanos(nanos),
                    call.ledger()
                            .running()
                            .map(GatewayAttempt::provider)
                            .orElse(result.target().endpoint().name()),
                    result.target().model(),
                    cost,
                    clock.instant(),
                    metadata(result, nanos),
                    streamed);
        }

        private Map<String, Object> metadata(InferenceResult result, long nanos) {
            Map<String, Object> all = new LinkedHashMap<>(request.metadata());
            all.put("request_id", call.id());
            all.put("finish_reason", result.finish().wireName());
            all.put("attempts", result.attempts());
            Usage usage = result.usage();
            all.put("tokens_estimated", usage.isEstimated() || !usage.isPresent());
            if (call.ledger().isServedFromElsewhere()) {
                all.put("cached", true);
            }
            if (firstContent >= 0) {
                all.put("first_token_ms", firstContent / 1e6);
            }
            long output = usage.outputTotal().value();
            if (output > 0 && nanos > 0) {
                all.put("tokens_per_second", output * 1e9 / nanos);
            }
            if (!result.thinking().isEmpty()) {
                all.put("thinking", result.thinking());
            }
            if (result.model() != null) {
                all.put("response_model", result.model());
            }
            if (result.responseId() != null) {
                all.put("response_id", result.responseId());
            }
            return all;
        }
    }
}
