package dev.avionics.llm.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("row-25")
class LLMExceptionTest {
    @ParameterizedTest
    @CsvSource({
        "CONNECTION, 0, LLMConnectionException",
        "CONNECTION, 200, LLMConnectionException",
        "TIMEOUT, 0, LLMConnectionException",
        "TIMEOUT, 200, LLMConnectionException",
        "TIMEOUT, 504, LLMResponseException",
        "AUTHENTICATION, 401, LLMResponseException",
        "PERMISSION, 403, LLMResponseException",
        "MODEL_NOT_FOUND, 0, LLMResponseException",
        "INVALID_REQUEST, 400, LLMResponseException",
        "CONTEXT_LENGTH, 400, LLMResponseException",
        "CONTENT_FILTER, 400, LLMResponseException",
        "RATE_LIMITED, 429, LLMResponseException",
        "QUOTA_EXHAUSTED, 402, LLMResponseException",
        "OVERLOADED, 503, LLMResponseException",
        "SERVER_ERROR, 500, LLMResponseException",
        "PARSE, 200, LLMStreamException",
        "UNSUPPORTED, 0, LLMException",
        "BUDGET_EXCEEDED, 0, LLMException",
        "REJECTED, 0, LLMException",
        "CANCELLED, 0, LLMException"
    })
    void failure_ofEachCategory_isOfItsClass(ErrorCategory category, int status, String expected) {
        InferenceException why =
                InferenceException.builder(category, "why").status(status).build();

        LLMException told = LLMException.of(why);

        assertThat(told.getClass().getSimpleName()).isEqualTo(expected);
        assertThat(told.category()).isEqualTo(category);
    }

    @Test
    void failure_keepsAllThatIsKnownOfIt() {
        InferenceException why = InferenceException.builder(ErrorCategory.RATE_LIMITED, "slow down")
                .status(429)
                .provider("openai")
                .model("m")
                .requestId("r-1")
                .retryAfter(Duration.ofSeconds(3))
                .attempts(2)
                .excerpt("slow")
                .build();

        LLMException told = LLMException.of(why);

        assertThat(told).hasMessage("slow down").hasCause(why);
        assertThat(told.toString())
                .isEqualTo(why.toString()
                        .replace(InferenceException.class.getName(), LLMResponseException.class.getName()));
        assertThat(told.provider()).contains("openai");
        assertThat(told.retryAfter()).contains(Duration.ofSeconds(3));
        assertThat(LLMException.of(told)).isSameAs(told);
    }
}
