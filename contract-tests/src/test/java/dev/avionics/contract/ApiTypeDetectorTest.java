package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.llm.check.ApiTypeDetector;
import dev.avionics.llm.check.ApiTypeDetector.Detection;
import dev.avionics.llm.settings.ApiType;
import dev.avionics.llm.settings.SettingsException;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ApiTypeDetectorTest {
    private static final String KEY = "sk-test-0123456789";
    private static final SimulatedModel MODEL = SimulatedModel.of("m", 4096);
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Airframe airframe = Airframe.create();
    private final ApiTypeDetector detector = new ApiTypeDetector(airframe);

    @AfterEach
    void close() {
        airframe.close();
    }

    private static EndpointSpec endpoint(URI uri) {
        return EndpointSpec.builder("any", uri, BackendKind.OPENAI_CHAT)
                .credentials(CredentialSource.key(Secret.of(KEY)))
                .build();
    }

    private static SimulatedBackend server(Function<SeenRequest, Reply> face) {
        return SimulatedBackend.start(Scenario.create().otherwise(face));
    }

    /** A server that has some paths only, written {@code METHOD /path} with the status and body that each gives. */
    private static SimulatedBackend server(Map<String, Reply> paths, int otherwise) {
        return server(request -> paths.getOrDefault(
                request.method() + " " + request.path(), Reply.json(otherwise, "{\"detail\":\"nothing\"}")));
    }

    private Detection detect(SimulatedBackend backend) {
        return detector.detect(endpoint(backend.uri())).join();
    }

    private InferenceException refusal(URI uri) {
        Throwable thrown = catchThrowable(() -> detector.detect(endpoint(uri)).join());
        assertThat(thrown.getCause()).isInstanceOf(InferenceException.class);
        return (InferenceException) thrown.getCause();
    }

    @Test
    @Tag("row-77")
    void threeServers_areTold_withoutATokenSpent() {
        try (SimulatedBackend ollama = server(OllamaFace.of(MODEL));
                SimulatedBackend openAi = server(OpenAiFace.of(MODEL, KEY));
                SimulatedBackend llama = server(request -> request.path().equals("/props")
                        ? Reply.json("{\"default_generation_settings\":{\"n_ctx\":4096},\"total_slots\":1}")
                        : LlamaServerFace.of(MODEL, KEY).apply(request))) {
            assertThat(detect(ollama).type()).isEqualTo(ApiType.OLLAMA_CHAT);
            assertThat(detect(openAi)).isEqualTo(new Detection(ApiType.OPENAI, "GET /v1/models: 200"));
            assertThat(detect(llama)).isEqualTo(new Detection(ApiType.NATIVE, "GET /props: 200"));
            assertThat(ollama.requests())
                    .filteredOn(request -> request.method().equals("POST"))
                    .extracting(SeenRequest::bodyText)
                    .containsExactly("{}");
        }
    }

    @ParameterizedTest
    @CsvSource({"/api/chat, OLLAMA_CHAT, 1", "/api/generate, OLLAMA_GENERATE, 2", "/v1/chat/completions, OPENAI, 3"})
    @Tag("row-77")
    void serverWithoutGets_isToldByTheFirstPostThatIsThere(String path, ApiType type, int posts) {
        Map<String, Reply> paths = Map.of("POST " + path, Reply.json(400, "{\"error\":\"model is required\"}"));
        try (SimulatedBackend backend = server(paths, 404)) {
            assertThat(detect(backend)).isEqualTo(new Detection(type, "POST " + path + ": 400"));
            assertThat(backend.requests())
                    .filteredOn(request -> request.method().equals("POST"))
                    .hasSize(posts);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /props|503|{\"error\":{\"message\":\"Loading model\",\"code\":503}}|GET /props: 503",
                "GET /v1/models|200|{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"owned_by\":\"llamacpp\"}]}|GET /v1/models: 200"
            })
    void llamaServer_thatLoadsOrHidesItsProps_isNative(String path, int status, String body, String reason) {
        try (SimulatedBackend backend = server(Map.of(path, Reply.json(status, body)), 404)) {
            assertThat(detect(backend)).isEqualTo(new Detection(ApiType.NATIVE, reason));
        }
    }

    @Test
    void olderOllama_withoutChat_isGenerate() {
        Map<String, Reply> paths = Map.of(
                "GET /api/version", Reply.json("{\"version\":\"0.1.1\"}"),
                "POST /api/generate", Reply.json(400, "{\"error\":\"model is required\"}"));
        try (SimulatedBackend backend = server(paths, 404)) {
            assertThat(detect(backend).type()).isEqualTo(ApiType.OLLAMA_GENERATE);
        }
    }

    @Test
    @Tag("row-77")
    void coldModel_thatNeedsTwentySeconds_isDetected() {
        VirtualTime time = VirtualTime.create();
        Gate loaded = Gate.create();
        Map<String, Reply> paths = Map.of(
                "POST /api/chat",
                Reply.json("{\"message\":{\"content\":\"\"},\"done\":true}").heldBy(loaded));
        try (SimulatedBackend backend = server(paths, 404);
                Airframe slow = Airframe.builder()
                        .scheduler(time)
                        .ticker(time)
                        .clock(time.clock())
                        .build()) {
            CompletableFuture<Detection> found = new ApiTypeDetector(slow).detect(endpoint(backend.uri()));
            loaded.awaitArrivals(1, SOON);
            time.advance(Duration.ofSeconds(20));
            assertThat(found).isNotDone();
            loaded.open();

            assertThat(found.join().type()).isEqualTo(ApiType.OLLAMA_CHAT);
        }
    }

    @Test
    void pathThatSaysNothingAtAll_countsIfNoOtherIsThere() {
        VirtualTime time = VirtualTime.create();
        Gate never = Gate.create();
        Map<String, Reply> paths = Map.of("POST /api/generate", Reply.json("{}").heldBy(never));
        try (SimulatedBackend backend = server(paths, 404);
                Airframe slow = Airframe.builder()
                        .scheduler(time)
                        .ticker(time)
                        .clock(time.clock())
                        .build()) {
            CompletableFuture<Detection> found = new ApiTypeDetector(slow).detect(endpoint(backend.uri()));
            never.awaitArrivals(1, SOON);
            time.advance(Duration.ofSeconds(61));

            assertThat(found.join())
                    .isEqualTo(new Detection(ApiType.OLLAMA_GENERATE, "POST /api/generate: no answer in time"));
        }
    }

    @Test
    void pathsThatWantAKey_whereNoneIsSent_askForIt() {
        try (SimulatedBackend backend = server(request -> Reply.json(401, "{}"))) {
            EndpointSpec keyless = EndpointSpec.builder("any", backend.uri(), BackendKind.OPENAI_CHAT)
                    .build();
            assertThatThrownBy(() -> detector.detect(keyless).join())
                    .hasMessageContaining("It wants a key: set LLM_API_KEY.");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "401, AUTHENTICATION, does not take the key",
        "403, PERMISSION, proxy",
        "404, UNSUPPORTED, No such path",
        "405, UNSUPPORTED, not for POST",
        "429, RATE_LIMITED, Too many"
    })
    @Tag("row-77")
    void refusalsOfEveryPath_areToldApart(int status, ErrorCategory category, String hint) {
        try (SimulatedBackend backend = server(Map.of(), status)) {
            InferenceException why = refusal(backend.uri());

            assertThat(why.category()).isEqualTo(category);
            assertThat(why)
                    .hasMessageContaining("POST /api/chat: " + status)
                    .hasMessageContaining(hint)
                    .hasMessageNotContaining(KEY);
        }
    }

    @Test
    void onePathBehindAKey_isTheOneThatIsThere() {
        try (SimulatedBackend backend =
                server(Map.of("POST /v1/chat/completions", Reply.json(401, "{\"error\":\"key\"}")), 404)) {
            assertThat(detect(backend)).isEqualTo(new Detection(ApiType.OPENAI, "POST /v1/chat/completions: 401"));
        }
    }

    @Test
    void pageForPeople_isNoApi() {
        try (SimulatedBackend backend = server(request -> Reply.of("text/html", "<html>Hello</html>"))) {
            assertThat(refusal(backend.uri()).category()).isEqualTo(ErrorCategory.UNSUPPORTED);
        }
    }

    @Test
    void closedPort_isToldWithoutPosts() {
        try (ClosedPort port = ClosedPort.open()) {
            assertThat(refusal(port.uri()))
                    .hasMessageContaining("Is Ollama running?")
                    .extracting(InferenceException::category)
                    .isEqualTo(ErrorCategory.CONNECTION);
        }
    }

    @Test
    @Tag("row-77")
    void result_isKeptForTheAddress_failuresAreNot() {
        try (SimulatedBackend backend =
                SimulatedBackend.start(Scenario.create().otherwise(request -> Reply.json(404, "{}")))) {
            refusal(backend.uri());
            int first = backend.requests().size();
            refusal(backend.uri());
            assertThat(backend.requests()).hasSize(2 * first);
        }
        try (SimulatedBackend backend = server(OpenAiFace.of(MODEL, KEY))) {
            detect(backend);
            int first = backend.requests().size();
            detect(backend);
            assertThat(backend.requests()).hasSize(first);
            detector.forget(endpoint(backend.uri()));
            detect(backend);
            assertThat(backend.requests()).hasSize(2 * first);
        }
    }

    @Test
    void addresses_beyondTheBound_areForgotten_theLeastUsedFirst() {
        Reply list = Reply.json("{\"object\":\"list\",\"data\":[]}");
        try (SimulatedBackend backend = server(request ->
                request.path().endsWith("/v1/models") ? list : Reply.json(404, "{\"detail\":\"nothing\"}"))) {
            for (int i = 0; i < 256; i++) {
                detect(backend, i);
            }
            int asked = backend.requests().size();
            detect(backend, 0);
            assertThat(backend.requests()).hasSize(asked);

            detect(backend, 256);
            int more = backend.requests().size() - asked;
            detect(backend, 0);
            detect(backend, 256);
            assertThat(backend.requests()).hasSize(asked + more);

            detect(backend, 1);
            assertThat(backend.requests()).hasSize(asked + 2 * more);
        }
    }

    private void detect(SimulatedBackend backend, int path) {
        Detection found = detector.detect(endpoint(backend.uri("/" + path))).join();
        assertThat(found.type()).isEqualTo(ApiType.OPENAI);
    }

    @ParameterizedTest
    @CsvSource({
        "auto, AUTO",
        "OLLAMA-Chat, OLLAMA_CHAT",
        "ollama_generate, OLLAMA_GENERATE",
        "OpenAI, OPENAI",
        "' native ', NATIVE",
        "chat, OPENAI"
    })
    @Tag("row-78")
    void apiType_isCaseBlind(String name, ApiType type) {
        assertThat(ApiType.of(name)).isEqualTo(type);
    }

    @Test
    @Tag("row-78")
    void apiType_wrong_listsTheRightOnes() {
        assertThatThrownBy(() -> ApiType.of("olama-chat"))
                .isInstanceOf(SettingsException.class)
                .hasMessage(
                        "api type: olama-chat (expected: one of ollama-chat, ollama-generate, openai, auto, native)");
    }
}
