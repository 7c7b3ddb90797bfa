package dev.avionics.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.SimulatedModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** The examples against a server that speaks as OpenAI does. */
class ExamplesOnTheWireTest {
    private static final Function<SeenRequest, Reply> FACE =
            OpenAiFace.of(SimulatedModel.of("m", 8192), "k").ofAnyModel();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static AvionicsSettings settings(SimulatedBackend backend) {
        return AvionicsSettings.builder()
                .environment(Map.of(
                        "LLM_PROVIDER", "openai",
                        "OPENAI_BASE_URL", backend.uri() + "/v1",
                        "OPENAI_API_KEY", "k",
                        "OPENAI_MODEL", "m"))
                .build();
    }

    private static SimulatedBackend start() {
        return SimulatedBackend.start(Scenario.create().otherwise(FACE));
    }

    private static void withProvider(SimulatedBackend backend, Consumer<LLMFactory> use) {
        try (Airframe airframe = Airframe.create();
                LLMFactory factory = new LLMFactory(settings(backend), airframe)) {
            use.accept(factory);
        }
    }

    private static Map<String, ?> body(SimulatedBackend backend, int index) {
        return JsonValues.parseObject(backend.requests().get(index).bodyText());
    }

    @Test
    void embedded_withGuiceAndWithout_asksTheServer() {
        try (SimulatedBackend backend = start()) {
            assertThat(EmbedExample.withGuice(settings(backend))).startsWith("You asked: Why is the sky blue?");
            assertThat(EmbedExample.without(settings(backend))).startsWith("You asked: Why is the sky blue?");

            assertThat(backend.requests()).hasSize(2);
        }
    }

    @Test
    void agent_isAskedWithItsOwnModel() {
        try (SimulatedBackend backend = start()) {
            EmbedExample.agents(settings(backend));

            assertThat(body(backend, 0).get("model")).isEqualTo("small");
        }
    }

    @Test
    void firstAnswer_isPrintedAsItComes() {
        try (SimulatedBackend backend = start()) {
            FirstAnswer.answer(settings(backend), "Why is the sky blue?", out);

            assertThat(printed()).startsWith("You asked: Why is the sky blue?");
            assertThat(body(backend, 0).get("stream")).isEqualTo(true);
        }
    }

    @Test
    void tools_areCalledByTheModelOfTheServer() {
        try (SimulatedBackend backend = start()) {
            withProvider(
                    backend,
                    factory -> ToolsExample.converse(factory.defaultProvider(), "How warm is it in Bern?", out));

            assertThat(printed()).contains("[forecast: {\"city\":");
            assertThat(backend.requests().get(1).bodyText()).contains("\"role\":\"tool\"");
        }
    }

    @Test
    void bill_isAnObject_bySchemaOfTheServer() {
        try (SimulatedBackend backend = start()) {
            withProvider(backend, factory -> StructuredExample.read(factory.defaultProvider(), "2 tea 2.50", out));

            assertThat(printed()).contains("answers)");
            assertThat(body(backend, 0).get("response_format").toString()).contains("json_schema");
        }
    }
}
