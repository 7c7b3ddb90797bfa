package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Failure;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.ProviderCalls;
import dev.avionics.llm.telemetry.LLMTelemetry;
import dev.avionics.llm.telemetry.TelemetryOptions;
import dev.avionics.llm.telemetry.UsageCost;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.AnthropicFace;
import dev.avionics.testkit.model.CohereFace;
import dev.avionics.testkit.model.GeminiFace;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;
import dev.avionics.testkit.model.ResponsesFace;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.secret.LogCapture;
import dev.avionics.testkit.secret.SecretCanary;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.SimpleLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import io.opentelemetry.sdk.testing.exporter.InMemoryLogRecordExporter;
import io.opentelemetry.sdk.testing.exporter.InMemoryMetricReader;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Spans and metrics of calls to each backend, by key and by value, from the first request to the last chunk. */
@Tag("row-135")
class TelemetryOnTheWireTest {
    private static final SimulatedModel MODEL = SimulatedModel.of("simulated-1", 4096);
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String ERROR = "{\"error\":{\"message\":\"no\"}}";

    private final SecretCanary key = SecretCanary.create();
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final InMemoryMetricReader metrics = InMemoryMetricReader.create();
    private final InMemoryLogRecordExporter logs = InMemoryLogRecordExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .setMeterProvider(
                    SdkMeterProvider.builder().registerMetricReader(metrics).build())
            .setLoggerProvider(SdkLoggerProvider.builder()
                    .addLogRecordProcessor(SimpleLogRecordProcessor.create(logs))
                    .build())
            .setPropagators(ContextPropagators.create(TextMapPropagator.composite(
                    W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance())))
            .build();
    private final Airframe airframe = Airframe.create();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private LLMTelemetry telemetry = LLMTelemetry.builder(sdk)
            .options(TelemetryOptions.builder().events(true).build())
            .cost(UsageCost.UNKNOWN)
            .build();

    /** A backend as the simulated model plays it, and its name in the conventions. */
    enum Face {
        OPENAI(BackendKind.OPENAI_CHAT, "openai", "openai", k -> OpenAiFace.strict(OpenAiVendor.OPENAI, MODEL, k)),
        COMPATIBLE(BackendKind.OPENAI_CHAT, "generic", "openai", k -> OpenAiFace.of(MODEL, k)),
        RESPONSES(new BackendKind("openai-responses"), "openai-responses", "openai", k -> ResponsesFace.of(MODEL, k)),
        AZURE(BackendKind.AZURE_OPENAI, "", "azure.ai.openai", k -> OpenAiFace.strict(OpenAiVendor.AZURE, MODEL, k)),
        GROQ(BackendKind.OPENAI_CHAT, "groq", "groq", k -> OpenAiFace.strict(OpenAiVendor.GROQ, MODEL, k)),
        MISTRAL(
                BackendKind.OPENAI_CHAT,
                "mistral",
                "mistral_ai",
                k -> OpenAiFace.strict(OpenAiVendor.MISTRAL, MODEL, k)),
        NVIDIA_NIM(
                BackendKind.OPENAI_CHAT,
                "nvidia-nim",
                "nvidia_nim",
                k -> OpenAiFace.strict(OpenAiVendor.NVIDIA_NIM, MODEL, k)),
        ANTHROPIC(BackendKind.ANTHROPIC_MESSAGES, "", "anthropic", k -> AnthropicFace.of(MODEL, k)),
        GEMINI(BackendKind.GOOGLE_GENAI, "", "gcp.gemini", k -> GeminiFace.of(MODEL, k)),
        COHERE(BackendKind.COHERE_CHAT, "", "cohere", k -> CohereFace.of(MODEL, k)),
        OLLAMA(BackendKind.OLLAMA, "", "ollama", k -> OllamaFace.of(MODEL)),
        OLLAMA_GENERATE(BackendKind.OLLAMA, "ollama-generate", "ollama", k -> OllamaFace.of(MODEL)),
        LLAMA_SERVER(BackendKind.LLAMA_SERVER, "native", "llama_cpp", k -> LlamaServerFace.of(MODEL, k)),
        LLAMA_SERVER_OPENAI(BackendKind.LLAMA_SERVER, "openai", "llama_cpp", k -> LlamaServerFace.of(MODEL, k));

        final BackendKind kind;
        final String apiType;
        final String provider;
        final Function<String, Function<SeenRequest, Reply>> face;

        Face(BackendKind kind, String apiType, String provider, Function<String, Function<SeenRequest, Reply>> face) {
            this.kind = kind;
            this.apiType = apiType;
            this.provider = provider;
            this.face = face;
        }
    }

    static Stream<Arguments> facesStreamedOrWhole() {
        return Stream.of(Face.values()).flatMap(face -> Stream.of(Arguments.of(face, false), Arguments.of(face, true)));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        airframe.close();
        sdk.close();
    }

    private SimulatedBackend backend(Function<SeenRequest, Reply> answers) {
        SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(answers));
        opened.add(backend);
        return backend;
    }

    private Function<SeenRequest, Reply> answers(Face face) {
        return face.face.apply(key.secret());
    }

    private Target target(Face face, URI uri, String name) {
        return new Target(
                EndpointSpec.builder(name, uri, face.kind)
                        .apiType(face.apiType)
                        .credentials(CredentialSource.key(Secret.of(key.secret())))
                        .build(),
                MODEL.name());
    }

    private InferenceStream<dev.avionics.airframe.InferenceEvent> call(
            Target target, AttemptPlan plan, InferenceRequest request, CallContext context) {
        ProviderCalls calls = new ProviderCalls("simulated", Map.of(), Ticker.system(), telemetry);
        return calls.infer(
                airframe.attempts(),
                target,
                calls.route(
                        airframe.timeouts(target),
                        plan,
                        CallObserver.NONE,
                        target.model(),
                        (attempt, question, bounded) -> airframe.adapters()
                                .adapter(attempt.target().endpoint().kind())
                                .infer(attempt.target(), question, bounded)),
                request,
                context);
    }

    private InferenceResult answer(Target target, AttemptPlan plan, boolean streamed) throws Exception {
        InferenceRequest request = InferenceRequest.of("Say something").toBuilder().stream(streamed)
                .maxTokens(100)
                .build();
        return call(target, plan, request, airframe.newCall()).collect().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static AttemptPlan single(Target target) {
        return AttemptPlan.single(target);
    }

    private SpanData genAi() {
        List<SpanData> found = spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().startsWith("chat"))
                .toList();
        assertThat(found).hasSize(1);
        return found.get(0);
    }

    private List<SpanData> attempts() {
        return spans.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals("POST"))
                .toList();
    }

    private static Map<String, Object> attributes(io.opentelemetry.api.common.Attributes attributes) {
        Map<String, Object> map = new TreeMap<>();
        attributes.forEach((name, value) -> map.put(name.getKey(), value));
        return map;
    }

    /** What each span of a call has, whatever comes of it. */
    private static Map<String, Object> asked(Face face, Target target, boolean streamed) {
        Map<String, Object> all = server(target);
        all.put("gen_ai.operation.name", "chat");
        all.put("gen_ai.provider.name", face.provider);
        all.put("gen_ai.request.model", MODEL.name());
        all.put("gen_ai.request.max_tokens", 100L);
        if (streamed) {
            all.put("gen_ai.request.stream", true);
        }
        all.put("avionics.provider", "simulated");
        all.put("avionics.endpoint", target.endpoint().name());
        return all;
    }

    private static Map<String, Object> server(Target target) {
        Map<String, Object> all = new TreeMap<>();
        all.put("server.address", target.endpoint().baseUrl().getHost());
        all.put("server.port", (long) target.endpoint().baseUrl().getPort());
        return all;
    }

    private static void answered(Map<String, Object> all, InferenceResult result, boolean streamed) {
        all.put("gen_ai.response.finish_reasons", List.of("stop"));
        if (result.responseId() != null) {
            all.put("gen_ai.response.id", result.responseId());
        }
        if (result.model() != null) {
            all.put("gen_ai.response.model", result.model());
        }
        Usage usage = result.usage();
        tokens(all, "gen_ai.usage.input_tokens", usage.inputTotal());
        tokens(all, "gen_ai.usage.output_tokens", usage.outputTotal());
        tokens(all, "gen_ai.usage.cache_read.input_tokens", usage.cacheRead());
        tokens(all, "gen_ai.usage.cache_creation.input_tokens", usage.cacheWrite());
        tokens(all, "gen_ai.usage.cache_write.input_tokens", usage.cacheWrite());
        tokens(all, "gen_ai.usage.reasoning.output_tokens", usage.reasoning());
        if (usage.told() != null) {
            // Cohere bills less than it reads.
            tokens(all, "avionics.usage.told.input_tokens", usage.inputTold());
            tokens(all, "avionics.usage.told.output_tokens", usage.outputTold());
        }
        assertThat(usage.inputTotal().value()).isPositive();
    }

    private static void tokens(Map<String, Object> all, String name, TokenCount count) {
        if (count.isPresent()) {
            all.put(name, count.value());
        }
    }

    /** Removes what differs from call to call, after a look at it. */
    private static Map<String, Object> withoutChance(Map<String, Object> all, boolean firstChunk) {
        assertThat((String) all.remove("avionics.request.id")).isNotBlank();
        Object first = all.remove("gen_ai.response.time_to_first_chunk");
        assertThat(first != null).as("time to first chunk: %s", first).isEqualTo(firstChunk);
        if (first != null) {
            assertThat((Double) first).isPositive();
        }
        return all;
    }

    private Map<String, Collection<? extends PointData>> points() {
        Map<String, Collection<? extends PointData>> all = new TreeMap<>();
        for (MetricData metric : metrics.collectAllMetrics()) {
            all.put(metric.getName(), metric.getData().getPoints());
        }
        return all;
    }

    private static Map<String, Object> series(Face face, Target target, InferenceResult result) {
        Map<String, Object> all = server(target);
        all.put("gen_ai.operation.name", "chat");
        all.put("gen_ai.provider.name", face.provider);
        all.put("gen_ai.request.model", MODEL.name());
        if (result != null && result.model() != null) {
            all.put("gen_ai.response.model", result.model());
        }
        return all;
    }

    private static Map<String, Object> plus(Map<String, Object> all, String name, Object value) {
        all.put(name, value);
        return all;
    }

    private void assertMeasured(Face face, Target target, InferenceResult result, boolean streamed) {
        Map<String, Collection<? extends PointData>> points = points();
        assertThat(points.get("gen_ai.client.operation.duration"))
                .singleElement()
                .satisfies(
                        point -> assertThat(attributes(point.getAttributes())).isEqualTo(series(face, target, result)));
        assertThat(points.get("gen_ai.client.token.usage"))
                .extracting(point -> attributes(point.getAttributes()))
                .containsExactlyInAnyOrder(
                        plus(series(face, target, result), "gen_ai.token.type", "input"),
                        plus(series(face, target, result), "gen_ai.token.type", "output"));
        List<String> names = new ArrayList<>(List.of("gen_ai.client.operation.duration", "gen_ai.client.token.usage"));
        if (streamed) {
            names.add("gen_ai.client.operation.time_to_first_chunk");
            assertThat(points.get("gen_ai.client.operation.time_to_first_chunk"))
                    .singleElement()
                    .satisfies(point ->
                            assertThat(attributes(point.getAttributes())).isEqualTo(series(face, target, null)));
            names.add("gen_ai.client.operation.time_per_output_chunk");
        }
        assertThat(points.keySet()).containsExactlyInAnyOrderElementsOf(names);
    }

    @ParameterizedTest
    @MethodSource("facesStreamedOrWhole")
    void answer_isOneSpanWithOneAttemptBelow_andMeasuredOnce(Face face, boolean streamed) throws Exception {
        Target target = target(face, backend(answers(face)).uri(), "first");
        InferenceResult result = answer(target, single(target), streamed);

        SpanData span = genAi();
        assertThat(span.getName()).isEqualTo("chat simulated-1");
        assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(span.getEvents()).isEmpty();
        Map<String, Object> expected = asked(face, target, streamed);
        expected.put("avionics.attempt.count", 1L);
        answered(expected, result, streamed);
        assertThat(withoutChance(attributes(span.getAttributes()), streamed)).isEqualTo(expected);

        assertThat(attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(attempt.getParentSpanId()).isEqualTo(span.getSpanId());
            Map<String, Object> wanted = http(target, 1);
            wanted.put("http.response.status_code", 200L);
            Map<String, Object> found = attributes(attempt.getAttributes());
            found.remove("avionics.upstream.request_id");
            assertThat(found).isEqualTo(wanted);
        });
        assertMeasured(face, target, result, streamed);
    }

    private static Map<String, Object> http(Target target, long number) {
        Map<String, Object> all = server(target);
        all.put("http.request.method", "POST");
        all.put("avionics.attempt.number", number);
        all.put("avionics.endpoint", target.endpoint().name());
        all.put("avionics.model", target.model());
        return all;
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void refusal_isAnErrorWithoutTheBackendsWords(Face face) {
        Target target = target(face, backend(request -> Reply.json(400, ERROR)).uri(), "first");
        assertThatThrownBy(() -> answer(target, single(target), true)).hasCauseInstanceOf(InferenceException.class);

        SpanData span = genAi();
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(span.getStatus().getDescription()).isEmpty();
        Map<String, Object> expected = asked(face, target, true);
        expected.put("avionics.attempt.count", 1L);
        expected.put("error.type", "400");
        expected.put("avionics.error.category", "invalid_request");
        expected.put("avionics.error.origin", "backend");
        expected.put("avionics.retry.denied_reason", "rule");
        assertThat(withoutChance(attributes(span.getAttributes()), false)).isEqualTo(expected);
        assertThat(attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
            Map<String, Object> wanted = http(target, 1);
            wanted.put("http.response.status_code", 400L);
            wanted.put("error.type", "400");
            assertThat(attributes(attempt.getAttributes())).isEqualTo(wanted);
        });
        Map<String, Object> series = series(face, target, null);
        // Nobody has answered under that name.
        series.put("gen_ai.request.model", "_OTHER");
        series.put("error.type", "400");
        assertThat(points().keySet()).containsExactly("gen_ai.client.operation.duration");
        assertThat(points().get("gen_ai.client.operation.duration"))
                .extracting(point -> attributes(point.getAttributes()))
                .containsExactly(series);
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void retry_isASecondAttemptOfTheSameCall_andMeasuredOnce(Face face) throws Exception {
        AtomicInteger seen = new AtomicInteger();
        Function<SeenRequest, Reply> good = answers(face);
        Target target = target(
                face,
                backend(request -> seen.getAndIncrement() == 0 ? Reply.json(503, ERROR) : good.apply(request))
                        .uri(),
                "first");
        InferenceResult result = answer(target, single(target), true);

        Map<String, Object> expected = asked(face, target, true);
        expected.put("avionics.attempt.count", 2L);
        answered(expected, result, true);
        assertThat(withoutChance(attributes(genAi().getAttributes()), true)).isEqualTo(expected);
        assertThat(attempts()).hasSize(2);
        Map<String, Object> first = http(target, 1);
        first.put("http.response.status_code", 503L);
        first.put("error.type", "503");
        assertThat(attributes(attempts().get(0).getAttributes())).isEqualTo(first);
        assertThat(attributes(attempts().get(1).getAttributes()))
                .containsEntry("http.request.resend_count", 1L)
                .containsEntry("avionics.attempt.number", 2L)
                .containsEntry("http.response.status_code", 200L)
                .doesNotContainKey("error.type");
        assertMeasured(face, target, result, true);
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void fallback_tellsWhoAnswered(Face face) throws Exception {
        Target broken = target(face, backend(request -> Reply.json(503, ERROR)).uri(), "first");
        Target other = target(face, backend(answers(face)).uri(), "second");
        InferenceResult result = answer(broken, thenTo(broken, other), false);

        Map<String, Object> expected = asked(face, other, false);
        expected.put("avionics.attempt.count", 2L);
        expected.put("avionics.fallback", true);
        expected.put("avionics.model", MODEL.name());
        answered(expected, result, false);
        assertThat(withoutChance(attributes(genAi().getAttributes()), false)).isEqualTo(expected);
        assertThat(attempts())
                .extracting(span -> attributes(span.getAttributes()).get("avionics.endpoint"))
                .containsExactly("first", "second");
        // It is a request of its own, not the same one sent again.
        assertThat(attributes(attempts().get(1).getAttributes())).doesNotContainKey("http.request.resend_count");
        assertMeasured(face, other, result, false);
    }

    private static AttemptPlan thenTo(Target first, Target second) {
        return new AttemptPlan() {
            @Override
            public Attempt first() {
                return Attempt.at(first);
            }

            @Override
            public Optional<Attempt> next(Failure last) {
                return last.otherAllowed() ? Optional.of(Attempt.at(second)) : Optional.empty();
            }
        };
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void cancel_isNoErrorOfTheBackend(Face face) throws Exception {
        SimulatedBackend backend = backend(request -> Reply.silence());
        Target target = target(face, backend.uri(), "first");
        InferenceRequest request =
                InferenceRequest.of("Say something").toBuilder().maxTokens(100).build();
        InferenceStream<?> stream = call(target, single(target), request, airframe.newCall());
        CompletableFuture<InferenceResult> asked = stream.collect();
        backend.awaitRequests(1, PATIENCE);
        stream.cancel(CancelReason.CALLER);
        assertThatThrownBy(asked::join).hasCauseInstanceOf(InferenceException.class);

        SpanData span = genAi();
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        Map<String, Object> expected = asked(face, target, true);
        expected.put("avionics.attempt.count", 1L);
        expected.put("error.type", "cancelled");
        expected.put("avionics.cancel.origin", "caller");
        assertThat(withoutChance(attributes(span.getAttributes()), false)).isEqualTo(expected);
        assertThat(attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(attributes(attempt.getAttributes())).isEqualTo(plus(http(target, 1), "error.type", "cancelled"));
        });
        assertThat(points().keySet()).containsExactly("gen_ai.client.operation.duration");
    }

    @ParameterizedTest
    @EnumSource(Face.class)
    void exporters_withoutContentCapture_seeNeitherPromptNorToolsNorHeadersNorKey(Face face) throws Exception {
        SecretCanary said = SecretCanary.create();
        SecretCanary header = SecretCanary.create();
        AtomicInteger seen = new AtomicInteger();
        Function<SeenRequest, Reply> good = answers(face);
        SimulatedBackend backend = backend(request -> seen.getAndIncrement() == 0
                ? Reply.json(503, "{\"error\":{\"message\":\"" + said.secret() + " " + key.secret() + "\"}}")
                : good.apply(request));
        Target bare = target(face, backend.uri(), "first");
        Target target = new Target(
                bare.endpoint().toBuilder().header("x-own", header.secret()).build(), bare.model());
        InferenceRequest.Builder request = InferenceRequest.builder()
                .message(Message.system("Rules " + said.secret()))
                .message(Message.user("Repeat " + said.secret()));
        if (face != Face.OLLAMA_GENERATE && face != Face.LLAMA_SERVER) {
            request.tool(ToolSpec.of("look", "Looks for " + said.secret()))
                    .message(Message.assistant(
                            new Part.ToolCall("call_1", "look", "{\"what\":\"" + said.secret() + "\"}")))
                    .message(Message.toolResult("call_1", "look", "It is " + said.secret()));
        }
        try (LogCapture log = LogCapture.start()) {
            InferenceResult result = call(target, single(target), request.build(), airframe.newCall())
                    .collect()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(result.toString()).contains(said.secret());

            assertThat(log.text()).contains("llm_generation_complete").contains("trace_id=" + genAi().getTraceId());
            key.assertAbsentFrom(log);
            header.assertAbsentFrom(log);
        }
        assertThat(logs.getFinishedLogRecordItems()).hasSize(1);
        for (SecretCanary canary : List.of(said, header, key)) {
            canary.assertAbsentFrom(
                    spans.getFinishedSpanItems(), metrics.collectAllMetrics(), logs.getFinishedLogRecordItems());
        }
    }

    @Test
    void traceContext_goesToOnesOwnBackends_freshForEachAttempt() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        Function<SeenRequest, Reply> good = answers(Face.OPENAI);
        SimulatedBackend backend =
                backend(request -> seen.getAndIncrement() == 0 ? Reply.json(503, ERROR) : good.apply(request));
        Target target = target(Face.OPENAI, backend.uri(), "first");
        try (Scope ignored = Baggage.builder().put("tenant", "secret").build().makeCurrent()) {
            answer(target, single(target), false);
        }

        List<String> parents = backend.requests().stream()
                .map(request -> request.header("traceparent").orElseThrow())
                .toList();
        assertThat(parents)
                .containsExactlyElementsOf(attempts().stream()
                        .map(span -> "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                                + span.getSpanContext().getTraceFlags().asHex())
                        .toList())
                .doesNotHaveDuplicates();
        assertThat(backend.requests()).allSatisfy(request -> {
            assertThat(request.header("baggage")).isEmpty();
            assertThat(request.header("tracestate")).isEmpty();
        });
    }

    @Test
    void traceContext_isKeptFromWhoMustNotKnow_andIsWholeWhereItIsWanted() throws Exception {
        SimulatedBackend backend = backend(answers(Face.OPENAI));
        Target plain = target(Face.OPENAI, backend.uri(), "first");
        Target none = new Target(
                plain.endpoint().toBuilder().metadata("propagation", "none").build(), plain.model());
        Target full = new Target(
                plain.endpoint().toBuilder()
                        .billing(Billing.FREE)
                        .metadata("propagation", "full")
                        .build(),
                plain.model());
        try (Scope ignored = Baggage.builder().put("tenant", "a").build().makeCurrent()) {
            answer(none, single(none), false);
            answer(full, single(full), false);
        }

        assertThat(backend.request(0).header("traceparent")).isEmpty();
        assertThat(backend.request(0).header("baggage")).isEmpty();
        assertThat(backend.request(1).header("traceparent")).isPresent();
        assertThat(backend.request(1).header("baggage")).contains("tenant=a");
    }
}
