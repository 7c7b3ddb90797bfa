package dev.avionics.airframe.openai.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.ThinkingOptions.Effort;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.CapabilityCheck;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.openai.OpenAiChat;
import dev.avionics.airframe.openai.dialect.Dialect.Switch;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.ModelTraits;
import dev.avionics.airframe.wire.Dialogue;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How dialects are found and put together; one of them, acme, comes from a file of the tests alone. */
class DialectsTest {
    private static final ModelTraits TRAITS = ModelTraits.of("""
            {"rules": [{"models": "small", "at": ["acme"], "traits": {"stop": "false", "most_stops": "1"}}]}""");

    private final OpenAiChat protocol = new OpenAiChat();

    private static EndpointSpec endpoint(String url, String apiType, String... metadata) {
        EndpointSpec.Builder builder = EndpointSpec.builder("test", URI.create(url), BackendKind.OPENAI_CHAT)
                .apiType(apiType);
        for (int i = 0; i < metadata.length; i += 2) {
            builder.metadata(metadata[i], metadata[i + 1]);
        }
        return builder.build();
    }

    private static Dialect dialect(EndpointSpec endpoint, String model) {
        return Dialects.of(endpoint, model, TRAITS);
    }

    @Test
    void dialect_ofOneFileMore_isSpoken() {
        EndpointSpec acme = endpoint("https://llm.acme.example/v1", "");
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .tool(ToolSpec.of("clock", "Tells the time"))
                .toolChoice(ToolChoice.REQUIRED)
                .sampling(Sampling.builder().maxTokens(5).seed(7L).build())
                .build();

        var dialogue = Dialogue.of(protocol.inference(Dialogue.scope(acme, "m"), request));

        assertThat(Dialogue.json(dialogue.sent().get(0))).isEqualTo(JsonValues.parseObject("""
                {"model": "m", "messages": [{"role": "user", "content": "Hi"}],
                 "tools": [{"type": "function", "function": {"name": "clock", "description": "Tells the time",
                   "parameters": {"type": "object", "properties": {}}}}],
                 "tool_choice": "must", "max_output_tokens": 5, "stream": true,
                 "stream_options": {"include_usage": true}}"""));
        InferenceException resting = dialogue.answer(418, "application/json", "{\"error\":\"It is resting\"}")
                .failure()
                .why();
        assertThat(resting.category()).isEqualTo(ErrorCategory.OVERLOADED);
    }

    @Test
    void dialect_ofOneFileMore_canWhatTheFileSays() {
        EndpointSpec acme = endpoint("https://llm.acme.example/v1", "");
        InferenceRequest picture = InferenceRequest.builder()
                .message(Message.user(Part.image("image/png", "AAAA")))
                .build();

        assertThat(CapabilityCheck.refuse(protocol.capabilities(acme, "m"), picture, new Target(acme, "m")))
                .hasMessageContaining("does not take images");
        EmbeddingWire embeddings = protocol.embeddings().orElseThrow();
        assertThat(embeddings.maxBatch(acme, "m")).isEqualTo(3);
        assertThat(Dialogue.json(embeddings
                        .embed(
                                Dialogue.scope(acme, "m"),
                                new EmbeddingRequest(List.of("x"), null, EmbeddingRequest.Purpose.DOCUMENT, Map.of()))
                        .first()
                        .call()))
                .containsEntry("task", "store");
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com/v1, '', openai",
        "https://api.openai.com/v1, openai, openai",
        "https://API.Groq.com/openai/v1, auto, groq",
        "https://eu.api.mistral.ai/v1, '', mistral",
        "https://notmistral.ai/v1, '', generic",
        "https://api.openai.com.example.org/v1, '', generic",
        "http://localhost:8000/v1, '', generic",
        "http://localhost:8000/v1, VLLM, vllm",
        "http://localhost:8000/v1, acme-cloud, acme",
        "http://localhost:8000/v1, nim, nvidia-nim",
    })
    void dialect_isThatOfTheNameOrTheHost(String url, String apiType, String expected) {
        assertThat(dialect(endpoint(url, apiType), "m").name()).isEqualTo(expected);
    }

    @Test
    void dialect_nobodyKnows_namesThoseThatThereAre() {
        assertThatThrownBy(() -> dialect(endpoint("http://localhost:1", "", "dialect", "acne"), "m"))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("dialect acne (expected one of [acme, azure,");
    }

    @Test
    void switches_comeFromGenericDialectModelAndEndpoint_theLastWins() {
        EndpointSpec plain = endpoint("http://localhost:1", "acme");
        EndpointSpec own = endpoint("http://localhost:1", "acme", "most_stops", "9");

        assertThat(dialect(plain, "large").text(Switch.TOP_K_FIELD)).isEqualTo("top_k");
        assertThat(dialect(plain, "large").text(Switch.MAX_TOKENS_FIELD)).isEqualTo("max_output_tokens");
        assertThat(dialect(plain, "large").is(Switch.STOP)).isTrue();
        assertThat(dialect(plain, "small").is(Switch.STOP)).isFalse();
        assertThat(dialect(plain, "small").number(Switch.MOST_STOPS, 0)).isEqualTo(1);
        assertThat(dialect(own, "small").number(Switch.MOST_STOPS, 0)).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"x\",\"switches\":{\"max_token_field\":\"m\"}} | switch max_token_field: no such switch",
                "{\"name\":\"x\",\"switches\":{\"names\":\"no\"}} | dialect x: names: no (expected: true or false)",
                "{\"name\":\"x\",\"host\":\"a\"} | dialect x: host (expected one of [name, aliases, hosts,",
                "{\"hosts\":[\"a\"]} | a dialect has no name",
                "{\"name\":\"x\",\"no\":[\"PICTURES\"]} | PICTURES",
                "{\"name\":\"x\" | JSON",
            })
    void file_malformed_isRefusedByItsName(String dialect, String words, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("d.json"), "{\"dialects\":[" + dialect + "]}");

        assertThatThrownBy(() -> DialectFile.read(file.toUri().toURL(), new ArrayList<>()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("d.json: ")
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource({
        "HIGH, '', high",
        "MINIMAL, 'low,medium,high', low",
        "XHIGH, 'none,high', high",
        "LOW, 'none,high', high",
        "NONE, 'none,default', none",
        "NONE, 'low,high', low",
        "HIGH, 'none,default', default",
        "MEDIUM, 'low,high', low",
    })
    void effort_nobodyKnows_isTheNearest(Effort wanted, String known, String expected) {
        assertThat(Efforts.nearest(wanted, known)).isEqualTo(expected);
    }
}
