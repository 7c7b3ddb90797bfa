package dev.avionics.airframe.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.ollama.endpoint.Settings;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.wire.Dialogue;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OllamaTest {
    private static Dialogue<List<ModelInfo>> models() {
        return Dialogue.of(Given.OLLAMA.models(Dialogue.scope(Given.LOCAL, "")));
    }

    @Test
    void protocol_isFound() {
        assertThat(ServiceLoader.load(WireProtocol.class).stream().map(ServiceLoader.Provider::get))
                .filteredOn(protocol -> protocol.kind().equals(BackendKind.OLLAMA))
                .hasOnlyElementsOfType(Ollama.class)
                .hasSize(1);
    }

    @Test
    void clocks_ofTheMachine_andOfTheHostedService() {
        assertThat(Given.OLLAMA.timeouts(Given.LOCAL, "m")).isEqualTo(Timeouts.LOCAL);
        assertThat(Given.OLLAMA.timeouts(Given.endpoint("https://ollama.com"), "m"))
                .isEqualTo(Timeouts.HOSTED);
    }

    @Test
    void capabilities_sayWhatNoModelCan() {
        Capabilities can = Given.OLLAMA.capabilities(Given.LOCAL, "m");

        assertThat(can.of(Feature.FORCED_TOOL)).isEqualTo(Support.NO);
        assertThat(can.of(Feature.IMAGE_URLS)).isEqualTo(Support.NO);
        assertThat(can.of(Feature.DOCUMENTS)).isEqualTo(Support.NO);
        assertThat(can.of(Feature.IMAGES)).isEqualTo(Support.UNKNOWN);
        assertThat(can.of(Feature.JSON_SCHEMA)).isEqualTo(Support.YES);
        assertThat(can.of(Feature.EMBEDDINGS)).isEqualTo(Support.YES);
    }

    @Test
    void key_isSentWhereThereIsOne() {
        HttpCall call = HttpCall.get(new Settings(Given.LOCAL).url("/tags"));

        assertThat(Given.OLLAMA.authorize(call, Given.LOCAL, Credential.NONE).headers())
                .doesNotContainKey("authorization");
        assertThat(Given.OLLAMA
                        .authorize(call, Given.LOCAL, Credential.key(Secret.of("abc")))
                        .headers())
                .containsEntry("authorization", "Bearer abc");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | {\"version\":\"0.12.6\"} | HEALTHY | Ollama 0.12.6",
                "200 | <html>login</html> | DEGRADED | something answers, but it does not seem to be Ollama",
                "200 | {\"status\":\"ok\"} | DEGRADED | something answers, but it does not seem to be Ollama",
                "403 | {\"error\":\"no\"} | DEGRADED | GET version answered 403",
                "404 | 404 page not found | DEGRADED | GET version answered 404",
                "503 | busy | UNHEALTHY | GET version answered 503",
                "500 | boom | UNHEALTHY | GET version answered 500"
            })
    void health_byVersion(int status, String body, HealthState.Status expected, String detail) {
        Dialogue<HealthState> dialogue = Dialogue.of(Given.OLLAMA.health(Dialogue.scope(Given.LOCAL, "m")));

        HealthState state = dialogue.answer(status, "application/json", body).value();

        assertThat(state).isEqualTo(new HealthState(expected, Dialogue.NOW, detail));
        assertThat(dialogue.sent())
                .extracting(HttpCall::toString)
                .singleElement()
                .asString()
                .startsWith("GET http://localhost:11434/api/version");
    }

    @Test
    void models_asTagged_withDetails() {
        Dialogue<List<ModelInfo>> dialogue = models();

        List<ModelInfo> models = dialogue.answer(
                        200,
                        "application/json",
                        "{\"models\":[{\"name\":\"qwen3:latest\",\"model\":\"qwen3:latest\",\"modified_at\":\"2026-01-01\","
                                + "\"size\":523,\"digest\":\"ab\",\"details\":{\"parent_model\":\"\",\"family\":\"qwen3\","
                                + "\"families\":[\"qwen3\"],\"parameter_size\":\"8.2B\",\"quantization_level\":\"Q4_K_M\","
                                + "\"context_length\":40960},\"capabilities\":[\"completion\",\"tools\"]},"
                                + "{\"model\":\"old:7b\"},{\"size\":1}]}")
                .value();

        assertThat(dialogue.sent().get(0).uri()).hasPath("/api/tags");
        assertThat(models)
                .containsExactly(
                        new ModelInfo(
                                "qwen3:latest",
                                null,
                                40960,
                                Map.of(
                                        "family", "qwen3",
                                        "parameter_size", "8.2B",
                                        "quantization_level", "Q4_K_M",
                                        "size", "523",
                                        "digest", "ab",
                                        "modified_at", "2026-01-01",
                                        "capabilities", "completion,tools")),
                        ModelInfo.of("old:7b"));
    }

    @Test
    void models_noneOnTheMachine_isAnEmptyList() {
        assertThat(models().answer(200, "application/json", "{\"models\":[]}").value())
                .isEmpty();
        assertThat(models().answer(200, "application/json", "{\"models\":null}").value())
                .isEmpty();
    }

    @Test
    void models_answersThatAreNoList_areToldApart() {
        assertThatThrownBy(() -> models().answer(200, "text/html", "<html>login</html>"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
        assertThatThrownBy(() -> models().answer(200, "application/json", "{\"data\":[]}"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
        assertThat(models().answer(500, "application/json", "{\"error\":\"boom\"}")
                        .failure()
                        .why())
                .hasMessageContaining("500")
                .hasMessageContaining("boom");
    }

    @Test
    void show_tellsTheWindow() {
        Dialogue<ModelInfo> dialogue = Dialogue.of(Given.OLLAMA.show(Dialogue.scope(Given.LOCAL, "qwen3")));

        ModelInfo model = dialogue.answer(
                        200,
                        "application/json",
                        "{\"license\":\"x\",\"details\":{\"family\":\"qwen3\"},\"model_info\":{\"general.architecture\":\"qwen3\","
                                + "\"qwen3.context_length\":40960,\"qwen3.embedding_length\":4096,\"tokenizer.ggml.tokens\":null},"
                                + "\"capabilities\":[\"completion\",\"thinking\"]}")
                .value();

        assertThat(dialogue.sent().get(0).uri()).hasPath("/api/show");
        assertThat(Dialogue.json(dialogue.sent().get(0))).isEqualTo(Map.of("model", "qwen3"));
        assertThat(model.id()).isEqualTo("qwen3");
        assertThat(model.contextWindow()).isEqualTo(40960);
        assertThat(model.details())
                .containsEntry("capabilities", "completion,thinking")
                .containsEntry("embedding_length", "4096")
                .containsEntry("architecture", "qwen3")
                .containsEntry("family", "qwen3");
    }

    @Test
    void show_ofAModelThatIsMissing_saysHowToFetchIt() {
        assertThat(Dialogue.of(Given.OLLAMA.show(Dialogue.scope(Given.LOCAL, "x")))
                        .answer(404, "application/json", "{\"error\":\"model 'x' not found\"}")
                        .failure()
                        .why())
                .hasMessageContaining("ollama pull x");
    }
}
