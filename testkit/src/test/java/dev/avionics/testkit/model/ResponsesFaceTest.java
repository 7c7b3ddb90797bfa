package dev.avionics.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.json.JsonValues;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What OpenAI would not take, the face does not take. */
class ResponsesFaceTest {
    private static final String USER = "{\"role\":\"user\",\"content\":\"Hi\"}";
    private static final String CALL =
            "{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"{}\"}";
    private static final String RESULT = "{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"sunny\"}";

    private static SimulatedModel.Question read(String fields) {
        return ResponsesRequest.read(JsonValues.parseObject("{\"model\":\"m\"," + fields + "}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"stream\":true                                                  | Missing required parameter: 'input'",
                "\"input\":\"Hi\",\"stop\":[\"a\"]                                    | Unknown parameter: 'stop'",
                "\"input\":\"Hi\",\"seed\":1                                        | Unknown parameter: 'seed'",
                "\"input\":\"Hi\",\"messages\":[]                                   | Unknown parameter: 'messages'",
                "\"input\":\"Hi\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]"
                        + " | Missing required parameter: 'tools[0].name'",
                "\"input\":\"Hi\",\"tool_choice\":{\"type\":\"function\",\"name\":\"f\"}    | Tool choice 'f' not found",
                "\"input\":\"Hi\",\"reasoning\":{\"effort\":\"much\"}                     | Invalid value: 'much'",
                "\"input\":\"Hi\",\"text\":{\"format\":{\"type\":\"json_schema\"}}          | 'text.format.name'",
                "\"input\":\"Hi\",\"text\":{\"format\":{\"json_schema\":{}}}              | Unknown parameter: 'json_schema'",
                "\"input\":[{\"role\":\"tool\",\"content\":\"a\"}]                        | Invalid value: 'tool'",
                "\"input\":[{\"role\":\"user\",\"content\":[]}]                         | 'input[0].content'",
                "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}] | Invalid value: 'text'",
                "\"input\":[{\"role\":\"assistant\",\"content\":[{\"type\":\"input_text\",\"text\":\"a\"}]}]"
                        + " | not supported for assistant",
                "\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"output_text\",\"text\":\"a\"}]}]"
                        + " | not supported for user",
                "\"input\":[{\"role\":\"user\",\"name\":\"n\",\"content\":\"a\"}]             | Unknown parameter: 'name'",
                "\"input\":[{\"type\":\"reasoning\",\"id\":\"rs_1\"}]                     | 'input[0].summary'",
                "\"input\":[{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[]}]        | Items are not persisted",
                "\"input\":[{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[],\"encrypted_content\":\"x\"}]"
                        + " | could not be verified",
                "\"input\":[{\"type\":\"function_call\",\"id\":\"fc_of_rs_1\",\"call_id\":\"c\",\"name\":\"f\","
                        + "\"arguments\":\"{}\"}] | without its required 'reasoning' item: 'rs_1'",
                "\"input\":[{\"type\":\"function_call\",\"id\":\"c\",\"name\":\"f\",\"arguments\":\"{}\"}] | call_id",
            })
    void request_thatOpenAiRefuses_isRefused(String fields, String words) {
        assertThatThrownBy(() -> read(fields))
                .isInstanceOf(RefusedRequest.class)
                .hasMessageContaining(words);
    }

    @Test
    void callsAndResults_belongTogether() {
        assertThatCode(() -> read("\"input\":[" + USER + "," + CALL + "," + RESULT + "]"))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> read("\"input\":[" + USER + "," + CALL + "]"))
                .hasMessageContaining("No tool output found for function call c1");
        assertThatThrownBy(() -> read("\"input\":[" + USER + "," + RESULT + "]"))
                .hasMessageContaining("No tool call found for function call output with call_id c1");
    }

    @Test
    void question_holdsInstructionsTurnsAndOptions() {
        SimulatedModel.Question question = read("\"instructions\":\"Be brief\",\"input\":[" + USER + "," + CALL + ","
                + RESULT + "],\"max_output_tokens\":7,\"temperature\":0.5,\"reasoning\":{\"effort\":\"low\"}");

        assertThat(question.turns())
                .extracting(SimulatedModel.Turn::role)
                .containsExactly("system", "user", "assistant", "tool");
        assertThat(question.thinks()).isTrue();
        assertThat(question.maxTokens()).isEqualTo(7L);
        assertThat(question.temperature()).isEqualTo(0.5);
    }
}
