package dev.avionics.airframe.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.wire.Dialogue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EmbeddingsTest {
    private static final EmbeddingWire WIRE = Given.OLLAMA.embeddings().orElseThrow();
    private static final String UNKNOWN_PATH = "404 page not found";

    private static Dialogue<EmbeddingResult> asked(EndpointSpec endpoint, EmbeddingRequest request) {
        return Dialogue.of(WIRE.embed(Dialogue.scope(endpoint, "nomic-embed-text"), request));
    }

    private static Dialogue<EmbeddingResult> asked(String... inputs) {
        return asked(Given.LOCAL, EmbeddingRequest.of(inputs));
    }

    private static String body(HttpCall call) {
        return new String(call.body(), StandardCharsets.UTF_8);
    }

    private static String vector(int length) {
        return IntStream.range(0, length).mapToObj(i -> "0." + (i % 9 + 1)).collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void request_textsAndOptions() {
        EmbeddingRequest request = new EmbeddingRequest(
                List.of("a", "b"), 256, EmbeddingRequest.Purpose.QUERY, Map.of("options", Map.of("num_ctx", 512)));
        HttpCall call = asked(Given.with("keep_alive", "5m"), request).sent().get(0);

        assertThat(call.uri()).hasToString("http://localhost:11434/api/embed");
        assertThat(call.streamed()).isFalse();
        assertThat(body(call))
                .isEqualTo(
                        "{\"model\":\"nomic-embed-text\",\"input\":[\"a\",\"b\"],\"dimensions\":256,\"keep_alive\":\"5m\","
                                + "\"options\":{\"num_ctx\":512}}");
        assertThat(WIRE.embed(Dialogue.scope(Given.LOCAL, "m"), request).adjustments())
                .extracting(adjustment -> adjustment.action() + " " + adjustment.what())
                .containsExactly("DROPPED purpose");
        assertThat(body(asked("a").sent().get(0))).isEqualTo("{\"model\":\"nomic-embed-text\",\"input\":[\"a\"]}");
    }

    @Test
    void request_extraThatReplacesTheTexts_isRefused() {
        EmbeddingRequest request = new EmbeddingRequest(List.of("a"), null, null, Map.of("input", "b"));

        assertThatThrownBy(() -> asked(Given.LOCAL, request))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith("extra: input");
    }

    @Test
    void answer_bothShapes_give768Numbers() {
        EmbeddingResult now = asked("a")
                .answer(
                        200,
                        "application/json",
                        "{\"model\":\"nomic-embed-text\",\"embeddings\":[" + vector(768) + "],\"prompt_eval_count\":3}")
                .value();
        EmbeddingResult before = asked("a")
                .answer(200, "application/json", "{\"embedding\":" + vector(768) + "}")
                .value();

        assertThat(now.dimensions()).isEqualTo(768);
        assertThat(now.usage().inputTotal()).isEqualTo(TokenCount.known(3));
        assertThat(now.model()).isEqualTo("nomic-embed-text");
        assertThat(before.vectors().get(0)).isEqualTo(now.vectors().get(0));
        assertThat(before.usage().isPresent()).isFalse();
    }

    @Test
    void answer_keepsTheOrder() {
        assertThat(asked("a", "b")
                        .answer(200, "application/json", "{\"embeddings\":[[1,2],[3,4]]}")
                        .value()
                        .vectors())
                .containsExactly(new float[] {1, 2}, new float[] {3, 4});
    }

    @Test
    void oldServer_isAskedByTheOldPath_textByText() {
        Dialogue<EmbeddingResult> dialogue = asked("a", "b")
                .answer(404, "text/plain", UNKNOWN_PATH)
                .answer(200, "application/json", "{\"embedding\":[1,2]}")
                .answer(200, "application/json", "{\"embedding\":[3,4]}");

        assertThat(dialogue.value().vectors()).containsExactly(new float[] {1, 2}, new float[] {3, 4});
        assertThat(dialogue.sent())
                .extracting(call -> call.uri().getPath() + " " + body(call))
                .containsExactly(
                        "/api/embed {\"model\":\"nomic-embed-text\",\"input\":[\"a\",\"b\"]}",
                        "/api/embeddings {\"model\":\"nomic-embed-text\",\"prompt\":\"a\"}",
                        "/api/embeddings {\"model\":\"nomic-embed-text\",\"prompt\":\"b\"}");
    }

    @Test
    void oldServer_thatFails_fails() {
        assertThat(asked("a", "b")
                        .answer(404, "text/plain", UNKNOWN_PATH)
                        .answer(500, "application/json", "{\"error\":\"boom\"}")
                        .failure()
                        .why()
                        .category())
                .isEqualTo(ErrorCategory.SERVER_ERROR);
    }

    @Test
    void modelThatIsMissing_isNotAskedForByTheOldPath() {
        Dialogue<EmbeddingResult> dialogue = asked("a")
                .answer(
                        404,
                        "application/json",
                        "{\"error\":\"model \\\"nomic-embed-text\\\" not found, try pulling it first\"}");

        assertThat(dialogue.failure().why().category()).isEqualTo(ErrorCategory.MODEL_NOT_FOUND);
        assertThat(dialogue.failure().why()).hasMessageContaining("ollama pull nomic-embed-text");
        assertThat(dialogue.sent()).hasSize(1);
    }

    @Test
    void answer_thatDoesNotFitTheRequest_fails() {
        assertUnreadable("{\"embeddings\":[[1,2]]}", "no vector for text 2 of 2");
        assertUnreadable("{\"embeddings\":[[1,2],[3]]}", "different lengths");
        assertUnreadable("{\"embeddings\":[[1,2],[]]}", "empty vector");
        assertUnreadable("{\"model\":\"m\"}", "no vector for text 1 of 2");
        assertUnreadable("[]", "not a JSON object");
    }

    @Test
    void dimensions_thatTheServerTookNoNoticeOf_fail() {
        Dialogue<EmbeddingResult> dialogue = asked(Given.LOCAL, new EmbeddingRequest(List.of("a"), 2, null, Map.of()));

        assertThatThrownBy(() -> dialogue.answer(200, "application/json", "{\"embeddings\":[[1,2,3]]}"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED))
                .hasMessageContaining("have 3 (expected: 2");
    }

    private static void assertUnreadable(String answer, String words) {
        assertThatThrownBy(() -> asked("a", "b").answer(200, "application/json", answer))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE))
                .hasMessageContaining(words);
    }
}
