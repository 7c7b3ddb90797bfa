package dev.avionics.llm.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.BackendProvider;
import dev.avionics.llm.FakeAdapter;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreflightTest {
    private final FakeAdapter backend = new FakeAdapter();
    private final Airframe airframe = backend.airframe(BackendKind.OLLAMA, BackendKind.LLAMA_SERVER);

    @AfterEach
    void close() {
        airframe.close();
    }

    private Preflight.Report check(ProviderId id, String model) {
        ProviderSettings settings = ProviderSettings.builder(id).maxRetries(0).build();
        return new Preflight(new BackendProvider(settings, airframe))
                .check(model)
                .join();
    }

    private InferenceException failure(String model) {
        try {
            throw new AssertionError("no failure: " + check(ProviderId.OLLAMA, model));
        } catch (CompletionException e) {
            return (InferenceException) e.getCause();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "qwen3.5, qwen3.5:latest, qwen3.5:latest, 0",
        "qwen3.5:latest, qwen3.5:latest, qwen3.5:latest, 0",
        "qwen3.5:latest, qwen3.5, qwen3.5, 0",
        "Qwen3.5:7B, qwen3.5:7b, qwen3.5:7b, 0",
        "qwen3.5, qwen3.5:7b, qwen3.5:7b, 1",
        "host:5000/m, host:5000/m:latest, host:5000/m:latest, 0"
    })
    void model_withOrWithoutTag_isFound(String wanted, String listed, String found, int warnings) {
        backend.models = target -> FakeAdapter.modelsAre("other", listed);
        Preflight.Report report = check(ProviderId.OLLAMA, wanted);

        assertThat(report.model()).isEqualTo(found);
        assertThat(report.warnings()).hasSize(warnings);
        assertThat(report.models()).hasSize(2);
    }

    @Test
    void model_byDefault_isTheProviders() {
        backend.models = target -> FakeAdapter.modelsAre("qwen2.5:7b");

        assertThat(check(ProviderId.OLLAMA, null).model()).isEqualTo("qwen2.5:7b");
    }

    @ParameterizedTest
    @CsvSource({"qwen3, qwen3.5:latest", "qwen3.5:7b, qwen3.5:latest", "qwen3.5:latest, qwen3.5:7b"})
    void model_missing_isToldWithTheList(String wanted, String listed) {
        backend.models = target -> FakeAdapter.modelsAre(listed, "phi4");

        assertThat(failure(wanted))
                .hasMessageStartingWith("Model '" + wanted + "' not found. Available models: " + listed + ", phi4")
                .hasMessageEndingWith("(to get it: ollama pull " + wanted + ")")
                .extracting(InferenceException::category)
                .isEqualTo(ErrorCategory.MODEL_NOT_FOUND);
    }

    @Test
    void list_empty_isToldAsNone() {
        assertThat(failure("x")).hasMessageContaining("Available models: (none)");
    }

    @Test
    void backend_thatIsNotThere_givesThreeDifferentMessages() {
        backend.models = target -> FakeAdapter.failing(ErrorCategory.CONNECTION);
        assertThat(failure("x"))
                .hasMessage(
                        "Cannot connect to http://localhost:11434." + " Is Ollama running? (to start it: ollama serve)")
                .extracting(InferenceException::category)
                .isEqualTo(ErrorCategory.CONNECTION);

        backend.models = target -> FakeAdapter.failing(ErrorCategory.TIMEOUT);
        assertThat(failure("x"))
                .hasMessageStartingWith(
                        "http://localhost:11434 took the connection, but did not answer in 10 s. Is Ollama")
                .extracting(InferenceException::category)
                .isEqualTo(ErrorCategory.TIMEOUT);

        backend.models = target -> FakeAdapter.failing(ErrorCategory.SERVER_ERROR);
        assertThat(failure("x"))
                .hasMessage("broken")
                .extracting(InferenceException::category)
                .isEqualTo(ErrorCategory.SERVER_ERROR);
    }

    @Test
    void list_thatCannotBeRead_isAWarning() {
        backend.models = target -> FakeAdapter.failing(ErrorCategory.PARSE);
        Preflight.Report report = check(ProviderId.OLLAMA, "x");

        assertThat(report.model()).isEqualTo("x");
        assertThat(report.warnings()).singleElement().asString().startsWith("preflight_parse_error");
    }

    @Test
    void llamaServer_withAnotherModel_isAWarning() {
        backend.models = target -> FakeAdapter.modelsAre("loaded");

        assertThat(check(ProviderId.LLAMASERVER, "x").warnings())
                .singleElement()
                .asString()
                .contains("loaded");
        assertThat(check(ProviderId.LLAMASERVER, null).warnings()).isEmpty();
    }

    @Test
    void failure_thatNobodyExpects_isStillAnError() {
        backend.models = target -> {
            throw new IllegalStateException("broken");
        };

        assertThatThrownBy(() -> check(ProviderId.OLLAMA, "x")).isInstanceOf(CompletionException.class);
    }
}
