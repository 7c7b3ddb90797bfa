package dev.avionics.llm.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.FakeAdapter;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackendFinderTest {
    private static final BackendKind[] ALL = {
        BackendKind.OLLAMA, BackendKind.LLAMA_SERVER, BackendKind.OPENAI_CHAT, BackendKind.LLAMA_CPP
    };

    private final FakeAdapter backend = new FakeAdapter();
    private final List<String> asked = java.util.Collections.synchronizedList(new ArrayList<>());
    private Airframe airframe = backend.airframe(ALL);

    @BeforeEach
    void nothingIsThere() {
        backend.models = target -> {
            asked.add(target.endpoint().address());
            return FakeAdapter.failing(ErrorCategory.CONNECTION);
        };
        serversAt();
    }

    @AfterEach
    void close() {
        airframe.close();
    }

    private void serversAt(String... addresses) {
        backend.health = target -> {
            asked.add(target.endpoint().kind() + " " + target.endpoint().address());
            return List.of(addresses).contains(address(target))
                    ? FakeAdapter.healthIs("HEALTHY")
                    : FakeAdapter.failing(ErrorCategory.CONNECTION);
        };
    }

    private static String address(Target target) {
        return target.endpoint().address();
    }

    private BackendFinder.Choice find(Map<String, String> environment) {
        AvionicsSettings settings =
                AvionicsSettings.builder().environment(environment).build();
        return new BackendFinder(settings, airframe).find().join();
    }

    @Test
    void configured_winsAndNothingIsProbed() {
        BackendFinder.Choice choice = find(Map.of("LLM_PROVIDER", "openai"));

        assertThat(choice.settings().provider()).isEqualTo(ProviderId.OPENAI_COMPATIBLE);
        assertThat(choice.reason())
                .isEqualTo("openai-compatible at https://api.openai.com/v1: as LLM_PROVIDER (environment) says");
        assertThat(asked).isEmpty();
    }

    @Test
    void ollama_withTheConfiguredModel_isChosenWithIt() {
        backend.models = target -> FakeAdapter.modelsAre("a", "mine:latest");
        serversAt("http://127.0.0.1:8080");
        BackendFinder.Choice choice = find(Map.of("OLLAMA_MODEL", "mine"));

        assertThat(choice.settings().model()).isEqualTo("mine:latest");
        assertThat(choice.settings().baseUrl()).isEqualTo(URI.create("http://127.0.0.1:11434"));
        assertThat(choice.reason()).isEqualTo("ollama at http://127.0.0.1:11434: it has the model mine:latest");
    }

    @Test
    void ollama_withoutTheDefaultModel_isChosenWithTheFirstThatChats() {
        backend.models = target -> FakeAdapter.modelsAre("nomic-embed-text:latest", "phi4:latest", "b");

        assertThat(find(Map.of()).settings().model()).isEqualTo("phi4:latest");
    }

    @Test
    void ollama_withoutTheModelThatWasAskedFor_isChosenAllTheSame() {
        backend.models = target -> FakeAdapter.modelsAre("phi4:latest");

        assertThat(find(Map.of("OLLAMA_MODEL", "mine")).settings().model()).isEqualTo("mine");
    }

    @Test
    void ollama_withoutModels_isPassedOver() {
        backend.models = target -> FakeAdapter.modelsAre();
        serversAt("http://127.0.0.1:9931");
        BackendFinder.Choice choice = find(Map.of());

        assertThat(choice.settings().provider()).isEqualTo(ProviderId.LLAMASERVER);
        assertThat(choice.reason()).isEqualTo("llamaserver at http://127.0.0.1:9931: it answers");
    }

    @Test
    void llamaServer_onBothPorts_isTheFirst() {
        serversAt("http://127.0.0.1:9931", "http://127.0.0.1:8080");

        assertThat(find(Map.of()).settings().baseUrl()).isEqualTo(URI.create("http://127.0.0.1:8080"));
    }

    @Test
    void nothing_there_isTheEmbeddedModelWithReasons() {
        BackendFinder.Choice choice = find(Map.of());

        assertThat(choice.settings().needsModelFile()).isTrue();
        assertThat(choice.reason())
                .isEqualTo("llamacpp in this process: ollama at http://127.0.0.1:11434: nothing there;"
                        + " llamaserver at http://127.0.0.1:8080: nothing there;"
                        + " llamaserver at http://127.0.0.1:9931: nothing there");
        assertThat(asked).hasSize(3);
    }

    @Test
    void nothing_thereAndNoEmbedded_isAnErrorWithWhatToDo() {
        airframe.close();
        airframe = backend.airframe(BackendKind.OLLAMA);

        assertThatThrownBy(() -> find(Map.of()))
                .cause()
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("no backend found: ollama at http://127.0.0.1:11434: nothing there;"
                        + " llamaserver at http://127.0.0.1:8080: not part of this build;")
                .hasMessageEndingWith("llamacpp: not part of this build."
                        + " Start Ollama or llama-server, or set LLM_PROVIDER and its settings");
    }

    @Test
    void backend_thatNeverAnswers_isGivenUp() {
        CompletableFuture<?> hanging = new CompletableFuture<>();
        backend.models = target -> hanging.thenApply(never -> List.of());

        assertThat(new BackendFinder(AvionicsSettings.builder().build(), airframe)
                        .find()
                        .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                        .join()
                        .reason())
                .contains("ollama at http://127.0.0.1:11434: no answer within 500 ms");
    }

    @Test
    void generalAddress_withoutProvider_isAskedWhatItIs() {
        serversAt("http://box:7");
        BackendFinder.Choice choice = find(Map.of("LLM_BASE_URL", "http://box:7", "LLM_DEFAULT_MODEL", "m"));

        assertThat(choice.settings().provider()).isEqualTo(ProviderId.LLAMASERVER);
        assertThat(choice.settings().model()).isEqualTo("m");
        assertThat(choice.settings().baseUrl()).isEqualTo(URI.create("http://box:7"));
    }

    @Test
    void probes_areAskedOnceWithoutRetries() {
        find(Map.of());

        assertThat(asked)
                .containsExactlyInAnyOrder(
                        "http://127.0.0.1:11434",
                        "llama-server http://127.0.0.1:8080",
                        "llama-server http://127.0.0.1:9931");
    }
}
