package dev.avionics.airframe.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class GenerateRequestTest {
    private static String body(InferenceRequest.Builder request) {
        return Given.body(Given.generate(), request.build());
    }

    @Test
    void request_oneTurn_isThePromptAsItIs() {
        InferenceRequest.Builder request = InferenceRequest.builder()
                .message(Message.system("Be short."))
                .message(Message.user(Part.text("What is it?"), Part.image("image/png", "AAAA")))
                .temperature(0.2)
                .maxTokens(100)
                .output(OutputFormat.JSON_OBJECT)
                .extra("raw", true);

        assertThat(Given.exchange(Given.generate(), request.build())
                        .first()
                        .call()
                        .uri())
                .isEqualTo(URI.create("http://localhost:11434/api/generate"));
        assertThat(body(request))
                .isEqualTo(
                        "{\"model\":\"qwen2.5:7b\",\"prompt\":\"What is it?\",\"system\":\"Be short.\",\"images\":[\"AAAA\"],"
                                + "\"format\":\"json\",\"options\":{\"num_predict\":100,\"temperature\":0.2,\"num_ctx\":4096},"
                                + "\"truncate\":false,\"stream\":true,\"raw\":true}");
        assertThat(Given.exchange(Given.generate(), request.build()).adjustments())
                .isEmpty();
    }

    @Test
    void request_severalTurns_becomeOneTextAndSaySo() {
        InferenceRequest.Builder request = InferenceRequest.builder()
                .message(Message.system("A"))
                .message(Message.user("Hi"))
                .message(Message.assistant(new Part.Thinking("hm"), Part.text("Hello!")))
                .message(Message.system("B"))
                .message(Message.user("Who are you?"));

        assertThat(body(request))
                .contains("\"prompt\":\"User: Hi\\n\\nAssistant: Hello!\\n\\nUser: Who are you?\\n\\nAssistant:\","
                        + "\"system\":\"A\\n\\nB\"");
        assertThat(Given.exchange(Given.generate(), request.build()).adjustments())
                .extracting(adjustment -> adjustment.action() + " " + adjustment.what())
                .containsExactlyInAnyOrder("CHANGED system message", "CHANGED messages", "DROPPED thinking");
    }

    @Test
    void request_answerThatIsBegun_isLeftOpen() {
        assertThat(body(InferenceRequest.builder()
                        .message(Message.user("Count"))
                        .message(Message.assistant("1, 2,"))))
                .contains("\"prompt\":\"User: Count\\n\\nAssistant: 1, 2,\"");
    }

    @Test
    void request_tools_areRefused() {
        InferenceRequest.Builder hi = InferenceRequest.builder().message(Message.user("Hi"));

        assertRefused(hi.tool(ToolSpec.of("t", "")), ErrorCategory.UNSUPPORTED);
        assertRefused(InferenceRequest.builder().message(Message.toolResult("c", "t", "x")), ErrorCategory.UNSUPPORTED);
        assertThat(Given.OLLAMA.capabilities(Given.generate(), "m").of(Feature.TOOLS))
                .isEqualTo(Support.NO);
        assertThat(Given.OLLAMA.capabilities(Given.LOCAL, "m").of(Feature.TOOLS))
                .isEqualTo(Support.UNKNOWN);
    }

    @Test
    void request_whatGenerateHasNot_isAdjusted() {
        InferenceRequest.Builder request = InferenceRequest.builder()
                .message(new Message(
                        Role.SYSTEM,
                        List.of(
                                new Part.Text("Be short.", VendorData.none(), CacheHint.SHORT),
                                new Part.Opaque("note", VendorData.none(), null)),
                        "Boss",
                        null))
                .message(Message.user("Hi"));

        assertThat(body(request)).contains("\"prompt\":\"Hi\",\"system\":\"Be short.\"");
        assertThat(Given.exchange(Given.generate(), request.build()).adjustments())
                .extracting(adjustment -> adjustment.action() + " " + adjustment.what())
                .containsExactlyInAnyOrder("DROPPED cache hint", "DROPPED message.name", "DROPPED opaque");
    }

    @Test
    void request_withoutAUserTurn_isRefused() {
        assertRefused(InferenceRequest.builder().message(Message.system("x")), ErrorCategory.INVALID_REQUEST);
    }

    private static void assertRefused(InferenceRequest.Builder request, ErrorCategory category) {
        assertThatThrownBy(() -> body(request))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(category));
    }
}
