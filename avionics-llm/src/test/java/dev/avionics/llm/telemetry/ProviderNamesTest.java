package dev.avionics.llm.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import java.net.URI;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderNamesTest {
    @Test
    void providers_asTheSettingsMakeThem_haveTheNamesOfTheConventions() {
        Map<ProviderId, String> found = new EnumMap<>(ProviderId.class);
        for (ProviderId id : ProviderId.values()) {
            ProviderSettings settings =
                    AvionicsSettings.builder()
                            .set("azure.base-url", "http://10.0.0.1:8000")
                            .build()
                            .provider(id)
                            .toBuilder()
                            .baseUrl(URI.create("http://10.0.0.1:8000"))
                            .build();
            found.put(id, ProviderNames.of(settings.endpoint()));
        }

        assertThat(found)
                .isEqualTo(Map.ofEntries(
                        Map.entry(ProviderId.OLLAMA, "ollama"),
                        Map.entry(ProviderId.LLAMASERVER, "llama_cpp"),
                        Map.entry(ProviderId.LLAMACPP, "llama_cpp"),
                        Map.entry(ProviderId.OPENAI_COMPATIBLE, "openai"),
                        Map.entry(ProviderId.ANTHROPIC, "anthropic"),
                        Map.entry(ProviderId.GOOGLE, "gcp.gemini"),
                        Map.entry(ProviderId.AZURE, "azure.ai.openai"),
                        Map.entry(ProviderId.GROQ, "groq"),
                        Map.entry(ProviderId.COHERE, "cohere"),
                        Map.entry(ProviderId.MISTRAL, "mistral_ai"),
                        Map.entry(ProviderId.NVIDIA_NIM, "nvidia_nim"),
                        Map.entry(ProviderId.MOCK, "mock")));
    }

    @ParameterizedTest
    @CsvSource({
        "openai-chat, https://api.x.ai/v1, x_ai",
        "openai-chat, https://x.ai/v1, x_ai",
        "openai-chat, https://max.ai/v1, openai",
        "openai-chat, https://API.DeepSeek.com, deepseek",
        "openai-chat, https://api.moonshot.cn/v1, moonshot_ai",
        "openai-chat, https://api.perplexity.ai, perplexity",
        "openai-chat, https://me.openai.azure.com/openai/v1, azure.ai.openai",
        "openai-chat, https://example.com/v1, openai",
        "google-genai, https://us-central1-aiplatform.googleapis.com, gcp.vertex_ai",
        "google-genai, https://generativelanguage.googleapis.com, gcp.gemini",
        "anthropic-messages, https://example.com, anthropic",
        "azure-openai, https://example.com, azure.ai.openai",
        "openai-responses, https://example.com, openai",
        "my-own, https://example.com, my_own",
    })
    void address_tellsMoreThanTheProtocol(String kind, URI address, String name) {
        assertThat(ProviderNames.of(EndpointSpec.builder("e", address, new BackendKind(kind))
                        .build()))
                .isEqualTo(name);
    }
}
