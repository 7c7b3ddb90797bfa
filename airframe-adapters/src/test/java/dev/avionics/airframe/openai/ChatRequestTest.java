package dev.avionics.airframe.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests as they go out, field by field. */
class ChatRequestTest {
    private static final ToolSpec WEATHER = ToolSpec.of(
            "weather", "Tells the weather", "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}");

    private static EndpointSpec endpoint(String url, String... metadata) {
        EndpointSpec.Builder builder = EndpointSpec.builder("test", URI.create(url), BackendKind.OPENAI_CHAT);
        for (int i = 0; i < metadata.length; i += 2) {
            builder.metadata(metadata[i], metadata[i + 1]);
        }
        return builder.build();
    }

    private static Exchange<InferenceResult> exchange(
            EndpointSpec endpoint, InferenceRequest request, String... learned) {
        return new OpenAiChat().inference(Dialogue.scope(endpoint, "m", learned), request);
    }

    private static HttpCall call(InferenceRequest request, String... learned) {
        return exchange(endpoint("http://localhost:1"), request, learned)
                .first()
                .call();
    }

    private static void assertBody(HttpCall call, String expected) {
        assertThat(Dialogue.json(call)).isEqualTo(JsonValues.parseObject(expected));
    }

    private static Object field(HttpCall call, String name) {
        return Dialogue.json(call).get(name);
    }

    @Test
    void body_minimalStream_hasModelMessagesAndUsage() {
        assertBody(call(InferenceRequest.of("Hi")), """
                {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "stream": true,
                 "stream_options": {"include_usage": true}}""");
    }

    @Test
    void body_minimalWhole_hasNoStreamOptions() {
        InferenceRequest request =
                InferenceRequest.builder()
                        .message(Message.system("Be terse").at(Instant.EPOCH))
                        .message(Message.user("Hi"))
                        .stream(false)
                        .build();

        assertBody(call(request), """
                {"model": "m", "messages": [{"role": "system", "content": "Be terse"},
                 {"role": "user", "content": "Hi"}], "stream": false}""");
    }

    @Test
    void body_allOptions_areOnTheWire() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("Hi"))
                .tool(WEATHER)
                .toolChoice(ToolChoice.tool("weather"))
                .parallelToolCalls(false)
                .output(OutputFormat.jsonSchema("my answer", "{\"type\":\"object\"}"))
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.LOW))
                .sampling(new Sampling(0.0, 0.5, 20, 0.1, 100, List.of("END"), 7L, 0.25, -0.5, 1.5))
                .user("u1")
                .build();

        assertBody(call(request), """
                {"model": "m", "messages": [{"role": "user", "content": "Hi"}],
                 "tools": [{"type": "function", "function": {"name": "weather", "description": "Tells the weather",
                   "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}],
                 "tool_choice": {"type": "function", "function": {"name": "weather"}},
                 "parallel_tool_calls": false,
                 "response_format": {"type": "json_schema",
                   "json_schema": {"name": "my_answer", "strict": true, "schema": {"type": "object"}}},
                 "reasoning_effort": "low",
                 "temperature": 0.0, "top_p": 0.5, "top_k": 20, "min_p": 0.1, "max_tokens": 100, "stop": ["END"],
                 "seed": 7, "presence_penalty": 0.25, "frequency_penalty": -0.5, "repetition_penalty": 1.5,
                 "user": "u1", "stream": true, "stream_options": {"include_usage": true}}""");
    }

    @Test
    void body_withoutTools_leavesOutWhatBelongsToTools() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("Hi"))
                .parallelToolCalls(true)
                .toolChoice(ToolChoice.REQUIRED)
                .build();

        assertThat(Dialogue.json(call(request))).doesNotContainKeys("tools", "tool_choice", "parallel_tool_calls");
    }

    @Test
    void body_schemas_areByteExact() {
        String schema = "{\"type\" : \"object\",\"x\":1.50}";
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("Hi"))
                .tool(ToolSpec.of("t", "", schema))
                .output(OutputFormat.jsonSchema("s", schema))
                .build();

        String body = new String(call(request).body(), StandardCharsets.UTF_8);

        assertThat(body).contains("\"parameters\":" + schema, "\"schema\":" + schema);
    }

    @Test
    void messages_toolRound_keepIdsAndOrder() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("Weather?"))
                .message(Message.assistant(
                        new Part.Thinking("hm"),
                        new Part.ToolCall("c1", "weather", "{\"city\":\"Rome\"}"),
                        new Part.ToolCall("c2", "weather", "{}")))
                .message(new Message(
                        Role.TOOL,
                        List.of(new Part.ToolResult("c1", "weather", "sun"), new Part.ToolResult("c2", null, "rain"))))
                .stream(false)
                .build();

        assertThat(field(call(request), "messages")).isEqualTo(JsonValues.parse("""
                [{"role": "user", "content": "Weather?"},
                 {"role": "assistant", "content": null, "tool_calls": [
                   {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\":\\"Rome\\"}"}},
                   {"id": "c2", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]},
                 {"role": "tool", "tool_call_id": "c1", "content": "sun"},
                 {"role": "tool", "tool_call_id": "c2", "content": "rain"}]"""));
    }

    @Test
    void messages_images_areDataUrisOrAddresses() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user(
                        Part.text("What is it?"),
                        Part.image("image/png", "aGk="),
                        Part.image(URI.create("https://example.org/a.png"))))
                .build();

        assertThat(field(call(request), "messages")).isEqualTo(JsonValues.parse("""
                [{"role": "user", "content": [{"type": "text", "text": "What is it?"},
                  {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}},
                  {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]}]"""));
    }

    @Test
    void messages_imageByFileId_isRefused() {
        Part image = new Part.Image(new Part.MediaSource.FileId("v", "f1"));
        InferenceRequest request =
                InferenceRequest.builder().message(Message.user(image)).build();

        assertThatThrownBy(() -> call(request))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED));
    }

    @Test
    void messages_imageOfTool_followsAsUserTurn() {
        Part result = new Part.ToolResult(
                "c1", "t", List.of(Part.text("see"), Part.image("image/png", "aGk=")), false, VendorData.none(), null);
        InferenceRequest request = InferenceRequest.builder()
                .message(new Message(Role.TOOL, List.of(result)))
                .build();

        Exchange<InferenceResult> exchange = exchange(endpoint("http://localhost:1"), request);

        assertThat(field(exchange.first().call(), "messages")).isEqualTo(JsonValues.parse("""
                [{"role": "tool", "tool_call_id": "c1", "content": "see"},
                 {"role": "user", "content": [{"type": "text", "text": "From the tools:"},
                  {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}]}]"""));
        assertThat(exchange.adjustments()).extracting(Adjustment::what).containsExactly("tool result");
    }

    @Test
    void extras_win_butNeverReplaceTheConversation() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("Hi"))
                .temperature(0.5)
                .extra("temperature", 1)
                .extra("logprobs", true)
                .extra("nothing", null)
                .extra("messages", List.of())
                .extra("stream", false)
                .build();

        assertBody(call(request), """
                {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "temperature": 1, "logprobs": true,
                 "nothing": null, "stream": true, "stream_options": {"include_usage": true}}""");
    }

    @Test
    void extraBody_ofTheEndpoint_isSentAndLosesToTheRequests() {
        EndpointSpec endpoint = endpoint("http://localhost:1", "extra_body", "{\"a\":1,\"b\":2}");
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("Hi"))
                .extra("b", 3)
                .build();

        assertThat(Dialogue.json(exchange(endpoint, request).first().call()))
                .containsEntry("a", 1L)
                .containsEntry("b", 3L);
    }

    @ParameterizedTest
    @CsvSource({
        "http://h:1, http://h:1/v1/chat/completions",
        "http://h:1/, http://h:1/v1/chat/completions",
        "http://h:1/v1, http://h:1/v1/chat/completions",
        "http://h:1/v1/, http://h:1/v1/chat/completions",
        "https://h/api/v1, https://h/api/v1/chat/completions",
        "https://h/openai/v1/, https://h/openai/v1/chat/completions"
    })
    void url_ofEveryBase_hasOneVersion(String base, String expected) {
        assertThat(exchange(endpoint(base), InferenceRequest.of("Hi"))
                        .first()
                        .call()
                        .uri())
                .isEqualTo(URI.create(expected));
    }

    @Test
    void url_withApiPath_isUsedAsGiven() {
        EndpointSpec endpoint = endpoint("http://h:1", "api_path", "/api/v3/chat");

        assertThat(exchange(endpoint, InferenceRequest.of("Hi")).first().call().uri())
                .isEqualTo(URI.create("http://h:1/api/v3/chat"));
    }

    @Test
    void learned_facts_leaveOutOrRename() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("Hi"))
                .maxTokens(5)
                .temperature(0.1)
                .output(OutputFormat.jsonSchema("s", "{}"))
                .build();
        EndpointSpec endpoint = endpoint("http://localhost:1");

        Exchange<InferenceResult> exchange =
                exchange(endpoint, request, "no stream_options", "no max_tokens", "no temperature", "no json_schema");

        assertBody(exchange.first().call(), """
                {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "max_completion_tokens": 5,
                 "response_format": {"type": "json_object"}, "stream": true}""");
        assertThat(exchange.adjustments())
                .extracting(Adjustment::what)
                .containsExactlyInAnyOrder("output", "stream_options", "temperature");
    }

    @Test
    void dialect_switchesOfTheEndpoint_changeTheBody() {
        EndpointSpec endpoint = endpoint(
                "http://localhost:1",
                "max_tokens_field",
                "max_completion_tokens",
                "developer_role",
                "true",
                "strict_tools",
                "true",
                "required_tool",
                "any",
                "seed_field",
                "random_seed",
                "top_k_field",
                "",
                "tool_result_name",
                "true",
                "assistant_after_tool_result",
                "true",
                "non_null_assistant_content",
                "true",
                "stream_options",
                "false",
                "parallel_tool_calls",
                "false",
                "thinking",
                "chat_template_kwargs");
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.system("S"))
                .message(Message.assistant(new Part.ToolCall("c1", "t", "{}")))
                .message(Message.toolResult("c1", "t", "r"))
                .message(Message.user("Go on"))
                .tool(new ToolSpec("t", "", "{}", true))
                .toolChoice(ToolChoice.REQUIRED)
                .parallelToolCalls(true)
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.NONE))
                .sampling(Sampling.builder().maxTokens(9).seed(3L).topK(4).build())
                .build();

        Exchange<InferenceResult> exchange = exchange(endpoint, request);

        assertBody(exchange.first().call(), """
                {"model": "m", "messages": [{"role": "developer", "content": "S"},
                  {"role": "assistant", "content": "", "tool_calls": [
                    {"id": "c1", "type": "function", "function": {"name": "t", "arguments": "{}"}}]},
                  {"role": "tool", "tool_call_id": "c1", "name": "t", "content": "r"},
                  {"role": "assistant", "content": "I have the results."},
                  {"role": "user", "content": "Go on"}],
                 "tools": [{"type": "function", "function": {"name": "t", "parameters": {}, "strict": true}}],
                 "tool_choice": "any", "chat_template_kwargs": {"enable_thinking": false},
                 "max_completion_tokens": 9, "random_seed": 3, "stream": true}""");
        assertThat(exchange.adjustments())
                .extracting(Adjustment::what)
                .containsExactlyInAnyOrder("top_k", "parallelToolCalls");
    }

    @Test
    void dialect_thatDoesNotExist_namesThoseThatDo() {
        EndpointSpec endpoint = endpoint("http://localhost:1", "dialect", "martian");

        assertThatThrownBy(() -> exchange(endpoint, InferenceRequest.of("Hi")))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("martian")
                .hasMessageContaining("deepseek");
    }

    @Test
    void dialect_switchThatIsNoBoolean_isRefused() {
        EndpointSpec endpoint = endpoint("http://localhost:1", "stream_options", "maybe");

        assertThatThrownBy(() -> exchange(endpoint, InferenceRequest.of("Hi")))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("stream_options: maybe");
    }

    @Test
    void thinking_earlier_goesBackOnlyWhereItIsWanted() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.assistant(new Part.Thinking("hm"), new Part.Text("yes")))
                .build();

        assertThat(field(
                        exchange(endpoint("https://api.deepseek.com"), request)
                                .first()
                                .call(),
                        "messages"))
                .isEqualTo(JsonValues.parse(
                        "[{\"role\":\"assistant\",\"content\":\"yes\",\"reasoning_content\":\"hm\"}]"));
        assertThat(field(call(request), "messages"))
                .isEqualTo(JsonValues.parse("[{\"role\":\"assistant\",\"content\":\"yes\"}]"));
    }

    @Test
    void vendorData_goesBackByteExactToItsVendorOnly() {
        String details = "[{\"type\" : \"reasoning.encrypted\",\"data\":\"x\\u00e9\"}]";
        VendorData data = VendorData.of("openrouter", "{\"reasoning_details\":" + details + ",\"annotations\":[1]}");
        VendorData signature = VendorData.of("openrouter", "{\"extra_content\":{\"s\": 1.0}}");
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.assistant(
                        new Part.Thinking("hm", data, null), new Part.ToolCall("c1", "t", "{}", signature, null)))
                .build();

        String own = new String(
                exchange(endpoint("https://openrouter.ai/api/v1"), request)
                        .first()
                        .call()
                        .body(),
                StandardCharsets.UTF_8);
        String foreign = new String(call(request).body(), StandardCharsets.UTF_8);

        assertThat(own)
                .contains("\"reasoning_details\":" + details, "\"extra_content\":{\"s\": 1.0}")
                .doesNotContain("annotations");
        assertThat(foreign).doesNotContain("reasoning_details", "extra_content");
    }

    @Test
    void context_isDroppedAndTold() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("Hi"))
                .context(4096)
                .build();

        assertThat(exchange(endpoint("http://localhost:1"), request).adjustments())
                .extracting(Adjustment::what)
                .containsExactly("context");
    }

    @Test
    void headers_ofTheCall_carryNoKey() {
        assertThat(call(InferenceRequest.of("Hi")).headers()).doesNotContainKey("authorization");
        assertThat(Map.copyOf(call(InferenceRequest.of("Hi")).headers())).containsKey("content-type");
    }
}
