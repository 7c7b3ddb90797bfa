package dev.avionics.airframe.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the protocol speaks to, and what it says of models. */
class OpenAiResponsesTest {
    private final OpenAiResponses protocol = new OpenAiResponses();

    private static EndpointSpec.Builder endpoint(String url) {
        return EndpointSpec.builder("test", URI.create(url), OpenAiResponses.KIND);
    }

    private URI uri(EndpointSpec endpoint) {
        return protocol.inference(Dialogue.scope(endpoint, "m"), InferenceRequest.of("Hi"))
                .first()
                .call()
                .uri();
    }

    @Test
    void protocol_isFoundByItsKind() {
        assertThat(ServiceLoader.load(WireProtocol.class))
                .extracting(WireProtocol::kind)
                .contains(OpenAiResponses.KIND);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.org",
                "https://example.org/v1/",
                "https://example.org/v1/responses",
            })
    void address_isTheResponses(String url) {
        assertThat(uri(endpoint(url).build())).isEqualTo(URI.create("https://example.org/v1/responses"));
    }

    @Test
    void address_byMetadata_isThatPath() {
        assertThat(uri(endpoint("https://example.org/v1")
                        .metadata("api_path", "/api/answers")
                        .build()))
                .isEqualTo(URI.create("https://example.org/api/answers"));
    }

    @Test
    void apiType_isTheProtocolsOwnOrADialect() {
        assertThat(uri(endpoint("https://example.org")
                        .apiType("openai-responses")
                        .build()))
                .hasPath("/v1/responses");
        assertThat(uri(endpoint("https://example.org").apiType("deepseek").build()))
                .hasPath("/v1/responses");
        EndpointSpec unknown =
                endpoint("https://example.org").apiType("no-such-dialect").build();
        assertThatThrownBy(() -> uri(unknown))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST));
    }

    @ParameterizedTest
    @CsvSource({"gpt-5.1,YES", "o3,YES", "gpt-4o,NO", "gpt-5-chat-latest,NO", "llama-4,UNKNOWN"})
    void thinking_isKnownOfSomeModels(String model, Support thinking) {
        EndpointSpec endpoint = endpoint("https://example.org").build();

        assertThat(protocol.capabilities(endpoint, model).of(Feature.THINKING)).isEqualTo(thinking);
        assertThat(protocol.capabilities(endpoint, model).of(Feature.RERANK)).isEqualTo(Support.NO);
        assertThat(protocol.capabilities(endpoint, model).of(Feature.TOOLS)).isEqualTo(Support.UNKNOWN);
    }

    @Test
    void allElse_isAsWithChats() {
        EndpointSpec endpoint = endpoint("http://localhost:1").build();
        WireScope scope = Dialogue.scope(endpoint, "m");
        OpenAiChat chats = new OpenAiChat();

        assertThat(protocol.timeouts(endpoint, "m")).isEqualTo(chats.timeouts(endpoint, "m"));
        assertThat(protocol.health(scope).first().call().uri()).hasPath("/v1/models");
        assertThat(protocol.models(scope).first().call().uri()).hasPath("/v1/models");
        assertThat(protocol.embeddings()
                        .orElseThrow()
                        .embed(scope, EmbeddingRequest.of("x"))
                        .first()
                        .call()
                        .uri())
                .hasPath("/v1/embeddings");
    }
}
