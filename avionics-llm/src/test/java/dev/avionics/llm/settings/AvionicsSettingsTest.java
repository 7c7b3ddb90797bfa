package dev.avionics.llm.settings;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Timeouts;
import java.io.IOException;
import java.net.URI;
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
import org.junit.jupiter.params.provider.EnumSource;

class AvionicsSettingsTest {
    @TempDir
    private Path folder;

    private static AvionicsSettings environment(String... namesAndValues) {
        Map<String, String> variables = new java.util.HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return AvionicsSettings.builder().environment(variables).build();
    }

    private Path dotEnv(String text) throws IOException {
        return Files.writeString(folder.resolve(".env"), text);
    }

    @Test
    @Tag("row-102")
    void value_inEverySource_comesFromTheFirstOne() throws IOException {
        Path file = dotEnv("# models\nOLLAMA_MODEL=from-file\n");
        AvionicsSettings.Builder builder = AvionicsSettings.builder();

        assertThat(builder.build().setting("OLLAMA_MODEL"))
                .isEqualTo(
                        new AvionicsSettings.Setting("ollama.model", List.of("OLLAMA_MODEL"), "qwen2.5:7b", "default"));
        assertThat(builder.dotEnv(file).build().setting("ollama.model").origin())
                .isEqualTo("OLLAMA_MODEL (" + file + ":2)");
        assertThat(builder.environment(Map.of("OLLAMA_MODEL", "from-environment"))
                        .build()
                        .setting("ollama.model"))
                .extracting(AvionicsSettings.Setting::value, AvionicsSettings.Setting::origin)
                .containsExactly("from-environment", "OLLAMA_MODEL (environment)");
        assertThat(builder.systemProperties(Map.of("avionics.ollama.model", "from-property"))
                        .build()
                        .setting("ollama.model"))
                .extracting(AvionicsSettings.Setting::value, AvionicsSettings.Setting::origin)
                .containsExactly("from-property", "avionics.ollama.model (system property)");
        assertThat(builder.set("OLLAMA_MODEL", "given").build().setting("ollama.model"))
                .extracting(AvionicsSettings.Setting::value, AvionicsSettings.Setting::origin)
                .containsExactly("given", "ollama.model (given)");
    }

    @Test
    void value_empty_countsAsNotSet() {
        assertThat(environment("OLLAMA_MODEL", " ").text("ollama.model")).contains("qwen2.5:7b");
    }

    @Test
    void names_ofTheEnvironment_areCaseBlind() {
        assertThat(environment("ollama_model", "small").text("OLLAMA_MODEL")).contains("small");
        assertThat(environment("ollama_model", "small", "OLLAMA_MODEL", "capital")
                        .text("OLLAMA_MODEL"))
                .contains("capital");
    }

    @ParameterizedTest
    @CsvSource({
        "OLLAMA_BASE_URL, http://h:1, OLLAMA, http://h:1",
        "OLLAMA_HOST, 0.0.0.0, OLLAMA, http://127.0.0.1:11434",
        "LLAMASERVER_HOST, http://h:2, LLAMASERVER, http://h:2",
        "LLAMASERVER_HOST, h, LLAMASERVER, http://h:8080",
        "OPENAI_BASE_URL, https://h/v1/, OPENAI_COMPATIBLE, https://h/v1",
        "ANTHROPIC_BASE_URL, https://h, ANTHROPIC, https://h",
        "NVIDIA_NIM_BASE_URL, https://h/v1, NVIDIA_NIM, https://h/v1",
        "AZURE_ENDPOINT, https://h, AZURE, https://h"
    })
    void baseUrl_ofEachProvider_isRead(String name, String value, ProviderId provider, URI expected) {
        assertThat(environment(name, value).provider(provider).baseUrl()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "OLLAMA, http://localhost:11434, qwen2.5:7b, nomic-embed-text, FREE",
        "LLAMASERVER, http://localhost:8080, '', '', FREE",
        "LLAMACPP, local:model, '', '', FREE",
        "OPENAI_COMPATIBLE, https://api.openai.com/v1, gpt-4o-mini, text-embedding-3-small, METERED",
        "ANTHROPIC, https://api.anthropic.com, claude-sonnet-4-6, '', METERED",
        "GOOGLE, https://generativelanguage.googleapis.com, gemini-2.0-flash, gemini-embedding-001, METERED",
        "GROQ, https://api.groq.com/openai/v1, llama-3.3-70b-versatile, '', METERED",
        "COHERE, https://api.cohere.com, command-r-plus, embed-v4.0, METERED",
        "MISTRAL, https://api.mistral.ai/v1, mistral-large-latest, mistral-embed, METERED",
        "NVIDIA_NIM, https://integrate.api.nvidia.com/v1, meta/llama-3.1-8b-instruct, '', METERED",
        "MOCK, local:model, '', '', FREE"
    })
    void provider_withNothingSet_hasItsDefaults(
            ProviderId id, URI url, String model, String embeddingModel, Billing billing) {
        ProviderSettings settings = environment().provider(id);

        assertThat(settings)
                .extracting(
                        ProviderSettings::baseUrl,
                        ProviderSettings::model,
                        ProviderSettings::embeddingModel,
                        ProviderSettings::billing,
                        ProviderSettings::maxRetries,
                        ProviderSettings::apiKey)
                .containsExactly(url, model, embeddingModel, billing, 3, null);
    }

    @ParameterizedTest
    @EnumSource(
            value = ProviderId.class,
            names = {"OPENAI_COMPATIBLE", "ANTHROPIC", "AZURE"})
    @Tag("row-70")
    @Tag("row-71")
    @Tag("row-72")
    void firstByte_ofTheHostedThree_isWaitedForAMinute(ProviderId id) {
        AvionicsSettings plain = environment("AZURE_ENDPOINT", "https://r.openai.azure.com");

        assertThat(requireNonNull(plain.provider(id).timeouts()).firstByte()).isEqualTo(Duration.ofSeconds(60));
        assertThat(environment("LLM_TIMEOUT", "7", "AZURE_ENDPOINT", "https://r.openai.azure.com")
                        .provider(id)
                        .timeouts())
                .isEqualTo(Timeouts.Override.total(Duration.ofSeconds(7)));
        assertThat(environment("OPENAI_BASE_URL", "http://localhost:1/v1")
                        .provider(ProviderId.OPENAI_COMPATIBLE)
                        .timeouts())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "ANTHROPIC, ANTHROPIC_API_KEY",
        "GOOGLE, GOOGLE_API_KEY",
        "AZURE, AZURE_API_KEY",
        "GROQ, GROQ_API_KEY",
        "COHERE, COHERE_API_KEY",
        "MISTRAL, MISTRAL_API_KEY",
        "NVIDIA_NIM, NVIDIA_NIM_API_KEY",
        "OPENAI_COMPATIBLE, OPENAI_API_KEY"
    })
    @Tag("row-72")
    void key_ofAHostedService_isMissingByItsVariablesName(ProviderId id, String variable) {
        AvionicsSettings none = environment("AZURE_ENDPOINT", "https://r.openai.azure.com");

        assertThat(none.provider(id).missingKey()).isEqualTo(variable);
        assertThat(environment(variable, "k", "AZURE_ENDPOINT", "https://r.openai.azure.com")
                        .provider(id)
                        .missingKey())
                .isNull();
    }

    @Test
    void key_ofAServerOfOnesOwn_isNotMissed() {
        assertThat(environment("NVIDIA_NIM_BASE_URL", "http://gpu-1:8000/v1")
                        .provider(ProviderId.NVIDIA_NIM)
                        .missingKey())
                .isNull();
        assertThat(environment().provider(ProviderId.OLLAMA).missingKey()).isNull();
    }

    @Test
    @Tag("row-72")
    void azure_withoutAddress_isRefusedByItsVariablesName() {
        assertThatThrownBy(() -> environment().provider(ProviderId.AZURE))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("AZURE_ENDPOINT");
    }

    @Test
    @Tag("row-57")
    void anthropic_limitsOfTokens_areSettings() {
        assertThat(environment().provider(ProviderId.ANTHROPIC).metadata())
                .containsEntry("max_tokens_stream", "8192")
                .containsEntry("max_tokens_complete", "4096");
        assertThat(environment("ANTHROPIC_MAX_TOKENS_STREAM", "100")
                        .provider(ProviderId.ANTHROPIC)
                        .metadata())
                .containsEntry("max_tokens_stream", "100");
    }

    @ParameterizedTest
    @CsvSource({"GROQ, groq", "MISTRAL, mistral", "NVIDIA_NIM, nvidia-nim"})
    void hostedServices_thatSpeakLikeOpenAi_areItsDialects(ProviderId id, String dialect) {
        assertThat(environment().provider(id).endpoint().kind()).isEqualTo(BackendKind.OPENAI_CHAT);
        assertThat(environment().provider(id).apiType()).isEqualTo(dialect);
    }

    @Test
    void openAiProtocol_onThisMachine_isFreeAndHostedOllamaIsNot() {
        assertThat(environment("OPENAI_BASE_URL", "http://localhost:1234/v1")
                        .provider(ProviderId.OPENAI_COMPATIBLE)
                        .billing())
                .isEqualTo(Billing.FREE);
        assertThat(environment("OLLAMA_BASE_URL", "https://ollama.com")
                        .provider(ProviderId.OLLAMA)
                        .billing())
                .isEqualTo(Billing.METERED);
    }

    @Test
    void azure_withoutEndpoint_isRefusedWithTheVariablesName() {
        assertThatThrownBy(() -> environment().provider(ProviderId.AZURE))
                .hasMessage("AZURE_ENDPOINT: not set (expected: the address of azure)");
    }

    @Test
    void variables_ofTheDocuments_reachTheProvider() {
        ProviderSettings ollama = environment(
                        "OLLAMA_MODEL", "m", "OLLAMA_EMBED_MODEL", "e", "LLM_TIMEOUT", "30", "LLM_MAX_RETRIES", "0")
                .provider(ProviderId.OLLAMA);
        ProviderSettings openAi = environment(
                        "OPENAI_API_KEY", "sk-1", "OPENAI_MODEL", "m", "OPENAI_EMBED_MODEL", "e", "OPENAI_ORG_ID", "o")
                .provider(ProviderId.OPENAI_COMPATIBLE);
        ProviderSettings llama = environment(
                        "LLAMACPP_MODEL_PATH",
                        "/m/x.gguf",
                        "LLAMACPP_N_CTX",
                        "512",
                        "LLAMACPP_N_GPU_LAYERS",
                        "3",
                        "LLAMACPP_N_THREADS",
                        "2")
                .provider(ProviderId.LLAMACPP);

        assertThat(ollama.model()).isEqualTo("m");
        assertThat(ollama.embeddingModel()).isEqualTo("e");
        assertThat(ollama.timeouts()).isEqualTo(Timeouts.Override.total(Duration.ofSeconds(30)));
        assertThat(ollama.maxRetries()).isZero();
        assertThat(openAi.apiKey()).isEqualTo(Secret.of("sk-1"));
        assertThat(openAi.headers()).containsExactly(Map.entry("OpenAI-Organization", "o"));
        assertThat(llama.metadata())
                .containsOnly(
                        Map.entry("model_path", "/m/x.gguf"),
                        Map.entry("n_ctx", "512"),
                        Map.entry("n_gpu_layers", "3"),
                        Map.entry("n_threads", "2"));
        assertThat(llama.model()).isEqualTo("x.gguf");
        assertThat(llama.needsModelFile()).isFalse();
    }

    @Test
    void generalNames_belongToTheChosenProviderOnly() {
        AvionicsSettings settings = environment(
                "LLM_PROVIDER",
                "llamaserver",
                "LLM_BASE_URL",
                "h:7",
                "LLM_API_KEY",
                "k",
                "LLM_DEFAULT_MODEL",
                "m",
                "LLM_API_TYPE",
                "openai",
                "LLM_TEMPERATURE",
                "0",
                "LLM_MAX_TOKENS",
                "9");
        ProviderSettings chosen = settings.provider(ProviderId.LLAMASERVER);

        assertThat(chosen.baseUrl()).isEqualTo(URI.create("http://h:7"));
        assertThat(chosen.apiKey()).isEqualTo(Secret.of("k"));
        assertThat(chosen.model()).isEqualTo("m");
        assertThat(chosen.apiType()).isEqualTo("openai");
        assertThat(chosen.defaultOptions()).containsOnly(Map.entry("temperature", 0.0), Map.entry("num_predict", 9));
        assertThat(settings.provider(ProviderId.OPENAI_COMPATIBLE).baseUrl())
                .isEqualTo(URI.create("https://api.openai.com/v1"));
        assertThat(settings.provider(ProviderId.OPENAI_COMPATIBLE).apiKey()).isNull();
    }

    @Test
    void generalName_fromABetterSource_winsOverTheProvidersOwn() {
        AvionicsSettings settings = AvionicsSettings.builder()
                .environment(Map.of("OLLAMA_BASE_URL", "http://own:1", "LLM_BASE_URL", "http://general:1"))
                .build();

        assertThat(settings.provider(ProviderId.OLLAMA).baseUrl().getHost()).isEqualTo("own");
        assertThat(settings.toBuilder()
                        .set("llm.base-url", "http://given:1")
                        .build()
                        .provider(ProviderId.OLLAMA)
                        .baseUrl()
                        .getHost())
                .isEqualTo("given");
    }

    @ParameterizedTest
    @CsvSource({
        "LLM_PROVIDER=claude, ANTHROPIC, LLM_PROVIDER (environment)",
        "MOCK_LLM_ENABLED=true;LLM_PROVIDER=ollama, MOCK, MOCK_LLM_ENABLED (environment)",
        "MOCK_LLM_ENABLED=false, , ''",
        "LLM_API_TYPE=native, LLAMASERVER, LLM_API_TYPE (environment)",
        "LLM_API_TYPE=chat;LLM_BASE_URL=http://h, OPENAI_COMPATIBLE, LLM_API_TYPE (environment)",
        "LLM_API_TYPE=ollama_generate, OLLAMA, LLM_API_TYPE (environment)",
        "LLM_API_TYPE=auto, , ''",
        "OLLAMA_HOST=h, OLLAMA, OLLAMA_HOST (environment)",
        "LLAMASERVER_HOST=h, LLAMASERVER, LLAMASERVER_HOST (environment)",
        "OPENAI_BASE_URL=http://h, OPENAI_COMPATIBLE, OPENAI_BASE_URL (environment)",
        "LLAMACPP_MODEL_PATH=/x.gguf, LLAMACPP, LLAMACPP_MODEL_PATH (environment)",
        "OPENAI_API_KEY=sk-1, , ''",
        "OLLAMA_MODEL=m, , ''"
    })
    void provider_isAskedForByNameTypeOrAddress(String environment, ProviderId expected, String by) {
        String[] parts = environment.split("[;=]");
        AvionicsSettings settings = environment(parts);

        assertThat(settings.configuredProvider()).isEqualTo(java.util.Optional.ofNullable(expected));
        assertThat(settings.configuredBy()).isEqualTo(by);
        assertThat(settings.provider()).isEqualTo(expected == null ? ProviderId.OLLAMA : expected);
    }

    @Test
    void embeddingProvider_mayDiffer() {
        assertThat(environment("EMBEDDING_PROVIDER", "openai").embeddingProvider())
                .isEqualTo(ProviderId.OPENAI_COMPATIBLE);
        assertThat(environment("LLM_PROVIDER", "llamaserver").embeddingProvider())
                .isEqualTo(ProviderId.LLAMASERVER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    LLM_TIMEOUT         | 0         | LLM_TIMEOUT: 0 (expected: 1 to 600 seconds); from environment
                    LLM_TIMEOUT         | 601       | LLM_TIMEOUT: 601 (expected: 1 to 600 seconds); from environment
                    LLM_TIMEOUT         | soon      | LLM_TIMEOUT: soon (expected: 1 to 600 seconds); from environment
                    LLM_MAX_RETRIES     | 11        | LLM_MAX_RETRIES: 11 (expected: a whole number, 0 to 10); from environment
                    LLM_MAX_RETRIES     | -1        | LLM_MAX_RETRIES: -1 (expected: a whole number, 0 to 10); from environment
                    DEFAULT_TEMPERATURE | 3         | DEFAULT_TEMPERATURE: 3 (expected: 0 to 2); from environment
                    DISABLE_TEMPERATURE | perhaps   | DISABLE_TEMPERATURE: perhaps (expected: true or false); from environment
                    OLLAMA_BASE_URL     | ftp://u:sk-secret@h | OLLAMA_BASE_URL: ftp://h (expected: an http or https address such as http://localhost:8080); from environment
                    LLAMASERVER_API_TYPE | natve    | LLAMASERVER_API_TYPE: natve (expected: one of native, openai); from environment
                    LLM_API_TYPE        | olama-chat | LLM_API_TYPE: olama-chat (expected: one of ollama-chat, ollama-generate, openai, auto, native); from environment
                    """)
    @Tag("row-102")
    void value_outOfRange_isToldWithNameValueExpectationAndOrigin(String name, String value, String message) {
        String provider = name.startsWith("LLAMASERVER") ? "llamaserver" : "ollama";
        assertThatThrownBy(() -> environment(name, value, "LLM_PROVIDER", provider))
                .isInstanceOf(SettingsException.class)
                .hasMessage(message);
    }

    @Test
    void provider_unknown_isToldWithOriginAndNearestFirst() throws IOException {
        Path file = dotEnv("LLM_PROVIDER=olama");

        assertThatThrownBy(() -> AvionicsSettings.builder().dotEnv(file).build())
                .hasMessageStartingWith("LLM_PROVIDER: olama (expected one of ollama, ")
                .hasMessageEndingWith("; from " + file + ":1");
    }

    @Test
    void value_ofAProviderThatIsNotUsed_isNotLookedAt() {
        AvionicsSettings settings = environment("LLM_PROVIDER", "openai", "OLLAMA_HOST", "a b");

        assertThatThrownBy(() -> settings.provider(ProviderId.OLLAMA)).hasMessageStartingWith("OLLAMA_HOST: a b");
    }

    @Test
    void apiType_thatDoesNotFitTheProvider_isRefused() {
        assertThatThrownBy(() -> environment("LLM_PROVIDER", "ollama", "LLM_API_TYPE", "openai"))
                .hasMessage(
                        "LLM_API_TYPE: openai (expected: ollama-chat or ollama-generate for ollama); from environment");
    }

    @Test
    void secret_isPrintedNowhereAndKeptAsItIs() {
        String key = "sk-${HOME}-secret";
        AvionicsSettings settings = environment("LLM_PROVIDER", "openai", "OPENAI_API_KEY", key);
        ProviderSettings provider = settings.provider(ProviderId.OPENAI_COMPATIBLE);

        assertThat(provider.apiKey().reveal()).isEqualTo(key);
        assertThat(provider.endpoint()
                        .credentials()
                        .credential()
                        .toCompletableFuture()
                        .join()
                        .secret()
                        .reveal())
                .isEqualTo(key);
        assertThat(settings.setting("OPENAI_API_KEY").value()).isEqualTo("***");
        assertThat(settings + " " + settings.all() + provider + provider.endpoint())
                .doesNotContain("secret");
        assertThatThrownBy(() -> environment("LLM_PROVIDER", "openai", "OPENAI_API_KEY", "sk-secrét"))
                .hasMessageStartingWith("OPENAI_API_KEY: not usable as a key: ")
                .hasMessageNotContaining("sk-secr");
    }

    @Test
    void name_unknown_isAnErrorThatNamesTheNearest() {
        assertThatThrownBy(() -> AvionicsSettings.builder().set("ollama.modell", "x"))
                .hasMessage("ollama.modell: no such setting; did you mean ollama.model?");
        assertThatThrownBy(() -> AvionicsSettings.builder()
                        .systemProperties(Map.of("avionics.olama.model", "x", "avionics.ollama.modle", "y"))
                        .build())
                .hasMessage("avionics.ollama.modle: no such setting (system property);"
                        + " did you mean avionics.ollama.model?");
    }

    @Test
    void variable_unknownWithLlmInFront_isAWarning() {
        assertThat(environment("LLM_PROVIDR", "x", "LLMX", "y", "OLLAMA_KEEP_ALIVE", "5m")
                        .warnings())
                .containsExactly("LLM_PROVIDR (environment): no such setting; did you mean LLM_PROVIDER?");
    }

    @Test
    @Tag("row-102")
    void reload_afterAnEdit_hasTheNewProviderAndABadFileLeavesTheOldOne() throws IOException {
        Path file = dotEnv("LLM_PROVIDER=ollama");
        AvionicsSettings before = AvionicsSettings.builder().dotEnv(file).build();
        dotEnv("LLM_PROVIDER=llamaserver");
        AvionicsSettings after = before.reload();
        dotEnv("LLM_PROVIDER");

        assertThatThrownBy(after::reload).hasMessageContaining(".env:1: no = in it");
        assertThat(before.provider()).isEqualTo(ProviderId.OLLAMA);
        assertThat(after.provider()).isEqualTo(ProviderId.LLAMASERVER);
    }

    @Test
    void modelFile_missing_isToldUntilItIsThere() {
        ProviderSettings settings =
                ProviderSettings.builder(ProviderId.LLAMACPP).build();

        assertThat(settings.needsModelFile()).isTrue();
        ProviderSettings with = settings.withModelFile(Path.of("/m/Smol.gguf"));
        assertThat(with.needsModelFile()).isFalse();
        assertThat(with.endpoint().metadata())
                .containsEntry("model_path", Path.of("/m/Smol.gguf").toString());
        assertThat(with.model()).isEqualTo("Smol.gguf");
    }

    @Test
    void table_hasEachVariableOnce() {
        List<String> all = SettingTable.all().stream()
                .flatMap(key -> key.variables().stream())
                .toList();

        assertThat(all).doesNotHaveDuplicates().hasSizeGreaterThan(60);
        assertThat(SettingTable.all())
                .allSatisfy(key -> assertThat(key.shownName()).isNotEmpty());
    }
}
