package dev.avionics.airframe.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import dev.avionics.airframe.wire.RecordedAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Recorded answers of Ollama's own API; those of its OpenAI-shaped one are read where that is spoken. */
class RecordedAnswersTest {
    private static boolean isChat(RecordedAnswer answer) {
        return answer.provider().equals("ollama") && answer.api().startsWith("ollama-");
    }

    private static Dialogue<?> dialogue(RecordedAnswer answer) {
        EndpointSpec endpoint = Given.LOCAL.toBuilder().apiType(answer.api()).build();
        InferenceRequest request =
                InferenceRequest.of("Hi").toBuilder().stream(answer.isStream()).build();
        return Given.asked(endpoint, request)
                .answer(answer.status(), Map.of("content-type", answer.contentType()), answer.body());
    }

    @TestFactory
    List<DynamicTest> answers_asExpected() {
        return RecordedAnswer.tests("ollama", RecordedAnswersTest::isChat, 0, answer -> {
            Decoded decoded = dialogue(answer).decoded();
            InferenceEvent.Completed end = decoded.completed();

            assertThat(decoded.text()).isEqualTo(answer.text("text"));
            assertThat(decoded.thinking()).isEqualTo(answer.text("thinking"));
            assertThat(end.finish().wireName()).isEqualTo(answer.text("finish"));
            assertThat(end.finishRaw()).isEqualTo(answer.text("finish_raw"));
            assertThat(end.model()).isEqualTo(answer.text("model"));
            assertThat(number(end.usage().inputTotal()))
                    .isEqualTo(answer.object("usage").get("input_total"));
            assertThat(number(end.usage().outputTotal()))
                    .isEqualTo(answer.object("usage").get("output_total"));
            assertCalls(decoded.toolCalls(), answer);
        });
    }

    @TestFactory
    List<DynamicTest> answers_cutAnywhere_areTheSame() {
        return RecordedAnswer.tests("ollama, cut at every byte", RecordedAnswersTest::isChat, 0, answer -> {
            String whole = dialogue(answer).decoded().joined();
            for (int at = 1; at < answer.body().length; at++) {
                assertThat(dialogue(answer).decoded(at).joined())
                        .as("cut at %d", at)
                        .isEqualTo(whole);
            }
            int[] everywhere = new int[answer.body().length];
            for (int i = 0; i < everywhere.length; i++) {
                everywhere[i] = i;
            }
            assertThat(dialogue(answer).decoded(everywhere).joined()).isEqualTo(whole);
        });
    }

    @TestFactory
    List<DynamicTest> embeddings_asExpected() {
        return RecordedAnswer.tests(
                "ollama embeddings",
                answer -> answer.provider().equals("ollama") && answer.kind().equals("embedding"),
                0,
                answer -> {
                    int count = ((Number) answer.expected().get("count")).intValue();
                    List<String> texts = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        texts.add("text " + i);
                    }
                    EmbeddingResult result = Dialogue.of(new Embeddings()
                                    .embed(
                                            Dialogue.scope(Given.LOCAL, "mxbai-embed-large"),
                                            new EmbeddingRequest(texts, null, null, Map.of())))
                            .answer(answer.status(), Map.of("content-type", answer.contentType()), answer.body())
                            .value();

                    assertThat(result.vectors()).hasSize(count);
                    assertThat((long) result.dimensions())
                            .isEqualTo(answer.expected().get("dims"));
                    List<?> first = (List<?>) answer.expected().get("first");
                    for (int i = 0; i < first.size(); i++) {
                        assertThat(result.vectors().get(0)[i]).isEqualTo(((Number) first.get(i)).floatValue());
                    }
                    assertThat(number(result.usage().inputTotal()))
                            .isEqualTo(answer.object("usage").get("input_raw"));
                    assertThat(result.model()).isEqualTo(answer.text("model"));
                });
    }

    /** Errors come in the shape of the OpenAI-shaped API only; the words are the same in both. */
    @TestFactory
    List<DynamicTest> errors_asExpected() {
        return RecordedAnswer.tests(
                "ollama errors",
                answer -> answer.provider().equals("ollama") && answer.kind().equals("error"),
                0,
                answer -> {
                    InferenceException why = Given.asked(Given.LOCAL, InferenceRequest.of("Hi"))
                            .answer(answer.status(), Map.of("content-type", answer.contentType()), answer.body())
                            .failure()
                            .why();

                    assertThat(why.category()).isEqualTo(ErrorCategory.CONTEXT_LENGTH);
                    assertThat(why.status()).hasValue(answer.status());
                    assertThat(why)
                            .hasMessageContaining(
                                    String.valueOf(answer.object("error").get("message")));
                });
    }

    private static @Nullable Long number(TokenCount count) {
        return count.isPresent() ? (Long) count.value() : null;
    }

    private static void assertCalls(List<Part.ToolCall> calls, RecordedAnswer answer) {
        List<?> expected = (List<?>) answer.expected().get("tool_calls");
        assertThat(calls).hasSameSizeAs(expected);
        for (int i = 0; i < calls.size(); i++) {
            Map<?, ?> call = (Map<?, ?>) expected.get(i);
            assertThat(calls.get(i).name()).isEqualTo(call.get("name"));
            assertThat(JsonValues.parse(calls.get(i).argumentsJson())).isEqualTo(call.get("arguments"));
            assertThat(calls.get(i).id()).isNotEmpty();
        }
    }
}
