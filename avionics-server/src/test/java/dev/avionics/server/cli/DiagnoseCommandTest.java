package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.SimulatedModel;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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

    private CliProcess.Ended diagnose(URI uri) {
        return run(Map.of("OPENAI_API_KEY", "sk-wrong-0123456789abc"), "diagnose", "--base-url", uri.toString());
    }

    @Test
    @Tag("row-124")
    void diagnose_closedPort_exits5AndAsksWhetherItRuns() {
        try (ClosedPort port = ClosedPort.open()) {
            CliProcess.Ended ended = diagnose(port.uri());

            assertThat(ended.code()).isEqualTo(5);
            assertThat(ended.out()).contains("no known API").containsIgnoringCase("running");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_403OfAProxy_exits5AndNamesTheProxy() {
        try (SimulatedBackend proxy = SimulatedBackend.start(Scenario.repeating(
                Reply.status(403).header("Content-Type", "text/html").part("<html><title>Blocked</title></html>")))) {
            CliProcess.Ended ended = diagnose(proxy.uri());

            assertThat(ended.code()).isEqualTo(5);
            assertThat(ended.out()).contains("403").containsIgnoringCase("proxy");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_ollama_exits0() {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(OllamaFace.of(MODEL)))) {
            CliProcess.Ended ended = diagnose(backend.uri());

            assertThat(ended.code()).isEqualTo(0);
            assertThat(ended.out()).contains("speaks ollama-chat");
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_llamaServer_exits0() {
        try (SimulatedBackend backend =
                SimulatedBackend.start(Scenario.create().otherwise(LlamaServerFace.of(MODEL, "")))) {
            assertThat(diagnose(backend.uri()).code()).isEqualTo(0);
        }
    }

    @Test
    @Tag("row-124")
    void diagnose_openAiWithAWrongKey_exits3AndDoesNotShowTheKey() {
        try (SimulatedBackend backend =
                SimulatedBackend.start(Scenario.create().otherwise(OpenAiFace.of(MODEL, "sk-right")))) {
            CliProcess.Ended ended = diagnose(backend.uri());

            assertThat(ended.code()).isEqualTo(3);
            assertThat(ended.out()).contains("401").containsIgnoringCase("key").doesNotContain("sk-wrong");
        }
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
