package dev.avionics.airframe.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.wire.Dialogue;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Google says of errors, and what is learned from it. */
class ErrorsTest {
    private static Step.Fail<InferenceResult> failure(int status, String body) {
        return Dialogue.of(Given.exchange(Given.NEW, InferenceRequest.of("q")))
                .answer(status, "application/json", body)
                .failure();
    }

    private static String error(int status, String word, String message, String details) {
        return "{\"error\":{\"code\":" + status + ",\"message\":\"" + message + "\",\"status\":\"" + word
                + "\",\"details\":[" + details + "]}}";
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | INVALID_ARGUMENT    | Bad.                                                            | INVALID_REQUEST",
                "400 | INVALID_ARGUMENT    | The input token count (9) exceeds the maximum number of tokens. | CONTEXT_LENGTH",
                "400 | INVALID_ARGUMENT    | API key expired. Please renew the API key.                      | AUTHENTICATION",
                "400 | FAILED_PRECONDITION | User location is not supported for the API use.                 | PERMISSION",
                "401 | UNAUTHENTICATED     | Request had invalid authentication credentials.                 | AUTHENTICATION",
                "402 | RESOURCE_EXHAUSTED  | Payment.                                                        | QUOTA_EXHAUSTED",
                "403 | PERMISSION_DENIED   | Your API key was reported as leaked.                            | PERMISSION",
                "404 | NOT_FOUND           | models/x is not found for API version v1beta.                   | MODEL_NOT_FOUND",
                "429 | RESOURCE_EXHAUSTED  | Resource has been exhausted (e.g. check quota).                 | RATE_LIMITED",
                "429 | RESOURCE_EXHAUSTED  | You exceeded your current quota, please check your plan and billing details. | QUOTA_EXHAUSTED",
                "429 | RESOURCE_EXHAUSTED  | Your prepayment credits are depleted.                           | QUOTA_EXHAUSTED",
                "429 | RESOURCE_EXHAUSTED  | Your project has exceeded its monthly spending cap.             | QUOTA_EXHAUSTED",
                "499 | CANCELLED           | The operation was cancelled.                                    | CANCELLED",
                "500 | INTERNAL            | An internal error has occurred.                                 | SERVER_ERROR",
                "503 | UNAVAILABLE         | The model is overloaded. Please try again later.                | OVERLOADED",
                "504 | DEADLINE_EXCEEDED   | Deadline expired before operation could complete.               | TIMEOUT",
            })
    void error_inGooglesWords_hasItsCategory(int status, String word, String message, ErrorCategory expected) {
        String body = error(status, word, message, "");

        assertThat(failure(status, body).why().category()).isEqualTo(expected);
        assertThat(failure(status, "[" + body + "]").why())
                .satisfies(why -> assertThat(why.category()).isEqualTo(expected))
                .hasMessageContaining(message.substring(0, 4));
    }

    private static String reason(String reason) {
        return "{\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\",\"reason\":\"" + reason + "\"}";
    }

    @ParameterizedTest
    @CsvSource({
        "API_KEY_INVALID, 400, AUTHENTICATION",
        "ACCESS_TOKEN_EXPIRED, 401, AUTHENTICATION",
        "API_KEY_SERVICE_BLOCKED, 403, PERMISSION",
        "API_KEY_IP_ADDRESS_BLOCKED, 400, PERMISSION",
        "SERVICE_DISABLED, 403, PERMISSION",
        "SOMETHING_ELSE, 400, INVALID_REQUEST"
    })
    void reason_inTheDetails_decides(String reason, int status, ErrorCategory expected) {
        assertThat(failure(status, error(status, "INVALID_ARGUMENT", "No.", reason(reason)))
                        .why()
                        .category())
                .isEqualTo(expected);
    }

    @Test
    void quota_perDay_isExhaustedAndPerMinuteIsARate() {
        String message = "You exceeded your current quota, please check your plan and billing details.";
        String wait = "{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"34.4s\"}";
        InferenceException day = failure(
                        429,
                        error(
                                429,
                                "RESOURCE_EXHAUSTED",
                                message,
                                "{\"violations\":[{\"quotaId\":\"GenerateRequestsPerDayPerProject\"}]}," + wait))
                .why();
        InferenceException minute = failure(
                        429,
                        error(
                                429,
                                "RESOURCE_EXHAUSTED",
                                message,
                                "{\"violations\":[{\"quotaId\":\"GenerateRequestsPerMinutePerProject\"}]}," + wait))
                .why();

        assertThat(day.category()).isEqualTo(ErrorCategory.QUOTA_EXHAUSTED);
        assertThat(minute.category()).isEqualTo(ErrorCategory.RATE_LIMITED);
        assertThat(minute.retryAfter()).contains(Duration.ofMillis(34_400));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Penalty is not enabled for models/gemini-x                            | no frequencyPenalty,no presencePenalty",
                "Developer instruction is not enabled for models/gemma-x               | no systemInstruction",
                "Thinking level is not supported for this model.                       | no thinkingLevel",
                "Thinking level MINIMAL is not supported for this model.               | no level minimal",
                "Thinking is not enabled for models/gemini-x                           | no thinkingConfig",
                "Budget 0 is invalid. This model only works in thinking mode.          | always thinks",
                "Function call is missing a thought_signature in functionCall parts.   | signatures wanted",
                "Unknown name \\\"responseJsonSchema\\\" at 'generation_config': Cannot find field. | no responseJsonSchema",
                "Unknown name \\\"topK\\\" at 'generation_config': Cannot find field.  | no topK",
                "Unknown name \\\"contents\\\": Cannot find field.                     | ''",
                "Please use a valid role: user, model.                                 | ''",
            })
    void refusal_ofWhatCanBeLeftOut_isLearned(String message, String facts) {
        assertThat(String.join(
                        ",",
                        failure(400, error(400, "INVALID_ARGUMENT", message, "")).learn().stream()
                                .sorted()
                                .toList()))
                .isEqualTo(facts);
        assertThat(failure(500, error(500, "INTERNAL", message, "")).learn()).isEmpty();
    }

    @Test
    void keyThatGoogleEchoes_isMasked() {
        InferenceException why = failure(
                        400,
                        error(
                                400,
                                "INVALID_ARGUMENT",
                                "API key not valid.",
                                "{\"detail\":\"Invalid API key: AIzaKEYKEYKEY1 and AQ.Ab1KEYKEYKEY1\"}"))
                .why();

        assertThat(why.toString() + why.excerpt()).doesNotContain("KEYKEY");
    }
}
