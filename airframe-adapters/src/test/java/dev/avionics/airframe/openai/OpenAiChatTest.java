package dev.avionics.airframe.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the protocol does besides chats. */
class OpenAiChatTest {
    private static final EndpointSpec ENDPOINT = EndpointSpec.builder(
                    "test", URI.create("https://example.org/v1/"), BackendKind.OPENAI_CHAT)
            .build();
    private static final WireScope SCOPE = Dialogue.scope(ENDPOINT, "m");

    private final OpenAiChat protocol = new OpenAiChat();
    private final EmbeddingWire embeddings = protocol.embeddings().orElseThrow();

    @Test
    void protocol_isFoundByItsKind() {
        assertThat(ServiceLoader.load(WireProtocol.class))
                .extracting(WireProtocol::kind)
                .contains(BackendKind.OPENAI_CHAT, BackendKind.LLAMA_SERVER);
    }

    @Test
    void authorize_isBearerAndOnlyWithAKey() {
        HttpCall call = HttpCall.get(URI.create("http://localhost:1"));

        assertThat(protocol.authorize(call, ENDPOINT, Credential.NONE).headers())
                .doesNotContainKey("authorization");
        assertThat(protocol.authorize(call, ENDPOINT, Credential.key(Secret.of("k")))
                        .headers())
                .containsEntry("authorization", "Bearer k");
    }

    @Test
    void timeouts_ofThisMachine_waitForModels() {
        EndpointSpec local =
                ENDPOINT.toBuilder().baseUrl(URI.create("http://127.0.0.1:1")).build();

        assertThat(protocol.timeouts(local, "m")).isEqualTo(Timeouts.LOCAL);
        assertThat(protocol.timeouts(ENDPOINT, "m")).isEqualTo(Timeouts.HOSTED);
    }

    @ParameterizedTest
    @CsvSource({"200,HEALTHY", "401,DEGRADED", "403,DEGRADED", "404,DEGRADED", "500,UNHEALTHY", "503,UNHEALTHY"})
    void health_isToldByTheStatusOfModels(int status, HealthState.Status expected) {
        Dialogue<HealthState> dialogue = Dialogue.of(protocol.health(SCOPE)).answer(status, "application/json", "{}");

        assertThat(dialogue.value().status()).isEqualTo(expected);
        assertThat(dialogue.value().checkedAt()).isEqualTo(Dialogue.NOW);
        assertThat(dialogue.sent()).extracting(HttpCall::method).containsExactly("GET");
        assertThat(dialogue.sent().get(0).uri()).isEqualTo(URI.create("https://example.org/v1/models"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"object\":\"list\",\"data\":[{\"id\":\"a\",\"owned_by\":\"o\",\"context_length\":8},{\"id\":\"b\"}]}",
                "[{\"id\":\"a\",\"owned_by\":\"o\",\"max_model_len\":8},{\"name\":\"b\"}]",
                "{\"models\":[{\"name\":\"a\",\"owned_by\":\"o\",\"meta\":{\"n_ctx_train\":8}},\"b\"]}",
                "{\"models\":[{\"name\":\"x\"}],\"data\":[{\"id\":\"a\",\"owned_by\":\"o\","
                        + "\"meta\":{\"n_ctx_train\":99,\"n_ctx\":8}},{\"id\":\"b\"}]}",
            })
    void models_inEveryShape_areRead(String body) {
        List<ModelInfo> models = Dialogue.of(protocol.models(SCOPE))
                .answer(200, "application/json", body)
                .value();

        assertThat(models).extracting(ModelInfo::id).containsExactly("a", "b");
        assertThat(models.get(0).ownedBy()).isEqualTo("o");
        assertThat(models.get(0).contextWindow()).isEqualTo(8);
    }

    @Test
    void models_withoutAList_areUnreadable() {
        assertThatThrownBy(() -> Dialogue.of(protocol.models(SCOPE)).answer(200, "application/json", "{\"a\":1}"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
    }

    @Test
    void models_refused_failAsAnyCall() {
        assertThat(Dialogue.of(protocol.models(SCOPE))
                        .answer(401, "application/json", "{\"error\":{\"message\":\"bad key\"}}")
                        .failure()
                        .why()
                        .category())
                .isEqualTo(ErrorCategory.AUTHENTICATION);
    }

    @Test
    void embeddings_areOrderedByIndex_floatsAndBase64Alike() {
        byte[] bytes = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(0.5f)
                .putFloat(-2)
                .array();
        String base64 = Base64.getEncoder().encodeToString(bytes);
        EmbeddingRequest request = new EmbeddingRequest(List.of("x", "y", "z"), 2, null, Map.of("user", "u"));

        Dialogue<EmbeddingResult> dialogue = Dialogue.of(embeddings.embed(SCOPE, request))
                .answer(
                        200,
                        "application/json",
                        "{\"data\":[{\"index\":2,\"embedding\":[3,3]},{\"index\":0,\"embedding\":\"" + base64
                                + "\"},{\"index\":1,\"embedding\":[1.5,2]}],\"model\":\"e\","
                                + "\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}");

        EmbeddingResult result = dialogue.value();
        assertThat(result.vectors().get(0)).containsExactly(0.5f, -2f);
        assertThat(result.vectors().get(1)).containsExactly(1.5f, 2f);
        assertThat(result.vectors().get(2)).containsExactly(3f, 3f);
        assertThat(result.usage().inputTotal().value()).isEqualTo(5);
        assertThat(result.model()).isEqualTo("e");
        assertThat(Dialogue.json(dialogue.sent().get(0)))
                .isEqualTo(Map.of("model", "m", "input", List.of("x", "y", "z"), "dimensions", 2L, "user", "u"));
        assertThat(dialogue.sent().get(0).uri()).isEqualTo(URI.create("https://example.org/v1/embeddings"));
    }

    /** The length that text-embedding-3-small gives. */
    @Test
    @Tag("row-51")
    void embeddings_ofOpenAisLength_areWhole() {
        StringBuilder numbers = new StringBuilder();
        for (int i = 0; i < 1536; i++) {
            numbers.append(i == 0 ? "" : ",").append(i / 1536.0);
        }
        EmbeddingResult result = Dialogue.of(embeddings.embed(SCOPE, EmbeddingRequest.of("x")))
                .answer(200, "application/json", "{\"data\":[{\"index\":0,\"embedding\":[" + numbers + "]}]}")
                .value();

        assertThat(result.dimensions()).isEqualTo(1536);
        assertThat(result.vectors().get(0)[1535]).isEqualTo((float) (1535 / 1536.0));
    }

    @Test
    void embeddings_withoutOneVector_areUnreadable() {
        assertThatThrownBy(() -> Dialogue.of(embeddings.embed(SCOPE, EmbeddingRequest.of("x", "y")))
                        .answer(200, "application/json", "{\"data\":[{\"index\":0,\"embedding\":[1]}]}"))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("text 2 of 2");
    }

    @Test
    void embeddings_batch_isOpenAis() {
        assertThat(embeddings.maxBatch(ENDPOINT, "m")).isEqualTo(2048);
    }
}
