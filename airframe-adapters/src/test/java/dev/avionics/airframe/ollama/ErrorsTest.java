package dev.avionics.airframe.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ThinkingOptions.Effort;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.ollama.endpoint.Facts;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.wire.Dialogue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorsTest {
    private static final InferenceRequest HI = InferenceRequest.of("Hi");

    private static Step.Fail<InferenceResult> refused(
            EndpointSpec endpoint, InferenceRequest request, int status, String text, String... learned) {
        return Given.asked(endpoint, request, learned)
                .answer(status, "application/json; charset=utf-8", "{\"error\":\"" + text + "\"}")
                .failure();
    }

    private static InferenceRequest thinking(Effort effort) {
        return HI.toBuilder().thinking(ThinkingOptions.of(effort)).build();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | json: cannot unmarshal object into Go struct field .content of type string | INVALID_REQUEST",
                "400 | registry.ollama.ai/library/gemma:2b does not support tools | UNSUPPORTED",
                "400 | \\\"nomic-embed-text\\\" does not support chat | UNSUPPORTED",
                "400 | \\\"gemma:2b\\\" does not support thinking | INVALID_REQUEST",
                "500 | this model is missing data required for image input | UNSUPPORTED",
                "400 | the input length exceeds the context length | CONTEXT_LENGTH",
                "500 | the input length exceeds the context length | CONTEXT_LENGTH",
                "413 | the input length exceeds the context length | CONTEXT_LENGTH",
                "400 | prompt too long; exceeded max context length by 1119046 tokens | CONTEXT_LENGTH",
                "400 | input exceeds maximum context length and cannot be truncated further | CONTEXT_LENGTH",
                "400 | input after truncation exceeds maximum context length | CONTEXT_LENGTH",
                "401 | unauthorized | AUTHENTICATION",
                "402 | payment required | QUOTA_EXHAUSTED",
                "403 | remote model is unavailable | PERMISSION",
                "404 | model 'qwen2.5:7b' not found | MODEL_NOT_FOUND",
                "404 | model \\\"qwen2.5:7b\\\" not found, try pulling it first | MODEL_NOT_FOUND",
                "500 | model 'qwen2.5:7b' not found, try pulling it first | MODEL_NOT_FOUND",
                "404 | 404 page not found | MODEL_NOT_FOUND",
                "429 | too many concurrent requests | RATE_LIMITED",
                "429 | you've reached your weekly usage limit, please upgrade to continue | QUOTA_EXHAUSTED",
                "499 | request canceled | CANCELLED",
                "500 | llama runner process has terminated: exit status 2 | SERVER_ERROR",
                "500 | model requires more system memory (9.1 GiB) than is available (4.0 GiB) | SERVER_ERROR",
                "502 | upstream is unreachable | SERVER_ERROR",
                "503 | server busy, please try again.  maximum pending requests exceeded | OVERLOADED",
            })
    void category_byTextAndStatus(int status, String text, ErrorCategory category) {
        Step.Fail<InferenceResult> failure = refused(Given.LOCAL, HI, status, text);

        assertThat(failure.why().category()).isEqualTo(category);
        assertThat(failure.why().status()).hasValue(status);
        assertThat(failure.why().origin()).isEqualTo(ErrorOrigin.BACKEND);
        assertThat(failure.why())
                .hasMessageContaining(text.replace("\\\"", "\"").substring(0, 10));
    }

    @Test
    void modelThatIsMissing_saysHowToFetchIt() {
        assertThat(refused(Given.LOCAL, HI, 404, "model 'qwen2.5:7b' not found").why())
                .hasMessageContaining("ollama pull qwen2.5:7b");
    }

    @Test
    void pathThatIsMissing_asksForTheBaseUrl() {
        assertThat(Given.asked(Given.LOCAL, HI)
                        .answer(404, "text/plain", "404 page not found")
                        .failure()
                        .why())
                .hasMessageContaining("base URL")
                .hasMessageNotContaining("pull");
    }

    @Test
    void notSignedIn_saysSo_withoutTheAddressToSignIn() {
        Step.Fail<InferenceResult> failure = Given.asked(Given.LOCAL, HI)
                .answer(
                        401,
                        "application/json",
                        "{\"error\":\"unauthorized\",\"signin_url\":\"https://x/?key=abcdef\"}")
                .failure();

        assertThat(failure.why()).hasMessageContaining("ollama signin").hasMessageNotContaining("abcdef");
        assertThat(failure.why().excerpt().orElseThrow()).doesNotContain("abcdef");
        assertThat(refused(Given.endpoint("https://ollama.com"), HI, 401, "unauthorized")
                        .why())
                .hasMessageNotContaining("signin");
    }

    @Test
    void busy_passesOnTheWait() {
        byte[] body = "{\"error\":\"server busy\"}".getBytes(StandardCharsets.UTF_8);

        assertThat(Given.asked(Given.LOCAL, HI)
                        .answer(503, Map.of("retry-after", "7"), body)
                        .failure()
                        .why()
                        .retryAfter())
                .contains(Duration.ofSeconds(7));
    }

    @Test
    void modelThatDoesNotThink_isLearned_andAskedWithout() {
        Step.Fail<InferenceResult> failure =
                refused(Given.LOCAL, thinking(Effort.HIGH), 400, "\\\"gemma:2b\\\" does not support thinking");

        assertThat(failure.learn()).containsExactly(Facts.NO_THINKING);
        assertThat(Given.body(Given.LOCAL, thinking(Effort.HIGH), Facts.NO_THINKING))
                .doesNotContain("think");
    }

    @Test
    void depthThatIsNotKnown_isLearned() {
        assertThat(refused(Given.LOCAL, thinking(Effort.MAX), 400, "invalid think value: \\\"max\\\" (must be ...)")
                        .learn())
                .containsExactly(Facts.NO_MAX_THINKING);
        assertThat(refused(
                                Given.LOCAL,
                                thinking(Effort.LOW),
                                400,
                                "json: cannot unmarshal string into Go struct field ChatRequest.think of type bool")
                        .learn())
                .containsExactly(Facts.THINKING_IS_BOOLEAN);
    }

    @Test
    void promptThatNeededMore_isLearned_andAskedWithALargerWindow() {
        InferenceRequest request =
                InferenceRequest.of("7".repeat(9000)).toBuilder().maxTokens(100).build();

        assertThat(refused(Given.LOCAL, request, 400, "the input length exceeds the context length")
                        .learn())
                .containsExactly(Facts.DENSE_TEXT);
        assertThat(Given.body(Given.LOCAL, request)).contains("\"num_ctx\":8192");
        assertThat(Given.body(Given.LOCAL, request, Facts.DENSE_TEXT)).contains("\"num_ctx\":16384");
    }

    @Test
    void windowThatCannotGrow_isNotLearned() {
        assertThat(refused(
                                Given.LOCAL,
                                HI.toBuilder().context(512).build(),
                                400,
                                "the input length exceeds the context length")
                        .learn())
                .isEmpty();
        assertThat(refused(Given.with("context_length", "2048"), HI, 400, "the input length exceeds the context length")
                        .learn())
                .isEmpty();
    }

    @Test
    void refusalOfWhatWasNotAsked_teachesNothing() {
        assertThat(refused(Given.LOCAL, HI, 400, "x does not support thinking").learn())
                .isEmpty();
        assertThat(refused(Given.LOCAL, HI, 400, "registry.ollama.ai/library/gemma:2b does not support tools")
                        .learn())
                .isEmpty();
    }

    @Test
    void page_fromAProxy_isNoAnswer() {
        assertThat(Dialogue.of(Given.OLLAMA.models(Dialogue.scope(Given.LOCAL, "")))
                        .answer(502, "text/html", "<html><title>Bad Gateway</title></html>")
                        .failure()
                        .why()
                        .category())
                .isEqualTo(ErrorCategory.SERVER_ERROR);
    }
}
