package dev.avionics.airframe.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingRequest.Purpose;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.EmbeddingWire;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The peculiarities of hosted vendors: their errors, embeddings, second APIs and answers that come later. */
class VendorsTest {
    private final OpenAiChat protocol = new OpenAiChat();
    private final EmbeddingWire embeddings = protocol.embeddings().orElseThrow();

    private static EndpointSpec endpoint(String url) {
        return EndpointSpec.builder("test", URI.create(url), BackendKind.OPENAI_CHAT)
                .build();
    }

    private Exchange<InferenceResult> exchange(String url, String model, InferenceRequest request, String... learned) {
        return protocol.inference(Dialogue.scope(endpoint(url), model, learned), request);
    }

    private Map<String, @Nullable Object> body(String url, String model, InferenceRequest request) {
        return Dialogue.json(exchange(url, model, request).first().call());
    }

    // Errors

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://api.groq.com/openai/v1|498|{\"error\":{\"message\":\"Flex tier capacity exceeded\"}}|OVERLOADED",
                "https://api.groq.com/openai/v1|413|{\"error\":{\"message\":\"Request too large for model in organization on"
                        + " tokens per minute (TPM): Limit 6000, Requested 9000\",\"code\":\"rate_limit_exceeded\"}}|INVALID_REQUEST",
                "https://api.groq.com/openai/v1|413|{\"error\":{\"message\":\"too large\"}}|CONTEXT_LENGTH",
                "https://api.mistral.ai/v1|429|{\"object\":\"error\",\"message\":\"Service tier capacity exceeded for this"
                        + " model.\",\"type\":\"service_tier_capacity_exceeded\",\"param\":null,\"code\":\"3505\"}|OVERLOADED",
                "https://api.mistral.ai/v1|429|{\"message\":\"Requests rate limit exceeded\"}|RATE_LIMITED",
                "https://api.mistral.ai/v1|422|{\"detail\":[{\"type\":\"missing\",\"loc\":[\"body\",\"model\"],"
                        + "\"msg\":\"Field required\"}]}|INVALID_REQUEST",
                "https://integrate.api.nvidia.com/v1|503|{\"title\":\"Service Unavailable\",\"detail\":"
                        + "\"ResourceExhausted: Worker local total request limit reached\"}|RATE_LIMITED",
                "https://integrate.api.nvidia.com/v1|404|{\"status\":404,\"title\":\"Not Found\",\"detail\":\"Function '1':"
                        + " Not found for account\"}|MODEL_NOT_FOUND",
                "https://api.openai.com/v1|429|{\"error\":{\"message\":\"You exceeded your current quota\",\"type\":"
                        + "\"insufficient_quota\",\"code\":\"insufficient_quota\"}}|QUOTA_EXHAUSTED",
                "https://api.openai.com/v1|429|{\"error\":{\"message\":\"Rate limit reached for gpt-4o\",\"type\":\"tokens\","
                        + "\"code\":\"rate_limit_exceeded\"}}|RATE_LIMITED",
                "https://api.deepseek.com|402|{\"error\":{\"message\":\"Insufficient Balance\",\"code\":"
                        + "\"invalid_request_error\"}}|QUOTA_EXHAUSTED",
            })
    void errors_ofVendors_areTold(String url, int status, String body, ErrorCategory expected) {
        assertThat(Dialogue.of(exchange(url, "m", InferenceRequest.of("q")))
                        .answer(status, "application/json", body)
                        .failure()
                        .why()
                        .category())
                .isEqualTo(expected);
    }

    // A second API

    @Test
    @Tag("row-60")
    void model_thatWantsResponses_isLearnedAndAskedThere() {
        Step.Fail<InferenceResult> refused = Dialogue.of(
                        exchange("https://api.openai.com/v1", "new-model", InferenceRequest.of("q")))
                .answer(404, "application/json", """
                        {"error": {"message": "This model is only supported in v1/responses and not in v1/chat/completions.",
                          "type": "invalid_request_error", "param": "model", "code": null}}""")
                .failure();

        assertThat(refused.learn()).containsExactly("use responses");
        Exchange<InferenceResult> again = exchange(
                "https://api.openai.com/v1",
                "new-model",
                InferenceRequest.of("q"),
                refused.learn().toArray(new String[0]));
        assertThat(again.first().call().uri()).hasPath("/v1/responses");
        assertThat(Dialogue.json(again.first().call())).containsKey("input");
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o, true, /v1/chat/completions",
        "gpt-6.1-sol, false, /v1/chat/completions",
        "gpt-6.1-sol, true, /v1/responses",
        "o3-pro, false, /v1/responses",
        "gpt-5.1-codex, false, /v1/responses",
    })
    void api_isTheOneThatTheModelTakes(String model, boolean tools, String path) {
        InferenceRequest.Builder request = InferenceRequest.of("q").toBuilder();
        if (tools) {
            request.tool(ToolSpec.of("clock", "Tells the time"));
        }

        assertThat(exchange("https://api.openai.com/v1", model, request.build())
                        .first()
                        .call()
                        .uri())
                .hasPath(path);
    }

    // Answers that come later

    @Test
    void answer_thatIsNotReady_isAskedForAgainAndAgain() {
        Map<String, String> pending = Map.of("nvcf-reqid", "a b", "content-type", "application/json");
        InferenceRequest request =
                InferenceRequest.of("q").toBuilder().stream(false).build();
        Dialogue<InferenceResult> dialogue = Dialogue.of(exchange("https://integrate.api.nvidia.com/v1", "m", request))
                .answer(202, pending, new byte[0]);

        assertThat(dialogue.sent().get(1).method()).isEqualTo("GET");
        assertThat(dialogue.sent().get(1).uri())
                .isEqualTo(URI.create("https://integrate.api.nvidia.com/v1/status/a+b"));
        assertThat(((Step.Send<InferenceResult>) dialogue.step()).after()).isEqualTo(Duration.ofMillis(500));

        dialogue.answer(202, pending, new byte[0]);
        assertThat(((Step.Send<InferenceResult>) dialogue.step()).after()).isEqualTo(Duration.ofSeconds(1));
        for (int i = 0; i < 5; i++) {
            dialogue.answer(202, pending, new byte[0]);
        }
        assertThat(((Step.Send<InferenceResult>) dialogue.step()).after()).isEqualTo(Duration.ofSeconds(5));

        dialogue.answer(200, "application/json", """
                {"choices": [{"message": {"content": "ready"}, "finish_reason": "stop"}]}""");
        assertThat(dialogue.decoded().text()).isEqualTo("ready");
    }

    @Test
    void answer_thatIsNotReady_elsewhereIsNoPoll() {
        Dialogue<InferenceResult> dialogue = Dialogue.of(
                        exchange("https://api.openai.com/v1", "m", InferenceRequest.of("q")))
                .answer(202, Map.of("nvcf-reqid", "1", "content-type", "application/json"), "{}".getBytes());

        assertThat(dialogue.sent()).hasSize(1);
        assertThat(dialogue.decoded().error().category()).isEqualTo(ErrorCategory.PARSE);
    }

    // Mistral's conversations

    @Test
    void mistral_idsOfOthers_areRewrittenAlikeInCallAndResult() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("q"))
                .message(Message.assistant(new Part.ToolCall("call_of-another_vendor", "clock", "{}")))
                .message(Message.toolResult("call_of-another_vendor", "clock", "noon"))
                .message(Message.assistant(new Part.ToolCall("aB3dE6gH9", "clock", "{}")))
                .message(Message.toolResult("aB3dE6gH9", "clock", "one"))
                .build();

        List<?> messages = (List<?>) body("https://api.mistral.ai/v1", "mistral-small-latest", request)
                .get("messages");

        String rewritten = callId(messages.get(1));
        assertThat(rewritten).matches("[a-zA-Z0-9]{9}");
        assertThat(((Map<?, ?>) messages.get(2)).get("tool_call_id")).isEqualTo(rewritten);
        assertThat(((Map<?, ?>) messages.get(2)).get("name")).isEqualTo("clock");
        assertThat(callId(messages.get(3))).isEqualTo("aB3dE6gH9");
    }

    private static String callId(Object message) {
        List<?> calls = (List<?>) ((Map<?, ?>) message).get("tool_calls");
        return String.valueOf(((Map<?, ?>) calls.get(0)).get("id"));
    }

    @Test
    void mistral_lastTurnOfTheAssistant_isMarkedAsBeginning() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("q"))
                .message(Message.assistant("The answer is"))
                .build();

        assertThat(body("https://api.mistral.ai/v1", "mistral-small-latest", request)
                        .get("messages"))
                .isEqualTo(JsonValues.parse("""
                        [{"role": "user", "content": "q"},
                         {"role": "assistant", "content": "The answer is", "prefix": true}]"""));
    }

    // Embeddings

    @ParameterizedTest
    @CsvSource({
        "https://api.voyageai.com/v1, QUERY, input_type, query",
        "https://api.voyageai.com/v1, DOCUMENT, input_type, document",
        "https://integrate.api.nvidia.com/v1, QUERY, input_type, query",
        "https://integrate.api.nvidia.com/v1, , input_type, passage",
    })
    void embeddings_purpose_isInTheVendorsWord(String url, @Nullable Purpose purpose, String field, String word) {
        EmbeddingRequest request = new EmbeddingRequest(List.of("x"), null, purpose, Map.of());

        assertThat(Dialogue.json(embeddings
                        .embed(Dialogue.scope(endpoint(url), "m"), request)
                        .first()
                        .call()))
                .containsEntry(field, word);
    }

    @Test
    void embeddings_purposeThatTheVendorHasNoWordFor_isToldAsDropped() {
        Exchange<EmbeddingResult> exchange = embeddings.embed(
                Dialogue.scope(endpoint("https://api.openai.com/v1"), "m"),
                new EmbeddingRequest(List.of("x"), null, Purpose.QUERY, Map.of()));

        assertThat(Dialogue.json(exchange.first().call())).containsOnlyKeys("model", "input");
        assertThat(exchange.adjustments()).extracting(Adjustment::what).containsExactly("purpose");
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com/v1, dimensions",
        "https://api.mistral.ai/v1, output_dimension",
        "https://api.voyageai.com/v1, output_dimension"
    })
    void embeddings_length_isInTheVendorsField(String url, String field) {
        EmbeddingRequest request = new EmbeddingRequest(List.of("x"), 256, null, Map.of());

        assertThat(Dialogue.json(embeddings
                        .embed(Dialogue.scope(endpoint(url), "m"), request)
                        .first()
                        .call()))
                .containsEntry(field, 256L);
    }

    @Test
    void embeddings_lengthWhereItCannotBeChosen_isRefusedBeforeTheCall() {
        EmbeddingRequest request = new EmbeddingRequest(List.of("x"), 256, null, Map.of());

        assertThatThrownBy(() ->
                        embeddings.embed(Dialogue.scope(endpoint("https://integrate.api.nvidia.com/v1"), "m"), request))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED));
    }

    @ParameterizedTest
    @CsvSource({
        "https://api.openai.com/v1, 2048, 300000",
        "https://api.mistral.ai/v1, 32, 16000",
        "https://api.voyageai.com/v1, 1000, 2147483647",
    })
    void embeddings_batches_areWithinTheVendorsLimits(String url, int texts, long tokens) {
        assertThat(embeddings.maxBatch(endpoint(url), "m")).isEqualTo(texts);
        assertThat(embeddings.maxBatchTokens(endpoint(url), "m")).isEqualTo(tokens);
    }

    @Test
    void embeddings_ofBytes_areOneNumberEach() {
        String base64 = Base64.getEncoder().encodeToString(new byte[] {-128, -1, 0, 127});

        EmbeddingResult result = Dialogue.of(embeddings.embed(
                        Dialogue.scope(endpoint("https://api.perplexity.ai/v1"), "m"),
                        new EmbeddingRequest(List.of("x"), 4, null, Map.of())))
                .answer(
                        200,
                        "application/json",
                        "{\"data\":[{\"index\":0,\"embedding\":\"" + base64 + "\"}],\"usage\":{\"total_tokens\":3}}")
                .value();

        assertThat(result.vectors().get(0)).containsExactly(-128, -1, 0, 127);
        assertThat(result.usage().inputTotal().value()).isEqualTo(3);
    }
}
