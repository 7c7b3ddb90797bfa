package dev.avionics.airframe.openai.responses;

import static dev.avionics.airframe.openai.responses.Responses.body;
import static dev.avionics.airframe.openai.responses.Responses.endpoint;
import static dev.avionics.airframe.openai.responses.Responses.exchange;
import static dev.avionics.airframe.openai.responses.Responses.input;
import static dev.avionics.airframe.openai.responses.Responses.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Part.MediaSource;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ThinkingOptions.Effort;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.openai.OpenAiResponses;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests as they go out, field by field. */
class ResponsesRequestTest {
    private static final ToolSpec WEATHER = new ToolSpec("weather", "Tells the weather", "{\"type\":\"object\"}", true);
    private static final Sampling ALL = new Sampling(0.0, 0.5, 20, 0.1, 100, List.of("END"), 7L, 0.25, -0.5, 1.5);

    private static Object json(String text) {
        return JsonValues.parse(text);
    }

    private static List<String> dropped(Exchange<InferenceResult> exchange) {
        return exchange.adjustments().stream()
                .filter(each -> each.action() == Adjustment.Action.DROPPED)
                .map(Adjustment::what)
                .toList();
    }

    @Test
    void body_minimal_keepsNothingAtTheBackend() {
        Exchange<InferenceResult> exchange = exchange("m", InferenceRequest.of("Hi"));

        assertThat(exchange.first().call().uri()).isEqualTo(URI.create("http://localhost:1/v1/responses"));
        assertThat(exchange.adjustments()).isEmpty();
        assertThat(body(exchange)).isEqualTo(json("""
                {"model": "m", "input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
                 "store": false, "stream": true}"""));
    }

    @Test
    void body_allOptions_haveTheirFieldsOrAreSaidToBeLeftOut() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("Hi"))
                .tool(WEATHER)
                .toolChoice(ToolChoice.tool("weather"))
                .parallelToolCalls(false)
                .output(OutputFormat.jsonSchema("my answer", "{\"type\":\"object\"}"))
                .thinking(new ThinkingOptions(Effort.LOW, 100))
                .sampling(ALL)
                .user("u1")
                .context(4096)
                .build();

        Exchange<InferenceResult> exchange = exchange("m", request);

        assertThat(body(exchange)).isEqualTo(json("""
                {"model": "m", "input": [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]}],
                 "tools": [{"type": "function", "name": "weather", "description": "Tells the weather",
                   "parameters": {"type": "object"}, "strict": true}],
                 "tool_choice": {"type": "function", "name": "weather"}, "parallel_tool_calls": false,
                 "text": {"format": {"type": "json_schema", "name": "my_answer", "strict": true,
                   "schema": {"type": "object"}}},
                 "reasoning": {"effort": "low", "summary": "auto"},
                 "max_output_tokens": 100, "temperature": 0.0, "top_p": 0.5,
                 "safety_identifier": "u1", "store": false, "include": ["reasoning.encrypted_content"],
                 "stream": true}"""));
        assertThat(dropped(exchange))
                .containsExactly(
                        "thinking budget",
                        "top_k",
                        "min_p",
                        "stop",
                        "seed",
                        "presence_penalty",
                        "frequency_penalty",
                        "repeat_penalty",
                        "context");
    }

    @Test
    void jsonObject_isAFormatOfItsOwn() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .output(OutputFormat.JSON_OBJECT)
                .build();

        assertThat(body(exchange("m", request)).get("text")).isEqualTo(json("{\"format\":{\"type\":\"json_object\"}}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "none", "required"})
    void toolChoice_ofAMode_isItsWord(String word) {
        ToolChoice choice = Map.of("auto", ToolChoice.AUTO, "none", ToolChoice.NONE, "required", ToolChoice.REQUIRED)
                .get(word);
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .tool(WEATHER)
                .toolChoice(choice)
                .build();

        assertThat(body(exchange("m", request)).get("tool_choice")).isEqualTo(word);
    }

    @Test
    void instructions_inFront_areAFieldAndLaterOnesKeepTheirPlace() {
        Exchange<InferenceResult> exchange = exchange(
                "m",
                request(
                        Message.system("Be terse."),
                        Message.system("Be kind."),
                        Message.user("Hi"),
                        Message.system("Now in French."),
                        Message.user("Bye")));

        assertThat(body(exchange).get("instructions")).isEqualTo("Be terse.\n\nBe kind.");
        assertThat(body(exchange).get("input")).isEqualTo(json("""
                [{"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
                 {"role": "developer", "content": [{"type": "input_text", "text": "Now in French."}]},
                 {"role": "user", "content": [{"type": "input_text", "text": "Bye"}]}]"""));
    }

    @Test
    void instructions_ofTheCaller_winAndOursAreSentAsMessages() {
        InferenceRequest request = request(Message.system("Be terse."), Message.user("Hi")).toBuilder()
                .extra("instructions", "mine")
                .build();

        assertThat(body(exchange("m", request)).get("instructions")).isEqualTo("mine");
        assertThat((List<?>) body(exchange("m", request)).get("input")).first().isEqualTo(json("""
                {"role": "developer", "content": [{"type": "input_text", "text": "Be terse."}]}"""));
    }

    @Test
    void instructions_alone_areAMessage() {
        assertThat(input(Message.system("Speak."))).isEqualTo(json("""
                [{"role": "developer", "content": [{"type": "input_text", "text": "Speak."}]}]"""));
    }

    @Test
    void media_ofEveryKind_isInItsForm() {
        VendorData high = VendorData.of(Responses.LEFT, "{\"detail\":\"high\"}");
        List<?> input = input(Message.user(
                Part.image("image/png", "QUJD"),
                new Part.Image(new MediaSource.Url(URI.create("https://example.org/a.png"), null), high, null),
                new Part.Image(new MediaSource.FileId(Responses.VENDOR, "file-1")),
                new Part.Document(new MediaSource.Inline("application/pdf", "QUJD"), "a.pdf", VendorData.none(), null),
                new Part.Document(
                        new MediaSource.Url(URI.create("https://example.org/a.pdf"), null),
                        "a.pdf",
                        VendorData.none(),
                        null),
                new Part.Document(new MediaSource.FileId(Responses.VENDOR, "file-2"), null, VendorData.none(), null),
                new Part.Opaque(
                        "input_audio", VendorData.of(Responses.LEFT, "{\"type\":\"input_audio\",\"x\":1}"), null)));

        assertThat(input).isEqualTo(json("""
                [{"role": "user", "content": [
                  {"type": "input_image", "image_url": "data:image/png;base64,QUJD", "detail": "auto"},
                  {"type": "input_image", "image_url": "https://example.org/a.png", "detail": "high"},
                  {"type": "input_image", "file_id": "file-1", "detail": "auto"},
                  {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,QUJD"},
                  {"type": "input_file", "file_url": "https://example.org/a.pdf"},
                  {"type": "input_file", "file_id": "file-2"},
                  {"type": "input_audio", "x": 1}]}]"""));
    }

    @Test
    void file_ofAnotherVendor_isRefusedBeforeAnythingIsSent() {
        assertThatThrownBy(() -> input(Message.user(new Part.Image(new MediaSource.FileId("other", "file-1")))))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED))
                .hasMessageContaining("give its bytes");
    }

    @Test
    void turnsOfOthers_areSentAsFarAsTheyCanBeTaken() {
        Exchange<InferenceResult> exchange = exchange(
                "m",
                request(
                        Message.user("q"),
                        new Message(
                                Role.ASSISTANT,
                                List.of(
                                        new Part.Thinking("hm", VendorData.of("other", "{}"), null),
                                        new Part.Text("a", VendorData.of("other", "{\"item\":{\"id\":\"x\"}}"), null),
                                        new Part.Refusal("no"),
                                        Part.image("image/png", "QUJD"),
                                        new Part.Opaque("web", VendorData.of("other", "{\"type\":\"web\"}"), null),
                                        new Part.ToolCall("x".repeat(65), "weather", "{}")),
                                "Bob",
                                null),
                        new Message(
                                Role.TOOL,
                                List.of(new Part.ToolResult(
                                        "x".repeat(65),
                                        null,
                                        List.of(Part.text("see"), Part.image("image/png", "QUJD")),
                                        true,
                                        VendorData.none(),
                                        null)))));

        List<?> input = (List<?>) body(exchange).get("input");
        String id = String.valueOf(((Map<?, ?>) input.get(2)).get("call_id"));
        assertThat(id).hasSizeBetween(1, 64);
        assertThat(input.subList(1, input.size())).isEqualTo(json("""
                [{"type": "message", "role": "assistant", "content": [
                   {"type": "output_text", "text": "a"}, {"type": "refusal", "refusal": "no"}]},
                 {"type": "function_call", "call_id": "ID", "name": "weather", "arguments": "{}"},
                 {"type": "function_call_output", "call_id": "ID", "output": [
                   {"type": "input_text", "text": "see"},
                   {"type": "input_image", "image_url": "data:image/png;base64,QUJD", "detail": "auto"}]}]""".replace("ID", id)));
        assertThat(dropped(exchange)).containsExactly("name", "thinking", "image", "opaque", "toolResult.isError");
    }

    /** As chats leave it with the same vendor. */
    @Test
    void opaquePart_thatIsNoItem_isLeftOut() {
        Message audio = Message.assistant(
                Part.text("a"), new Part.Opaque("audio", VendorData.of(Responses.LEFT, "{\"data\":\"QUJD\"}"), null));

        assertThat(dropped(exchange("m", request(Message.user("q"), audio)))).containsExactly("opaque");
    }

    @Test
    void reasoning_withoutItsEncryptedForm_isLeftOutWithTheIdsThatNeedIt() {
        Message turn = Message.assistant(
                new Part.Thinking(
                        "",
                        VendorData.of(Responses.LEFT, "{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[]}"),
                        null),
                new Part.Text("a", VendorData.of(Responses.LEFT, "{\"item\":{\"id\":\"msg\",\"phase\":\"p\"}}"), null),
                new Part.ToolCall(
                        "c",
                        "f",
                        "{}",
                        VendorData.of(Responses.LEFT, "{\"type\":\"function_call\",\"id\":\"fc\"}"),
                        null));
        InferenceRequest request = request(Message.user("q"), turn);
        Exchange<InferenceResult> forgetting = exchange("m", request);
        Exchange<InferenceResult> keeping =
                exchange("m", request.toBuilder().extra("store", true).build());

        assertThat(dropped(forgetting)).containsExactly("thinking");
        List<?> sent = (List<?>) body(forgetting).get("input");
        assertThat(sent.subList(1, sent.size())).isEqualTo(json("""
                [{"type": "message", "role": "assistant", "phase": "p", "status": "completed",
                   "content": [{"type": "output_text", "text": "a"}]},
                 {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}]"""));
        assertThat(dropped(keeping)).isEmpty();
        assertThat((List<?>) body(keeping).get("input")).hasSize(4).element(1).isEqualTo(json("""
                {"type": "reasoning", "id": "rs", "summary": []}"""));
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-4o-mini,       MEDIUM, -,       true,  false",
        "gpt-5-chat-latest, MEDIUM, -,       true,  false",
        "o4-mini,           MAX,    high,    false, true",
        "gpt-5,             NONE,   minimal, false, true",
        "openai/gpt-5-mini, XHIGH,  high,    false, true",
        "gpt-5.1,           NONE,   none,    true,  true",
        "gpt-5.1,           LOW,    low,     false, true",
        "gpt-5.6-sol,       MAX,    max,     false, true",
        "gpt-6-astra,       NONE,   minimal, false, true",
        "gpt-6.1-sol,       MINIMAL,low,     false, true",
        "gpt-6-luna,        NONE,   none,    true,  true",
        "grok-4.3,          HIGH,   high,    true,  true",
        "llama-4,           HIGH,   high,    true,  true",
    })
    void model_takesTheDepthsAndSamplingThatItKnows(
            String model, Effort effort, String sent, boolean sampling, boolean encrypted) {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .thinking(ThinkingOptions.of(effort))
                .temperature(0.5)
                .build();

        Exchange<InferenceResult> exchange = exchange(model, request);

        Object reasoning = body(exchange).get("reasoning");
        assertThat(reasoning instanceof Map<?, ?> map ? map.get("effort") : "-").isEqualTo(sent);
        assertThat(body(exchange).containsKey("temperature")).isEqualTo(sampling);
        assertThat(body(exchange).containsKey("include")).isEqualTo(encrypted);
        assertThat(exchange.adjustments().stream().anyMatch(each -> each.what().equals("thinking")))
                .isEqualTo(!sent.equalsIgnoreCase(effort.name()));
        assertThat(dropped(exchange).contains("temperature")).isEqualTo(!sampling);
    }

    /** As with deployments, whose names say nothing. */
    @Test
    void model_byItsHint_isWhatTheHintSays() {
        InferenceRequest request =
                InferenceRequest.of("Hi").toBuilder().temperature(0.5).build();

        Exchange<InferenceResult> exchange =
                new OpenAiResponses().inference(Dialogue.scope(endpoint("model_hint", "o3"), "my-deployment"), request);

        assertThat(body(exchange)).doesNotContainKey("temperature").containsEntry("model", "my-deployment");
    }

    @Test
    void callersObjects_areJoinedWithOurs() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .output(OutputFormat.JSON_OBJECT)
                .thinking(ThinkingOptions.of(Effort.HIGH))
                .temperature(0.5)
                .extra("text", Map.of("verbosity", "low"))
                .extra("reasoning", Map.of("effort", "none"))
                .extra("store", true)
                .extra("input", "no")
                .extra("stream", false)
                .build();

        Map<String, ?> body = body(exchange("gpt-5.1", request));

        assertThat(body.get("text")).isEqualTo(json("{\"format\":{\"type\":\"json_object\"},\"verbosity\":\"low\"}"));
        assertThat(body.get("reasoning")).isEqualTo(json("{\"effort\":\"none\",\"summary\":\"auto\"}"));
        assertThat(body.get("temperature")).isEqualTo(0.5);
        assertThat(body.get("store")).isEqualTo(true);
        assertThat(body.get("input")).isInstanceOf(List.class);
        assertThat(body.get("stream")).isEqualTo(true);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Unsupported parameter: 'temperature' is not supported with this model. | temperature | no temperature",
                "Encrypted content is not supported with this model. | include | no include",
                "Your organization must be verified to generate reasoning summaries. | reasoning.summary |"
                        + " no reasoning.summary",
                "Unsupported value: 'max' is not supported. | reasoning.effort | no reasoning",
                "Unknown parameter: 'tools[0].strict'. | tools[0].strict | no strict",
                "Invalid value: 'developer'. Supported values are not supported. | input[0].role | no developer role",
                "Unknown parameter: 'safety_identifier'. | safety_identifier | no safety_identifier",
            })
    void refusal_ofAField_isLearnedAndHeeded(String message, String param, String fact) {
        InferenceRequest request = request(Message.user("a"), Message.system("b"), Message.user("Hi")).toBuilder()
                .tool(WEATHER)
                .thinking(ThinkingOptions.of(Effort.HIGH))
                .temperature(0.5)
                .user("u")
                .build();
        String error = JsonValues.write(Map.of("error", Map.of("message", message, "param", param)));

        var refused = Dialogue.of(exchange("m", request)).answer(400, "application/json", error);
        Exchange<InferenceResult> next = exchange("m", request, fact);

        assertThat(refused.failure().learn()).containsExactly(fact);
        assertThat(body(next)).isNotEqualTo(body(exchange("m", request)));
        assertThat(Dialogue.of(next)
                        .answer(400, "application/json", error)
                        .failure()
                        .learn())
                .isEmpty();
    }

    @Test
    void refusal_ofTheQuestion_teachesNothing() {
        String error = "{\"error\":{\"message\":\"Invalid 'input': too many items.\",\"param\":\"input\"}}";

        assertThat(Dialogue.of(exchange("m", InferenceRequest.of("Hi")))
                        .answer(400, "application/json", error)
                        .failure()
                        .learn())
                .isEmpty();
    }
}
