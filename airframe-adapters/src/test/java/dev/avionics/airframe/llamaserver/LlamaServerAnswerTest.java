package dev.avionics.airframe.llamaserver;

import static dev.avionics.airframe.llamaserver.LlamaServerRequestTest.asked;
import static dev.avionics.airframe.llamaserver.LlamaServerRequestTest.endpoint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.WireScope;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What llama-server answers; the bodies are those of a real server, shortened. */
class LlamaServerAnswerTest {
    private static final String PIECES = """
            data: {"index":0,"content":"The","tokens":[504],"stop":false,"id_slot":-1,"tokens_predicted":1,"tokens_evaluated":13}

            :

            data: {"index":0,"content":" capital","tokens":[3575],"stop":false,"id_slot":-1,"tokens_predicted":2,"tokens_evaluated":13}

            """;
    private static final WireScope SCOPE = Dialogue.scope(endpoint(""), "m");

    private final LlamaServer protocol = new LlamaServer();

    private static String end(String fields) {
        return "data: {\"index\":0,\"content\":\"\",\"tokens\":[],\"id_slot\":1,\"stop\":true,\"model\":\"smol\","
                + "\"tokens_predicted\":3,\"tokens_evaluated\":13,\"generation_settings\":{\"stop\":[]},"
                + "\"prompt\":\"<s>\",\"tokens_cached\":15," + fields
                + ",\"timings\":{\"cache_n\":12,\"prompt_n\":1}}\n\n";
    }

    private static Dialogue<InferenceResult> templated(String prompt) {
        return asked(endpoint(""), InferenceRequest.of("Hi"))
                .answer(200, "application/json; charset=utf-8", "{\"prompt\":\"" + prompt + "\"}");
    }

    private static Decoded completed(String body, int... cuts) {
        return templated("<s>").answer(200, "text/event-stream", body).decoded(cuts);
    }

    @ParameterizedTest
    @CsvSource({"eos,false,STOP", "word,false,STOP", "limit,false,LENGTH", "limit,true,LENGTH", "eos,true,LENGTH"})
    void completion_ofEveryStopType_isMapped(String type, boolean truncated, FinishReason expected) {
        Decoded decoded = completed(PIECES + end("\"truncated\":" + truncated + ",\"stop_type\":\"" + type + "\""));

        assertThat(decoded.text()).isEqualTo("The capital");
        assertThat(decoded.completed().finish()).isEqualTo(expected);
        assertThat(decoded.completed().finishRaw()).isEqualTo(type);
        assertThat(decoded.completed().model()).isEqualTo("smol");
    }

    @Test
    void completion_usage_tellsTheCache() {
        var usage = completed(PIECES + end("\"stop_type\":\"eos\"")).completed().usage();

        assertThat(usage.inputTotal().value()).isEqualTo(13);
        assertThat(usage.cacheRead().value()).isEqualTo(12);
        assertThat(usage.inputUncached().value()).isEqualTo(1);
        assertThat(usage.outputTotal().value()).isEqualTo(3);
    }

    @Test
    void completion_cutAnywhere_givesTheSameEvents() {
        String body = PIECES + end("\"stop_type\":\"eos\"");
        String whole = completed(body).joined();

        for (int cut = 0; cut <= body.length(); cut++) {
            assertThat(completed(body, cut).joined()).as("cut at %s", cut).isEqualTo(whole);
        }
    }

    @Test
    void completion_withoutItsEnd_isCut() {
        assertThat(completed(PIECES).error().category()).isEqualTo(ErrorCategory.CONNECTION);
    }

    @Test
    void completion_errorInTheStream_endsIt() {
        Decoded decoded = completed(
                PIECES + "data: {\"error\":{\"code\":500,\"message\":\"boom\",\"type\":\"server_error\"}}\n\n");

        assertThat(decoded.error().category()).isEqualTo(ErrorCategory.SERVER_ERROR);
        assertThat(decoded.text()).isEqualTo("The capital");
    }

    @Test
    void completion_asOneBody_isReadToo() {
        Decoded decoded = templated("<s>")
                .answer(
                        200,
                        "application/json",
                        "{\"content\":\"Paris\",\"stop\":true,\"stop_type\":\"eos\",\"tokens_evaluated\":1,"
                                + "\"tokens_predicted\":1}")
                .decoded();

        assertThat(decoded.text()).isEqualTo("Paris");
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.STOP);
    }

    @ParameterizedTest
    @CsvSource({"<s>, <think>a</think>b", "<s><think>\\n, a</think>b"})
    void completion_thinking_isToldFromTheTextAlsoWhenThePromptBeganIt(String prompt, String text) {
        Decoded decoded = templated(prompt)
                .answer(
                        200,
                        "text/event-stream",
                        "data: {\"content\":\"" + text + "\",\"stop\":false}\n\n" + end("\"stop_type\":\"eos\""))
                .decoded();

        assertThat(decoded.thinking()).isEqualTo("a");
        assertThat(decoded.text()).isEqualTo("b");
    }

    @Test
    void openai_answer_isReadAsChat() {
        Decoded decoded = asked(
                        endpoint("openai"),
                        InferenceRequest.of("Hi").toBuilder().stream(false).build())
                .answer(200, "text/event-stream", """
                        data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"id":"chatcmpl-1","model":"smol"}

                        data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"Hi"}}],"id":"chatcmpl-1","model":"smol"}

                        data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"id":"chatcmpl-1","model":"smol"}

                        data: {"choices":[],"usage":{"completion_tokens":2,"prompt_tokens":34,"prompt_tokens_details":{"cached_tokens":33}},"timings":{"cache_n":33}}

                        data: [DONE]

                        """)
                .decoded();

        assertThat(decoded.text()).isEqualTo("Hi");
        assertThat(decoded.completed().usage().cacheRead().value()).isEqualTo(33);
    }

    @Test
    void openai_textCompletion_isReadToo() {
        InferenceRequest request = InferenceRequest.builder()
                .message(dev.avionics.airframe.Message.user("U"))
                .extra("raw_completion", true)
                .build();
        Decoded decoded = asked(endpoint("openai"), request)
                .answer(
                        200,
                        "text/event-stream",
                        "data: {\"choices\":[{\"text\":\"Par\",\"index\":0,\"finish_reason\":null}]}\n\n"
                                + "data: {\"choices\":[{\"text\":\"is\",\"index\":0,\"finish_reason\":\"length\"}]}\n\n"
                                + "data: [DONE]\n\n")
                .decoded();

        assertThat(decoded.text()).isEqualTo("Paris");
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.LENGTH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "503|{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}|OVERLOADED",
                "400|{\"error\":{\"code\":400,\"message\":\"request (3001 tokens) exceeds the available context size (1024"
                        + " tokens), try increasing it\",\"type\":\"exceed_context_size_error\",\"n_prompt_tokens\":3001,"
                        + "\"n_ctx\":1024}}|CONTEXT_LENGTH",
                "401|{\"error\":{\"message\":\"Invalid API Key\",\"type\":\"authentication_error\",\"code\":401}}"
                        + "|AUTHENTICATION",
                "500|{\"error\":{\"code\":500,\"message\":\"image input is not supported - hint: mmproj\","
                        + "\"type\":\"server_error\"}}|UNSUPPORTED",
                "501|{\"error\":{\"code\":501,\"message\":\"This server does not support embeddings. Start it with"
                        + " `--embeddings`\",\"type\":\"not_supported_error\"}}|UNSUPPORTED",
                "500|{\"error\":{\"code\":500,\"message\":\"input (3001 tokens) is too large to process. increase the"
                        + " physical batch size (current batch size: 2048)\",\"type\":\"server_error\"}}|CONTEXT_LENGTH",
                "400|{\"error\":{\"code\":400,\"message\":\"[json.exception.parse_error.101]\","
                        + "\"type\":\"invalid_request_error\"}}|INVALID_REQUEST",
            })
    void error_ofEitherStep_hasItsCategory(int status, String body, ErrorCategory expected) {
        InferenceException atTemplate = status == 501
                ? null
                : asked(endpoint(""), InferenceRequest.of("Hi"))
                        .answer(status, "application/json", body)
                        .failure()
                        .why();
        InferenceException atCompletion = templated("<s>")
                .answer(status, "application/json", body)
                .failure()
                .why();
        InferenceException atChat = asked(endpoint("openai"), InferenceRequest.of("Hi"))
                .answer(status, "application/json", body)
                .failure()
                .why();

        assertThat(atCompletion.category()).isEqualTo(expected);
        assertThat(atChat.category()).isEqualTo(expected);
        assertThat(atTemplate == null ? expected : atTemplate.category()).isEqualTo(expected);
    }

    @Test
    void template_withoutPrompt_isUnreadable() {
        assertThatThrownBy(() ->
                        asked(endpoint(""), InferenceRequest.of("Hi")).answer(200, "application/json", "{\"x\":1}"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
    }

    @ParameterizedTest
    @CsvSource({"200,HEALTHY", "503,DEGRADED", "401,DEGRADED", "500,UNHEALTHY"})
    void health_asksWithoutMakingTokens(int status, HealthState.Status expected) {
        Dialogue<HealthState> dialogue =
                Dialogue.of(protocol.health(SCOPE)).answer(status, "application/json", "{\"status\":\"ok\"}");

        assertThat(dialogue.value().status()).isEqualTo(expected);
        assertThat(dialogue.sent()).extracting(HttpCall::method).containsExactly("GET");
        assertThat(dialogue.sent().get(0).uri()).isEqualTo(URI.create("http://localhost:8080/health"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"error\":\"Unexpected endpoint\"}", "<html>UP</html>", "{\"status\":\"UP\"}", "[1]"})
    void health_ofAnotherServer_isNotHealthy(String body) {
        HealthState state = Dialogue.of(protocol.health(SCOPE))
                .answer(200, "text/plain", body)
                .value();

        assertThat(state.status()).isEqualTo(HealthState.Status.DEGRADED);
        assertThat(state.detail()).isEqualTo("something answers, but it does not seem to be llama-server");
    }

    @Test
    void models_tellTheWindowTheServerRunsWith() {
        List<ModelInfo> models = Dialogue.of(protocol.models(SCOPE))
                .answer(
                        200,
                        "application/json",
                        "{\"models\":[{\"name\":\"smol\",\"capabilities\":[\"completion\"]}],\"object\":\"list\",\"data\":[{"
                                + "\"id\":\"smol\",\"owned_by\":\"llamacpp\",\"meta\":{\"n_ctx\":1024,\"n_ctx_train\":8192}}]}")
                .value();

        assertThat(models).hasSize(1);
        assertThat(models.get(0).id()).isEqualTo("smol");
        assertThat(models.get(0).contextWindow()).isEqualTo(1024);
    }

    @Test
    void probe_readsPropsAndCountsTokens() {
        LlamaServerProbe probe = new LlamaServerProbe();

        LlamaServerProbe.Props props = Dialogue.of(probe.props(SCOPE))
                .answer(
                        200,
                        "application/json",
                        "{\"default_generation_settings\":{\"params\":{\"n_ctx\":1},\"n_ctx\":1024},\"total_slots\":2,"
                                + "\"model_path\":\"m.gguf\",\"modalities\":{\"vision\":false,\"audio\":false},"
                                + "\"build_info\":\"b0-unknown\"}")
                .value();
        Dialogue<Long> tokens = Dialogue.of(probe.countTokens(SCOPE, "Hello world"))
                .answer(200, "application/json", "{\"tokens\":[19556,905]}");

        assertThat(props).isEqualTo(new LlamaServerProbe.Props(1024, 2, "m.gguf", false, "b0-unknown"));
        assertThat(tokens.value()).isEqualTo(2);
        assertThat(Dialogue.json(tokens.sent().get(0)))
                .isEqualTo(Map.of("content", "Hello world", "add_special", false));
    }

    @Test
    void embeddings_fallBackToTheServersOwn() {
        EmbeddingWire wire = protocol.embeddings().orElseThrow();
        EmbeddingRequest request = EmbeddingRequest.of("a", "b");

        EmbeddingResult shared = Dialogue.of(wire.embed(SCOPE, request))
                .answer(
                        200,
                        "application/json",
                        "{\"data\":[{\"embedding\":[1,2],\"index\":0},{\"embedding\":[3,4],\"index\":1}],"
                                + "\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}")
                .value();
        Dialogue<EmbeddingResult> own = Dialogue.of(wire.embed(SCOPE, request))
                .answer(404, "application/json", "{\"error\":{\"message\":\"File Not Found\"}}")
                .answer(
                        200,
                        "application/json",
                        "[{\"index\":0,\"embedding\":[[1,2]]},{\"index\":1,\"embedding\":[[3,4]]}]");

        assertThat(shared.vectors().get(1)).containsExactly(3f, 4f);
        assertThat(shared.usage().inputTotal().value()).isEqualTo(4);
        assertThat(own.value().vectors().get(1)).containsExactly(3f, 4f);
        assertThat(own.sent().get(1).uri()).isEqualTo(URI.create("http://localhost:8080/embedding"));
        assertThat(Dialogue.json(own.sent().get(1))).isEqualTo(Map.of("content", List.of("a", "b")));
    }

    @Test
    void embeddings_purpose_isDroppedAndTold() {
        EmbeddingWire wire = protocol.embeddings().orElseThrow();

        assertThat(wire.embed(
                                SCOPE,
                                new EmbeddingRequest(
                                        List.of("a"), null, EmbeddingRequest.Purpose.QUERY, Map.of("id_slot", 1)))
                        .adjustments())
                .extracting(Adjustment::what)
                .containsExactly("purpose");
    }

    @Test
    void embeddings_ofAnotherLengthThanAskedFor_areRefused() {
        Dialogue<EmbeddingResult> dialogue = Dialogue.of(protocol.embeddings()
                .orElseThrow()
                .embed(SCOPE, new EmbeddingRequest(List.of("a"), 3, null, Map.of("id_slot", 1))));

        Dialogue<EmbeddingResult> own = dialogue.answer(404, "application/json", "{}");
        assertThat(Dialogue.json(own.sent().get(1))).isEqualTo(Map.of("content", List.of("a"), "id_slot", 1L));
        assertThatThrownBy(() -> own.answer(200, "application/json", "[{\"index\":0,\"embedding\":[[1,2]]}]"))
                .hasMessage("dimensions: the vectors have 2 (expected: 3 as asked for)");
    }

    @Test
    void embeddings_ofSingleTokens_areRefusedWithAWayOut() {
        Dialogue<EmbeddingResult> own = Dialogue.of(
                        protocol.embeddings().orElseThrow().embed(SCOPE, EmbeddingRequest.of("a")))
                .answer(404, "application/json", "{}");

        assertThatThrownBy(() -> own.answer(200, "application/json", "[{\"index\":0,\"embedding\":[[1],[2]]}]"))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("--pooling");
    }
}
