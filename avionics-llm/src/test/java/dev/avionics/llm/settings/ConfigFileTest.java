package dev.avionics.llm.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.EndpointSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands in {@code avionics.yaml}, and what wins over it. */
class ConfigFileTest {
    @TempDir
    private Path folder;

    private Path file(String yaml) {
        try {
            return Files.writeString(folder.resolve("avionics.yaml"), yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private AvionicsSettings settings(String yaml, Map<String, String> environment) {
        return AvionicsSettings.builder()
                .environment(environment)
                .file(file(yaml))
                .build();
    }

    @Test
    @Tag("row-102")
    void values_ofTheFile_loseToAllOtherSourcesButDefaults() throws IOException {
        Path dotEnv = Files.writeString(folder.resolve(".env"), "OLLAMA_EMBED_MODEL=of-dotenv\nGROQ_MODEL=of-dotenv\n");
        AvionicsSettings settings = AvionicsSettings.builder()
                .set("groq.model", "given")
                .systemProperties(Map.of("avionics.mistral.model", "of-property"))
                .environment(Map.of("OLLAMA_MODEL", "of-environment", "MISTRAL_MODEL", "of-environment"))
                .dotEnv(dotEnv)
                .file(file("""
                        ollama: {model: of-file, embedding-model: of-file, base-url: "http://box:11434"}
                        groq: {model: of-file}
                        mistral: {model: of-file}
                        llm:
                          timeout: 30
                        """))
                .build();

        assertThat(settings.text("groq.model")).contains("given");
        assertThat(settings.text("mistral.model")).contains("of-property");
        assertThat(settings.text("ollama.model")).contains("of-environment");
        assertThat(settings.text("ollama.embedding-model")).contains("of-dotenv");
        assertThat(settings.text("ollama.base-url")).contains("http://box:11434");
        assertThat(settings.text("cohere.model")).contains("command-r-plus");
        assertThat(settings.setting("llm.timeout").origin())
                .startsWith("llm.timeout (")
                .endsWith("avionics.yaml:5)");
        assertThat(settings.provider(ProviderId.OLLAMA).timeouts().total()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void providers_ofAnyNumber_haveNamesAndSettingsOfTheirOwn() {
        AvionicsSettings settings = settings(
                """
                llm: {provider: fast}
                providers:
                  fast:
                    type: groq
                    model: llama-3.1-8b-instant
                    api-key-env: MY_GROQ
                    temperature: 0.1
                    max-retries: 1
                  vllm-box:
                    type: openai
                    base-url: http://box:8000
                    api-type: vllm
                    model: qwen3
                    headers: {x-team: agents}
                    metadata: {most_stops: 4}
                  claude:
                    max-tokens: {stream: 100}
                """, Map.of("MY_GROQ", "gsk-1", "OPENAI_API_KEY", "sk-of-openai", "ANTHROPIC_API_KEY", "sk-ant"));

        assertThat(settings.namedProviders()).containsExactly("fast", "vllm-box", "claude");
        assertThat(settings.providerName()).isEqualTo("fast");
        assertThat(settings.provider()).isEqualTo(ProviderId.GROQ);
        ProviderSettings fast = settings.provider("fast");
        assertThat(fast.name()).isEqualTo("fast");
        assertThat(fast.apiKey().reveal()).isEqualTo("gsk-1");
        assertThat(fast.model()).isEqualTo("llama-3.1-8b-instant");
        assertThat(fast.baseUrl()).hasToString("https://api.groq.com/openai/v1");
        assertThat(fast.defaultOptions()).containsEntry("temperature", 0.1);
        assertThat(fast.maxRetries()).isEqualTo(1);

        EndpointSpec box = settings.provider("vllm-box").endpoint();
        assertThat(box.name()).isEqualTo("vllm-box");
        assertThat(box.apiType()).isEqualTo("vllm");
        assertThat(box.headers()).containsEntry("x-team", "agents");
        assertThat(box.metadata()).containsEntry("most_stops", "4");
        // The key of the hosted service is not for the box.
        assertThat(settings.provider("vllm-box").apiKey()).isNull();

        assertThat(settings.provider("claude").metadata()).containsEntry("max_tokens_stream", "100");
        assertThat(settings.provider("claude").apiKey().reveal()).isEqualTo("sk-ant");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "olama: {model: m} | olama: no such setting; did you mean ollama?",
                "ollama: {modell: m} | ollama.modell: no such setting; did you mean ollama.model?",
                "ollama: {model: [a, b]} | ollama.model (expected: one value); from",
                "ollama: fast | ollama (expected: names with values below it); from",
                "'providers: {fast: {model: m}}' | providers.fast.type: fast (expected one of",
                "'providers: {fast: {type: groq, modle: m}}' | providers.fast.modle: no such setting; did you mean model?",
                "'providers: {fast: {type: groq, api-key-env: NOPE}}\nllm: {provider: fast}' | NOPE is not set",
                "llm: {provider: fats} | llm.provider: fats (expected one of",
                "'ollama: {model: a}\nollama: {model: b}' | stands twice",
                "'ollama: {' | no YAML",
                "- a | no mapping of names to values",
                "llm: {timeout: soon} | llm.timeout: soon (expected: 1 to 600 seconds); from",
            })
    void file_wrong_isRefusedWithItsLineAndTheNearestName(String yaml, String words) {
        assertThatThrownBy(() -> settings(yaml.replace("\\n", "\n"), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(words.strip())
                .hasMessageContaining("avionics.yaml");
    }

    @Test
    void file_thatIsMissing_isAnErrorOnlyIfItWasNamed() {
        assertThatThrownBy(() -> AvionicsSettings.builder()
                        .file(folder.resolve("other.yaml"))
                        .build())
                .hasMessageContaining("other.yaml: no such file");
    }

    @Test
    void file_empty_isNoError() {
        assertThat(settings("# nothing yet\n", Map.of()).namedProviders()).isEmpty();
    }

    @Test
    void sections_ofOthers_areHandedOn() {
        AvionicsSettings settings = settings("""
                nodes:
                  - name: n1
                    agents: [planner, critic]
                agents:
                  planner: {model: m}
                """, Map.of());

        assertThat(settings.section("agents")).isEqualTo(Map.of("planner", Map.of("model", "m")));
        assertThat(settings.list("nodes"))
                .isEqualTo(List.of(Map.of("name", "n1", "agents", List.of("planner", "critic"))));
        assertThat(settings.section("gateway")).isEmpty();
    }

    @Test
    void variables_ofNoSetting_areFoundWhateverTheirCase() throws IOException {
        AvionicsSettings settings = AvionicsSettings.builder()
                .environment(Map.of("Planner_Model", "m"))
                .dotEnv(Files.writeString(folder.resolve(".env"), "PLANNER_MODEL=other\nCRITIC_MODEL=c\n"))
                .build();

        assertThat(settings.variable("PLANNER_MODEL").orElseThrow().value()).isEqualTo("m");
        assertThat(settings.variable("critic_model").orElseThrow().origin()).contains(".env:2");
        assertThat(settings.variable("OTHER_MODEL")).isEmpty();
    }
}
