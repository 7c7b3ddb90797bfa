package dev.avionics.airframe.ollama.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.ollama.Given;
import dev.avionics.airframe.wire.Dialogue;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveContextTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // bytes, pictures, answer, window, dense, tokens
                "0, 0, 0, -, false, 2048",
                "30, 0, 512, -, false, 2048",
                "30, 0, -, -, false, 4096",
                "3072, 0, 0, -, false, 2048",
                "3075, 0, 0, -, false, 4096",
                "3000, 0, 1024, -, false, 4096",
                "21504, 0, 0, -, false, 8192",
                "21507, 0, 0, -, false, 16384",
                "300000, 0, 1000, -, false, 131072",
                "30, 1, 512, -, false, 4096",
                "30, 8, 512, -, false, 16384",
                "6000, 0, 1024, -, true, 8192",
                "300000, 0, 1000, 40960, false, 40960",
                "30, 0, 512, 512, false, 512",
                "30, 0, 100000, 131072, false, 131072",
                "90000000, 0, 0, -, false, 1048576",
            })
    void size_ofPromptAndAnswer_isTheNextStep(
            long bytes, int pictures, Integer answer, Integer window, boolean dense, int tokens) {
        assertThat(AdaptiveContext.size(bytes, pictures, answer, window, dense)).isEqualTo(tokens);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 1000, 3000, 10_000, 20_000, 21_504})
    void size_neverLessThanTheOriginalFormula(int characters) {
        int original = Math.max(512, Math.min(8192, characters / 3 + 1024));

        assertThat(AdaptiveContext.size(characters, 0, 0, null, false)).isGreaterThanOrEqualTo(original);
    }

    @Test
    void window_shortPrompt_isSmall() {
        assertThat(window(InferenceRequest.of("Hi"))).isEqualTo(4096);
        assertThat(window(limited("Hi", 256))).isEqualTo(2048);
    }

    @Test
    void window_overManyTurns_changesOnlyAtSteps() {
        InferenceRequest.Builder talk = InferenceRequest.builder().maxTokens(512);
        int changes = 0;
        int last = 0;
        for (int turn = 0; turn < 100; turn++) {
            talk.message(Message.user("x".repeat(150))).message(Message.assistant("y".repeat(150)));
            int now = window(talk.build());
            assertThat(now).isGreaterThanOrEqualTo(last);
            changes += now == last ? 0 : 1;
            last = now;
        }
        assertThat(last).isEqualTo(16384);
        assertThat(changes).isEqualTo(4);
    }

    @Test
    void window_textThatIsNotLatin_countsByBytes() {
        assertThat(window(limited("x".repeat(3000), 0))).isEqualTo(2048);
        assertThat(window(limited("字".repeat(3000), 0))).isEqualTo(4096);
    }

    @Test
    void window_toolsAndPicturesAndInstructions_count() {
        String schema = "{\"type\":\"object\",\"description\":\"" + "d".repeat(6000) + "\"}";
        InferenceRequest request = limited("Hi", 0);

        assertThat(window(request.toBuilder().tool(ToolSpec.of("t", "", schema)).build()))
                .isEqualTo(4096);
        assertThat(window(request.toBuilder()
                        .message(Message.user(Part.image("image/png", "AAAA"), Part.image("image/png", "AAAA")))
                        .build()))
                .isEqualTo(4096);
        assertThat(window(request.toBuilder()
                        .message(Message.system("s".repeat(6000)))
                        .build()))
                .isEqualTo(4096);
    }

    @Test
    void window_ofTheRequest_wins() {
        InferenceRequest request =
                InferenceRequest.of("Hi").toBuilder().context(4096).build();

        assertThat(options(Given.with("num_ctx", "1000"), request)).containsEntry("num_ctx", 4096L);
    }

    @Test
    void window_ofTheEndpoint_isFixedOrOff() {
        InferenceRequest request = InferenceRequest.of("Hi");

        assertThat(options(Given.with("num_ctx", "32768"), request)).containsEntry("num_ctx", 32768L);
        assertThat(options(Given.with("num_ctx", "auto"), request)).containsEntry("num_ctx", 4096L);
        assertThat(json(Given.with("num_ctx", "OFF"), request)).doesNotContainKey("options");
    }

    @Test
    void window_longPrompt_staysWithinTheModels() {
        InferenceRequest request = limited("x".repeat(200_000), 100);

        assertThat(options(Given.LOCAL, request)).containsEntry("num_ctx", 131072L);
        assertThat(options(Given.with("context_length", "40960"), request)).containsEntry("num_ctx", 40960L);
        assertThat(json(Given.LOCAL, request)).containsEntry("truncate", false);
    }

    @Test
    void window_ofHostedService_isLeftToIt() {
        assertThat(json(Given.endpoint("https://ollama.com"), InferenceRequest.of("Hi")))
                .doesNotContainKey("options");
    }

    private static InferenceRequest limited(String prompt, int maxTokens) {
        return InferenceRequest.of(prompt).toBuilder().maxTokens(maxTokens).build();
    }

    private static int window(InferenceRequest request) {
        return ((Long) options(Given.LOCAL, request).get("num_ctx")).intValue();
    }

    private static Map<String, Object> json(dev.avionics.airframe.EndpointSpec endpoint, InferenceRequest request) {
        return Dialogue.json(Given.exchange(endpoint, request).first().call());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> options(dev.avionics.airframe.EndpointSpec endpoint, InferenceRequest request) {
        return (Map<String, Object>) json(endpoint, request).get("options");
    }
}
