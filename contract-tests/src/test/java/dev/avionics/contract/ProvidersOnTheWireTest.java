package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every name of the environment, and every default, as the backend sees it. */
@Tag("row-50")
@Tag("row-56")
@Tag("row-57")
@Tag("row-58")
@Tag("row-59")
@Tag("row-61")
@Tag("row-62")
@Tag("row-63")
@Tag("row-72")
class ProvidersOnTheWireTest {
    private SimulatedBackend backend;
    private Airframe airframe;

    @BeforeEach
    void start() {
        backend = SimulatedBackend.start(
                Scenario.create().otherwise(request -> Reply.json(400, "{\"error\":{\"message\":\"seen\"}}")));
        airframe = Airframe.create();
    }

    @AfterEach
    void stop() {
        airframe.close();
        backend.close();
    }

    /** A provider from variables written as {@code NAME=value}, with {@code @} for the backend's address. */
    private LLMProvider provider(String name, String variables) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("LLM_PROVIDER", name);
        for (String each : variables.split(" ")) {
            String[] parts = each.split("=", 2);
            environment.put(parts[0], parts[1].replace("@", backend.uri().toString()));
        }
        return new LLMFactory(
                        AvionicsSettings.builder().environment(environment).build(), airframe)
                .defaultProvider();
    }

    private SeenRequest asked(LLMProvider provider, boolean streamed, Map<String, ?> options) {
        assertThatThrownBy(() -> {
                    if (streamed) {
                        provider.generateStream(null, "Hi", options).collect().join();
                    } else {
                        provider.generate(null, "Hi", options);
                    }
                })
                .satisfies(error -> assertThat(error instanceof CompletionException ? error.getCause() : error)
                        .isInstanceOf(InferenceException.class));
        return backend.requests().get(backend.requests().size() - 1);
    }

    @ParameterizedTest
    @CsvSource({
        "ollama, OLLAMA_BASE_URL=@, /api/chat, qwen2.5:7b",
        "ollama, OLLAMA_BASE_URL=@ OLLAMA_MODEL=m, /api/chat, m",
        "openai, OPENAI_BASE_URL=@/v1 OPENAI_API_KEY=k, /v1/chat/completions, gpt-4o-mini",
        "openai, OPENAI_BASE_URL=@/ OPENAI_API_KEY=k OPENAI_MODEL=m, /v1/chat/completions, m",
        "anthropic, ANTHROPIC_BASE_URL=@ ANTHROPIC_API_KEY=k, /v1/messages, claude-sonnet-4-6",
        "anthropic, ANTHROPIC_BASE_URL=@/v1 ANTHROPIC_API_KEY=k ANTHROPIC_MODEL=m, /v1/messages, m",
        "groq, GROQ_BASE_URL=@/openai/v1 GROQ_API_KEY=k, /openai/v1/chat/completions, llama-3.3-70b-versatile",
        "groq, GROQ_BASE_URL=@/openai/v1 GROQ_API_KEY=k GROQ_MODEL=m, /openai/v1/chat/completions, m",
        "cohere, COHERE_BASE_URL=@ COHERE_API_KEY=k, /v2/chat, command-r-plus",
        "cohere, COHERE_BASE_URL=@ CO_API_KEY=k COHERE_MODEL=m, /v2/chat, m",
        "mistral, MISTRAL_BASE_URL=@/v1 MISTRAL_API_KEY=k, /v1/chat/completions, mistral-large-latest",
        "mistral, MISTRAL_BASE_URL=@/v1 MISTRAL_API_KEY=k MISTRAL_MODEL=m, /v1/chat/completions, m",
        "nvidia-nim, NVIDIA_NIM_BASE_URL=@/v1 NVIDIA_NIM_API_KEY=k, /v1/chat/completions, meta/llama-3.1-8b-instruct",
        "nvidia-nim, NVIDIA_NIM_BASE_URL=@/v1 NVIDIA_API_KEY=k NVIDIA_NIM_MODEL=m, /v1/chat/completions, m",
        "openai, LLM_BASE_URL=@/v1 LLM_API_KEY=k LLM_MODEL=m, /v1/chat/completions, m"
    })
    void variables_ofAProvider_leadToItsPathAndModel(String name, String variables, String path, String model) {
        SeenRequest seen = asked(provider(name, variables), true, Map.of());

        assertThat(seen.path()).isEqualTo(path);
        assertThat(JsonValues.parseObject(seen.bodyText()))
                .containsEntry("model", model)
                .containsEntry("stream", true);
    }

    @ParameterizedTest
    @CsvSource({
        "openai, OPENAI_BASE_URL=@/v1 OPENAI_API_KEY=k, authorization, Bearer k",
        "groq, GROQ_BASE_URL=@/openai/v1 GROQ_API_KEY=k, authorization, Bearer k",
        "mistral, MISTRAL_BASE_URL=@/v1 MISTRAL_API_KEY=k, authorization, Bearer k",
        "nvidia-nim, NVIDIA_NIM_BASE_URL=@/v1 NVIDIA_NIM_API_KEY=k, authorization, Bearer k",
        "cohere, COHERE_BASE_URL=@ COHERE_API_KEY=k, authorization, Bearer k",
        "anthropic, ANTHROPIC_BASE_URL=@ ANTHROPIC_API_KEY=k, x-api-key, k",
        "anthropic, ANTHROPIC_BASE_URL=@ ANTHROPIC_AUTH_TOKEN=k, authorization, Bearer k",
        "google, GOOGLE_BASE_URL=@ GOOGLE_API_KEY=k, x-goog-api-key, k",
        "google, GOOGLE_BASE_URL=@ GEMINI_API_KEY=k, x-goog-api-key, k",
        "azure, AZURE_ENDPOINT=@ AZURE_API_KEY=k AZURE_DEPLOYMENT_NAME=d, api-key, k",
        "azure, AZURE_OPENAI_ENDPOINT=@ AZURE_OPENAI_API_KEY=k AZURE_DEPLOYMENT_NAME=d, api-key, k",
        "azure, AZURE_ENDPOINT=@ AZURE_OPENAI_AD_TOKEN=k AZURE_DEPLOYMENT_NAME=d, authorization, Bearer k",
        "ollama, OLLAMA_BASE_URL=@ OLLAMA_API_KEY=k, authorization, Bearer k",
        "openai, OPENAI_BASE_URL=@/v1 OPENAI_ORG_ID=o OPENAI_API_KEY=k, openai-organization, o",
        "openai, OPENAI_BASE_URL=@/v1 OPENAI_PROJECT_ID=p OPENAI_API_KEY=k, openai-project, p"
    })
    void key_ofAProvider_goesIntoItsHeaderAndNowhereElse(String name, String variables, String header, String value) {
        SeenRequest seen = asked(provider(name, variables), true, Map.of());

        assertThat(seen.header(header)).contains(value);
        assertThat(seen.target()).doesNotContain("key=");
        for (String other : new String[] {"authorization", "x-api-key", "api-key", "x-goog-api-key"}) {
            boolean expected = other.equals(header) || (header.startsWith("openai-") && other.equals("authorization"));
            assertThat(seen.header(other).isPresent()).as(other).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GOOGLE_BASE_URL=@ GOOGLE_API_KEY=k, true, /v1beta/models/gemini-2.0-flash:streamGenerateContent?alt=sse",
        "GOOGLE_BASE_URL=@/v1beta GOOGLE_API_KEY=k GOOGLE_MODEL=m, false, /v1beta/models/m:generateContent"
    })
    void google_streamedOrWhole_hasItsPathAndNoCapOfTokens(String variables, boolean streamed, String target) {
        SeenRequest seen = asked(provider("google", variables), streamed, Map.of());

        assertThat(seen.target()).isEqualTo(target);
        assertThat(seen.bodyText()).doesNotContain("maxOutputTokens");
    }

    @ParameterizedTest
    @CsvSource({
        "'', /openai/deployments/d/chat/completions?api-version=2024-02-01",
        "' AZURE_API_VERSION=2024-10-21', /openai/deployments/d/chat/completions?api-version=2024-10-21",
        "' OPENAI_API_VERSION=2024-06-01', /openai/deployments/d/chat/completions?api-version=2024-06-01"
    })
    void azure_deploymentAndVersion_areInThePath(String more, String target) {
        String variables = "AZURE_ENDPOINT=@ AZURE_API_KEY=k AZURE_DEPLOYMENT_NAME=d" + more;

        assertThat(asked(provider("azure", variables), true, Map.of()).target()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "true, '', 8192",
        "false, '', 4096",
        "true, ' ANTHROPIC_MAX_TOKENS_STREAM=9', 9",
        "false, ' ANTHROPIC_MAX_TOKENS_COMPLETE=8', 8"
    })
    void anthropic_withoutALimit_sendsTheSettingsOne(boolean streamed, String more, long limit) {
        LLMProvider provider = provider("anthropic", "ANTHROPIC_BASE_URL=@ ANTHROPIC_API_KEY=k" + more);

        assertThat(JsonValues.parseObject(asked(provider, streamed, Map.of()).bodyText()))
                .containsEntry("max_tokens", limit);
        assertThat(JsonValues.parseObject(
                        asked(provider, streamed, Map.of("num_predict", 5)).bodyText()))
                .containsEntry("max_tokens", 5L);
    }

    @ParameterizedTest
    @CsvSource({
        "openai, OPENAI_BASE_URL=@/v1 OPENAI_API_KEY=k, max_tokens",
        "groq, GROQ_BASE_URL=@/openai/v1 GROQ_API_KEY=k, max_completion_tokens",
        "azure, AZURE_ENDPOINT=@ AZURE_API_KEY=k AZURE_DEPLOYMENT_NAME=d, max_tokens",
        "azure, AZURE_ENDPOINT=@ AZURE_API_KEY=k AZURE_DEPLOYMENT_NAME=d AZURE_MODEL_HINT=gpt-5.2, max_completion_tokens"
    })
    @Tag("row-70")
    void optionsOfGenerate_areMappedToTheFieldsOfTheApi(String name, String variables, String field) {
        Map<String, Object> options = Map.of("num_predict", 5, "json_mode", true);

        Map<String, ?> body = JsonValues.parseObject(
                asked(provider(name, variables), false, options).bodyText());
        assertThat(body.get(field)).isEqualTo(5L);
        assertThat(body.get("response_format")).isEqualTo(Map.of("type", "json_object"));
    }

    @ParameterizedTest
    @CsvSource({
        "ollama, OLLAMA_BASE_URL=@, /api/embed, nomic-embed-text",
        "ollama, OLLAMA_BASE_URL=@ OLLAMA_EMBED_MODEL=e, /api/embed, e",
        "openai, OPENAI_BASE_URL=@/v1 OPENAI_API_KEY=k, /v1/embeddings, text-embedding-3-small",
        "openai, OPENAI_BASE_URL=@/v1 OPENAI_API_KEY=k OPENAI_EMBED_MODEL=e, /v1/embeddings, e",
        "mistral, MISTRAL_BASE_URL=@/v1 MISTRAL_API_KEY=k, /v1/embeddings, mistral-embed",
        "cohere, COHERE_BASE_URL=@ COHERE_API_KEY=k, /v2/embed, embed-v4.0"
    })
    @Tag("row-48")
    @Tag("row-51")
    void embeddings_ofAProvider_haveTheirPathAndModel(String name, String variables, String path, String model) {
        LLMProvider provider = provider(name, variables);
        assertThatThrownBy(() -> provider.embed(null, EmbeddingRequest.of("x"), provider.newCall())
                        .join())
                .hasCauseInstanceOf(InferenceException.class);

        SeenRequest seen = backend.requests().get(0);
        assertThat(seen.path()).isEqualTo(path);
        assertThat(JsonValues.parseObject(seen.bodyText())).containsEntry("model", model);
    }
}
