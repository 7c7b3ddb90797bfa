package dev.avionics.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.SimulatedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example on two simulated nodes. */
class NodesExampleTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final SimulatedBackend large = node();
    private final SimulatedBackend small = node();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        large.close();
        small.close();
    }

    private static SimulatedBackend node() {
        return SimulatedBackend.start(
                Scenario.create().otherwise(LlamaServerFace.of(SimulatedModel.of("m", 8192), "")));
    }

    private static List<SeenRequest> answered(SimulatedBackend node) {
        return node.requests().stream()
                .filter(request -> request.path().equals("/completion"))
                .toList();
    }

    @Test
    void plan_withTheFileOfTheDocumentation_asksEachAgentAtItsNode() throws IOException {
        String yaml = QuotedCode.block("configuration.md", "yaml", "nodes:")
                .replace("http://gpu1:8080", large.uri().toString())
                .replace("http://gpu2:8080", small.uri().toString());
        Path file = Files.writeString(folder.resolve("avionics.yaml"), yaml);

        NodesExample.plan(AvionicsSettings.builder().file(file).build(), "Plan the day.", out);

        assertThat(answered(large)).hasSize(1);
        assertThat(answered(large).get(0).bodyText()).contains("Plan the day.");
        assertThat(JsonValues.parseObject(answered(large).get(0).bodyText())).containsEntry("temperature", 0.1);
        assertThat(answered(small)).hasSize(1);
        assertThat(answered(small).get(0).bodyText()).contains("Is this plan any good?", "Plan the day.");
        assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("You asked: Is this plan any good?");
    }

    @Test
    void inTheProgram_aNodeThatIsMarked_losesItsCallsToTheOther() {
        AvionicsSettings settings =
                AvionicsSettings.builder().set("deployment.mode", "distributed").build();

        assertThat(NodesExample.inTheProgram(settings, large.uri(), small.uri(), out))
                .startsWith("You asked: Plan the day.");
        assertThat(answered(large)).isEmpty();
        assertThat(answered(small)).hasSize(1);
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).hasSize(2);
    }

    @Test
    void page_everyBlockOfCode_isInTheExample() throws IOException {
        assertThat(QuotedCode.blocksThatAreNotIn("routing.md", "NodesExample")).isEmpty();
    }
}
