package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.SimulatedModel;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person is told of a backend that works, and of those that do not. */
class DiagnoseCommandTest {
    private static final SimulatedModel MODEL = SimulatedModel.of("m", 4096);

    @TempDir
    private Path folder;

    private CliProcess.Ended run(Map<String, String> environment, String... arguments) {
        return CliProcess.run(folder, environment, "", arguments);
    }

    private CliProcess.Ended diagnose(URI uri, String... more) {
        List<String> arguments = new ArrayList<>(List.of("diagnose", uri.toString()));
        arguments.addAll(List.of(more));
        return run(Map.of("OPENAI_API_KEY", "sk-wrong-0123456789abc"), arguments.toArray(String[]::new));
    }

    private static SimulatedBackend server(Function<SeenRequest, Reply> face) {
        return SimulatedBackend.start(Scenario.create().otherwise(face));
    }

    @Test
    @Tag("row-124")
    void diagnose_closedPort_exits5AndAsksWhetherItRuns() {
        try (ClosedPort port = ClosedPort.open()) {
            CliProcess.Ended ended = diagnose(port.uri());

            assertThat(ended.code()).isEqualTo(5);
            assertThat(ended.out().lines())
                    .containsExactly(
                            port.uri() + ": no known API",
                            "  Nothing takes connections at " + port.uri()
                                    + ". Is Ollama running? (to start it: ollama serve)",
                            "  Every path: CONNECTION: connection refused at " + port.uri()
                                    + ": is the server running?");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_403OfAProxy_exits5AndNamesTheProxy() {
        try (SimulatedBackend proxy = server(seen ->
                Reply.status(403).header("Content-Type", "text/html").part("<html><title>Blocked</title></html>"))) {
            CliProcess.Ended ended = diagnose(proxy.uri());

            assertThat(ended.code()).isEqualTo(5);
            assertThat(ended.out().lines())
                    .containsExactly(
                            proxy.uri() + ": no known API",
                            "  It refuses us: a proxy may stand between (see HTTP_PROXY and NO_PROXY), or the key may not"
                                    + " do this (see LLM_API_KEY).",
                            "  Every path: 403");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_pageForPeople_exits5AndAsksForTheAddress() {
        try (SimulatedBackend portal = server(seen -> Reply.of("text/html", "<html>Welcome</html>"))) {
            CliProcess.Ended ended = diagnose(portal.uri());

            assertThat(ended.code()).isEqualTo(5);
            assertThat(ended.out()).contains("no API that is known here: is the address right");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_ollama_exits0_andComplainsOfNothing() {
        try (SimulatedBackend backend = server(OllamaFace.of(MODEL))) {
            CliProcess.Ended ended = diagnose(backend.uri());

            assertThat(ended.code()).isEqualTo(0);
            assertThat(ended.out().lines())
                    .startsWith(backend.uri() + ": speaks ollama-chat")
                    .contains("  GET /api/tags: 200", "  GET /props: 404")
                    .noneMatch(line -> line.contains("No such path"));
            assertThat(ended.complaints()).isEmpty();
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_llamaServer_exits0() {
        try (SimulatedBackend backend = server(LlamaServerFace.of(MODEL, ""))) {
            CliProcess.Ended ended = diagnose(backend.uri());

            assertThat(ended.code()).isEqualTo(0);
            assertThat(ended.out()).startsWith(backend.uri() + ": speaks native\n  GET /: ");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_llamaServerWithAnotherKey_exits3() {
        try (SimulatedBackend backend = server(LlamaServerFace.of(MODEL, "right"))) {
            CliProcess.Ended ended = diagnose(backend.uri());

            assertThat(ended.code()).isEqualTo(3);
            assertThat(ended.out()).contains("It does not take the key that it is sent");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_openAiWithAWrongKey_exits3AndDoesNotShowTheKey() {
        try (SimulatedBackend backend = server(OpenAiFace.of(MODEL, "sk-right"))) {
            CliProcess.Ended ended = diagnose(backend.uri());

            assertThat(ended.code()).isEqualTo(3);
            assertThat(ended.out())
                    .contains("It does not take the key that it is sent: is it right, and meant for this address?")
                    .endsWith("  Every path: 401\n")
                    .doesNotContain("sk-wrong");
            assertThat(ended.err())
                    .contains("check the key: set OPENAI_API_KEY")
                    .doesNotContain("sk-wrong");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_json_isTheReport() {
        try (SimulatedBackend backend = server(OllamaFace.of(MODEL))) {
            assertThat(JsonValues.parseObject(diagnose(backend.uri(), "--json").out()))
                    .containsEntry("api_type", "ollama-chat")
                    .containsEntry("address", backend.uri().toString());
        }
    }

    @Test
    void diagnose_twoAddresses_areRefused() {
        CliProcess.Ended ended = diagnose(URI.create("http://127.0.0.1:1"), "--base-url", "http://127.0.0.1:2");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("(expected: one address)");
    }

    @Test
    @Tag("row-77")
    void detect_tellsWhatAnAddressSpeaks() {
        try (SimulatedBackend ollama = SimulatedBackend.start(Scenario.create().otherwise(OllamaFace.of(MODEL)));
                ClosedPort port = ClosedPort.open()) {
            CliProcess.Ended here = run(
                    Map.of(
                            "OLLAMA_BASE_URL", ollama.uri().toString(),
                            "LLAMASERVER_BASE_URL", port.uri().toString()),
                    "detect",
                    "--json");
            assertThat(here.code()).isEqualTo(0);
            List<?> lines = (List<?>) JsonValues.parse(here.out());
            assertThat(((Map<?, ?>) lines.get(0)).get("apiType")).isEqualTo("ollama-chat");
            assertThat(((Map<?, ?>) lines.get(1)).get("apiType")).isNull();

            CliProcess.Ended nothing =
                    run(Map.of(), "detect", "--base-url", port.uri().toString());
            assertThat(nothing.code()).isEqualTo(5);
            assertThat(nothing.out()).contains("nothing found");
        }
    }
}
