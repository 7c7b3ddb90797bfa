package dev.avionics.airframe.openai.responses;

import static dev.avionics.airframe.openai.responses.Responses.streamed;
import static dev.avionics.airframe.openai.responses.Responses.turn;
import static dev.avionics.airframe.openai.responses.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers, whole and in events, and what is wrong with some. */
class ResponsesAnswerTest {
    private static final String DONE =
            "{\"type\":\"response.completed\",\"response\":{\"id\":\"resp_1\",\"status\":\"completed\",\"model\":\"m\"}}";

    private static VendorData own(String json) {
        return VendorData.of(Responses.LEFT, json);
    }

    private static String delta(String kind, String place, String text) {
        return "{\"type\":\"response." + kind + ".delta\"," + place + ",\"delta\":\"" + text + "\"}";
    }

    private static String item(String what, String place, String item) {
        return "{\"type\":\"response.output_item." + what + "\"," + place + "\"item\":" + item + "}";
    }

    @ParameterizedTest
    @CsvSource({
        "completed,,STOP",
        "incomplete,max_output_tokens,LENGTH",
        "incomplete,content_filter,CONTENT_FILTER",
        "incomplete,steered,OTHER",
        "incomplete,,OTHER",
        "cancelled,,CANCELLED",
        "queued,,OTHER",
        "in_progress,,OTHER",
    })
    void state_isTheFinish(String state, String reason, FinishReason finish) {
        String details = reason == null ? "null" : "{\"reason\":\"" + reason + "\"}";
        String response = "{\"id\":\"r\",\"status\":\"" + state + "\",\"incomplete_details\":" + details
                + ",\"output\":[],\"usage\":{\"input_tokens\":5,\"output_tokens\":2}}";

        assertThat(whole(response).completed().finish()).isEqualTo(finish);
        assertThat(whole(response).completed().finishRaw()).isEqualTo(state);
        if (!state.equals("queued") && !state.equals("in_progress")) {
            Decoded streamed = streamed("{\"type\":\"response." + state + "\",\"response\":" + response + "}");
            assertThat(streamed.completed()).isEqualTo(whole(response).completed());
            assertThat(streamed.completed().usage().inputTotal().value()).isEqualTo(5);
        }
    }

    @Test
    void calls_inTurns_areKeptApartByTheirPlaces() {
        Decoded answer = streamed(
                item(
                        "added",
                        "\"output_index\":0,",
                        "{\"type\":\"function_call\",\"id\":\"fc_1\","
                                + "\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"\"}"),
                item(
                        "added",
                        "\"output_index\":1,",
                        "{\"type\":\"function_call\",\"id\":\"fc_2\","
                                + "\"call_id\":\"c2\",\"name\":\"g\",\"arguments\":\"\"}"),
                delta("function_call_arguments", "\"output_index\":0", "{\\\"a\\\":"),
                delta("function_call_arguments", "\"item_id\":\"fc_2\"", "{\\\"b\\\":"),
                delta("function_call_arguments", "\"item_id\":\"fc_1\"", "1}"),
                delta("function_call_arguments", "\"output_index\":1", "2}"),
                item(
                        "done",
                        "\"output_index\":0,",
                        "{\"type\":\"function_call\",\"id\":\"fc_1\","
                                + "\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"{\\\"a\\\":1}\"}"),
                item(
                        "done",
                        "\"output_index\":1,",
                        "{\"type\":\"function_call\",\"id\":\"fc_2\","
                                + "\"call_id\":\"c2\",\"name\":\"g\",\"arguments\":\"{\\\"b\\\":2}\"}"),
                DONE);

        assertThat(answer.toolCalls())
                .containsExactly(
                        new Part.ToolCall(
                                "c1", "f", "{\"a\":1}", own("{\"type\":\"function_call\",\"id\":\"fc_1\"}"), null),
                        new Part.ToolCall(
                                "c2", "g", "{\"b\":2}", own("{\"type\":\"function_call\",\"id\":\"fc_2\"}"), null));
        assertThat(answer.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(answer.events().stream().filter(InferenceEvent.ToolCallDelta.class::isInstance))
                .hasSize(6);
    }

    @Test
    void arguments_thatComeOnlyAtTheEnd_areTold() {
        String call = "{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":";
        String done = "{\"type\":\"response.function_call_arguments.done\",\"output_index\":0,\"arguments\":\"{}\"}";

        assertThat(streamed(
                                item("added", "\"output_index\":0,", call + "\"\"}"),
                                done,
                                item("done", "\"output_index\":0,", call + "\"{}\"}"),
                                DONE)
                        .toolCalls())
                .containsExactly(new Part.ToolCall("c1", "f", "{}"));
        assertThat(streamed(item("done", "", call + "{\"a\":1}}"), DONE).toolCalls())
                .containsExactly(new Part.ToolCall("c1", "f", "{\"a\":1}"));
    }

    /** A server that tells nothing before the last event has told all in it. */
    @Test
    void items_onlyInTheLastEvent_areTold() {
        String output = "[{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"Hello\"}]},"
                + "{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"{}\"}]";
        String last =
                "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":" + output + "}}";

        Message all = Message.assistant(Part.text("Hello"), new Part.ToolCall("c1", "f", "{}"));

        assertThat(turn(streamed(last))).isEqualTo(all);
        assertThat(turn(streamed(delta("output_text", "\"output_index\":0", "Hello"), last)))
                .isEqualTo(all);
    }

    @Test
    void events_withoutPlaces_belongToTheItemOfTheirId() {
        String message =
                "{\"type\":\"message\",\"id\":\"msg_1\",\"content\":[{\"type\":\"output_text\",\"text\":\"Hi\"}]}";

        Decoded answer = streamed(
                item("added", "", "{\"type\":\"message\",\"id\":\"msg_1\",\"content\":[]}"),
                delta("output_text", "\"item_id\":\"msg_1\"", "Hi"),
                item("done", "", message),
                "{\"type\":\"response.completed\",\"response\":{\"status\":\"completed\",\"output\":[" + message
                        + "]}}");

        assertThat(turn(answer).parts())
                .containsExactly(new Part.Text("Hi", own("{\"item\":{\"id\":\"msg_1\"},\"content\":{}}"), null));
    }

    @Test
    void refusal_isToldApartAndIsAFilteredAnswer() {
        String message = "{\"type\":\"message\",\"content\":[{\"type\":\"refusal\",\"refusal\":\"I cannot.\"}]}";
        Decoded whole = whole("{\"status\":\"completed\",\"output\":[" + message + "]}");
        Decoded streamed = streamed(
                delta("refusal", "\"output_index\":0", "I "),
                delta("refusal", "\"output_index\":0", "cannot."),
                item("done", "\"output_index\":0,", message),
                DONE);

        assertThat(turn(whole)).isEqualTo(Message.assistant(new Part.Refusal("I cannot.")));
        assertThat(turn(streamed)).isEqualTo(turn(whole));
        assertThat(whole.completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
        assertThat(streamed.completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
    }

    @Test
    void contentsOfOneMessage_areApartWithTheirAnnotations() {
        String first = "{\"type\":\"output_text\",\"text\":\"a\",\"annotations\":[{\"n\":1}]}";
        String second = "{\"type\":\"output_text\",\"text\":\"b\",\"annotations\":[]}";
        String message =
                "{\"type\":\"message\",\"id\":\"msg_1\",\"phase\":\"p\",\"content\":[" + first + "," + second + "]}";
        String head = "{\"item\":{\"id\":\"msg_1\",\"phase\":\"p\"},\"content\":";
        Message expected = Message.assistant(
                new Part.Text("a", own(head + "{\"annotations\":[{\"n\":1}]}}"), null),
                new Part.Text("b", own(head + "{\"annotations\":[]}}"), null));

        assertThat(turn(whole("{\"status\":\"completed\",\"output\":[" + message + "]}")))
                .isEqualTo(expected);
        assertThat(turn(streamed(
                        item("added", "\"output_index\":0,", message.replace(first + "," + second, "")),
                        delta("output_text", "\"output_index\":0,\"content_index\":0", "a"),
                        "{\"type\":\"response.content_part.done\",\"output_index\":0,\"content_index\":0,\"part\":"
                                + first + "}",
                        delta("output_text", "\"output_index\":0,\"content_index\":1", "b"),
                        item("done", "\"output_index\":0,", message),
                        DONE)))
                .isEqualTo(expected);
    }

    @Test
    void customCall_hasItsTextAsTheOneArgument() {
        String call =
                "{\"type\":\"custom_tool_call\",\"id\":\"ct_1\",\"call_id\":\"c1\",\"name\":\"sql\",\"input\":\"SELECT \\\"x\\\"\"}";
        Decoded whole = whole("{\"status\":\"completed\",\"output\":[" + call + "]}");

        assertThat(whole.toolCalls().get(0).arguments()).isEqualTo(java.util.Map.of("input", "SELECT \"x\""));
        assertThat(whole.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(streamed(
                                item("added", "\"output_index\":0,", call),
                                delta("custom_tool_call_input", "\"output_index\":0", "SELECT"),
                                item("done", "\"output_index\":0,", call),
                                DONE)
                        .toolCalls())
                .isEqualTo(whole.toolCalls());
    }

    @Test
    void reasoningWithoutWords_isBesideNothingElse() {
        String reasoning = "{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[],\"encrypted_content\":\"e\"}";
        String message = "{\"type\":\"message\",\"content\":[{\"type\":\"output_text\",\"text\":\"a\"}]}";

        Message turn = turn(whole(
                "{\"status\":\"completed\",\"output\":[" + String.join(",", reasoning, message, reasoning) + "]}"));

        assertThat(turn.parts())
                .containsExactly(
                        new Part.Thinking("", own(reasoning), null),
                        Part.text("a"),
                        new Part.Opaque("reasoning", own(reasoning), null));
    }

    @Test
    void idsThatAreGivenTwice_areOfTwoItems() {
        String first = "{\"type\":\"reasoning\",\"id\":\"rs\",\"encrypted_content\":\"a\"}";
        String second = "{\"type\":\"reasoning\",\"id\":\"rs\",\"encrypted_content\":\"b\"}";
        String output = "{\"status\":\"completed\",\"output\":[" + first + "," + second + "]}";
        List<Part> expected =
                List.of(new Part.Thinking("", own(first), null), new Part.Opaque("reasoning", own(second), null));

        assertThat(turn(whole(output)).parts()).isEqualTo(expected);
        assertThat(turn(streamed(
                                item("done", "\"output_index\":0,", first),
                                item("done", "\"output_index\":1,", second),
                                "{\"type\":\"response.completed\",\"response\":" + output + "}"))
                        .parts())
                .isEqualTo(expected);
    }

    /** Such an item must not be the end of all other tries. */
    @Test
    void reasoningWithoutWords_inFront_commitsNothing() {
        Decoded answer = streamed(item("done", "", "{\"type\":\"reasoning\",\"summary\":[]}"));

        assertThat(answer.events()).isNotEmpty().noneMatch(InferenceEvent::commits);
        assertThat(answer.error().category()).isEqualTo(ErrorCategory.CONNECTION);
    }

    @Test
    void itemsOfTheVendorsTools_areOpaqueAsTheyCame() {
        String search = "{ \"type\":\"web_search_call\", \"id\":\"ws_1\",\"action\":{\"q\":1.0}}";

        assertThat(turn(streamed(
                                item("added", "\"output_index\":0,", "{\"type\":\"web_search_call\",\"id\":\"ws_1\"}"),
                                "{\"type\":\"response.web_search_call.searching\",\"output_index\":0,\"item_id\":\"ws_1\"}",
                                item("done", "\"output_index\":0,", search),
                                DONE))
                        .parts())
                .containsExactly(new Part.Opaque("web_search_call", own(search), null));
    }

    /** Some events have fields that are named as a response's. */
    @Test
    void outputOfATool_isNotTheResponses() {
        Decoded answer = streamed(
                "{\"output\":[{\"stdout\":\"x\"}],\"status\":\"failed\",\"type\":\"response.shell_call_output_content.done\"}",
                DONE);

        assertThat(turn(answer).parts()).isEmpty();
        assertThat(answer.completed().finish()).isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"error\",\"code\":\"rate_limit_exceeded\",\"message\":\"Slow down\",\"param\":null}",
                "{\"type\":\"error\",\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"Slow down\"}}",
                "{\"type\":\"response.failed\",\"response\":{\"status\":\"failed\",\"error\":"
                        + "{\"code\":\"rate_limit_exceeded\",\"message\":\"Slow down\"}}}",
            })
    void error_inTheStream_failsWithItsCategory(String event) {
        Decoded answer = streamed(event);

        assertThat(answer.error().category()).isEqualTo(ErrorCategory.RATE_LIMITED);
        assertThat(answer.error().code()).contains("rate_limit_exceeded");
        assertThat(answer.error()).hasMessageContaining("Slow down");
    }

    @Test
    void failure_withoutAReason_saysSo() {
        Decoded answer = whole("{\"status\":\"failed\",\"error\":null,\"output\":[]}");

        assertThat(answer.error().category()).isEqualTo(ErrorCategory.SERVER_ERROR);
        assertThat(answer.error()).hasMessageContaining("says no reason");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"error\":{\"message\":\"no credit\",\"code\":\"insufficient_quota\"}}"})
    void error_instead_ofAnAnswer_isThatError(String body) {
        assertThat(whole(body).error().category()).isEqualTo(ErrorCategory.QUOTA_EXHAUSTED);
        assertThat(streamed(body.replace("{\"error\"", "{\"type\":\"error\",\"error\""))
                        .error()
                        .category())
                .isEqualTo(ErrorCategory.QUOTA_EXHAUSTED);
    }

    @Test
    void json_thatIsNoResponse_isAnError() {
        assertThat(whole("{\"a\":1}").error()).hasMessageContaining("holds no response");
        assertThat(whole("[1]").error().category()).isEqualTo(ErrorCategory.PARSE);
    }

    @Test
    void stream_withoutItsLastEvent_isCut() {
        Decoded answer = streamed(delta("output_text", "\"output_index\":0", "Hel"));

        assertThat(answer.text()).isEqualTo("Hel");
        assertThat(answer.error().category()).isEqualTo(ErrorCategory.CONNECTION);
        assertThat(answer.error().code()).contains("cut");
    }

    /** A server that leaves streaming aside. */
    @Test
    void wholeBody_instead_ofAStream_isRead() {
        String body = "{\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":\"Hi\"}]}";

        for (String type : List.of("application/json", "text/event-stream")) {
            Decoded answer = Dialogue.of(Responses.exchange("m", Responses.request(Message.user("q"))))
                    .answer(200, type, body)
                    .decoded();
            assertThat(answer.text()).as(type).isEqualTo("Hi");
            assertThat(answer.completed().finish()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void events_thatNobodyKnows_arePassedOver() {
        Decoded answer = streamed(
                "{\"type\":\"response.of.the.future\",\"delta\":{\"x\":1},\"output_index\":9}",
                delta("output_text", "\"output_index\":0", "Hi"),
                DONE);

        assertThat(turn(answer)).isEqualTo(Message.assistant("Hi"));
        assertThat(answer.completed().responseId()).isEqualTo("resp_1");
    }
}
