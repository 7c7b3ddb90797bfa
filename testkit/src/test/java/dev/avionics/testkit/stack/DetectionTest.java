package dev.avionics.testkit.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Target;
import dev.avionics.llm.check.BackendFinder;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An address of which nobody said what speaks there: it is asked, by GET, so that even a cold model tells at once. */
@Tag("row-77")
class DetectionTest {
    private static final String MODELS = "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}";
    private static final String LLAMA_MODELS = "{\"models\":[{\"name\":\"m\",\"model\":\"m\"}],\"object\":\"list\","
            + "\"data\":[{\"id\":\"m\",\"owned_by\":\"llamacpp\"}]}";
    private static Airframe airframe;

    @BeforeAll
    static void open() {
        airframe = Airframe.create();
        // The finder waits half a second in real time, which the first call of a JVM may need for itself.
        try (SimulatedBackend backend = server(Map.of("/v1/models", MODELS), 404)) {
            airframe.models(
                            new Target(
                                    EndpointSpec.builder("warm", backend.uri(), BackendKind.OPENAI_CHAT)
                                            .build(),
                                    ""),
                            airframe.newCall())
                    .join();
        }
    }

    @AfterAll
    static void close() {
        airframe.close();
    }

    static Stream<Arguments> servers() {
        return Stream.of(
                Arguments.of(
                        "ollama",
                        Map.of(
                                "/api/version", "{\"version\":\"0.12.6\"}",
                                "/api/tags", "{\"models\":[{\"name\":\"m:latest\",\"model\":\"m:latest\"}]}",
                                "/v1/models", MODELS),
                        ProviderId.OLLAMA),
                Arguments.of(
                        "llama-server, which lists its models in Ollama's way too",
                        Map.of(
                                "/health", "{\"status\":\"ok\"}",
                                "/api/tags", LLAMA_MODELS,
                                "/v1/models", LLAMA_MODELS),
                        ProviderId.LLAMASERVER),
                Arguments.of(
                        "vllm, which has a path for health",
                        Map.of("/health", "", "/v1/models", MODELS),
                        ProviderId.OPENAI_COMPATIBLE),
                Arguments.of("openai", Map.of("/v1/models", MODELS), ProviderId.OPENAI_COMPATIBLE));
    }

    private static SimulatedBackend server(Map<String, String> paths, int otherwise) {
        return SimulatedBackend.start(Scenario.create().otherwise(request -> reply(paths, request, otherwise)));
    }

    private static Reply reply(Map<String, String> paths, SeenRequest request, int otherwise) {
        String body = paths.get(request.path());
        return request.method().equals("GET") && body != null
                ? Reply.json(body)
                : Reply.json(otherwise, Chat.error("none", "nothing here"));
    }

    private static BackendFinder.Choice find(String address) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LLM_BASE_URL", address);
        environment.put("LLM_DEFAULT_MODEL", "m");
        return new BackendFinder(
                        AvionicsSettings.builder().environment(environment).build(), airframe)
                .find()
                .join();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("servers")
    void server_isKnownByItsPaths_withoutAnyGeneration(String name, Map<String, String> paths, ProviderId expected) {
        try (SimulatedBackend backend = server(paths, 404)) {
            assertThat(find(backend.uri().toString()).settings().provider())
                    .as(name)
                    .isEqualTo(expected);
            assertThat(backend.requests()).extracting(SeenRequest::method).containsOnly("GET");
        }
    }

    @Test
    void server_thatIsNone_isToldByItsStatus() {
        for (int status : new int[] {401, 404, 405}) {
            try (SimulatedBackend backend = server(Map.of(), status)) {
                CompletionException thrown = catchThrowableOfType(
                        CompletionException.class, () -> find(backend.uri().toString()));
                assertThat(thrown.getCause())
                        .hasMessageStartingWith("no backend found: ")
                        .hasMessageContaining(String.valueOf(status));
            }
        }
    }
}
