package dev.avionics.airframe.cohere;

import static dev.avionics.airframe.cohere.Given.COHERE;
import static dev.avionics.airframe.cohere.Given.ENDPOINT;
import static dev.avionics.airframe.cohere.Given.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.Capabilities.Support;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.RerankResult.Ranked;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.wire.Dialogue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses, capabilities, and all that is no chat. */
class CohereTest {
    private static EmbeddingRequest texts(EmbeddingRequest.@Nullable Purpose purpose, Map<String, ?> extra) {
        return new EmbeddingRequest(List.of("a", "b"), null, purpose, Map.copyOf(extra));
    }

    private static Dialogue<EmbeddingResult> embed(EmbeddingRequest request) {
        return Dialogue.of(COHERE.embeddings().orElseThrow().embed(Dialogue.scope(ENDPOINT, "embed-v4.0"), request));
    }

    private static Dialogue<RerankResult> rerank(@Nullable Integer topN) {
        return Dialogue.of(COHERE.reranking()
                .orElseThrow()
                .rerank(
                        Dialogue.scope(ENDPOINT, "rerank-v3.5"),
                        new RerankRequest("capital?", List.of("Oslo", "Bergen"), topN)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://h",
                "https://h/",
                "https://h/v2",
                "https://h/v1/",
                "https://h/v2/chat",
                "https://h/v2/embed/"
            })
    @Tag("row-61")
    void baseUrl_withOrWithoutVersion_leadsToEachOperation(String base) {
        var scope = Dialogue.scope(Given.endpoint(base), "m");

        assertThat(COHERE.inference(scope, InferenceRequest.of("q"))
                        .first()
                        .call()
                        .uri())
                .hasToString("https://h/v2/chat");
        assertThat(COHERE.embeddings()
                        .orElseThrow()
                        .embed(scope, EmbeddingRequest.of("a"))
                        .first()
                        .call()
                        .uri())
                .hasToString("https://h/v2/embed");
        assertThat(COHERE.models(scope).first().call().uri()).hasToString("https://h/v1/models?page_size=1000");
    }

    @Test
    void chat_wholeAndStreamed_haveOnePath() {
        for (boolean streamed : new boolean[] {true, false}) {
            InferenceRequest request =
                    InferenceRequest.of("q").toBuilder().stream(streamed).build();
            var call = Given.exchange("m", request).first().call();
            assertThat(call.uri()).hasToString("https://api.cohere.com/v2/chat");
            assertThat(Dialogue.json(call)).containsEntry("stream", streamed);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "command-a-03-2025, YES, YES, NO, NO, NO, NO",
        "command-a-reasoning-08-2025, YES, YES, NO, YES, NO, NO",
        "command-a-plus-05-2026, YES, YES, UNKNOWN, YES, NO, NO",
        "command-a-vision-07-2025, YES, UNKNOWN, YES, NO, NO, NO",
        "command-r-plus, YES, NO, NO, NO, NO, NO",
        "command-r7b-12-2024, YES, YES, NO, NO, NO, NO",
        "embed-v4.0, NO, UNKNOWN, UNKNOWN, UNKNOWN, YES, NO",
        "rerank-v3.5, NO, UNKNOWN, UNKNOWN, UNKNOWN, NO, YES",
        "something-else, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN"
    })
    void capabilities_areThoseOfTheModel(
            String model,
            Support chat,
            Support forcedTool,
            Support images,
            Support thinking,
            Support embeddings,
            Support rerank) {
        Capabilities can = COHERE.capabilities(ENDPOINT, model);

        assertThat(can.of(Feature.CHAT)).isEqualTo(chat);
        assertThat(can.of(Feature.FORCED_TOOL)).isEqualTo(forcedTool);
        assertThat(can.of(Feature.IMAGES)).isEqualTo(images);
        assertThat(can.of(Feature.IMAGE_URLS)).isEqualTo(images);
        assertThat(can.of(Feature.THINKING)).isEqualTo(thinking);
        assertThat(can.of(Feature.EMBEDDINGS)).isEqualTo(embeddings);
        assertThat(can.of(Feature.RERANK)).isEqualTo(rerank);
    }

    @Test
    void capabilities_setInTheEndpoint_comeFirst() {
        var endpoint = ENDPOINT.toBuilder().metadata("images", "true").build();

        assertThat(COHERE.capabilities(endpoint, "command-r").of(Feature.IMAGES))
                .isEqualTo(Support.YES);
    }

    @Test
    void health_isAGetThatTellsTheStatus() {
        for (int status : new int[] {200, 401, 503}) {
            Dialogue<HealthState> asked = Dialogue.of(COHERE.health(Dialogue.scope(ENDPOINT, "m")));
            assertThat(asked.sent().get(0).method()).isEqualTo("GET");
            assertThat(asked.sent().get(0).uri()).hasToString("https://api.cohere.com/v1/models?page_size=1");
            assertThat(asked.answer(status, "application/json", "{}").value().status())
                    .isEqualTo(
                            status == 200
                                    ? HealthState.Status.HEALTHY
                                    : status == 401 ? HealthState.Status.DEGRADED : HealthState.Status.UNHEALTHY);
        }
    }

    @Test
    void models_comePageByPage() {
        Dialogue<List<ModelInfo>> asked = Dialogue.of(COHERE.models(Dialogue.scope(ENDPOINT, "m")));
        asked.answer(
                200,
                "application/json",
                "{\"models\":[{\"name\":\"command-a\",\"context_length\":256000.0,\"endpoints\":[\"chat\",\"generate\"],"
                        + "\"finetuned\":false,\"features\":null}],\"next_page_token\":\"a+b\"}");
        asked.answer(200, "application/json", "{\"models\":[{\"name\":\"embed\"},{\"context_length\":5}]}");

        assertThat(asked.sent().get(1).uri())
                .hasToString("https://api.cohere.com/v1/models?page_size=1000&page_token=a%2Bb");
        assertThat(asked.value())
                .containsExactly(
                        new ModelInfo(
                                "command-a", null, 256000, Map.of("endpoints", "chat,generate", "finetuned", "false")),
                        ModelInfo.of("embed"));
    }

    @Test
    void models_thatGoOnForEver_areAnError() {
        Dialogue<List<ModelInfo>> asked = Dialogue.of(COHERE.models(Dialogue.scope(ENDPOINT, "m")));

        assertThatThrownBy(() -> {
                    while (asked.step() instanceof Step.Send<?>) {
                        asked.answer(200, "application/json", "{\"models\":[],\"next_page_token\":\"again\"}");
                    }
                })
                .hasMessageContaining("does not end");
        assertThat(asked.sent()).hasSizeLessThan(100);
    }

    @ParameterizedTest
    @EnumSource
    void embeddings_sayWhatTheyAreFor(EmbeddingRequest.Purpose purpose) {
        Object type =
                Dialogue.json(embed(texts(purpose, Map.of())).sent().get(0)).get("input_type");

        assertThat(type)
                .isEqualTo(
                        switch (purpose) {
                            case DOCUMENT -> "search_document";
                            case QUERY -> "search_query";
                            case CLASSIFICATION -> "classification";
                            case CLUSTERING, SIMILARITY -> "clustering";
                        });
    }

    @Test
    void embeddings_withoutPurpose_areToBeFound() {
        EmbeddingRequest request = new EmbeddingRequest(List.of("a", "b"), 256, null, Map.of("truncate", "END"));

        assertThat(Dialogue.json(embed(request).sent().get(0)))
                .isEqualTo(json("{'model':'embed-v4.0','input_type':'search_document','texts':['a','b'],"
                        + "'embedding_types':['float'],'output_dimension':256,'truncate':'END'}"));
    }

    @Test
    void embeddings_ofAPurposeThatIsNotKnown_areTheNearestAndTold() {
        var exchange = COHERE.embeddings()
                .orElseThrow()
                .embed(Dialogue.scope(ENDPOINT, "embed-v4.0"), texts(EmbeddingRequest.Purpose.SIMILARITY, Map.of()));

        assertThat(exchange.adjustments()).extracting(Adjustment::what).containsExactly("purpose");
    }

    @Test
    void embeddings_inAnotherForm_areRefused() {
        assertThatThrownBy(() -> embed(texts(null, Map.of("embedding_types", List.of("int8")))))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("extra: embedding_types");
    }

    @Test
    void embeddings_areFoundUnderTheirType() {
        EmbeddingResult result = embed(texts(null, Map.of()))
                .answer(
                        200,
                        "application/json",
                        "{\"embeddings\":{\"int8\":[[1]],\"float\":[[0.5,1],[2,3]]},"
                                + "\"meta\":{\"billed_units\":{\"input_tokens\":4}}}")
                .value();

        assertThat(result.vectors().get(1)).containsExactly(2f, 3f);
        assertThat(result.usage().inputTotal()).isEqualTo(TokenCount.known(4));
        assertThatThrownBy(() ->
                        embed(texts(null, Map.of())).answer(200, "application/json", "{\"embeddings\":[[1],[2]]}"))
                .hasMessageContaining("no vector for text 1 of 2");
        assertThat(COHERE.embeddings().orElseThrow().maxBatch(ENDPOINT, "embed-v4.0"))
                .isEqualTo(96);
    }

    @Test
    void rerank_sendsTheDocumentsAndReadsTheirPlaces() {
        Dialogue<RerankResult> asked = rerank(1);

        assertThat(asked.sent().get(0).uri()).hasToString("https://api.cohere.com/v2/rerank");
        assertThat(Dialogue.json(asked.sent().get(0)))
                .isEqualTo(json("{'model':'rerank-v3.5','query':'capital?','documents':['Oslo','Bergen'],'top_n':1}"));
        RerankResult result = asked.answer(
                        200,
                        "application/json",
                        "{\"results\":[{\"index\":1,\"relevance_score\":0.9}],"
                                + "\"meta\":{\"billed_units\":{\"search_units\":1}}}")
                .value();
        assertThat(result.ranked()).containsExactly(new Ranked(1, 0.9));
        assertThat(result.usage().isPresent()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"results\":[{\"index\":2,\"relevance_score\":0.9}]}",
                "{\"results\":[{\"index\":0}]}",
                "{\"data\":[]}"
            })
    void rerank_thatNamesNoDocument_isAnError(String body) {
        assertThatThrownBy(() -> rerank(null).answer(200, "application/json", body))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
    }

    @Test
    void tokens_areNotCountedAhead() {
        assertThat(COHERE.tokenCounting()).isEmpty();
    }
}
