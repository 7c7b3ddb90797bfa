package dev.avionics.airframe.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.wire.Decoded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerReaderTest {
    private static final InferenceRequest STREAMED = InferenceRequest.of("Hi");
    private static final InferenceRequest WHOLE =
            STREAMED.toBuilder().stream(false).build();

    private static Decoded streamed(String... lines) {
        return Given.asked(Given.LOCAL, STREAMED)
                .answer(200, "application/x-ndjson", String.join("\n", lines))
                .decoded();
    }

    private static Decoded whole(String body) {
        return Given.asked(Given.LOCAL, WHOLE)
                .answer(200, "application/json; charset=utf-8", body)
                .decoded();
    }

    @Test
    void answer_whole_andStreamed_areTheSame() {
        String line = "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"Hello\",\"thinking\":\"hm\","
                + "\"tool_calls\":[{\"function\":{\"name\":\"t\",\"arguments\":{\"a\":1}}}]},"
                + "\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":5,\"eval_count\":7}";

        InferenceResult result = whole(line).result(Given.LOCAL);

        assertThat(result.thinking()).isEqualTo("hm");
        assertThat(result.text()).isEqualTo("Hello");
        assertThat(result.toolCalls()).extracting(Part.ToolCall::argumentsJson).containsExactly("{\"a\":1}");
        assertThat(result.finish()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(result.finishRaw()).isEqualTo("stop");
        assertThat(result.model()).isEqualTo("m");
        assertThat(result.usage().inputTotal()).isEqualTo(TokenCount.known(5));
        assertThat(result.usage().outputTotal()).isEqualTo(TokenCount.known(7));
        assertThat(streamed(line).joined()).isEqualTo(whole(line).joined());
    }

    @Test
    void answer_wholeThatSaysNothingOfItsEnd_isComplete() {
        Decoded decoded = whole("{\"message\":{\"content\":\"Hello\"}}");

        assertThat(decoded.text()).isEqualTo("Hello");
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.STOP);
        assertThat(decoded.completed().usage().isPresent()).isFalse();
    }

    @Test
    void answer_linesThatWereNotAskedFor_areReadAsLines() {
        Decoded decoded = Given.asked(Given.LOCAL, WHOLE)
                .answer(
                        200,
                        "application/x-ndjson",
                        "{\"message\":{\"content\":\"a\"},\"done\":false}\n{\"message\":{\"content\":\"b\"},\"done\":true}\n")
                .decoded();

        assertThat(decoded.text()).isEqualTo("ab");
    }

    @Test
    void answer_streamedUnderAnotherType_isReadAsLines() {
        Decoded decoded = Given.asked(Given.LOCAL, STREAMED)
                .answer(
                        200,
                        "application/json",
                        "{\"response\":\"a\",\"done\":false}\r\n\r\n{\"response\":\"b\",\"done\":true}")
                .decoded();

        assertThat(decoded.text()).isEqualTo("ab");
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void answer_cutBeforeTheEnd_fails() {
        Decoded decoded = streamed("{\"message\":{\"content\":\"a\"},\"done\":false}");

        assertThat(decoded.text()).isEqualTo("a");
        assertThat(decoded.error().category()).isEqualTo(ErrorCategory.CONNECTION);
    }

    @Test
    void answer_linesAfterTheEnd_areNotRead() {
        Decoded decoded = streamed("{\"response\":\"a\",\"done\":true}", "{\"response\":\"b\",\"done\":true}");

        assertThat(decoded.text()).isEqualTo("a");
        assertThat(decoded.events().stream().filter(InferenceEvent.Completed.class::isInstance))
                .hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"stop, STOP", "length, LENGTH", "load, OTHER", "unload, OTHER", "-, STOP", "'', STOP"})
    void finish_byItsReason(String reason, FinishReason finish) {
        String said = reason == null ? "" : ",\"done_reason\":\"" + reason + "\"";

        assertThat(streamed("{\"response\":\"a\",\"done\":true" + said + "}")
                        .completed()
                        .finish())
                .isEqualTo(finish);
    }

    @Test
    void toolCalls_oneAfterTheOther_keepOrderAndGetIds() {
        String first =
                "{\"message\":{\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"a\",\"arguments\":{}}},"
                        + "{\"function\":{\"name\":\"a\",\"arguments\":{}}}]},\"done\":false}";
        String second = "{\"message\":{\"content\":\"\",\"tool_calls\":[{\"id\":\"call_x\",\"function\":"
                + "{\"index\":0,\"name\":\"b\",\"arguments\":\"{\\\"k\\\":2}\"}}]},\"done\":false}";

        Decoded decoded = streamed(first, second, "{\"done\":true,\"done_reason\":\"stop\"}");

        assertThat(decoded.toolCalls()).extracting(Part.ToolCall::name).containsExactly("a", "a", "b");
        assertThat(decoded.toolCalls())
                .extracting(Part.ToolCall::argumentsJson)
                .containsExactly("{}", "{}", "{\"k\":2}");
        assertThat(decoded.toolCalls())
                .extracting(Part.ToolCall::id)
                .doesNotHaveDuplicates()
                .contains("call_x")
                .allMatch(id -> id.startsWith("call_"));
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void usage_promptFromTheCache_staysAbsent() {
        Decoded decoded = streamed("{\"response\":\"a\",\"done\":true,\"eval_count\":3}");

        assertThat(decoded.completed().usage().inputTotal().isPresent()).isFalse();
        assertThat(decoded.completed().usage().outputTotal()).isEqualTo(TokenCount.known(3));
    }

    @Test
    void error_insideTheAnswer_failsAfterWhatCame() {
        Decoded decoded = streamed(
                "{\"message\":{\"content\":\"a\"},\"done\":false}", "{\"error\":\"an error was encountered: boom\"}");

        assertThat(decoded.text()).isEqualTo("a");
        assertThat(decoded.error().category()).isEqualTo(ErrorCategory.SERVER_ERROR);
        assertThat(decoded.error()).hasMessageContaining("boom");
    }

    @Test
    void error_asTheFirstLine_hasItsCategory() {
        assertThat(streamed("{\"error\":\"model 'x' not found\"}").error().category())
                .isEqualTo(ErrorCategory.MODEL_NOT_FOUND);
        assertThat(streamed("{\"error\":\"server busy, please try again.  maximum pending requests exceeded\"}")
                        .error()
                        .category())
                .isEqualTo(ErrorCategory.OVERLOADED);
        assertThat(streamed("{\"error\":\"boom\",\"status\":400}").error().category())
                .isEqualTo(ErrorCategory.INVALID_REQUEST);
        assertThat(whole("{\"error\":{\"message\":\"the input length exceeds the context length\"}}")
                        .error()
                        .category())
                .isEqualTo(ErrorCategory.CONTEXT_LENGTH);
    }

    @Test
    void error_thatIsEmpty_isNone() {
        assertThat(streamed("{\"error\":null,\"response\":\"a\",\"done\":true}").text())
                .isEqualTo("a");
        assertThat(streamed("{\"error\":\"\",\"response\":\"a\",\"done\":true}").text())
                .isEqualTo("a");
    }

    @Test
    void answer_thatIsNoJson_fails() {
        assertThat(streamed("<html>login</html>").error().category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(streamed("[1]", "").error().category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(whole("").error().category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(streamed("{\"response\":\"a\",,}", "{\"done\":true}").error().category())
                .isEqualTo(ErrorCategory.PARSE);
    }

    @Test
    void thinkTags_whenAskedFor_areTakenApart() {
        String[] lines = {
            "{\"message\":{\"content\":\"<thi\"},\"done\":false}",
            "{\"message\":{\"content\":\"nk>a</th\"},\"done\":false}",
            "{\"message\":{\"content\":\"ink>b\"},\"done\":true}"
        };
        Decoded apart = Given.asked(Given.with("think_tags", "split"), STREAMED)
                .answer(200, "application/x-ndjson", String.join("\n", lines))
                .decoded();
        InferenceRequest thinking = STREAMED.toBuilder()
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.LOW))
                .build();
        Decoded asked = Given.asked(Given.LOCAL, thinking)
                .answer(200, "application/x-ndjson", String.join("\n", lines))
                .decoded();

        assertThat(apart.thinking()).isEqualTo("a");
        assertThat(apart.text()).isEqualTo("b");
        assertThat(asked.thinking()).isEqualTo("a");
        assertThat(streamed(lines).text()).isEqualTo("<think>a</think>b");
        assertThat(Given.asked(Given.with("think_tags", "keep"), thinking)
                        .answer(200, "application/x-ndjson", String.join("\n", lines))
                        .decoded()
                        .text())
                .isEqualTo("<think>a</think>b");
    }
}
