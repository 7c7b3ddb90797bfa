package dev.avionics.llm.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Provider names, nearest names, addresses. */
class NamesTest {
    @ParameterizedTest
    @CsvSource({
        "ollama, OLLAMA",
        "OLLAMA, OLLAMA",
        "' ollama ', OLLAMA",
        "openai-compatible, OPENAI_COMPATIBLE",
        "openai_compatible, OPENAI_COMPATIBLE",
        "openai, OPENAI_COMPATIBLE",
        "anthropic, ANTHROPIC",
        "claude, ANTHROPIC",
        "google, GOOGLE",
        "gemini, GOOGLE",
        "groq, GROQ",
        "cohere, COHERE",
        "mistral, MISTRAL",
        "nvidia-nim, NVIDIA_NIM",
        "llamaserver, LLAMASERVER",
        "llama-server, LLAMASERVER",
        "LlamaCpp, LLAMACPP",
        "azure, AZURE",
        "mock, MOCK"
    })
    @Tag("row-92")
    @Tag("row-104")
    void provider_ofNameOrAlias_isFound(String name, ProviderId expected) {
        assertThat(ProviderId.of(name)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"olama, ollama", "opnai, openai-compatible", "gemni, google", "llamasrver, llamaserver"})
    @Tag("row-92")
    void provider_unknown_isRefusedWithTheNearestFirst(String name, String nearest) {
        assertThatThrownBy(() -> ProviderId.of(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("provider: " + name + " (expected one of " + nearest + ", ")
                .hasMessageContainingAll("anthropic", "cohere", "mock");
    }

    @Test
    void nearest_ofANameFarFromAll_isNone() {
        assertThat(NearestName.of("weather", List.of("temperature", "top_p"))).isEmpty();
        assertThat(NearestName.of("temprature", List.of("top_p", "temperature")))
                .contains("temperature");
        assertThat(NearestName.of("topP", List.of("temperature", "top_p"))).contains("top_p");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:11434, http://localhost:11434",
        "http://localhost:11434/, http://localhost:11434",
        "https://host/v1//, https://host/v1",
        "HTTP://Host:1, http://Host:1",
        "localhost, http://localhost:11434",
        "localhost:99, http://localhost:99",
        ":99, http://127.0.0.1:99",
        "0.0.0.0, http://127.0.0.1:11434",
        "0.0.0.0:99, http://127.0.0.1:99",
        "http://0.0.0.0:99, http://127.0.0.1:99",
        "::1, http://[::1]:11434",
        "'[::]:99', http://[::1]:99",
        "https://host, https://host",
        "http://u:p@host:1/a?b=c, http://u:p@host:1/a?b=c"
    })
    void address_asPeopleWriteIt_isUnderstood(String text, URI expected) {
        assertThat(BaseUrls.read(text, 11434)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host", "http://", "http:// host", "http://host:99999", "a b"})
    void address_thatIsNone_isRefused(String text) {
        assertThat(BaseUrls.read(text, 11434)).isNull();
    }

    @Test
    void address_withoutScheme_needsALocalProvider() {
        assertThat(BaseUrls.read("api.openai.com/v1", 0)).isNull();
    }
}
