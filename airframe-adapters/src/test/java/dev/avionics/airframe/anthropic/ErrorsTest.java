package dev.avionics.airframe.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ThinkingOptions.Effort;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.wire.Decoded;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors, and what is learned from them. */
class ErrorsTest {
    private static final InferenceRequest QUESTION = InferenceRequest.of("q");

    private static String body(String type, String message, String details) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"" + message.replace("\"", "\\\"")
                + "\"" + details + "},\"request_id\":\"req_1\"}";
    }

    private static Step.Fail<?> refused(int status, String body) {
        return Given.asked(Given.OLD, QUESTION)
                .answer(status, "application/json", body)
                .failure();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "400; invalid_request_error; messages: field required; INVALID_REQUEST",
                "400; invalid_request_error; prompt is too long: 210000 tokens > 200000 maximum; CONTEXT_LENGTH",
                "400; invalid_request_error; input length and `max_tokens` exceed context limit: 9 + 2 > 10; CONTEXT_LENGTH",
                "400; invalid_request_error; Your credit balance is too low to access the API.; QUOTA_EXHAUSTED",
                "400; invalid_request_error; You have reached your specified API usage limits.; QUOTA_EXHAUSTED",
                "401; authentication_error; invalid x-api-key; AUTHENTICATION",
                "402; billing_error; Payment is due.; QUOTA_EXHAUSTED",
                "403; permission_error; Your key may not use this.; PERMISSION",
                "404; not_found_error; model: claude-none; MODEL_NOT_FOUND",
                "409; conflict_error; Try again.; INVALID_REQUEST",
                "413; request_too_large; Request exceeds the maximum size; CONTEXT_LENGTH",
                "429; rate_limit_error; Too fast.; RATE_LIMITED",
                "500; api_error; Internal server error; SERVER_ERROR",
                "503; api_error; Unavailable; OVERLOADED",
                "504; timeout_error; Took too long; TIMEOUT",
                "529; overloaded_error; Overloaded; OVERLOADED",
            })
    void status_withItsWords_hasItsCategory(int status, String type, String message, ErrorCategory category) {
        InferenceException why = refused(status, body(type, message, "")).why();

        assertThat(why.category()).isEqualTo(category);
        assertThat(why.getMessage()).contains(message).contains(String.valueOf(status));
        assertThat(why.requestId()).hasValue("req_1");
    }

    @ParameterizedTest
    @CsvSource({
        "enforced_spend_limit_reached, QUOTA_EXHAUSTED",
        "contract_spend_limit_reached, QUOTA_EXHAUSTED",
        "ramp_limit_exceeded, RATE_LIMITED",
    })
    void limit_isToldByItsCode(String code, ErrorCategory category) {
        InferenceException why = refused(
                        429, body("rate_limit_error", "A limit.", ",\"details\":{\"error_code\":\"" + code + "\"}"))
                .why();

        assertThat(why.category()).isEqualTo(category);
        assertThat(why.code()).hasValue(code);
    }

    @Test
    void rateLimit_tellsItsWaitAndItsFigures() {
        InferenceException why = Given.asked(Given.OLD, QUESTION)
                .answer(
                        429,
                        Map.of(
                                "content-type", "application/json",
                                "retry-after", "7",
                                "request-id", "req_2",
                                "anthropic-ratelimit-requests-remaining", "0",
                                "anthropic-ratelimit-requests-reset", "2026-01-02T03:05:05Z"),
                        body("rate_limit_error", "Too fast.", "").getBytes(StandardCharsets.UTF_8))
                .failure()
                .why();

        assertThat(why.retryAfter()).hasValue(Duration.ofSeconds(7));
        assertThat(why.requestId()).hasValue("req_2");
        assertThat(why.rateLimits().requestLimit().orElseThrow().reset()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void pageOfTheEdge_isNoJson_andStillTooLarge() {
        InferenceException why = Given.asked(Given.OLD, QUESTION)
                .answer(413, "text/html", "<html><title>Too large</title></html>")
                .failure()
                .why();

        assertThat(why.category()).isEqualTo(ErrorCategory.CONTEXT_LENGTH);
    }

    @ParameterizedTest
    @CsvSource({
        "overloaded_error, OVERLOADED",
        "rate_limit_error, RATE_LIMITED",
        "api_error, SERVER_ERROR",
        "timeout_error, TIMEOUT",
        "authentication_error, AUTHENTICATION",
        "billing_error, QUOTA_EXHAUSTED",
        "invalid_request_error, INVALID_REQUEST",
    })
    @Tag("row-31")
    void errorInAStream_hasItsCategory_firstOrLater(String type, ErrorCategory category) {
        String error = body(type, "What happened.", "");
        Decoded first = Given.stream(error);
        Decoded later = Given.stream(
                "{\"type\":\"message_start\",\"message\":{\"id\":\"a\",\"usage\":{\"input_tokens\":3}}}",
                "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"Hi\"}}",
                error);

        assertThat(first.error().category()).isEqualTo(category);
        assertThat(first.error().getMessage()).contains("What happened.");
        assertThat(first.events()).isEmpty();
        assertThat(later.text()).isEqualTo("Hi");
        assertThat(later.error().category()).isEqualTo(category);
        assertThat(later.error().usage().inputTotal().value()).isEqualTo(3);
        assertThat(Given.whole(error).error().category()).as("whole").isEqualTo(category);
        assertThat(Given.stream("{\"error\":{\"type\":\"" + type + "\",\"message\":\"x\"}}")
                        .error()
                        .category())
                .as("without a type of its own")
                .isEqualTo(category);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "`temperature` is deprecated for this model.; no temperature",
                "temperature: Extra inputs are not permitted; no temperature",
                "`temperature` and `top_p` cannot both be specified for this model. Please use only one.; no top_p",
                "top_k: Extra inputs are not permitted; no top_k",
                "thinking: Extra inputs are not permitted; no thinking",
                "adaptive thinking is not supported on this model; no adaptive thinking",
                "\"thinking.type.enabled\" is not supported for this model. Use \"thinking.type.adaptive\" and"
                        + " \"output_config.effort\" instead.; no thinking budget",
                "\"thinking.type.disabled\" is not supported for this model.; no disabled thinking",
                "output_config: Extra inputs are not permitted; no output_config",
                "'claude-old' does not support output format.; no json_schema",
                "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.;"
                        + " efforts high, low, max, medium",
                "messages.0.content: Extra inputs are not permitted; ",
                "tool_choice: type \"tool\" and \"any\" are not supported for this model.; ",
            })
    void refusal_teachesWhatTheModelDoesNotTake(String message, String fact) {
        assertThat(refused(400, body("invalid_request_error", message, "")).learn())
                .isEqualTo(fact == null ? Set.of() : Set.of(fact));
        assertThat(refused(500, body("api_error", message, "")).learn()).isEmpty();
    }

    @Test
    void facts_changeTheNextRequest() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("q"))
                .sampling(Sampling.builder().temperature(0.5).topK(3).build())
                .build();
        InferenceRequest deep =
                QUESTION.toBuilder().thinking(ThinkingOptions.of(Effort.XHIGH)).build();
        InferenceRequest shallow =
                QUESTION.toBuilder().thinking(ThinkingOptions.of(Effort.NONE)).build();
        InferenceRequest json = QUESTION.toBuilder()
                .output(OutputFormat.jsonSchema("n", "{\"type\":\"object\"}"))
                .build();

        Given.Sent cooler = Given.sent(Given.OLD, request, "no temperature");
        assertThat(cooler.body()).doesNotContainKey("temperature").containsKey("top_k");
        assertThat(cooler.adjusted()).containsExactly("temperature");
        assertThat(Given.sent("claude-opus-5", deep, "efforts high, low, max, medium")
                        .field("output_config"))
                .isEqualTo(Map.of("effort", "high"));
        assertThat(Given.sent(Given.MIDDLE, deep, "no adaptive thinking").field("thinking"))
                .asString()
                .contains("budget_tokens");
        assertThat(Given.sent(Given.OLD, deep, "no thinking budget").field("thinking"))
                .asString()
                .contains("adaptive");
        assertThat(Given.sent(Given.OLD, deep, "no thinking").adjusted()).containsExactly("thinking");
        assertThat(Given.sent("claude-opus-5", shallow, "no disabled thinking").body())
                .doesNotContainKey("thinking")
                .containsEntry("output_config", Map.of("effort", "low"));
        assertThat(Given.sent(Given.MIDDLE, json, "no json_schema").field("tool_choice"))
                .asString()
                .contains("answer");
        assertThat(Given.sent(Given.MIDDLE, json, "no output_config").field("tool_choice"))
                .asString()
                .contains("answer");
    }
}
