package dev.avionics.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.settings.SettingsException;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExitCodeTest {
    @Test
    void of_everyCategory_isTheDocumentedCode() {
        Map<ErrorCategory, Integer> codes = new EnumMap<>(ErrorCategory.class);
        for (ErrorCategory category : ErrorCategory.values()) {
            codes.put(category, ExitCode.of(category));
        }

        assertThat(codes)
                .containsEntry(ErrorCategory.AUTHENTICATION, 3)
                .containsEntry(ErrorCategory.PERMISSION, 3)
                .containsEntry(ErrorCategory.MODEL_NOT_FOUND, 4)
                .containsEntry(ErrorCategory.INVALID_REQUEST, 4)
                .containsEntry(ErrorCategory.CONTEXT_LENGTH, 4)
                .containsEntry(ErrorCategory.CONTENT_FILTER, 4)
                .containsEntry(ErrorCategory.QUOTA_EXHAUSTED, 4)
                .containsEntry(ErrorCategory.UNSUPPORTED, 4)
                .containsEntry(ErrorCategory.BUDGET_EXCEEDED, 4)
                .containsEntry(ErrorCategory.RATE_LIMITED, 5)
                .containsEntry(ErrorCategory.OVERLOADED, 5)
                .containsEntry(ErrorCategory.SERVER_ERROR, 5)
                .containsEntry(ErrorCategory.TIMEOUT, 5)
                .containsEntry(ErrorCategory.CONNECTION, 5)
                .containsEntry(ErrorCategory.PARSE, 5)
                .containsEntry(ErrorCategory.REJECTED, 5)
                .containsEntry(ErrorCategory.CANCELLED, 130)
                .hasSize(ErrorCategory.values().length);
    }

    @Test
    void exitCode_ofOtherErrors_blamesTheUserOnlyForUsage() {
        assertThat(ErrorLine.exitCode(new UsageException("x"))).isEqualTo(2);
        assertThat(ErrorLine.exitCode(new SettingsException("x"))).isEqualTo(2);
        assertThat(ErrorLine.exitCode(new IllegalStateException("x"))).isEqualTo(5);
    }

    @Test
    void text_ofAnError_isOneLineWithAdvice() {
        InferenceException refused = InferenceException.builder(ErrorCategory.CONNECTION, "cannot connect\n to x")
                .sent(InferenceException.Sent.NOTHING)
                .build();

        assertThat(ErrorLine.text(refused, ""))
                .isEqualTo("cannot connect to x; if it runs elsewhere, give its address with --base-url");
        assertThat(ErrorLine.text(InferenceException.of(ErrorCategory.AUTHENTICATION, "no"), "set KEY"))
                .isEqualTo("no; set KEY");
        assertThat(ErrorLine.text(InferenceException.of(ErrorCategory.INVALID_REQUEST, "no"), "set KEY"))
                .isEqualTo("no");
    }
}
