package dev.avionics.airframe.llamaserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.Capabilities.Feature;
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
import dev.avionics.airframe.wire.Dialogue;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent to llama-server, field by field. */
class LlamaServerRequestTest {
    private static final String TEMPLATE = "{\"prompt\":\"<s>Hi\"}";

    static EndpointSpec endpoint(String apiType) {
        return EndpointSpec.builder("llama", URI.create("http://localhost:8080"), BackendKind.LLAMA_SERVER)
                .apiType(apiType)
                .build();
    }

    static Dialogue<InferenceResult> asked(EndpointSpec endpoint, InferenceRequest request) {
        return Dialogue.of(new LlamaServer().inference(Dialogue.scope(endpoint, "m"), request));
    }

    private static InferenceRequest.Builder hi() {
        return InferenceRequest.builder().message(Message.user("Hi"));
    }

    private static HttpCall completion(InferenceRequest request) {
        return asked(endpoint(""), request)
                .answer(200, "application/json; charset=utf-8", TEMPLATE)
                .sent()
                .get(1);
    }

    private static void assertBody(HttpCall call, String expected) {
        assertThat(Dialogue.json(call)).isEqualTo(JsonValues.parseObject(expected));
    }

    @Test
    void native_noOptions_sendsTheTable() {
        HttpCall call = completion(hi().build());

        assertThat(call.uri()).isEqualTo(URI.create("http://localhost:8080/completion"));
        assertBody(call, """
                {"prompt": "<s>Hi", "n_predict": 512, "temperature": 0.7, "stop": [], "top_p": 0.95, "top_k": 40,
                 "repeat_penalty": 1.1, "cache_prompt": true, "stream": true}""");
    }

    @Test
    @Tag("row-7")
    void times_ofTurns_stayHere() {
        for (String apiType : List.of("", "openai")) {
            InferenceRequest timed = InferenceRequest.builder()
                    .message(Message.user("Hi").at(Instant.EPOCH))
                    .build();
            assertThat(asked(endpoint(apiType), timed).sent().get(0).body())
                    .isEqualTo(
                            asked(endpoint(apiType), hi().build()).sent().get(0).body());
        }
    }

    @Test
    void native_everyOption_isOnTheWire() {
        InferenceRequest request = hi().sampling(new Sampling(0.0, 0.5, 0, 0.2, 0, List.of("END"), 7L, 0.25, -0.5, 1.0))
                .output(OutputFormat.jsonSchema("s", "{\"type\":\"object\"}"))
                .extra("id_slot", 1)
                .extra("prompt", "other")
                .extra("stream", false)
                .build();

        assertBody(completion(request), """
                {"prompt": "<s>Hi", "n_predict": 0, "temperature": 0.0, "stop": ["END"], "top_p": 0.5, "top_k": 0,
                 "repeat_penalty": 1.0, "min_p": 0.2, "seed": 7, "presence_penalty": 0.25, "frequency_penalty": -0.5,
                 "cache_prompt": true, "json_schema": {"type": "object"}, "stream": true, "id_slot": 1}""");
    }

    @Test
    void native_extras_winOverTheTable() {
        InferenceRequest request = hi().extra("top_k", 7)
                .extra("cache_prompt", false)
                .extra("grammar", "g")
                .output(OutputFormat.JSON_OBJECT)
                .build();

        assertThat(Dialogue.json(completion(request)))
                .containsEntry("top_k", 7L)
                .containsEntry("cache_prompt", false)
                .containsEntry("grammar", "g")
                .doesNotContainKey("json_schema");
    }

    @Test
    void native_template_getsRolesAndThinking() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.system("S"))
                .message(Message.user("U"))
                .message(Message.assistant("A"))
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.NONE))
                .context(100)
                .build();
        var exchange = new LlamaServer().inference(Dialogue.scope(endpoint("native"), "m"), request);

        assertThat(exchange.first().call().uri()).isEqualTo(URI.create("http://localhost:8080/apply-template"));
        assertBody(exchange.first().call(), """
                {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U"},
                 {"role": "assistant", "content": "A"}], "chat_template_kwargs": {"enable_thinking": false}}""");
        assertThat(exchange.adjustments()).extracting(Adjustment::what).containsExactly("context");
    }

    @Test
    void native_withoutTemplates_tagsTheRoles() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.system("S"))
                .message(Message.user("U"))
                .message(new Message(Role.TOOL, List.of(new Part.ToolResult("c", null, "R"))))
                .build();

        Dialogue<InferenceResult> dialogue = asked(endpoint(""), request)
                .answer(404, "application/json", "{\"error\":{\"message\":\"File Not Found\"}}");

        assertThat(Dialogue.json(dialogue.sent().get(1)))
                .containsEntry("prompt", "System: S\nUser: U\nTool: R\nAssistant:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8080", "http://localhost:8080/", "http://localhost:8080/v1/"})
    void native_baseUrl_isTheServersRoot(String base) {
        EndpointSpec endpoint =
                endpoint("").toBuilder().baseUrl(URI.create(base)).build();

        assertThat(asked(endpoint, hi().build()).sent().get(0).uri())
                .isEqualTo(URI.create("http://localhost:8080/apply-template"));
    }

    @Test
    void native_toolsAndImages_areRefusedWithAWayOut() {
        InferenceRequest tools = hi().tool(ToolSpec.of("t", "")).build();
        InferenceRequest image = InferenceRequest.builder()
                .message(Message.user(Part.image("image/png", "aGk=")))
                .build();

        for (InferenceRequest request : List.of(tools, image)) {
            assertThatThrownBy(() -> asked(endpoint(""), request))
                    .isInstanceOfSatisfying(
                            InferenceException.class,
                            why -> assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED))
                    .hasMessageContaining("use api type openai");
        }
    }

    @Test
    void native_wholeAnswer_isAskedForAsAStream() {
        HttpCall call = completion(hi().stream(false).build());

        assertThat(call.streamed()).isTrue();
        assertThat(Dialogue.json(call)).containsEntry("stream", true);
    }

    @Test
    void native_extraBodyOfTheEndpoint_isForEveryRequest() {
        EndpointSpec endpoint = endpoint("").toBuilder()
                .metadata("extra_body", "{\"id_slot\":3,\"top_k\":1}")
                .build();
        HttpCall call = asked(endpoint, hi().extra("top_k", 2).build())
                .answer(200, "application/json", TEMPLATE)
                .sent()
                .get(1);

        assertThat(Dialogue.json(call)).containsEntry("id_slot", 3L).containsEntry("top_k", 2L);
    }

    @Test
    void native_turnsWithTools_goToTheTemplateWithTheirThinking() {
        InferenceRequest request = hi().message(Message.assistant(
                        new Part.Thinking("I look."), new Part.ToolCall("c", "weather", "{\"city\":\"Oslo\"}")))
                .message(Message.toolResult("c", "weather", "cold"))
                .build();

        assertBody(asked(endpoint(""), request).sent().get(0), """
                {"messages": [{"role": "user", "content": "Hi"},
                 {"role": "assistant", "content": "", "reasoning_content": "I look.", "tool_calls": [{"id": "c",
                  "type": "function", "function": {"name": "weather", "arguments": "{\\"city\\":\\"Oslo\\"}"}}]},
                 {"role": "tool", "tool_call_id": "c", "name": "weather", "content": "cold"}]}""");
    }

    @Test
    void native_whatItHasNot_isAdjusted() {
        Part.Thinking signed = new Part.Thinking("hm", VendorData.of("other", "{}"), null);
        Part.Thinking sealed = new Part.Thinking("", VendorData.of("other", "{}"), null);
        Part.ToolResult failed =
                new Part.ToolResult("c", null, List.of(Part.text("boom")), true, VendorData.none(), null);
        InferenceRequest request = InferenceRequest.builder()
                .message(new Message(
                        Role.USER, List.of(new Part.Text("Hi", VendorData.none(), CacheHint.LONG)), "Bob", null))
                .message(Message.assistant(
                        signed,
                        sealed,
                        new Part.Opaque("note", VendorData.none(), null),
                        new Part.Refusal("No."),
                        new Part.ToolCall("c", "t", "{}")))
                .message(new Message(Role.TOOL, List.of(failed)))
                .thinking(new ThinkingOptions(ThinkingOptions.Effort.HIGH, 100))
                .user("u-1")
                .build();

        assertThat(adjusted(endpoint(""), request))
                .containsExactlyInAnyOrder(
                        "DROPPED cache hint",
                        "DROPPED message.name",
                        "CHANGED thinking",
                        "DROPPED thinking",
                        "DROPPED opaque",
                        "CHANGED refusal",
                        "DROPPED toolResult.isError",
                        "DROPPED thinking.budgetTokens",
                        "CHANGED thinking.effort",
                        "DROPPED user");
    }

    private static List<String> adjusted(EndpointSpec endpoint, InferenceRequest request) {
        return new LlamaServer()
                .inference(Dialogue.scope(endpoint, "m"), request).adjustments().stream()
                        .map(adjustment -> adjustment.action() + " " + adjustment.what())
                        .toList();
    }

    @Test
    void native_withoutTemplates_losesNoToolCall() {
        InferenceRequest request = hi().message(
                        Message.assistant(new Part.Thinking("I look."), new Part.ToolCall("c", "weather", "{}")))
                .message(Message.toolResult("c", "weather", "cold"))
                .build();
        Dialogue<InferenceResult> dialogue =
                asked(endpoint(""), request).answer(501, "application/json", "{\"error\":{\"message\":\"no\"}}");

        assertThat(Dialogue.json(dialogue.sent().get(1)))
                .containsEntry(
                        "prompt",
                        "User: Hi\nAssistant: <think>\nI look.\n</think>\n[call of tool weather: {}]\nTool: cold\n"
                                + "Assistant:");
    }

    @Test
    void native_forcedTool_isRefused() {
        assertThatThrownBy(() ->
                        asked(endpoint(""), hi().toolChoice(ToolChoice.REQUIRED).build()))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED));
    }

    @Test
    void openai_wishesForTheCache_areDroppedAndTold() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user(new Part.Text("Hi", VendorData.none(), CacheHint.LONG)))
                .build();

        assertThat(adjusted(endpoint("openai"), request)).containsExactly("DROPPED cache hint");
    }

    @Test
    void openai_thinkingOfEarlierTurns_isSentBack() {
        InferenceRequest request = hi().message(Message.assistant(new Part.Thinking("hm"), Part.text("Hello.")))
                .message(Message.user("Again"))
                .build();

        assertThat(Dialogue.json(asked(endpoint("openai"), request).sent().get(0))
                        .get("messages"))
                .asString()
                .contains("reasoning_content=hm");
    }

    @Test
    void openai_toolByName_isSentAloneAndRequired() {
        InferenceRequest request = hi().tool(ToolSpec.of("a", ""))
                .tool(ToolSpec.of("b", ""))
                .toolChoice(ToolChoice.tool("b"))
                .build();

        assertThat(Dialogue.json(asked(endpoint("openai"), request).sent().get(0)))
                .containsEntry("tool_choice", "required")
                .extractingByKey("tools")
                .asString()
                .contains("name=b")
                .doesNotContain("name=a");
        assertThat(adjusted(endpoint("openai"), request)).containsExactly("CHANGED tools");
        assertThatThrownBy(() -> adjusted(
                        endpoint("openai"),
                        request.toBuilder().toolChoice(ToolChoice.tool("c")).build()))
                .hasMessageStartingWith("toolChoice: c");
    }

    @Test
    void openai_whatItHasNot_isAdjusted() {
        InferenceRequest request = hi().user("u-1")
                .context(100)
                .thinking(new ThinkingOptions(ThinkingOptions.Effort.LOW, 50))
                .build();

        assertThat(Dialogue.json(asked(endpoint("openai"), request).sent().get(0)))
                .doesNotContainKey("user")
                .containsEntry("chat_template_kwargs", JsonValues.parse("{\"enable_thinking\":true}"));
        assertThat(adjusted(endpoint("openai"), request))
                .containsExactly(
                        "DROPPED context", "DROPPED user", "DROPPED thinking.budgetTokens", "CHANGED thinking.effort");
    }

    @Test
    void openai_rawCompletion_tellsWhatIsNoText() {
        InferenceRequest request = hi().message(Message.assistant(
                        new Part.Thinking("hm"),
                        new Part.Refusal("No."),
                        new Part.Opaque("note", VendorData.none(), null),
                        new Part.ToolCall("c", "t", "{}")))
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.MEDIUM))
                .context(100)
                .extra("raw_completion", true)
                .build();

        assertThat(adjusted(endpoint("openai"), request))
                .containsExactlyInAnyOrder(
                        "DROPPED thinking",
                        "DROPPED context",
                        "CHANGED thinking",
                        "CHANGED refusal",
                        "DROPPED opaque",
                        "CHANGED tool call");
        assertThatThrownBy(() -> adjusted(
                        endpoint("openai"),
                        request.toBuilder()
                                .message(Message.user(Part.image("image/png", "aGk=")))
                                .build()))
                .hasMessage("images cannot be sent as plain text");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "openai"})
    void tokens_ofARequest_areThoseOfItsTemplate(String apiType) {
        InferenceRequest request =
                hi().thinking(ThinkingOptions.of(ThinkingOptions.Effort.MEDIUM)).build();
        Dialogue<Long> dialogue = counted(endpoint(apiType), request)
                .answer(200, "application/json", TEMPLATE)
                .answer(200, "application/json", "{\"tokens\":[1,2,3]}");

        assertThat(dialogue.value()).isEqualTo(3);
        assertThat(dialogue.sent())
                .extracting(call -> call.uri().getPath())
                .containsExactly("/apply-template", "/tokenize");
        assertThat(Dialogue.json(dialogue.sent().get(0)))
                .containsEntry("chat_template_kwargs", JsonValues.parse("{\"enable_thinking\":true}"))
                .containsEntry("messages", JsonValues.parse("[{\"role\":\"user\",\"content\":\"Hi\"}]"));
        assertBody(dialogue.sent().get(1), "{\"content\": \"<s>Hi\", \"add_special\": true}");
    }

    @Test
    void tokens_ofTools_areCountedWithOpenAiOnly() {
        InferenceRequest tools = hi().tool(ToolSpec.of("t", "")).build();

        assertThat(Dialogue.json(counted(endpoint("openai"), tools).sent().get(0)))
                .containsKey("tools");
        assertThatThrownBy(() -> counted(endpoint(""), tools)).hasMessageContaining("use api type openai");
    }

    @Test
    void tokens_ofARawCompletion_areThoseOfItsTexts() {
        InferenceRequest raw = hi().extra("raw_completion", true).build();

        assertBody(counted(endpoint("openai"), raw).sent().get(0), "{\"content\": \"Hi\", \"add_special\": true}");
    }

    @Test
    void tokens_ofImages_areNotGuessed() {
        InferenceRequest image = InferenceRequest.builder()
                .message(Message.user(Part.image("image/png", "aGk=")))
                .build();

        assertThatThrownBy(() -> counted(endpoint("openai"), image))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED));
    }

    @Test
    void tokens_thatDoNotCome_areUnreadable() {
        Dialogue<Long> dialogue = counted(endpoint(""), hi().build()).answer(200, "application/json", TEMPLATE);

        assertThatThrownBy(() -> dialogue.answer(200, "application/json", "{}"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.PARSE));
    }

    private static Dialogue<Long> counted(EndpointSpec endpoint, InferenceRequest request) {
        return Dialogue.of(
                new LlamaServer().tokenCounting().orElseThrow().count(Dialogue.scope(endpoint, "m"), request));
    }

    @Test
    void openai_noOptions_sendsTheTableWithoutTheNativeOnes() {
        HttpCall call =
                asked(endpoint("openai"), hi().stream(false).build()).sent().get(0);

        assertThat(call.uri()).isEqualTo(URI.create("http://localhost:8080/v1/chat/completions"));
        assertBody(call, """
                {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "temperature": 0.7, "max_tokens": 512,
                 "top_p": 0.95, "stop": [], "stream": true, "stream_options": {"include_usage": true}}""");
    }

    @Test
    void openai_everyOption_isOnTheWire() {
        InferenceRequest request = hi().sampling(new Sampling(0.0, 0.5, 5, 0.2, 9, List.of("END"), 7L, null, null, 1.3))
                .tool(ToolSpec.of("t", ""))
                .parallelToolCalls(true)
                .thinking(ThinkingOptions.of(ThinkingOptions.Effort.HIGH))
                .build();

        assertThat(Dialogue.json(asked(endpoint("openai"), request).sent().get(0)))
                .containsEntry("temperature", 0.0)
                .containsEntry("top_p", 0.5)
                .containsEntry("top_k", 5L)
                .containsEntry("min_p", 0.2)
                .containsEntry("max_tokens", 9L)
                .containsEntry("stop", List.of("END"))
                .containsEntry("seed", 7L)
                .containsEntry("repeat_penalty", 1.3)
                .containsEntry("parallel_tool_calls", true)
                .containsEntry("chat_template_kwargs", JsonValues.parse("{\"enable_thinking\":true}"))
                .containsKey("tools");
    }

    @Test
    void openai_rawCompletion_sendsTheTextsAsThePrompt() {
        EndpointSpec byMetadata = endpoint("openai").toBuilder()
                .metadata("raw_completion", "true")
                .build();
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.system("S"))
                .message(Message.user("U"))
                .build();
        InferenceRequest byExtra =
                request.toBuilder().extra("raw_completion", true).build();

        for (HttpCall call : List.of(
                asked(byMetadata, request).sent().get(0),
                asked(endpoint("openai"), byExtra).sent().get(0))) {
            assertThat(call.uri()).isEqualTo(URI.create("http://localhost:8080/v1/completions"));
            assertBody(call, """
                    {"model": "m", "prompt": "S\\nU", "temperature": 0.7, "max_tokens": 512, "top_p": 0.95, "stop": [],
                     "stream": true, "stream_options": {"include_usage": true}}""");
        }
    }

    @Test
    void apiType_thatDoesNotExist_namesThoseThatDo() {
        assertThatThrownBy(() -> asked(endpoint("grpc"), hi().build()))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("native or openai");
    }

    @Test
    void capabilities_ofNative_excludeToolsAndImages() {
        LlamaServer protocol = new LlamaServer();

        assertThat(protocol.capabilities(endpoint(""), "m").allows(Feature.TOOLS))
                .isFalse();
        assertThat(protocol.capabilities(endpoint(""), "m").allows(Feature.IMAGES))
                .isFalse();
        assertThat(protocol.capabilities(endpoint("openai"), "m").allows(Feature.TOOLS))
                .isTrue();
    }
}
