package dev.avionics.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.MockReply;
import dev.avionics.llm.tool.ToolLoop;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ToolsExampleTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void converse_modelCallsATool_printsWhatHappens() {
        try (MockProvider provider = MockProvider.builder()
                .reply(MockReply.toolCall("1", "forecast", "{\"city\":\"Bern\",\"unit\":\"CELSIUS\"}"))
                .reply("It is 21 °C.")
                .reply("Quite.")
                .build()) {
            ToolsExample.converse(provider, "How warm is it in Bern?", out);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .startsWith(
                        "[forecast: {\"city\":\"Bern\",\"degrees\":21.0,\"unit\":\"CELSIUS\"}]",
                        "It is 21 °C.",
                        "Quite.");
    }

    @Test
    void more_tools_run() {
        try (MockProvider provider = MockProvider.builder()
                        .reply(MockReply.toolCall("1", "distance", "{\"from\":\"Bern\",\"to\":\"Basel\"}"))
                        .reply(MockReply.toolCall("2", "note", "{\"text\":\"95 km\"}"))
                        .reply("ok")
                        .build();
                ToolLoop loop =
                        ToolLoop.builder(provider).tools(ToolsExample.more()).build()) {
            assertThat(loop.run(InferenceRequest.of("How far?")).messages().toString())
                    .contains("text=95,")
                    .contains("kept: 95 km");
        }
    }

    @Test
    void giveUp_modelThatNeverEnds_tellsWhereItStood() {
        try (MockProvider provider = MockProvider.builder()
                        .otherwise(request -> MockReply.toolCall("1", "walk", "{}"))
                        .build();
                ToolLoop loop = ToolLoop.builder(provider).maxRounds(2).build()) {
            ToolsExample.giveUp(loop, out);
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).startsWith("REJECTED in round 2, 3 messages kept");
    }

    @Test
    void page_everyBlockOfCode_isInTheExample() throws Exception {
        assertThat(QuotedCode.blocksThatAreNotIn("tools.md", "ToolsExample")).isEmpty();
    }
}
