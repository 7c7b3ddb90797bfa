package dev.avionics.airframe.gemini;

import static dev.avionics.airframe.gemini.Given.adjusted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingRequest.Purpose;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Dialogue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddingsTest {
    private static final EmbeddingWire WIRE = Given.GEMINI.embeddings().orElseThrow();

    private static Exchange<EmbeddingResult> exchange(EndpointSpec endpoint, String model, EmbeddingRequest request) {
        return WIRE.embed(Dialogue.scope(endpoint, model), request);
    }

    @Test
    void texts_askedTogether_areOneBatchInOrder() {
        EmbeddingRequest request =
                new EmbeddingRequest(List.of("one", "two"), 256, Purpose.QUERY, Map.of("title", "t"));
        Exchange<EmbeddingResult> sent = exchange(Given.API, "models/gemini-embedding-001", request);

        assertThat(sent.first().call().uri())
                .hasToString(
                        "https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:batchEmbedContents");
        assertThat(Given.text(sent))
                .isEqualTo(
                        "{\"requests\":["
                                + "{\"model\":\"models/gemini-embedding-001\",\"taskType\":\"RETRIEVAL_QUERY\","
                                + "\"content\":{\"parts\":[{\"text\":\"one\"}]},\"outputDimensionality\":256,\"title\":\"t\"},"
                                + "{\"model\":\"models/gemini-embedding-001\",\"taskType\":\"RETRIEVAL_QUERY\","
                                + "\"content\":{\"parts\":[{\"text\":\"two\"}]},\"outputDimensionality\":256,\"title\":\"t\"}]}");
        assertThat(sent.adjustments()).isEmpty();
        assertThat(WIRE.maxBatch(Given.API, "m")).isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource({
        "DOCUMENT, RETRIEVAL_DOCUMENT, title: none | text: x",
        "QUERY, RETRIEVAL_QUERY, task: search result | query: x",
        "CLASSIFICATION, CLASSIFICATION, task: classification | query: x",
        "CLUSTERING, CLUSTERING, task: clustering | query: x",
        "SIMILARITY, SEMANTIC_SIMILARITY, task: sentence similarity | query: x"
    })
    void purpose_asked_isAFieldOrStandsInWords(Purpose purpose, String type, String words) {
        EmbeddingRequest request = new EmbeddingRequest(List.of("x", "y"), null, purpose, Map.of());

        assertThat(Given.text(exchange(Given.API, "gemini-embedding-001", request)))
                .contains("\"taskType\":\"" + type + "\"")
                .contains("\"text\":\"x\"");
        Exchange<?> second = exchange(Given.API, "gemini-embedding-2", request);
        assertThat(Given.text(second)).contains("\"text\":\"" + words + "\"").doesNotContain("taskType");
        assertThat(adjusted(second)).containsExactly("changed purpose");
    }

    @Test
    void text_forVertex_goesAlone() {
        Exchange<EmbeddingResult> sent = exchange(Given.VERTEX, "gemini-embedding-2", EmbeddingRequest.of("one"));

        assertThat(sent.first().call().uri().toString())
                .endsWith("/publishers/google/models/gemini-embedding-2:embedContent");
        assertThat(Given.text(sent)).isEqualTo("{\"content\":{\"parts\":[{\"text\":\"one\"}]}}");
        assertThat(WIRE.maxBatch(Given.VERTEX, "m")).isEqualTo(1);
    }

    private static EmbeddingResult read(String body, String... texts) {
        return Dialogue.of(exchange(Given.API, "m", EmbeddingRequest.of(texts)))
                .answer(200, "application/json", body)
                .value();
    }

    @Test
    void vectors_read_areInOrderAndTheirTokensKnownOnlyIfTold() {
        EmbeddingResult untold = read(
                "{\"embeddings\":[{\"values\":[1,2]},{\"values\":[3,4],\"extra\":0}]}",
                "four letters here, twice over",
                "a");
        EmbeddingResult told = read("{\"embedding\":{\"values\":[1]},\"usageMetadata\":{\"promptTokenCount\":9}}", "a");

        assertThat(untold.vectors().get(1)).containsExactly(3, 4);
        assertThat(untold.usage().inputTotal()).isEqualTo(TokenCount.estimated(8));
        assertThat(told.usage().inputTotal()).isEqualTo(TokenCount.known(9));
    }

    @Test
    void vectors_tooFew_areAParseError() {
        assertThatThrownBy(() -> read("{\"embeddings\":[{\"values\":[1]}]}", "a", "b"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
    }

    @Test
    void error_insideAGoodAnswer_failsIt() {
        assertThatThrownBy(() ->
                        read("{\"error\":{\"code\":429,\"status\":\"RESOURCE_EXHAUSTED\",\"message\":\"x\"}}", "a"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.RATE_LIMITED));
    }
}
