package dev.avionics.airframe.openai.responses;

import static dev.avionics.airframe.openai.responses.Responses.input;
import static dev.avionics.airframe.openai.responses.Responses.turn;
import static dev.avionics.airframe.openai.responses.Responses.whole;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import dev.avionics.airframe.wire.RecordedAnswer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the vendor said goes back to it as it came, and what is written is read as it was. */
class ResponsesRoundTripTest {
    static List<Message> turns() {
        return List.of(
                Message.assistant("Hello."),
                Message.assistant(new Part.Refusal("No.")),
                Message.assistant(new Part.ToolCall("call_1", "weather", "{\"city\":\"Rome\",\"days\":[1,2]}")),
                Message.assistant(
                        new Part.ToolCall("call_1", "weather", "{\"city\":\"Rome\"}"),
                        new Part.ToolCall("call_2", "weather", "{\"city\":\"Oslo\"}")),
                Message.assistant(Part.text("Let me look."), new Part.ToolCall("call_9", "weather", "{}")));
    }

    private static String response(Object items) {
        return "{\"status\":\"completed\",\"output\":" + JsonValues.write(items) + "}";
    }

    /** What is sent of a turn, item by item. */
    private static List<?> sent(Message turn) {
        List<?> input = input(Message.user("q"), turn);
        return input.subList(1, input.size());
    }

    @ParameterizedTest
    @MethodSource("turns")
    @Tag("row-3")
    @Tag("row-5")
    void turnOfTheModel_writtenAndRead_isTheSame(Message turn) {
        assertThat(turn(whole(response(sent(turn))))).isEqualTo(turn);
    }

    @Test
    void answer_withAllThatIsItsVendors_goesBackByteForByte() {
        List<String> items = List.of(
                "{\"id\":\"rs_1\",\"type\":\"reasoning\",\"encrypted_content\":\"gA\\u00e4==\",\"summary\":["
                        + "{\"type\":\"summary_text\",\"text\":\"First.\"},{\"type\":\"summary_text\",\"text\":\"Second.\"}]}",
                "{\"id\":\"rs_2\",\"type\":\"reasoning\",\"encrypted_content\":\"gB==\",\"summary\":[]}",
                "{\"id\":\"ws_1\",\"type\":\"web_search_call\",\"status\":\"completed\",\"score\":1.50}",
                "{\"type\":\"message\",\"role\":\"assistant\",\"id\":\"msg_1\",\"phase\":\"commentary\",\"status\":\"completed\","
                        + "\"content\":[{\"type\":\"output_text\",\"text\":\"Look:\",\"annotations\":[{\"n\":1.0}],\"logprobs\":[]}]}",
                "{\"type\":\"message\",\"role\":\"assistant\",\"id\":\"msg_2\",\"phase\":\"final_answer\",\"status\":\"completed\","
                        + "\"content\":[{\"type\":\"output_text\",\"text\":\"a\",\"annotations\":[]},"
                        + "{\"type\":\"refusal\",\"refusal\":\"b\"}]}",
                "{\"type\":\"function_call\",\"call_id\":\"c1\",\"name\":\"f\",\"arguments\":\"{\\\"x\\\":1.0}\",\"id\":\"fc_1\","
                        + "\"status\":\"completed\",\"namespace\":\"n\"}",
                "{\"type\":\"custom_tool_call\",\"call_id\":\"c2\",\"name\":\"g\",\"input\":\"SELECT 1\",\"id\":\"ct_1\"}");
        String output = "[" + String.join(",", items) + "]";
        Message turn = turn(whole("{\"status\":\"completed\",\"output\":" + output + "}"));

        byte[] body = Responses.exchange("m", Responses.request(Message.user("q"), turn))
                .first()
                .call()
                .body();

        assertThat(new String(body, StandardCharsets.UTF_8)).contains(String.join(",", items));
    }

    @Test
    void resultOfACustomCall_isACustomResult() {
        Message turn =
                turn(whole("{\"status\":\"completed\",\"output\":[{\"type\":\"custom_tool_call\",\"call_id\":\"c2\","
                        + "\"name\":\"g\",\"input\":\"SELECT 1\",\"id\":\"ct_1\"}]}"));

        List<?> input = input(Message.user("q"), turn, Message.toolResult("c2", "g", "1"));

        assertThat(input.get(2)).isEqualTo(Map.of("type", "custom_tool_call_output", "call_id", "c2", "output", "1"));
    }

    /** Of every recorded answer: its items go back in their order, each as it was but for the state of messages. */
    @TestFactory
    List<DynamicTest> answers_recorded_goBackAsTheyCame() {
        return RecordedAnswer.tests(
                "openai responses sent back",
                answer ->
                        answer.api().equals("openai-responses") && answer.kind().equals("response"),
                0,
                ResponsesRoundTripTest::checkSentBack);
    }

    private static void checkSentBack(RecordedAnswer answer) {
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        List<?> output = JsonValues.parseObject(body).get("output") instanceof List<?> list ? list : List.of();
        List<@Nullable Object> expected = new ArrayList<>();
        for (Object item : output) {
            Map<?, ?> map = (Map<?, ?>) item;
            boolean lost = "reasoning".equals(map.get("type"))
                    && map.get("encrypted_content") == null
                    && (map.get("content") == null || List.of().equals(map.get("content")));
            if (!lost) {
                expected.add(item);
            }
        }
        Message turn = turn(whole(body));

        // The backend keeps what the ids lead to, or has encrypted it.
        List<?> kept = (List<?>) Responses.body(Responses.exchange(
                        "m",
                        Responses.request(Message.user("q"), turn).toBuilder()
                                .extra("store", true)
                                .build()))
                .get("input");
        assertThat(kept.subList(1, kept.size())).isEqualTo(output);
        assertThat(sent(turn)).hasSameSizeAs(expected);
    }

    /** The last event of a stream holds the whole response: read as one body it is the same turn. */
    @TestFactory
    List<DynamicTest> streams_recorded_areWhatTheirLastEventHolds() {
        return RecordedAnswer.tests(
                "openai responses streamed and whole",
                answer -> answer.api().equals("openai-responses") && answer.isStream(),
                1,
                ResponsesRoundTripTest::checkLastEvent);
    }

    private static void checkLastEvent(RecordedAnswer answer) {
        String body = new String(answer.body(), StandardCharsets.UTF_8);
        Decoded streamed = Dialogue.of(Responses.exchange("m", Responses.request(Message.user("q"))))
                .answer(200, answer.contentType(), body)
                .decoded();
        String last = body.lines()
                .filter(line -> line.startsWith("data:") && line.contains("\"type\":\"response."))
                .reduce("", (before, line) -> line);
        Object response =
                JsonValues.parseObject(last.substring("data:".length())).get("response");
        Decoded whole = whole(JsonValues.write(response));

        if (whole.failure() != null) {
            assertThat(streamed.error().category()).isEqualTo(whole.error().category());
        } else {
            assertThat(items(turn(streamed))).containsExactlyInAnyOrderElementsOf(items(turn(whole)));
            assertThat(streamed.completed().finish())
                    .isEqualTo(whole.completed().finish());
            assertThat(streamed.completed().usage()).isEqualTo(whole.completed().usage());
        }
    }

    /** The items of a turn but for what is encrypted, which is another text each time. Items that work at once end in any order. */
    private static List<Object> items(Message turn) {
        List<Object> items = new ArrayList<>();
        for (Object item : sent(turn)) {
            Map<Object, @Nullable Object> rest = new LinkedHashMap<>((Map<?, ?>) item);
            rest.remove("encrypted_content");
            items.add(rest);
        }
        return items;
    }
}
