package dev.avionics.llm.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.node.NodeLoad.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers tell of their load; the files of llama-server are its own answers, with four calls on two slots. */
class LoadFormatsTest {
    private static ByteBuffer file(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(LoadFormatsTest.class.getResourceAsStream(name), name)) {
            return ByteBuffer.wrap(in.readAllBytes());
        }
    }

    private static ByteBuffer text(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void slots_ofLlamaServer_areThoseThatWork() throws IOException {
        assertThat(LoadFormats.slots(file("llama-server-slots.json"))).isEqualTo(new Reading(2, 0));
        assertThat(LoadFormats.slots(text("[{\"id\":0,\"is_processing\":false},{\"is_processing\":true}]")))
                .isEqualTo(new Reading(1, 0));
        assertThat(LoadFormats.slots(text("[]"))).isEqualTo(Reading.NONE);
    }

    @Test
    void metrics_ofLlamaServer_haveCallsThatWaitToo() throws IOException {
        assertThat(LoadFormats.metrics(file("llama-server-metrics.txt"))).isEqualTo(new Reading(2, 2));
    }

    @Test
    void metrics_ofVllm_areTheSumOfItsEngines_andTheirMeanUseOfMemory() throws IOException {
        assertThat(LoadFormats.metrics(file("vllm-metrics.txt"))).isEqualTo(new Reading(9, 2, 0.375));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "vllm:num_requests_running 3 | 3 | 0 | 0",
                "vllm:num_requests_running{model_name=\"a b} \\\" 7\"} 3 1700000000000 | 3 | 0 | 0",
                "vllm:num_requests_running 1;vllm:gpu_cache_usage_perc 0.75 | 1 | 0 | 0.75",
                "vllm:num_requests_running 1;vllm:gpu_cache_usage_perc 1.2 | 1 | 0 | 1",
                "vllm:num_requests_running 1;vllm:num_requests_waiting_by_reason{reason=\"capacity\"} 2 | 1 | 2 | 0",
                "vllm:num_requests_running 1;vllm:num_requests_waiting NaN;vllm:kv_cache_usage_perc +Inf | 1 | 0 | 0",
                "vllm:num_requests_running 1;vllm:num_requests_waiting{broken | 1 | 0 | 0",
                "llamacpp:requests_processing 2 | 2 | 0 | 0",
            })
    void metrics_inOtherForms_areRead(String lines, int running, int waiting, double kv) {
        assertThat(LoadFormats.metrics(text(lines.replace(';', '\n')))).isEqualTo(new Reading(running, waiting, kv));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>not found</html>",
                "{\"error\":\"x\"}",
                "vllm:num_requests_running",
                "vllm:num_requests_running many",
                "vllm:num_requests_running -1",
                "sglang:num_running_reqs 3",
            })
    void metrics_ofAnUnknownForm_areRefused(String body) {
        assertThatThrownBy(() -> LoadFormats.metrics(text(body)))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{}", "[1]", "[{\"id\":0}]", "[{\"is_processing\":\"yes\"}]", "[{\"is_processing\":true}"})
    void slots_ofAnUnknownForm_areRefused(String body) {
        assertThatThrownBy(() -> LoadFormats.slots(text(body)))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
    }

    private static InferenceNode.Builder node(BackendKind kind, String apiType) {
        return InferenceNode.builder(EndpointSpec.builder("n", URI.create("http://n:8000/v1"), kind)
                .apiType(apiType)
                .build());
    }

    @Test
    void source_isThatOfTheMetadata_elseOfTheKind() {
        BackendKind openAi = BackendKind.of("openai");
        assertThat(ServedLoad.Source.of(node(BackendKind.LLAMA_SERVER, "").build()))
                .isEqualTo(ServedLoad.Source.SLOTS);
        assertThat(ServedLoad.Source.of(node(openAi, "vllm").build())).isEqualTo(ServedLoad.Source.METRICS);
        assertThat(ServedLoad.Source.of(node(openAi, "").build())).isEqualTo(ServedLoad.Source.OFF);
        assertThat(ServedLoad.Source.of(
                        node(openAi, "").metadata("load", "metrics").build()))
                .isEqualTo(ServedLoad.Source.METRICS);
        assertThat(ServedLoad.Source.of(node(BackendKind.LLAMA_SERVER, "")
                        .metadata("load", "off")
                        .build()))
                .isEqualTo(ServedLoad.Source.OFF);
        assertThatThrownBy(() -> ServedLoad.Source.of(
                        node(openAi, "").metadata("load", "gpu").build()))
                .hasMessage("load: gpu (expected one of slots, metrics, off)");
    }

    @Test
    void readings_outOfRange_areRefused() {
        assertThatThrownBy(() -> new Reading(0, 0, 1.1)).hasMessage("kvUsage: 1.1 (expected: 0 to 1)");
        assertThatThrownBy(() -> new Reading(-1, 0)).hasMessage("running: -1 (expected: >= 0)");
    }
}
