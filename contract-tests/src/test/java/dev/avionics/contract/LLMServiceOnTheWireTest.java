package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.llm.check.ConnectionReport;
import dev.avionics.llm.check.DiagnosticReport;
import dev.avionics.llm.service.BusEvent;
import dev.avionics.llm.service.BusEvent.ResponseGenerated;
import dev.avionics.llm.service.BusEvent.SpeechDetected;
import dev.avionics.llm.service.EventBus;
import dev.avionics.llm.service.LLMService;
import dev.avionics.llm.service.LLMServiceBuilder;
import dev.avionics.llm.service.LLMServiceConfig;
import dev.avionics.llm.settings.ApiType;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service as a backend sees it. */
@Timeout(60)
class LLMServiceOnTheWireTest {
    private static final String KEY = "sk-test-0123456789abcdef";
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Airframe airframe = Airframe.create();

    @AfterEach
    void close() {
        airframe.close();
    }

    private LLMServiceBuilder service(URI uri) {
        return LLMService.builder().airframe(airframe).baseUrl(uri).defaultModel("m");
    }

    private static SimulatedBackend server(Function<SeenRequest, Reply> answers) {
        return SimulatedBackend.start(Scenario.create().otherwise(answers));
    }

    private static Reply whole(ApiType type, String text) {
        return Reply.json(
                switch (type) {
                    case OLLAMA_CHAT ->
                        "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"" + text
                                + "\"},\"done\":true,\"done_reason\":\"stop\"}";
                    case OLLAMA_GENERATE ->
                        "{\"model\":\"m\",\"response\":\"" + text + "\",\"done\":true,\"done_reason\":\"stop\"}";
                    default ->
                        "{\"id\":\"1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":"
                                + "{\"role\":\"assistant\",\"content\":\"" + text
                                + "\"},\"finish_reason\":\"stop\"}]}";
                });
    }

    private static String piece(ApiType type, String text) {
        return switch (type) {
            case OLLAMA_CHAT ->
                "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"" + text + "\"},\"done\":false}\n";
            case OLLAMA_GENERATE -> "{\"model\":\"m\",\"response\":\"" + text + "\",\"done\":false}\n";
            default -> "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n";
        };
    }

    private static String end(ApiType type) {
        return switch (type) {
            case OLLAMA_CHAT ->
                "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,"
                        + "\"done_reason\":\"stop\"}\n";
            case OLLAMA_GENERATE -> "{\"model\":\"m\",\"response\":\"\",\"done\":true,\"done_reason\":\"stop\"}\n";
            default ->
                "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
                        + "data: [DONE]\n\n";
        };
    }

    private static String path(ApiType type) {
        return switch (type) {
            case OLLAMA_CHAT -> "/api/chat";
            case OLLAMA_GENERATE -> "/api/generate";
            default -> "/v1/chat/completions";
        };
    }

    private static Map<String, ?> body(SeenRequest request) {
        return JsonValues.parseObject(request.bodyText());
    }

    @ParameterizedTest
    @CsvSource({"ollama-chat, OLLAMA_CHAT", "ollama-generate, OLLAMA_GENERATE", "openai, OPENAI"})
    @Tag("row-118")
    @Tag("row-121")
    void everyConfiguredValue_reachesTheWire(String name, ApiType type) {
        try (SimulatedBackend backend = server(request -> Reply.stream("application/x")
                .header("Content-Type", contentType(type))
                .part(piece(type, "yes") + end(type)))) {
            Map<String, String> environment = new LinkedHashMap<>();
            environment.put("LLM_BASE_URL", backend.uri().toString());
            environment.put("LLM_API_KEY", KEY);
            environment.put("LLM_API_TYPE", name);
            environment.put("LLM_DEFAULT_MODEL", "mine");
            environment.put("LLM_SYSTEM_PROMPT", "be brief");
            environment.put("LLM_STREAM", "true");
            environment.put("LLM_TEMPERATURE", "0.25");
            environment.put("LLM_MAX_TOKENS", "17");
            LLMServiceConfig config = LLMServiceConfig.of(
                    AvionicsSettings.builder().environment(environment).build());
            try (LLMService service =
                    LLMService.builder().airframe(airframe).config(config).build()) {
                assertThat(service.sendRequest("hi")).isEqualTo("yes");
            }

            SeenRequest seen = backend.requests().get(0);
            assertThat(seen.path()).isEqualTo(path(type));
            assertThat(seen.header("authorization")).contains("Bearer " + KEY);
            Map<String, ?> body = body(seen);
            assertThat(body.get("model")).isEqualTo("mine");
            assertThat(body.get("stream")).isEqualTo(true);
            Map<?, ?> options = type == ApiType.OPENAI ? body : (Map<?, ?>) body.get("options");
            assertThat(options.get("temperature")).isEqualTo(0.25);
            assertThat((Object) options.get(type == ApiType.OPENAI ? "max_tokens" : "num_predict"))
                    .isEqualTo(17L);
            assertThat(seen.bodyText()).contains("be brief", "hi");
        }
    }

    private static String contentType(ApiType type) {
        return type == ApiType.OPENAI ? "text/event-stream" : "application/x-ndjson";
    }

    @Test
    @Tag("row-118")
    void timeout_endsTheCall() {
        VirtualTime time = VirtualTime.create();
        Gate never = Gate.create();
        try (SimulatedBackend backend =
                        server(request -> whole(ApiType.OPENAI, "late").heldBy(never));
                Airframe slow = Airframe.builder()
                        .scheduler(time)
                        .ticker(time)
                        .clock(time.clock())
                        .build();
                LLMService service = LLMService.builder()
                        .airframe(slow)
                        .baseUrl(backend.uri())
                        .apiType(ApiType.OPENAI)
                        .config(new LLMServiceConfig(
                                null, null, null, "m", null, Duration.ofSeconds(3), null, null, null))
                        .build()) {
            CompletableFuture<String> answer = service.generateAsync("q");
            never.awaitArrivals(1, SOON);
            time.advance(Duration.ofSeconds(4));

            assertThatThrownBy(answer::join)
                    .cause()
                    .isInstanceOfSatisfying(
                            InferenceException.class,
                            why -> assertThat(why.category()).isEqualTo(ErrorCategory.TIMEOUT));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OLLAMA_CHAT", "OLLAMA_GENERATE", "OPENAI"})
    @Tag("row-121")
    void sendRequest_readsTheAnswerOfEachApi(ApiType type) {
        try (SimulatedBackend backend = server(request -> whole(type, "42"));
                LLMService service = service(backend.uri()).apiType(type).build()) {
            assertThat(service.sendRequest("q")).isEqualTo("42");
            assertThat(backend.requests().get(0).path()).isEqualTo(path(type));
            assertThat(body(backend.requests().get(0)).get("stream")).isNotEqualTo(true);
        }
    }

    @Test
    @Tag("row-121")
    void sendRequest_withoutAnAnswer_throws() {
        try (SimulatedBackend backend = server(request -> Reply.json(400, "{\"error\":\"no\"}"));
                LLMService service =
                        service(backend.uri()).apiType(ApiType.OLLAMA_CHAT).build()) {
            assertThatThrownBy(() -> service.sendRequest("q")).isInstanceOf(InferenceException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OLLAMA_CHAT", "OPENAI"})
    @Tag("row-122")
    void chat_sendsTheSystemTextAsASystemMessage(ApiType type) {
        try (SimulatedBackend backend = server(request -> whole(type, "ok"));
                LLMService service = service(backend.uri()).apiType(type).build()) {
            service.chat("hello", "other", "be kind");

            Map<String, ?> body = body(backend.requests().get(0));
            assertThat(body.get("model")).isEqualTo("other");
            assertThat(body.get("messages"))
                    .isEqualTo(List.of(
                            Map.of("role", "system", "content", "be kind"),
                            Map.of("role", "user", "content", "hello")));
        }
    }

    @Test
    @Tag("row-123")
    void checkConnection_tellsModelsProxyAndClosedPort() {
        try (SimulatedBackend backend = server(OllamaFace.of(SimulatedModel.of("m", 4096)));
                LLMService service = service(backend.uri()).build()) {
            ConnectionReport report = service.checkConnection();
            assertThat(report)
                    .isEqualTo(new ConnectionReport(true, 200, backend.uri().toString(), List.of("m"), List.of()));
            assertThat(report.text()).isEqualTo("Connected to " + backend.uri() + ". Models: m");
        }
        try (SimulatedBackend backend = server(request -> Reply.json(403, "{}"));
                LLMService service =
                        service(backend.uri()).apiKey(Secret.of(KEY)).build()) {
            ConnectionReport report = service.checkConnection();
            assertThat(report.ok()).isFalse();
            assertThat(report.text())
                    .isEqualTo("Cannot use " + backend.uri() + ": HTTP 403\nIt refuses us: a proxy may stand between"
                            + " (see HTTP_PROXY and NO_PROXY), or the key may not do this (see LLM_API_KEY).");
        }
        try (ClosedPort port = ClosedPort.open();
                LLMService service = service(port.uri()).build()) {
            ConnectionReport report = service.checkConnection();
            assertThat(report.status()).isZero();
            assertThat(report.text())
                    .isEqualTo("Cannot use " + port.uri() + ": no answer\nNothing takes connections at " + port.uri()
                            + ". Is Ollama running? (to start it: ollama serve)");
        }
    }

    @Test
    @Tag("row-123")
    void checkConnection_ofAnythingButOllama_asksAsOpenAiDoes() {
        Map<String, Reply> paths = Map.of("/v1/models", Reply.json("{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}"));
        try (SimulatedBackend backend = server(request -> paths.getOrDefault(request.path(), Reply.json(404, "{}")));
                LLMService service = service(URI.create(backend.uri() + "/v1")).build()) {
            assertThat(service.checkConnection().models()).containsExactly("a", "b");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_ofOllama_tellsEveryPath_asDataAndText() {
        try (SimulatedBackend backend = server(OllamaFace.of(SimulatedModel.of("m", 4096)));
                LLMService service = service(backend.uri()).build()) {
            DiagnosticReport report = service.diagnose();

            assertThat(report.apiType()).isEqualTo("ollama-chat");
            assertThat(report.probes())
                    .extracting(probe -> probe.method() + " " + probe.path() + " " + probe.status())
                    .containsExactly(
                            "GET / 404",
                            "GET /api/tags 200",
                            "GET /api/version 200",
                            "GET /health 404",
                            "GET /props 404",
                            "GET /v1/models 404",
                            "POST /api/generate 404",
                            "POST /api/chat 404",
                            "POST /v1/chat/completions 404");
            assertThat(report.probe("/api/chat").orElseThrow().hint()).isEmpty();
            assertThat(report.probe("/props").orElseThrow().hint()).startsWith("No such path");
            Map<String, ?> json = JsonValues.parseObject(report.toJson());
            assertThat(json.get("address")).isEqualTo(backend.uri().toString());
            assertThat((List<?>) json.get("probes"))
                    .hasSize(9)
                    .element(1)
                    .isEqualTo(Map.of(
                            "method",
                            "GET",
                            "path",
                            "/api/tags",
                            "status",
                            200L,
                            "answer",
                            report.probe("/api/tags").orElseThrow().answer(),
                            "hint",
                            ""));
            assertThat(report.text())
                    .startsWith(backend.uri() + ": speaks ollama-chat\n  GET /: 404\n  GET /api/tags: 200\n")
                    .contains("\n  GET /api/version: 200\n  GET /health: 404\n");
            assertThat(report.isUsable()).isTrue();
            assertThat(report.advice()).isEmpty();
            assertThat(backend.requests())
                    .filteredOn(request -> request.method().equals("POST"))
                    .extracting(SeenRequest::bodyText)
                    .containsOnly("{}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {KEY, "just.a.word.of.mine"})
    @Tag("row-124")
    void diagnose_masksSecrets(String key) {
        try (SimulatedBackend backend = server(request -> Reply.json(401, "{\"error\":\"wrong key " + key + "\"}"));
                LLMService service =
                        service(backend.uri()).apiKey(Secret.of(key)).build()) {
            DiagnosticReport report = service.diagnose();

            assertThat(backend.requests())
                    .allSatisfy(request ->
                            assertThat(request.header("authorization")).contains("Bearer " + key));
            assertThat(report.probes()).allSatisfy(probe -> {
                assertThat(probe.answer()).contains("***");
                assertThat(probe.hint()).startsWith("It does not take the key that it is sent");
            });
            assertThat(report.toJson() + report.text() + report + service).doesNotContain(key);
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_ofAServerThatSaysNothing_endsInFiveSeconds() throws Exception {
        VirtualTime time = VirtualTime.create();
        Gate never = Gate.create();
        try (SimulatedBackend backend = server(request -> Reply.json("{}").heldBy(never));
                Airframe slow = Airframe.builder()
                        .scheduler(time)
                        .ticker(time)
                        .clock(time.clock())
                        .build();
                LLMService service = LLMService.builder()
                        .airframe(slow)
                        .baseUrl(backend.uri())
                        .build()) {
            CompletableFuture<DiagnosticReport> report = CompletableFuture.supplyAsync(service::diagnose);
            never.awaitArrivals(9, SOON);
            time.advance(Duration.ofSeconds(5));

            assertThat(report.get(20, TimeUnit.SECONDS).probes())
                    .hasSize(9)
                    .allSatisfy(probe -> assertThat(probe.answer()).startsWith("TIMEOUT"));
        }
    }

    @Test
    @Tag("row-127")
    void busThread_isFree_whileTheServerIsBusy() throws Exception {
        Gate busy = Gate.create();
        try (SimulatedBackend backend =
                        server(request -> whole(ApiType.OLLAMA_CHAT, "done").heldBy(busy));
                EventBus bus = EventBus.create();
                LLMService service =
                        service(backend.uri()).apiType(ApiType.OLLAMA_CHAT).build()) {
            record Ping(int number) implements BusEvent {}
            CompletableFuture<ResponseGenerated> answered = bus.waitFor(ResponseGenerated.class);
            service.start(bus);
            bus.publish(new SpeechDetected("q", "c"));
            busy.awaitArrivals(1, SOON);
            CompletableFuture<Ping> ping = bus.waitFor(Ping.class);
            bus.publish(new Ping(1));

            assertThat(ping.get(20, TimeUnit.SECONDS)).isEqualTo(new Ping(1));
            assertThat(answered).isNotDone();
            busy.open();
            assertThat(answered.get(20, TimeUnit.SECONDS).response()).isEqualTo("done");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"OLLAMA_CHAT", "OLLAMA_GENERATE", "OPENAI"})
    @Tag("row-129")
    void streamResponse_givesPiecesBeforeTheEnd(ApiType type) {
        Gate rest = Gate.create();
        try (SimulatedBackend backend = server(request -> Reply.stream(contentType(type))
                        .part(piece(type, "one "))
                        .await(rest)
                        .part(piece(type, "two") + end(type)));
                LLMService service = service(backend.uri()).apiType(type).build();
                EventCursor<String> pieces = service.streamResponse("q").open()) {
            assertThat(pieces.next()).isEqualTo("one ");
            rest.open();
            assertThat(pieces.next()).isEqualTo("two");
            assertThat(pieces.hasNext()).isFalse();
        }
    }

    @Test
    @Tag("row-77")
    void apiTypeAuto_isFoundOutOnce() {
        try (SimulatedBackend backend = server(request -> switch (request.path()) {
                    case "/v1/models" -> Reply.json("{\"object\":\"list\",\"data\":[]}");
                    case "/v1/chat/completions" -> whole(ApiType.OPENAI, "found");
                    default -> Reply.json(404, "{}");
                });
                LLMService service = service(backend.uri()).build()) {
            assertThat(backend.requests()).isEmpty();
            assertThat(service.sendRequest("a")).isEqualTo("found");
            assertThat(service.sendRequest("b")).isEqualTo("found");

            assertThat(backend.requests())
                    .filteredOn(each -> each.path().equals("/v1/models"))
                    .hasSize(1);
        }
    }

    @Test
    @Tag("row-131")
    void modelThatIsNotThere_isReplacedByTheFallback() {
        try (SimulatedBackend backend = server(OllamaFace.of(SimulatedModel.of("there", 4096)));
                LLMService service = service(backend.uri())
                        .apiType(ApiType.OLLAMA_CHAT)
                        .fallbackModels(List.of("missing", "there"))
                        .build()) {
            assertThat(service.sendRequest("say hello")).isNotEmpty();
            assertThat(backend.requests())
                    .extracting(request -> (Object) body(request).get("model"))
                    .containsExactly("m", "missing", "there");
        }
    }

    @Test
    @Tag("row-133")
    void tenParallelCalls_reachTheServerThreeAtATime() {
        List<Gate> gates = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            gates.add(Gate.create());
        }
        try (SimulatedBackend backend =
                        server(request -> whole(ApiType.OPENAI, "x").heldBy(gates.get(request.index())));
                LLMService service =
                        service(backend.uri()).apiType(ApiType.OPENAI).build()) {
            List<CompletableFuture<String>> answers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                answers.add(service.generateAsync("q" + i));
            }
            for (int done = 0; done < 10; done++) {
                int there = Math.min(10, done + 3);
                backend.awaitRequests(there, SOON);
                assertThat(backend.requests()).hasSize(there);
                gates.get(done).open();
            }
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo("x"));
        }
    }
}
