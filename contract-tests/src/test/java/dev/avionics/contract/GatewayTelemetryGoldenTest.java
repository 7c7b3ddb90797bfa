package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.FallbackPolicy;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayTarget;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.ProviderLookup;
import dev.avionics.llm.telemetry.LLMTelemetry;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.ReplyStep;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.secret.SecretCanary;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All that a gateway tells of a call to each backend, whatever comes of it, against the committed texts in {@code
 * src/test/resources/golden/telemetry}. Written anew with {@code -Davionics.golden.update=true}: then read the difference before it is
 * committed.
 */
@Tag("row-143")
@Tag("row-145")
class GatewayTelemetryGoldenTest {
    private static final Path ROOT = Path.of("src/test/resources/golden/telemetry");
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String ERROR = "{\"error\":{\"message\":\"no\"}}";
    /** How the model begins its answer: cut behind it, there is one piece of text. */
    private static final String BEGINNING = "You ";

    /** What comes of a call. */
    enum Case {
        WHOLE("a whole answer") {
            @Override
            void run(Call call) throws Exception {
                call.first(call.answers()).asked(false).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        },
        STREAM("an answer in pieces") {
            @Override
            void run(Call call) throws Exception {
                call.first(call.answers()).asked(true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        },
        ERROR("the request is refused") {
            @Override
            void run(Call call) {
                call.first(request -> Reply.json(400, GatewayTelemetryGoldenTest.ERROR));
                fails(call.asked(true));
            }
        },
        CUT("the connection breaks after the first piece") {
            @Override
            void run(Call call) {
                call.first(call.cut(Reply::close));
                fails(call.asked(true));
            }
        },
        CANCEL("the caller leaves before anything has come") {
            @Override
            void run(Call call) {
                call.first(request -> Reply.silence());
                CompletableFuture<?> asked = call.asked(true);
                call.first.awaitRequests(1, PATIENCE);
                call.stream().cancel(CancelReason.CALLER);
                fails(asked);
            }
        },
        LEFT("the caller leaves after the first piece") {
            @Override
            void run(Call call) throws Exception {
                call.first(call.cut(Reply::stall));
                FirstText reader = new FirstText();
                call.asking(true).subscribe(reader);
                reader.seen.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                call.stream().cancel(CancelReason.CALLER);
                call.stream().outcome().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        },
        RETRY("overloaded once") {
            @Override
            void run(Call call) throws Exception {
                AtomicInteger seen = new AtomicInteger();
                Function<SeenRequest, Reply> good = call.answers();
                call.first(request -> seen.getAndIncrement() == 0
                        ? Reply.json(503, GatewayTelemetryGoldenTest.ERROR)
                        : good.apply(request));
                call.asked(true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        },
        FALLBACK("overloaded, and another answers") {
            @Override
            void run(Call call) throws Exception {
                call.second(call.answers());
                call.first(request -> Reply.json(503, GatewayTelemetryGoldenTest.ERROR))
                        .asked(false)
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        };

        private final String words;

        Case(String words) {
            this.words = words;
        }

        abstract void run(Call call) throws Exception;

        private static void fails(CompletableFuture<?> asked) {
            assertThatThrownBy(() -> asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .hasCauseInstanceOf(InferenceException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(TelemetryFace.class)
    void spansAndMetrics_ofEachEnd_areTheCommittedOnes(TelemetryFace face) throws Exception {
        StringBuilder now = new StringBuilder();
        for (Case each : Case.values()) {
            try (Call call = new Call(face)) {
                each.run(call);
                now.append("# ")
                        .append(each.name().toLowerCase(Locale.ROOT))
                        .append(": ")
                        .append(each.words)
                        .append('\n')
                        .append(call.told())
                        .append('\n');
            }
        }
        Path file = ROOT.resolve(face.name().toLowerCase(Locale.ROOT).replace('_', '-') + ".txt");
        if (Boolean.getBoolean("avionics.golden.update")) {
            Files.createDirectories(ROOT);
            Files.writeString(file, now);
        }
        assertThat(now.toString()).isEqualTo(Files.readString(file));
    }

    /** A gateway with one or two backends, somebody who is told of its calls, and one call. */
    private static final class Call implements AutoCloseable {
        private final TelemetryFace face;
        private final SecretCanary key = SecretCanary.create();
        private final InMemorySpanExporter spans = InMemorySpanExporter.create();
        private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
        private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .setMeterProvider(
                        SdkMeterProvider.builder().registerMetricReader(metrics).build())
                .build();
        private final Airframe airframe = Airframe.create();
        private SimulatedBackend first;
        private SimulatedBackend second;
        private InferenceStream<InferenceEvent> stream;

        Call(TelemetryFace face) {
            this.face = face;
        }

        Function<SeenRequest, Reply> answers() {
            return face.answers(key.secret());
        }

        /** Answers that end behind the first text. */
        Function<SeenRequest, Reply> cut(UnaryOperator<Reply> how) {
            Function<SeenRequest, Reply> whole = answers();
            return request -> {
                Reply reply = whole.apply(request);
                List<byte[]> parts = reply.steps().stream()
                        .filter(ReplyStep.Part.class::isInstance)
                        .map(step -> ((ReplyStep.Part) step).bytes())
                        .toList();
                if (parts.size() < 2) {
                    // Not the stream, but what is asked before it.
                    return reply;
                }
                Reply shorter = Reply.stream(
                        face.kind.equals(BackendKind.OLLAMA) ? "application/x-ndjson" : "text/event-stream");
                for (byte[] part : parts) {
                    shorter = shorter.part(part);
                    if (new String(part, StandardCharsets.UTF_8).contains(BEGINNING)) {
                        return how.apply(shorter);
                    }
                }
                throw new AssertionError("no part of the answer has its beginning: " + reply);
            };
        }

        Call first(Function<SeenRequest, Reply> answers) {
            first = SimulatedBackend.start(Scenario.create().otherwise(answers));
            return this;
        }

        void second(Function<SeenRequest, Reply> answers) {
            second = SimulatedBackend.start(Scenario.create().otherwise(answers));
        }

        private FaceProvider provider(SimulatedBackend backend, String name) {
            EndpointSpec endpoint = EndpointSpec.builder(name, backend.uri(), face.kind)
                    .apiType(face.apiType)
                    .credentials(CredentialSource.key(Secret.of(key.secret())))
                    .build();
            return new FaceProvider(endpoint, TelemetryFace.MODEL.name(), airframe);
        }

        InferenceStream<InferenceEvent> asking(boolean streamed) {
            ProviderLookup providers = second == null
                    ? ProviderLookup.of(provider(first, "first"))
                    : ProviderLookup.of(provider(first, "first"), provider(second, "second"));
            LLMGateway gateway = LLMGateway.builder(providers, airframe)
                    .fallback(
                            second == null
                                    ? FallbackPolicy.NONE
                                    : FallbackPolicy.to(List.of(GatewayTarget.parse("second"))))
                    .telemetry(LLMTelemetry.builder(sdk)
                            .cost((target, usage) ->
                                    OptionalLong.of(2 * usage.inputTotal().value()
                                            + 10 * usage.outputTotal().value()))
                            .build())
                    .build();
            InferenceRequest request = InferenceRequest.of("Hello").toBuilder().stream(streamed)
                    .maxTokens(100)
                    .build();
            stream = gateway.infer(GatewayRequest.of(request).withAgent("planner"), gateway.newCall());
            return stream;
        }

        CompletableFuture<?> asked(boolean streamed) {
            return asking(streamed).collect();
        }

        InferenceStream<InferenceEvent> stream() {
            return stream;
        }

        String told() {
            Map<Long, String> ports = second == null
                    ? Map.of((long) first.uri().getPort(), "of first")
                    : Map.of(
                            (long) first.uri().getPort(),
                            "of first",
                            (long) second.uri().getPort(),
                            "of second");
            TelemetryText text = new TelemetryText(ports);
            return text.spans(spans.getFinishedSpanItems()) + text.metrics(metrics.collectAllMetrics());
        }

        @Override
        public void close() {
            airframe.close();
            sdk.close();
            first.close();
            if (second != null) {
                second.close();
            }
        }
    }

    /** Reads until the first text, and no further. */
    private static final class FirstText implements Flow.Subscriber<InferenceEvent> {
        final CompletableFuture<InferenceEvent> seen = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(InferenceEvent event) {
            if (event instanceof InferenceEvent.TextDelta) {
                seen.complete(event);
            }
        }

        @Override
        public void onError(Throwable why) {
            seen.completeExceptionally(why);
        }

        @Override
        public void onComplete() {
            seen.completeExceptionally(new AssertionError("the answer ended without text"));
        }
    }
}
