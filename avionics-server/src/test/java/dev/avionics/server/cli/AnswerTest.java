package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnswerTest {
    @Test
    void toJson_fullAnswer_hasExactlyTheDocumentedFields() {
        Usage usage = Usage.builder()
                .cacheRead(TokenCount.known(3))
                .cacheWriteShort(TokenCount.known(2))
                .cacheWriteLong(TokenCount.known(1))
                .inputUncached(TokenCount.known(4))
                .reasoning(TokenCount.known(5))
                .output(TokenCount.known(6))
                .build();
        Message message = Message.assistant(
                new Part.Thinking("hm"), new Part.Text("a \"b\"\n"), new Part.ToolCall("c1", "add", "{\n\"x\": 1.50}"));

        String json = answer(message, FinishReason.TOOL_CALLS, usage, "m-1").toJson();

        assertThat(json)
                .isEqualTo("{\"text\":\"a \\\"b\\\"\\n\",\"thinking\":\"hm\","
                        + "\"toolCalls\":[{\"id\":\"c1\",\"name\":\"add\",\"arguments\":{ \"x\": 1.50}}],"
                        + "\"finishReason\":\"tool_calls\","
                        + "\"usage\":{\"inputTokens\":10,\"outputTokens\":11,\"cacheReadTokens\":3,"
                        + "\"cacheWriteTokens\":3,\"reasoningTokens\":5},"
                        + "\"provider\":\"p\",\"model\":\"m-1\",\"latencyMs\":1500,\"timeToFirstTokenMs\":250}");
    }

    @Test
    void toJson_silentBackend_hasNullsAndTheModelThatWasAskedFor() {
        String json = answer(Message.assistant(new Part.Refusal("no")), FinishReason.CANCELLED, Usage.absent(), null)
                .toJson();

        assertThat(json)
                .contains("\"text\":\"no\",\"thinking\":\"\",\"toolCalls\":[],\"finishReason\":\"other\"")
                .contains("{\"inputTokens\":null,\"outputTokens\":null,\"cacheReadTokens\":null,"
                        + "\"cacheWriteTokens\":null,\"reasoningTokens\":null}")
                .contains("\"model\":\"asked\"");
    }

    private static Answer answer(Message message, FinishReason finish, Usage usage, String model) {
        EndpointSpec endpoint = EndpointSpec.builder("p", URI.create("http://localhost:1"), BackendKind.OPENAI_CHAT)
                .build();
        InferenceResult result = new InferenceResult(
                message,
                finish,
                null,
                usage,
                new Target(endpoint, "asked"),
                null,
                model,
                1,
                RateLimitInfo.none(),
                List.of());
        return new Answer("p", result, Duration.ofMillis(1500), Duration.ofMillis(250));
    }
}
