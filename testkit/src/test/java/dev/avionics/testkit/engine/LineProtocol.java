package dev.avionics.testkit.engine;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.Frame;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.http.HttpHead;
import dev.avionics.airframe.http.Sse;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A protocol of plain words: server-sent events whose data is {@code text hello}, {@code finish stop}, {@code usage 3 5}
 * and the like. Its functions can be replaced by a test.
 */
final class LineProtocol implements WireProtocol {
    static final BackendKind KIND = BackendKind.of("line");

    Timeouts timeouts = Timeouts.HOSTED;
    Capabilities capabilities = Capabilities.unknown();
    boolean streamed = true;
    int maxBatch = 2;
    final List<Set<String>> learnedSeen = new ArrayList<>();
    BiFunction<WireScope, InferenceRequest, Exchange<InferenceResult>> inference =
            (scope, request) -> new Exchange<>(List.of(), new Step.Send<>(call(scope, "/chat"), this::onHead));
    Function<HttpCall, HttpCall> authorize = call -> call;

    static String data(String... frames) {
        StringBuilder all = new StringBuilder();
        for (String frame : frames) {
            all.append("data: ").append(frame).append("\n\n");
        }
        return all.toString();
    }

    HttpCall call(WireScope scope, String path) {
        byte[] body = ("facts " + scope.learned()).getBytes(StandardCharsets.UTF_8);
        return HttpCall.postJson(URI.create(scope.endpoint().baseUrl() + path), body, streamed);
    }

    Step<InferenceResult> onHead(HttpHead head) {
        if (!head.isSuccess()) {
            return new Step.ReadAll<>(1000, body -> failed(head, text(body)));
        }
        if (head.contentType().equals("text/html")) {
            return new Step.Fail<>(InferenceException.builder(ErrorCategory.PARSE, "a page came")
                    .status(head.status())
                    .build());
        }
        return new Step.Decode<>(Sse.decoder(LineProtocol::onFrame));
    }

    static String text(ByteBuffer body) {
        return StandardCharsets.UTF_8.decode(body).toString();
    }

    static Progress onFrame(Frame frame, EventSink out) {
        String text = frame.text();
        int space = text.indexOf(' ');
        String word = space < 0 ? text : text.substring(0, space);
        String rest = space < 0 ? "" : text.substring(space + 1);
        switch (word) {
            case "text" -> out.text(rest);
            case "think" -> out.thinking(rest);
            case "tool" -> out.toolCall(0, "id", rest, "{}");
            case "finish" -> out.finish(FinishReason.valueOf(rest.toUpperCase(Locale.ROOT)), rest);
            case "usage" -> out.usage(usage(rest));
            case "error" -> out.fail(InferenceException.of(ErrorCategory.valueOf(rest), "in-band"));
            case "bad" -> throw InferenceException.of(ErrorCategory.PARSE, "bad frame");
            case "boom" -> throw new IllegalStateException("boom");
            case "crash" -> throw new AssertionError("crash");
            default -> {}
        }
        return out.finishSeen() ? Progress.TAIL : Progress.FRAME;
    }

    private static Usage usage(String numbers) {
        String[] both = numbers.split(" ");
        return Usage.builder()
                .inputUncached(TokenCount.known(Long.parseLong(both[0])))
                .output(TokenCount.known(Long.parseLong(both[1])))
                .build();
    }

    static <R> Step<R> failed(HttpHead head, String body) {
        Set<String> learn = body.startsWith("learn ") ? Set.of(body.substring(6)) : Set.of();
        InferenceException.Builder why = InferenceException.builder(category(head.status(), body), "scripted failure")
                .status(head.status())
                .requestId(head.header("x-request-id").orElse(null));
        head.header("retry-after")
                .ifPresent(s -> why.retryAfter(Duration.ofMillis(Math.round(Double.parseDouble(s) * 1e3))));
        head.header("x-should-retry").ifPresent(s -> why.shouldRetry(Boolean.valueOf(s)));
        return new Step.Fail<>(why.build(), learn);
    }

    private static ErrorCategory category(int status, String body) {
        return switch (status) {
            case 401 -> ErrorCategory.AUTHENTICATION;
            case 402 -> ErrorCategory.QUOTA_EXHAUSTED;
            case 403 -> ErrorCategory.PERMISSION;
            case 404, 410 -> ErrorCategory.MODEL_NOT_FOUND;
            case 429 -> ErrorCategory.RATE_LIMITED;
            case 498, 503, 529 -> ErrorCategory.OVERLOADED;
            case 400 ->
                body.equals("context")
                        ? ErrorCategory.CONTEXT_LENGTH
                        : body.equals("filter") ? ErrorCategory.CONTENT_FILTER : ErrorCategory.INVALID_REQUEST;
            case 409, 413, 415, 422 -> ErrorCategory.INVALID_REQUEST;
            default -> ErrorCategory.SERVER_ERROR;
        };
    }

    @Override
    public BackendKind kind() {
        return KIND;
    }

    @Override
    public Capabilities capabilities(EndpointSpec endpoint, String model) {
        return capabilities;
    }

    @Override
    public Timeouts timeouts(EndpointSpec endpoint, String model) {
        return timeouts;
    }

    @Override
    public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
        learnedSeen.add(scope.learned());
        return inference.apply(scope, request);
    }

    @Override
    public Exchange<HealthState> health(WireScope scope) {
        return value(scope, "/health", body -> new HealthState(HealthState.Status.HEALTHY, scope.now(), body));
    }

    @Override
    public Exchange<List<ModelInfo>> models(WireScope scope) {
        return value(scope, "/models", body -> List.of(ModelInfo.of(body)));
    }

    private <R> Exchange<R> value(WireScope scope, String path, Function<String, R> reads) {
        HttpCall get = HttpCall.get(URI.create(scope.endpoint().baseUrl() + path));
        return new Exchange<>(
                List.of(),
                new Step.Send<>(
                        get,
                        head -> new Step.ReadAll<>(
                                1000,
                                body -> head.isSuccess()
                                        ? new Step.Done<>(reads.apply(text(body)))
                                        : failed(head, text(body)))));
    }

    @Override
    public Optional<EmbeddingWire> embeddings() {
        return Optional.of(new EmbeddingWire() {
            @Override
            public int maxBatch(EndpointSpec endpoint, String model) {
                return maxBatch;
            }

            @Override
            public Exchange<EmbeddingResult> embed(WireScope scope, EmbeddingRequest request) {
                Target target = new Target(scope.endpoint(), scope.model());
                return value(scope, "/embed/" + String.join(",", request.inputs()), body -> vectors(target, body));
            }
        });
    }

    /** One vector a line, numbers apart by spaces. */
    private static EmbeddingResult vectors(Target target, String body) {
        List<float[]> all = new ArrayList<>();
        for (String line : body.split("\n")) {
            String[] numbers = line.strip().split(" ");
            float[] vector = new float[numbers.length];
            for (int i = 0; i < numbers.length; i++) {
                vector[i] = Float.parseFloat(numbers[i]);
            }
            all.add(vector);
        }
        Usage usage =
                Usage.builder().inputUncached(TokenCount.known(all.size())).build();
        return new EmbeddingResult(all, usage, target, "m");
    }

    @Override
    public HttpCall authorize(HttpCall call, EndpointSpec endpoint, dev.avionics.airframe.spi.Credential credential) {
        return authorize.apply(WireProtocol.super.authorize(call, endpoint, credential));
    }

    static Map<String, String> headers(String... pairs) {
        Map<String, String> all = new java.util.LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            all.put(pairs[i], pairs[i + 1]);
        }
        return all;
    }
}
