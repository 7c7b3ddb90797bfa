package dev.avionics.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.SettingsException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The provider classes with the defaults of their constructors. */
class ProviderClassesTest {
    private static final AvionicsSettings NOTHING = AvionicsSettings.builder().build();

    private final FakeAdapter backend = new FakeAdapter();
    private final Airframe airframe = backend.airframe(
            BackendKind.LLAMA_SERVER,
            BackendKind.OPENAI_CHAT,
            BackendKind.ANTHROPIC_MESSAGES,
            BackendKind.AZURE_OPENAI,
            BackendKind.OLLAMA,
            BackendKind.GOOGLE_GENAI,
            BackendKind.COHERE_CHAT,
            BackendKind.LLAMA_CPP);

    @AfterEach
    void close() {
        airframe.close();
    }

    private static void assertDefaults(LLMProvider provider, int timeout) {
        assertThat(provider.endpoint().timeouts().firstByte()).isEqualTo(Duration.ofSeconds(timeout));
        assertThat(provider.stats()).containsEntry("timeout", (double) timeout).containsEntry("max_retries", 3);
        assertThat(provider.supportsStreaming()).isTrue();
    }

    @Test
    @Tag("row-86")
    void llamaServer_defaults_areThoseOfTheDocument() {
        LlamaServerProvider provider = LlamaServerProvider.builder(URI.create("http://box:9000"))
                .settings(NOTHING)
                .build(airframe);

        assertDefaults(provider, 120);
        assertThat(provider.endpoint().apiType()).isEqualTo("native");
        assertThat(provider.endpoint().baseUrl()).isEqualTo(URI.create("http://box:9000"));
        assertThat(LlamaServerProvider.builder(null)
                        .settings(NOTHING)
                        .apiType("openai")
                        .timeout(Duration.ofSeconds(5))
                        .maxRetries(0)
                        .build(airframe)
                        .stats())
                .containsEntry("api_type", "openai")
                .containsEntry("timeout", 5.0)
                .containsEntry("max_retries", 0)
                .containsEntry("base_url", "http://localhost:8080");
    }

    @Test
    @Tag("row-85")
    void classes_ofStreamingBackends_supportStreaming() {
        AvionicsSettings settings = AvionicsSettings.builder()
                .set("openai.api-key", "k")
                .set("anthropic.api-key", "k")
                .set("azure.api-key", "k")
                .set("azure.base-url", "https://r.openai.azure.com")
                .build();
        LLMFactory factory = new LLMFactory(settings, airframe);

        assertThat(List.of("llamaserver", "openai", "anthropic", "azure"))
                .allSatisfy(name ->
                        assertThat(factory.create(name).supportsStreaming()).isTrue());
    }

    @Test
    @Tag("row-70")
    void openAi_defaults_areThoseOfTheDocument() {
        OpenAIProvider provider = OpenAIProvider.builder()
                .settings(NOTHING)
                .apiKey(Secret.of("sk-1"))
                .build(airframe);

        assertDefaults(provider, 60);
        assertThat(provider.endpoint().baseUrl()).isEqualTo(URI.create("https://api.openai.com/v1"));
        assertThat(provider.defaultModel()).isEqualTo("gpt-4o-mini");
    }

    @Test
    @Tag("row-71")
    void anthropic_defaults_areThoseOfTheDocument() {
        AnthropicProvider provider = AnthropicProvider.builder()
                .settings(AvionicsSettings.builder()
                        .environment(Map.of("ANTHROPIC_API_KEY", "sk-ant"))
                        .build())
                .build(airframe);

        assertDefaults(provider, 60);
        assertThat(provider.defaultModel()).isEqualTo("claude-sonnet-4-6");
    }

    @Test
    @Tag("row-72")
    void azure_defaults_areThoseOfTheDocument() {
        AzureAIFoundryProvider provider = AzureAIFoundryProvider.builder(
                        URI.create("https://r.openai.azure.com"), "my-deployment")
                .settings(NOTHING)
                .apiKey(Secret.of("k"))
                .build(airframe);

        assertDefaults(provider, 60);
        assertThat(provider.endpoint().metadata()).containsEntry("api_version", "2024-02-01");
        assertThat(provider.defaultModel()).isEqualTo("my-deployment");
        assertThat(AzureAIFoundryProvider.builder(URI.create("https://r.openai.azure.com"), "d")
                        .settings(NOTHING)
                        .apiKey(Secret.of("k"))
                        .metadata("api_version", "2024-10-21")
                        .build(airframe)
                        .endpoint()
                        .metadata())
                .containsEntry("api_version", "2024-10-21");
    }

    @Test
    @Tag("row-72")
    void whatIsMissing_isRefusedByTheVariablesName() {
        assertThatThrownBy(() -> AzureAIFoundryProvider.builder(null, "d")
                        .settings(NOTHING)
                        .build(airframe))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("AZURE_ENDPOINT");
        assertThatThrownBy(() -> AzureAIFoundryProvider.builder(URI.create("https://r.openai.azure.com"), "d")
                        .settings(NOTHING)
                        .build(airframe))
                .hasMessageContaining("AZURE_API_KEY");
        assertThatThrownBy(() -> OpenAIProvider.builder().settings(NOTHING).build(airframe))
                .hasMessageContaining("OPENAI_API_KEY");
        assertThatThrownBy(() -> AnthropicProvider.builder().settings(NOTHING).build(airframe))
                .hasMessageContaining("ANTHROPIC_API_KEY");
    }

    @ParameterizedTest
    @Tag("row-92")
    @CsvSource({
        "llamaserver, LlamaServerProvider",
        "LLAMA_SERVER, LlamaServerProvider",
        "openai, OpenAIProvider",
        "OpenAI-Compatible, OpenAIProvider",
        "anthropic, AnthropicProvider",
        "azure, AzureAIFoundryProvider",
        "llamacpp, BackendProvider",
        "mock, MockProvider",
        "ollama, BackendProvider",
        "google, BackendProvider",
        "groq, BackendProvider",
        "cohere, BackendProvider",
        "mistral, BackendProvider",
        "nvidia-nim, BackendProvider",
    })
    void create_everyName_givesItsClass(String name, String expected) {
        AvionicsSettings settings = AvionicsSettings.builder()
                .set("openai.api-key", "k")
                .set("anthropic.api-key", "k")
                .set("azure.api-key", "k")
                .set("azure.base-url", "https://r.openai.azure.com")
                .set("google.api-key", "k")
                .set("groq.api-key", "k")
                .set("cohere.api-key", "k")
                .set("mistral.api-key", "k")
                .set("nvidia-nim.api-key", "k")
                .build();

        assertThat(new LLMFactory(settings, airframe).create(name).getClass().getSimpleName())
                .isEqualTo(expected);
    }

    @Test
    @Tag("row-87")
    void provider_asksTheAdapterAndEndpointThatItWasGiven() {
        LlamaServerProvider provider = LlamaServerProvider.builder(URI.create("http://box:9000"))
                .settings(NOTHING)
                .build(airframe);

        provider.generate("m", "Hello", Map.of());

        EndpointSpec sentTo = backend.sent.get(0).target().endpoint();
        assertThat(sentTo).isEqualTo(provider.endpoint());
        assertThat(sentTo.kind()).isEqualTo(BackendKind.LLAMA_SERVER);
    }

    @Test
    @Tag("row-88")
    void prompt_isOneUserMessage_andEventsAreChunks() {
        LlamaServerProvider provider =
                LlamaServerProvider.builder(null).settings(NOTHING).build(airframe);

        assertThat(chunks(provider)).extracting(TokenChunk::text).containsExactly("Hello ", "world", "");
        assertThat(chunks(provider)).extracting(TokenChunk::isFinal).containsExactly(false, false, true);
        assertThat(backend.sent.get(0).request().messages()).containsExactly(Message.user("Hello"));

        backend.failure = InferenceException.of(ErrorCategory.CONTENT_FILTER, "not that");
        assertThatThrownBy(() -> provider.generate(null, "Hello", Map.of())).satisfies(this::isTheBackends);
        assertThatThrownBy(() -> chunks(provider)).satisfies(this::isTheBackends);
    }

    private static List<TokenChunk> chunks(LLMProvider provider) {
        return BackendProviderTest.read(provider.generateStream(null, "Hello", Map.of()));
    }

    private void isTheBackends(Throwable thrown) {
        assertThat(thrown).isInstanceOfSatisfying(InferenceException.class, why -> {
            assertThat(why.category()).isEqualTo(ErrorCategory.CONTENT_FILTER);
            assertThat(why).hasMessageContaining("not that");
        });
    }

    @Test
    @Tag("row-90")
    void stats_afterThreeCallsAndAFailure_countThem() {
        LlamaServerProvider provider = LlamaServerProvider.builder(null)
                .settings(NOTHING)
                .maxRetries(0)
                .build(airframe);
        for (int i = 0; i < 3; i++) {
            provider.generate(null, "Hello", Map.of());
        }
        backend.failure = InferenceException.of(ErrorCategory.INVALID_REQUEST, "no");
        assertThatThrownBy(() -> provider.generate(null, "Hello", Map.of())).isInstanceOf(InferenceException.class);

        assertThat(provider.stats())
                .containsEntry("requests", 4L)
                .containsEntry("succeeded", 3L)
                .containsEntry("errors", 1L)
                .containsEntry("backend", "llama-server")
                .containsKeys("base_url", "timeout", "max_retries", "api_type", "avg_latency_ms");
    }
}
