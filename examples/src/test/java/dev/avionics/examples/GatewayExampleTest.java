package dev.avionics.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.Avionics;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayResponse;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.SimulatedModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class GatewayExampleTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final SimulatedBackend backend = SimulatedBackend.start(Scenario.create()
            .otherwise(OpenAiFace.of(SimulatedModel.of("m", 8192), "k").ofAnyModel()));

    @AfterEach
    void close() {
        backend.close();
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private AvionicsSettings settings() {
        return settings(backend);
    }

    private static AvionicsSettings settings(SimulatedBackend of) {
        return AvionicsSettings.builder()
                .environment(Map.of(
                        "LLM_PROVIDER", "openai",
                        "OPENAI_BASE_URL", of.uri() + "/v1",
                        "OPENAI_API_KEY", "k",
                        "OPENAI_MODEL", "gpt-4"))
                .build();
    }

    @Test
    @Tag("row-141")
    void whole_printsTheAnswerAndWhatItTook() {
        GatewayExample.whole(settings(), out);

        assertThat(printed()).startsWith("You asked: Review this").containsPattern("\\d+ tokens, free, by openai");
    }

    @Test
    @Tag("row-148")
    void stream_printsTheTotalOnce() {
        try (LLMGateway gateway = LLMGateway.builder(settings()).build()) {
            GatewayExample.stream(gateway, out);

            assertThat(printed()).startsWith("You asked: Tell me a story.").containsOnlyOnce(" tokens)");
            assertThat(printed().strip()).endsWith(gateway.stats().totalTokens() + " tokens)");
        }
    }

    @Test
    void fallback_takesTheCallOfABackendThatIsOverloaded() {
        Reply busy = Reply.json(529, "{\"error\": {\"message\": \"try later\", \"type\": \"overloaded_error\"}}");
        try (SimulatedBackend down = SimulatedBackend.start(Scenario.create().otherwise(request -> busy));
                SimulatedBackend local = SimulatedBackend.start(
                        Scenario.create().otherwise(OllamaFace.of(SimulatedModel.of("llama3.2", 8192))))) {
            AvionicsSettings settings = settings(down).toBuilder()
                    .set("ollama.base-url", local.uri().toString())
                    .set("ollama.model", "llama3.2")
                    .set("anthropic.api-key", "k")
                    .set("anthropic.base-url", down.uri().toString())
                    .set("GEMINI_API_KEY", "k")
                    .build();
            try (LLMGateway gateway = GatewayExample.withFallback(settings)) {
                GatewayResponse response = gateway.complete(GatewayRequest.of("hi"));

                assertThat(response.provider()).isEqualTo("ollama");
                assertThat(down.requests()).hasSize(2);
            }
        }
    }

    @Test
    void client_overTheGateway_isCounted() {
        try (LLMGateway gateway = LLMGateway.builder(settings()).build()) {
            assertThat(GatewayExample.client(gateway)).startsWith("You asked: Why is the sky blue?");
            GatewayExample.stats(gateway, out);

            assertThat(printed()).startsWith("1 calls for 0 USD").contains("openai-compatible: ");
        }
    }

    @Test
    void layer_boundWithGuice_seesEachCall() {
        GatewayExample.CountingLayer counting = new GatewayExample.CountingLayer();
        try (Avionics avionics = GatewayExample.withLayer(settings(), counting)) {
            avionics.gateway()
                    .complete(GatewayRequest.builder("hi").agent("planner").build());

            assertThat(counting.agents).containsExactly("planner");
        }
    }

    @Test
    void page_everyBlockOfCode_isInTheExample() throws Exception {
        assertThat(QuotedCode.blocksThatAreNotIn("gateway.md", "GatewayExample"))
                .isEmpty();
    }
}
