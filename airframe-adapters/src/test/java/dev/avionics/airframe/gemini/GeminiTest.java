package dev.avionics.airframe.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses, keys, and what is asked besides answers. */
class GeminiTest {
    private static final String VERTEX = "https://h/v1/projects/p/locations/l/publishers/google";

    private static URI url(String base, String model) {
        return Given.exchange(Given.endpoint(base), model, InferenceRequest.of("q"))
                .first()
                .call()
                .uri();
    }

    @ParameterizedTest
    @Tag("row-58")
    @CsvSource({
        "https://h, m, https://h/v1beta/models/m",
        "https://h/, models/m, https://h/v1beta/models/m",
        "https://h/v1beta/, m, https://h/v1beta/models/m",
        "https://h/v1, m, https://h/v1/models/m",
        "https://h/v1beta/models, m, https://h/v1beta/models/m",
        "https://h/gate/google, google/m, https://h/gate/google/v1beta/models/m",
        "https://h, tunedModels/t-1, https://h/v1beta/tunedModels/t-1",
        "https://h, a b?key=c/d, https://h/v1beta/models/a%20b%3Fkey%3Dc%2Fd",
        "https://h/v1/projects/p/locations/l/publishers/google, m, https://h/v1/projects/p/locations/l/publishers/google/models/m",
        "https://h/v1/projects/p/locations/l, publishers/google/models/m, https://h/v1/projects/p/locations/l/publishers/google/models/m",
        "https://h/v1/publishers/google/, m, https://h/v1/publishers/google/models/m"
    })
    void address_ofABaseAndAModel_isJoined(String base, String model, String expected) {
        assertThat(url(base, model)).hasToString(expected + ":streamGenerateContent?alt=sse");
    }

    @Test
    void queryOfTheBase_thatIsNoKey_isKept() {
        assertThat(url("https://h/v1beta?team=a", "m"))
                .hasToString("https://h/v1beta/models/m:streamGenerateContent?alt=sse&team=a");
    }

    @ParameterizedTest
    @Tag("row-58")
    @ValueSource(strings = {"https://h?key=SECRET", "https://h/v1beta?a=b&KEY=SECRET", "https://h?access_token=SECRET"})
    void keyInTheBase_whateverIsAsked_isRefusedWithoutBeingShown(String base) {
        InferenceException why = null;
        try {
            url(base, "m");
        } catch (InferenceException refused) {
            why = refused;
        }
        assertThat(why).isNotNull();
        assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
        assertThat(why.toString()).doesNotContain("SECRET").contains("credential");
        assertThatThrownBy(() -> Given.GEMINI.models(Dialogue.scope(Given.endpoint(base), "m")))
                .isInstanceOf(InferenceException.class);
        assertThatThrownBy(() -> Given.GEMINI.health(Dialogue.scope(Given.endpoint(base), "m")))
                .isInstanceOf(InferenceException.class);
    }

    @Test
    void model_thatIsEmpty_isRefused() {
        assertThatThrownBy(() -> url("https://h", "")).hasMessageContaining("expected: the name of one");
    }

    @Test
    @Tag("row-58")
    void key_placed_isInAHeaderOnly() {
        HttpCall call =
                Given.exchange(Given.NEW, InferenceRequest.of("q")).first().call();
        HttpCall key = Given.GEMINI.authorize(call, Given.API, Credential.key(Secret.of("k-1")));
        HttpCall bearer = Given.GEMINI.authorize(call, Given.API, Credential.bearer(Secret.of("k-1")));
        HttpCall own = Given.GEMINI.authorize(call, Given.API, Credential.header("x-own", Secret.of("k-1")));

        assertThat(key.headers()).containsEntry("x-goog-api-key", "k-1").doesNotContainKey("authorization");
        assertThat(bearer.headers())
                .containsEntry("authorization", "Bearer k-1")
                .doesNotContainKey("x-goog-api-key");
        assertThat(own.headers()).containsEntry("x-own", "k-1").doesNotContainKey("x-goog-api-key");
        assertThat(Given.GEMINI.authorize(call, Given.API, Credential.NONE).headers())
                .isEqualTo(call.headers());
        for (HttpCall one : List.of(key, bearer, own)) {
            assertThat(one.uri().toString()).doesNotContain("k-1");
            assertThat(one.toString()).doesNotContain("k-1");
        }
    }

    // Models

    @Test
    void models_onPages_areAskedForUntilTheLast() {
        Dialogue<List<ModelInfo>> dialogue = Dialogue.of(Given.GEMINI.models(Dialogue.scope(Given.API, "m")))
                .answer(
                        200,
                        "application/json",
                        "{\"models\":[{\"name\":\"models/a\",\"inputTokenLimit\":1048576,\"outputTokenLimit\":65536,"
                                + "\"supportedGenerationMethods\":[\"generateContent\",\"countTokens\"],\"thinking\":true}],"
                                + "\"nextPageToken\":\"p/2=\"}")
                .answer(200, "application/json", "{\"models\":[{\"name\":\"models/b\"},{\"name\":\"\"}]}");

        assertThat(dialogue.sent())
                .extracting(call -> call.method() + " " + call.uri())
                .containsExactly(
                        "GET https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000",
                        "GET https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000&pageToken=p%2F2%3D");
        assertThat(dialogue.value()).hasSize(2);
        ModelInfo first = dialogue.value().get(0);
        assertThat(first.id()).isEqualTo("a");
        assertThat(first.contextWindow()).isEqualTo(1_048_576);
        assertThat(first.details())
                .containsEntry("outputTokenLimit", "65536")
                .containsEntry("supportedGenerationMethods", "generateContent,countTokens")
                .containsEntry("thinking", "true");
        assertThat(dialogue.value().get(1)).isEqualTo(ModelInfo.of("b"));
    }

    @Test
    void modelsOfVertex_askedFor_areThoseOfThePublisher() {
        Dialogue<List<ModelInfo>> dialogue = Dialogue.of(
                        Given.GEMINI.models(Dialogue.scope(Given.endpoint(VERTEX), "m")))
                .answer(
                        200,
                        "application/json",
                        "{\"publisherModels\":[{\"name\":\"publishers/google/models/gemini-2.5-pro\",\"versionId\":\"1\"}]}");

        assertThat(dialogue.sent().get(0).uri()).hasToString("https://h/v1beta1/publishers/google/models?pageSize=100");
        assertThat(dialogue.value()).extracting(ModelInfo::id).containsExactly("gemini-2.5-pro");
    }

    @Test
    void models_thatCannotBeRead_areAParseError() {
        String circle = "{\"models\":[],\"nextPageToken\":\"x\"}";

        assertThatThrownBy(() -> Dialogue.of(Given.GEMINI.models(Dialogue.scope(Given.API, "m")))
                        .answer(200, "application/json", "{}"))
                .hasMessageContaining("no list of models");
        assertThatThrownBy(() -> Dialogue.of(Given.GEMINI.models(Dialogue.scope(Given.API, "m")))
                        .answer(200, "application/json", circle)
                        .answer(200, "application/json", circle))
                .hasMessageContaining("does not end: 2 pages came");
        assertThat(Dialogue.of(Given.GEMINI.models(Dialogue.scope(Given.API, "m")))
                        .answer(403, "application/json", "{}")
                        .failure()
                        .why()
                        .category())
                .isEqualTo(ErrorCategory.PERMISSION);
    }

    // Health and counting

    @ParameterizedTest
    @CsvSource({"200, HEALTHY", "403, DEGRADED", "503, UNHEALTHY"})
    void health_toldByTheListOfModels_spendsNoTokens(int status, HealthState.Status expected) {
        Dialogue<HealthState> dialogue = Dialogue.of(Given.GEMINI.health(Dialogue.scope(Given.API, "m")))
                .answer(status, "application/json", "{}");

        assertThat(dialogue.sent().get(0).method()).isEqualTo("GET");
        assertThat(dialogue.sent().get(0).uri().toString()).endsWith("/v1beta/models?pageSize=1");
        assertThat(dialogue.value().status()).isEqualTo(expected);
    }

    private static Exchange<Long> count(dev.avionics.airframe.EndpointSpec endpoint) {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.system("s"))
                .message(Message.user("q"))
                .tool(ToolSpec.of("clock", "Tells the time"))
                .toolChoice(dev.avionics.airframe.ToolChoice.AUTO)
                .maxTokens(5)
                .extra("cachedContent", "cachedContents/1")
                .build();
        return Given.GEMINI.tokenCounting().orElseThrow().count(Dialogue.scope(endpoint, "models/m"), request);
    }

    @Test
    void tokens_counted_areThoseOfTheWholeRequest() {
        Exchange<Long> exchange = count(Given.API);

        assertThat(exchange.first().call().uri().toString()).endsWith("/v1beta/models/m:countTokens");
        assertThat(Given.text(exchange))
                .isEqualTo("{\"generateContentRequest\":{\"model\":\"models/m\","
                        + "\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"q\"}]}],"
                        + "\"systemInstruction\":{\"parts\":[{\"text\":\"s\"}]},"
                        + "\"tools\":[{\"functionDeclarations\":[{\"name\":\"clock\",\"description\":\"Tells the time\"}]}],"
                        + "\"toolConfig\":{\"functionCallingConfig\":{\"mode\":\"AUTO\"}},"
                        + "\"generationConfig\":{\"maxOutputTokens\":5},\"cachedContent\":\"cachedContents/1\"}}");
        assertThat(Dialogue.of(exchange)
                        .answer(200, "application/json", "{\"totalTokens\": 8,\"promptTokensDetails\":[]}")
                        .value())
                .isEqualTo(8);
    }

    @Test
    void tokensCountedByVertex_areAskedForInItsForm() {
        assertThat(Dialogue.json(count(Given.VERTEX).first().call()))
                .containsOnlyKeys("contents", "systemInstruction", "tools", "generationConfig");
    }

    @Test
    void tokens_thatWereNotCounted_areAnError() {
        assertThatThrownBy(() -> Dialogue.of(count(Given.API)).answer(200, "application/json", "{}"))
                .hasMessageContaining("no count of tokens");
        assertThat(Dialogue.of(count(Given.API))
                        .answer(
                                404,
                                "application/json",
                                "{\"error\":{\"status\":\"NOT_FOUND\",\"message\":\"models/m\"}}")
                        .failure()
                        .why()
                        .category())
                .isEqualTo(ErrorCategory.MODEL_NOT_FOUND);
    }

    // Capabilities

    private static Support can(String model, Feature feature) {
        return Given.GEMINI.capabilities(Given.API, model).of(feature);
    }

    @Test
    void capabilities_ofModels_areToldByTheirRules() {
        assertThat(can("gemini-2.5-pro", Feature.TOOLS)).isEqualTo(Support.YES);
        assertThat(can("gemini-2.5-pro", Feature.THINKING)).isEqualTo(Support.YES);
        assertThat(can("gemini-2.5-pro", Feature.EMBEDDINGS)).isEqualTo(Support.NO);
        assertThat(can("gemini-2.0-flash", Feature.THINKING)).isEqualTo(Support.NO);
        assertThat(can("models/gemini-embedding-001", Feature.CHAT)).isEqualTo(Support.NO);
        assertThat(can("models/gemini-embedding-001", Feature.EMBEDDINGS)).isEqualTo(Support.YES);
        assertThat(can("gemma-3-27b-it", Feature.TOOLS)).isEqualTo(Support.NO);
        assertThat(can("gemma-3-27b-it", Feature.JSON_SCHEMA)).isEqualTo(Support.NO);
        assertThat(can("gemini-2.5-flash-image", Feature.TOOLS)).isEqualTo(Support.NO);
        assertThat(can("imagen-4.0-generate-001", Feature.CHAT)).isEqualTo(Support.NO);
        assertThat(can("something-new", Feature.TOOLS)).isEqualTo(Support.UNKNOWN);
        assertThat(can("", Feature.MODELS)).isEqualTo(Support.YES);
        Capabilities newest = Given.GEMINI.capabilities(Given.API, "gemini-4-argon");
        assertThat(newest.of(Feature.RERANK)).isEqualTo(Support.NO);
        assertThat(newest.of(Feature.IMAGES)).isEqualTo(Support.YES);
    }
}
