package dev.avionics.llm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.json.JsonValues;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageTreesTest {
    private final MessageTrees trees = new MessageTrees(300);

    private Map<String, ?> written(Message message) {
        String json = MessageTrees.json(trees.messages(List.of(message), null));
        assertThat(json.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(300 + 2);
        return JsonValues.parseObject(json.substring(1, json.length() - 1));
    }

    @Test
    void shortMessage_isWhole_withArgumentsAsJson() {
        Message message = Message.assistant(
                new Part.Thinking("hm"), new Part.Text("ok"), new Part.ToolCall("c", "look", "{\"a\":[1]}"));

        assertThat(written(message))
                .isEqualTo(Map.of(
                        "role",
                        "assistant",
                        "parts",
                        List.of(
                                Map.of("type", "reasoning", "content", "hm"),
                                Map.of("type", "text", "content", "ok"),
                                Map.of(
                                        "type",
                                        "tool_call",
                                        "id",
                                        "c",
                                        "name",
                                        "look",
                                        "arguments",
                                        Map.of("a", List.of(1L))))));
    }

    @Test
    void picture_isToldWithoutItsBytes() {
        assertThat(MessageTrees.json(trees.messages(List.of(Message.user(Part.image("image/png", "QUJD"))), null)))
                .isEqualTo("[{\"role\":\"user\",\"parts\":[{\"type\":\"blob\",\"modality\":\"image\","
                        + "\"mime_type\":\"image/png\"}]}]");
    }

    /** Texts with all that is longer in JSON than it looks. */
    @Test
    void longMessages_areCutToTheCap_andStayJson() {
        String[] pieces = {"a", "\"", "\\", "\n", "é", "€", "😀", "\u0001"};
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(2000); i >= 0; i--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            Map<String, ?> tree = written(Message.assistant(
                    new Part.Text(text.toString()),
                    new Part.ToolCall("c", "t", JsonValues.write(Map.of("x", text.toString())))));

            assertThat(tree.get("role")).isEqualTo("assistant");
            if (text.length() > 300) {
                assertThat(tree.get("truncated")).isEqualTo(true);
                Map<?, ?> first = (Map<?, ?>) ((List<?>) tree.get("parts")).get(0);
                assertThat(text.toString()).startsWith((String) first.get("content"));
            }
        }
    }

    @Test
    void messageOfTooManyParts_keepsItsRole() {
        Part[] parts = new Part[100];
        java.util.Arrays.fill(parts, new Part.Text("x"));

        assertThat(written(Message.user(parts)))
                .isEqualTo(Map.of("role", "user", "truncated", true, "parts", List.of()));
    }
}
