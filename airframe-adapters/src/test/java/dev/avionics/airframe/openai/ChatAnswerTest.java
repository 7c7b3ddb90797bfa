package dev.avionics.airframe.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The habits of servers that the recorded answers do not all show, and answers that are errors. */
class ChatAnswerTest {
    private static final EndpointSpec ENDPOINT = EndpointSpec.builder(
                    "test", URI.create("http://localhost:1"), BackendKind.OPENAI_CHAT)
            .build();

    private static Dialogue<InferenceResult> dialogue(boolean stream, EndpointSpec endpoint) {
        InferenceRequest request = InferenceRequest.builder().message(Message.user("q")).stream(stream)
                .build();
        return Dialogue.of(new OpenAiChat().inference(Dialogue.scope(endpoint, "m"), request));
    }

    private static Decoded stream(String... payloads) {
        StringBuilder body = new StringBuilder();
        for (String payload : payloads) {
            body.append("data: ").append(payload).append("\n\n");
        }
        return dialogue(true, ENDPOINT)
                .answer(200, "text/event-stream", body.toString())
                .decoded();
    }

    private static Decoded whole(String body) {
        return dialogue(false, ENDPOINT).answer(200, "application/json", body).decoded();
    }

    private static String delta(String fields) {
        return "{\"choices\":[{\"index\":0,\"delta\":{" + fields + "}}]}";
    }

    private static String finish(String reason) {
        return "{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" + reason + "\"}]}";
    }

    @ParameterizedTest
    @CsvSource({
        "stop,STOP",
        "end,STOP",
        "eos,STOP",
        "stop_sequence,STOP",
        "length,LENGTH",
        "max_tokens,LENGTH",
        "model_length,LENGTH",
        "tool_calls,TOOL_CALLS",
        "function_call,TOOL_CALLS",
        "content_filter,CONTENT_FILTER",
        "error,ERROR",
        "insufficient_system_resource,ERROR",
        "surprise,OTHER"
    })
    void finish_ofEveryWord_isMapped(String word, FinishReason expected) {
        Decoded decoded = stream(delta("\"content\":\"a\""), finish(word), "[DONE]");

        assertThat(decoded.completed().finish()).isEqualTo(expected);
        assertThat(decoded.completed().finishRaw()).isEqualTo(word);
    }

    @Test
    void finish_withErrorAndNoContent_fails() {
        assertThat(stream(finish("error"), "[DONE]").error().category()).isEqualTo(ErrorCategory.SERVER_ERROR);
    }

    @Test
    void stop_withCalls_isToolCalls() {
        Decoded decoded = stream(
                delta("\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}]"),
                finish("stop"));

        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(decoded.toolCalls()).containsExactly(new Part.ToolCall("a", "f", "{}"));
    }

    @Test
    void stream_cutBeforeFinish_failsAfterItsText() {
        Decoded decoded = stream(delta("\"content\":\"a\""));

        assertThat(decoded.text()).isEqualTo("a");
        assertThat(decoded.error().category()).isEqualTo(ErrorCategory.CONNECTION);
    }

    @Test
    void stream_withEndMarkAndNoFinish_isComplete() {
        assertThat(stream(delta("\"content\":\"a\""), "[DONE]").completed().finish())
                .isEqualTo(FinishReason.STOP);
    }

    @Test
    void deltas_nullEmptyAndForeignChoices_doNoHarm() {
        Decoded decoded = stream(
                "{\"choices\":[],\"prompt_filter_results\":[]}",
                "{\"choices\":[{\"index\":0,\"delta\":null}]}",
                delta("\"role\":\"\",\"content\":null"),
                "{\"choices\":[{\"delta\":{\"content\":\"other\"},\"index\":1}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"a\"},\"index\":0}]}",
                "{\"choices\":[{\"delta\":{\"content\":\"b\"}}]}",
                "{\"choices\":null}",
                finish("stop"));

        assertThat(decoded.text()).isEqualTo("ab");
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"reasoning_content\":\"t\"",
                "\"reasoning\":\"t\"",
                "\"reasoning_text\":\"t\"",
                "\"reasoning\":\"t\",\"reasoning_content\":\"t\"",
                "\"reasoning_content\":\"\",\"reasoning\":\"t\"",
                "\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"t\"}]",
                "\"reasoning\":\"t\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"t\"}]",
                "\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"t\"}]}]",
                "\"content\":[{\"type\":\"thinking\",\"thinking\":\"t\"}]"
            })
    void thinking_inEveryForm_isReadOnce(String fields) {
        Decoded piecewise = stream(delta(fields), delta("\"content\":\"a\""), finish("stop"));
        Decoded whole = whole("{\"choices\":[{\"message\":{" + fields + "},\"finish_reason\":\"stop\"}]}");

        assertThat(piecewise.thinking()).isEqualTo("t");
        assertThat(piecewise.text()).isEqualTo("a");
        assertThat(whole.thinking()).isEqualTo("t");
    }

    @Test
    void thinkTags_whenThinkingWasAskedFor_areSplit() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("q"))
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.LOW))
                .build();
        Decoded decoded = Dialogue.of(new OpenAiChat().inference(Dialogue.scope(ENDPOINT, "m"), request))
                .answer(
                        200,
                        "text/event-stream",
                        "data: " + delta("\"content\":\"<thi\"") + "\n\ndata: " + delta("\"content\":\"nk>a</th\"")
                                + "\n\ndata: " + delta("\"content\":\"ink>b\"") + "\n\ndata: " + finish("stop")
                                + "\n\n")
                .decoded();

        assertThat(decoded.thinking()).isEqualTo("a");
        assertThat(decoded.text()).isEqualTo("b");
    }

    @ParameterizedTest
    @CsvSource({"split,a,b", "keep,'',<think>a</think>b"})
    void thinkTags_asTheEndpointSays(String word, String thinking, String text) {
        EndpointSpec endpoint =
                ENDPOINT.toBuilder().metadata("think_tags", word).build();
        Decoded decoded = dialogue(true, endpoint)
                .answer(
                        200,
                        "text/event-stream",
                        "data: " + delta("\"content\":\"<think>a</think>b\"") + "\n\ndata: " + finish("stop") + "\n\n")
                .decoded();

        assertThat(decoded.thinking()).isEqualTo(thinking);
        assertThat(decoded.text()).isEqualTo(text);
    }

    @Test
    void reasoningDetails_inPieces_arePutTogetherForTheirVendor() {
        Decoded decoded = stream(
                delta(
                        "\"reasoning\":\"a\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"a\",\"index\":0}]"),
                delta(
                        "\"reasoning\":\"b\",\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"b\",\"index\":0}]"),
                delta("\"reasoning_details\":[{\"type\":\"reasoning.text\",\"signature\":\"s\",\"index\":0}]"),
                delta("\"reasoning_details\":[{\"type\":\"reasoning.encrypted\",\"data\" : \"x\",\"index\":1}]"),
                finish("stop"));

        Part.Thinking thinking =
                decoded.result(ENDPOINT).message().only(Part.Thinking.class).get(0);
        assertThat(thinking.text()).isEqualTo("ab");
        assertThat(thinking.vendor().of("localhost"))
                .hasValue("{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"ab\",\"index\":0,"
                        + "\"signature\":\"s\"},{\"type\":\"reasoning.encrypted\",\"data\" : \"x\",\"index\":1}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"choices\":[{\"index\":0,\"delta\":{},\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}}]}",
                "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"prompt_tokens_details\":null}}",
                "{\"x_groq\":{\"id\":\"1\",\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3}},\"choices\":[]}"
            })
    void usage_inEveryPlace_overwritesWhatWasTold(String frame) {
        Decoded decoded = stream(
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}],"
                        + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":1}}",
                finish("stop"),
                frame,
                "{\"choices\":[],\"usage\":null}",
                "[DONE]");

        assertThat(decoded.completed().usage().inputTotal().value()).isEqualTo(7);
        assertThat(decoded.completed().usage().outputTotal().value()).isEqualTo(3);
    }

    @Test
    void toolCalls_inOldAndLooseForms_areRead() {
        Decoded legacy = stream(
                delta("\"function_call\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\"\"}"),
                delta("\"function_call\":{\"arguments\":\":1}\"}"),
                finish("function_call"));
        Decoded objects = whole("{\"choices\":[{\"message\":{\"tool_calls\":["
                + "{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}},"
                + "{\"function\":{\"name\":\"f\",\"arguments\":null}}]},\"finish_reason\":\"tool_calls\"}]}");

        assertThat(legacy.toolCalls()).hasSize(1);
        assertThat(legacy.toolCalls().get(0).argumentsJson()).isEqualTo("{\"a\":1}");
        assertThat(objects.toolCalls()).extracting(Part.ToolCall::argumentsJson).containsExactly("{\"a\":1}", "{}");
        assertThat(objects.toolCalls().get(0).id())
                .isNotEqualTo(objects.toolCalls().get(1).id());
    }

    @Test
    void toolCall_extraContent_isKeptByteExact() {
        Decoded decoded = stream(
                delta("\"tool_calls\":[{\"id\":\"a\",\"extra_content\":{\"google\": {\"thought_signature\":\"x=\"}},"
                        + "\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}]"),
                finish("tool_calls"));

        assertThat(decoded.toolCalls().get(0).vendor().of("localhost"))
                .hasValue("{\"extra_content\":{\"google\": {\"thought_signature\":\"x=\"}}}");
    }

    @Test
    void refusal_isItsOwnPartAndAFilter() {
        Decoded decoded = stream(delta("\"refusal\":\"No.\""), finish("stop"));

        assertThat(decoded.events()).contains(new InferenceEvent.RefusalDelta("No."));
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"boom\",\"type\":\"server_error\"}}",
                "{\"error\":\"boom\"}",
                "[{\"error\":{\"message\":\"boom\",\"code\":500}}]",
                "{\"error\":{\"message\":\"boom\",\"code\":502},\"choices\":[{\"index\":0,\"delta\":{},"
                        + "\"finish_reason\":\"error\"}]}",
                "{\"object\":\"error\",\"message\":\"boom\",\"code\":500}"
            })
    void error_insideAnAnswer_endsIt(String frame) {
        Decoded piecewise = stream(delta("\"content\":\"a\""), frame, delta("\"content\":\"b\""), "[DONE]");
        Decoded whole = whole(frame);
        Decoded wholeOnStream =
                dialogue(true, ENDPOINT).answer(200, "application/json", frame).decoded();

        assertThat(piecewise.text()).isEqualTo("a");
        for (Decoded decoded : new Decoded[] {piecewise, whole, wholeOnStream}) {
            assertThat(decoded.error().getMessage()).contains("boom");
            assertThat(decoded.error().category()).isEqualTo(ErrorCategory.SERVER_ERROR);
        }
    }

    @Test
    void wholeAnswer_onAStream_isTheSameAnswer() {
        String body = "{\"id\":\"i\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,"
                + "\"message\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}";

        String json = dialogue(true, ENDPOINT)
                .answer(200, "application/json", body)
                .decoded()
                .joined();
        String unnamed = dialogue(true, ENDPOINT)
                .answer(200, "text/plain", body)
                .decoded()
                .joined();

        assertThat(json).isEqualTo(whole(body).joined()).contains("text=a");
        assertThat(unnamed).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void htmlPage_with200_isUnreadable(boolean stream) {
        Decoded decoded = dialogue(stream, ENDPOINT)
                .answer(200, "text/html", "<!DOCTYPE html><html>login</html>")
                .decoded();

        assertThat(decoded.error().category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(decoded.error().getMessage()).contains("HTML");
    }

    @Test
    void wholeAnswer_withoutChoices_isNoAnswer() {
        assertThat(whole("{\"id\":\"x\",\"choices\":[]}").error().getMessage()).contains("no choices");
        assertThat(whole("{\"detail\":\"gone wrong\"}").error().getMessage()).contains("gone wrong");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"error\":{\"message\":\"Unsupported parameter: 'max_tokens' is not supported with this model. Use"
                        + " 'max_completion_tokens' instead.\",\"param\":\"max_tokens\",\"code\":\"unsupported_parameter\"}}"
                        + "|no max_tokens",
                "422|{\"detail\":[{\"type\":\"extra_forbidden\",\"loc\":[\"body\",\"stream_options\"],"
                        + "\"msg\":\"Extra inputs are not permitted\"}]}|no stream_options",
                "400|{\"message\":\"Unknown field: stream_options\"}|no stream_options",
                "400|{\"error\":{\"message\":\"Unsupported value: 'temperature' does not support 0.1\","
                        + "\"param\":\"temperature\",\"code\":\"unsupported_value\"}}|no temperature",
                "400|{\"error\":{\"message\":\"Unsupported value: 'messages[0].role' does not support 'developer' with"
                        + " this model.\",\"param\":\"messages[0].role\"}}|no developer role",
                "400|{\"error\":{\"message\":\"This response_format type is unavailable now\"}}|no json_schema",
            })
    void refusal_ofAParameter_isLearned(int status, String body, String fact) {
        Step.Fail<InferenceResult> failure = dialogue(true, ENDPOINT)
                .answer(status, "application/json", body)
                .failure();

        assertThat(failure.why().category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
        assertThat(failure.learn()).isEqualTo(Set.of(fact));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400|{\"error\":{\"message\":\"Invalid 'temperature': decimal above maximum value\",\"param\":\"temperature\"}}",
                "400|{\"error\":{\"message\":\"Unknown model, please stop asking\"}}",
                "400|{\"error\":{\"message\":\"image is not supported\",\"param\":\"messages[0].content\"}}",
                "429|{\"error\":{\"message\":\"temperature not supported\"}}",
                "500|not supported 'temperature'",
            })
    void refusal_ofAnythingElse_teachesNothing(int status, String body) {
        assertThat(dialogue(true, ENDPOINT)
                        .answer(status, "application/json", body)
                        .failure()
                        .learn())
                .isEmpty();
    }
}
