package dev.avionics.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Sampling;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationOptionsTest {
    @Test
    void options_all_reachTheRequest() {
        Map<String, Object> options = new HashMap<>();
        options.put("temperature", 0);
        options.put("num_predict", 100);
        options.put("stop", List.of("a", "b"));
        options.put("top_p", 0.9);
        options.put("top_k", 40);
        options.put("min_p", "0.05");
        options.put("repeat_penalty", 1.1f);
        options.put("presence_penalty", -1);
        options.put("frequency_penalty", 2);
        options.put("seed", 7L);
        options.put("json_mode", true);
        options.put("num_ctx", "2048");
        InferenceRequest request = GenerationOptions.toRequest("hi", options);

        assertThat(request.sampling().temperature()).isZero();
        assertThat(request.sampling())
                .isEqualTo(new Sampling(0.0, 0.9, 40, 0.05, 100, List.of("a", "b"), 7L, -1.0, 2.0, (double) 1.1f));
        assertThat(request.output()).isEqualTo(OutputFormat.JSON_OBJECT);
        assertThat(request.context()).isEqualTo(2048);
        assertThat(request.messages()).hasSize(1);
        options.put("max_tokens", 1);
        assertThat(GenerationOptions.names()).containsExactlyInAnyOrderElementsOf(options.keySet());
    }

    @Test
    void options_noneOrNull_leaveEverythingToTheBackend() {
        Map<String, Object> nulls = new HashMap<>();
        GenerationOptions.names().forEach(name -> nulls.put(name, null));

        assertThat(GenerationOptions.toRequest("hi", nulls)).isEqualTo(InferenceRequest.of("hi"));
        assertThat(GenerationOptions.toRequest("hi", Map.of("json_mode", false, "num_predict", -1)))
                .isEqualTo(InferenceRequest.of("hi"));
    }

    @Test
    void option_unknown_isRefusedWithTheNearestName() {
        assertThatThrownBy(() -> GenerationOptions.toRequest("hi", Map.of("temprature", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("option temprature: no such option; did you mean temperature? (there are ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    temperature | warm | option temperature: warm (expected: a number)
                    temperature | -1   | temperature: -1.0 (expected: >= 0.0)
                    num_predict | 1.5  | option num_predict: 1.5 (expected: a whole number)
                    num_predict | -2   | option num_predict: -2 (expected: >= 0, or -1 for no limit)
                    top_k       | 9999999999 | option top_k: 9999999999 (expected: a whole number of at most 2147483647)
                    json_mode   | yes  | option json_mode: yes (expected: true or false)
                    num_ctx     | 0    | context: 0 (expected: >= 1)
                    """)
    void option_withAWrongValue_isRefused(String name, String value, String message) {
        assertThatThrownBy(() -> GenerationOptions.toRequest("hi", Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void stop_thatIsNoText_isRefused() {
        assertThatThrownBy(() -> GenerationOptions.toRequest("hi", Map.of("stop", Arrays.asList("a", null))))
                .hasMessage("option stop: null (expected: a text or a list of texts)");
    }

    @Test
    void limit_ofTheCaller_winsUnderBothItsNames() {
        Map<String, Object> merged =
                GenerationOptions.merged(Map.of("num_predict", 5, "temperature", 1), Map.of("max_tokens", 9));

        assertThat(merged).containsOnly(Map.entry("temperature", 1), Map.entry("max_tokens", 9));
    }
}
