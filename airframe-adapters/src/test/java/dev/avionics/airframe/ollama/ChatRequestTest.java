package dev.avionics.airframe.ollama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.CacheHint;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ThinkingOptions.Effort;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.ollama.endpoint.Facts;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChatRequestTest {
    private static final String TAIL = "\"options\":{\"num_ctx\":4096},\"truncate\":false,\"stream\":true}";

    private static InferenceRequest.Builder hi() {
        return InferenceRequest.builder().message(Message.user("Hi"));
    }

    private static String body(InferenceRequest.Builder request, String... learned) {
        return Given.body(Given.LOCAL, request.build(), learned);
    }

    private static List<String> adjusted(InferenceRequest.Builder request, String... learned) {
        return Given.exchange(Given.LOCAL, request.build(), learned).adjustments().stream()
                .map(adjustment -> adjustment.action() + " " + adjustment.what())
                .toList();
    }

    @Test
    void request_minimal() {
        HttpCall call = Given.exchange(Given.LOCAL, hi().build()).first().call();

        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.uri()).isEqualTo(URI.create("http://localhost:11434/api/chat"));
        assertThat(call.streamed()).isTrue();
        assertThat(call.headers()).containsEntry("content-type", "application/json");
        assertThat(body(hi()))
                .isEqualTo("{\"model\":\"qwen2.5:7b\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + TAIL);
        assertThat(adjusted(hi())).isEmpty();
    }

    @Test
    void request_whole_saysSo() {
        InferenceRequest request = hi().stream(false).build();

        assertThat(Given.body(Given.LOCAL, request)).endsWith("\"stream\":false}");
        assertThat(Given.exchange(Given.LOCAL, request).first().call().streamed())
                .isFalse();
    }

    @Test
    void request_fullOptions() {
        Sampling sampling = Sampling.builder()
                .maxTokens(512)
                .temperature(0.0)
                .topK(40)
                .topP(0.9)
                .minP(0.05)
                .repeatPenalty(1.1)
                .presencePenalty(0.5)
                .frequencyPenalty(-0.5)
                .seed(42L)
                .stop(List.of("END", "\n\n"))
                .build();

        assertThat(body(hi().sampling(sampling).context(4096)))
                .contains(
                        "\"options\":{\"num_predict\":512,\"temperature\":0.0,\"top_k\":40,\"top_p\":0.9,\"min_p\":0.05,"
                                + "\"repeat_penalty\":1.1,\"presence_penalty\":0.5,\"frequency_penalty\":-0.5,\"seed\":42,"
                                + "\"stop\":[\"END\",\"\\n\\n\"],\"num_ctx\":4096},");
    }

    @Test
    void request_toolsRoundTrip() {
        ToolSpec weather = ToolSpec.of(
                "weather",
                "Tells the weather",
                "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}");
        Message call = Message.assistant(
                new Part.Thinking("Let me see."),
                new Part.ToolCall("call_1", "weather", "{\"city\": \"Oslo\", \"n\": 1.0}"),
                new Part.ToolCall("call_2", "weather", "{\"city\":\"Rome\"}"));
        Message results = new Message(
                Role.TOOL,
                List.of(new Part.ToolResult("call_1", "weather", "cold"), new Part.ToolResult("call_2", null, "warm")));

        assertThat(body(hi().message(call).message(results).tool(weather).toolChoice(ToolChoice.AUTO)))
                .isEqualTo("{\"model\":\"qwen2.5:7b\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},"
                        + "{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"Let me see.\",\"tool_calls\":["
                        + "{\"id\":\"call_1\",\"function\":{\"name\":\"weather\",\"arguments\":{\"city\": \"Oslo\", \"n\": 1.0}}},"
                        + "{\"id\":\"call_2\",\"function\":{\"name\":\"weather\",\"arguments\":{\"city\":\"Rome\"}}}]},"
                        + "{\"role\":\"tool\",\"content\":\"cold\",\"tool_name\":\"weather\",\"tool_call_id\":\"call_1\"},"
                        + "{\"role\":\"tool\",\"content\":\"warm\",\"tool_name\":\"weather\",\"tool_call_id\":\"call_2\"}],"
                        + "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"weather\","
                        + "\"description\":\"Tells the weather\",\"parameters\":{\"type\":\"object\","
                        + "\"properties\":{\"city\":{\"type\":\"string\"}}}}}]," + TAIL);
    }

    @Test
    void request_pictures_areRawBase64BesideTheText() {
        Message picture =
                Message.user(Part.text("What "), Part.image("image/png", "iVBORw0KGgo="), Part.text("is it?"));

        assertThat(body(InferenceRequest.builder().message(picture)))
                .contains("{\"role\":\"user\",\"content\":\"What is it?\",\"images\":[\"iVBORw0KGgo=\"]}");
    }

    @Test
    void request_timeOfATurn_staysHere() {
        assertThat(body(InferenceRequest.builder().message(Message.user("Hi").at(Instant.EPOCH))))
                .isEqualTo(body(hi()));
    }

    @Test
    void request_output_becomesFormat() {
        String schema = "{\"type\": \"object\"}";

        assertThat(body(hi().output(OutputFormat.JSON_OBJECT))).contains(",\"format\":\"json\",");
        assertThat(body(hi().output(OutputFormat.jsonSchema("s", schema)))).contains(",\"format\":" + schema + ",");
    }

    @ParameterizedTest
    @CsvSource({
        "NONE, false, ''",
        "MINIMAL, '\"low\"', CHANGED thinking.effort",
        "LOW, '\"low\"', ''",
        "MEDIUM, true, ''",
        "HIGH, '\"high\"', ''",
        "XHIGH, '\"high\"', CHANGED thinking.effort",
        "MAX, '\"max\"', ''"
    })
    void request_thinking_becomesThink(Effort effort, String think, String adjustment) {
        InferenceRequest.Builder request = hi().thinking(ThinkingOptions.of(effort));

        assertThat(body(request)).contains(",\"think\":" + think + ",");
        assertThat(String.join("", adjusted(request))).isEqualTo(adjustment);
    }

    @Test
    void request_thinkingUnset_sendsNothing() {
        assertThat(body(hi())).doesNotContain("think");
    }

    @Test
    void request_modelThatDoesNotThink_dropsThinking() {
        InferenceRequest.Builder request = hi().thinking(ThinkingOptions.of(Effort.HIGH));

        assertThat(body(request, Facts.NO_THINKING)).isEqualTo(body(hi()));
        assertThat(adjusted(request, Facts.NO_THINKING)).containsExactly("DROPPED thinking");
        assertThat(adjusted(hi().thinking(ThinkingOptions.of(Effort.NONE)), Facts.NO_THINKING))
                .isEmpty();
    }

    @Test
    void request_serverThatKnowsNoDepths_asksForThinkingOnly() {
        InferenceRequest.Builder request = hi().thinking(ThinkingOptions.of(Effort.LOW));

        assertThat(body(request, Facts.THINKING_IS_BOOLEAN)).contains(",\"think\":true,");
        assertThat(adjusted(request, Facts.THINKING_IS_BOOLEAN)).containsExactly("CHANGED thinking.effort");
        assertThat(body(hi().thinking(ThinkingOptions.of(Effort.MAX)), Facts.NO_MAX_THINKING))
                .contains(",\"think\":\"high\",");
    }

    @Test
    void request_whatOllamaHasNot_isAdjusted() {
        InferenceRequest.Builder request = hi().message(new Message(
                        Role.ASSISTANT,
                        List.of(
                                new Part.Opaque("redacted_thinking", VendorData.none(), null),
                                new Part.Refusal("I will not.")),
                        "Bob",
                        null))
                .tool(ToolSpec.of("t", ""))
                .parallelToolCalls(false)
                .thinking(new ThinkingOptions(Effort.MEDIUM, 100))
                .user("u-1");

        assertThat(adjusted(request))
                .containsExactlyInAnyOrder(
                        "DROPPED message.name",
                        "DROPPED opaque",
                        "CHANGED refusal",
                        "DROPPED parallelToolCalls",
                        "DROPPED thinking.budgetTokens",
                        "DROPPED user");
        assertThat(body(request)).contains("{\"role\":\"assistant\",\"content\":\"I will not.\"}");
    }

    @Test
    void request_thinkingOfOthers_keepsItsTextOnly() {
        Part.Thinking signed =
                new Part.Thinking("Let me see.", VendorData.of("anthropic", "{\"signature\":\"s\"}"), null);
        Part.Thinking sealed = new Part.Thinking("", VendorData.of("openai", "{\"encrypted_content\":\"e\"}"), null);
        InferenceRequest.Builder request =
                hi().message(Message.assistant(signed, sealed, new Part.ToolCall("c", "t", "{}")));

        assertThat(body(request))
                .contains("\"content\":\"\",\"thinking\":\"Let me see.\",\"tool_calls\":[")
                .doesNotContain("signature", "encrypted");
        assertThat(adjusted(request)).containsExactly("CHANGED thinking", "DROPPED thinking");
    }

    @Test
    void request_wishesForTheCache_areDroppedAndTold() {
        InferenceRequest.Builder request = InferenceRequest.builder()
                .message(Message.user(
                        new Part.Text("Hi", VendorData.none(), CacheHint.LONG),
                        new Part.Text("", VendorData.none(), CacheHint.SHORT)));

        assertThat(body(request)).isEqualTo(body(hi()));
        assertThat(adjusted(request)).containsExactly("DROPPED cache hint");
    }

    @Test
    void request_strictTool_isSentAsAnyOther() {
        ToolSpec strict = new ToolSpec("t", "", "{\"type\":\"object\"}", true);

        assertThat(body(hi().tool(strict))).isEqualTo(body(hi().tool(ToolSpec.of("t", "", "{\"type\":\"object\"}"))));
        assertThat(adjusted(hi().tool(strict))).containsExactly("DROPPED tool.strict");
    }

    @Test
    void request_pictureOfATool_isSentWithItsResult() {
        Part.ToolResult seen = new Part.ToolResult(
                "c",
                "camera",
                List.of(Part.text("here"), Part.image("image/png", "AAAA")),
                false,
                VendorData.none(),
                null);

        assertThat(body(hi().message(new Message(Role.TOOL, List.of(seen)))))
                .contains("{\"role\":\"tool\",\"content\":\"here\",\"images\":[\"AAAA\"],\"tool_name\":\"camera\",");
        assertThat(adjusted(hi().message(new Message(Role.TOOL, List.of(seen)))))
                .isEmpty();
    }

    @Test
    void request_failedTool_keepsItsText() {
        Part.ToolResult failed =
                new Part.ToolResult("c", "t", List.of(Part.text("boom")), true, VendorData.none(), null);
        InferenceRequest.Builder request = hi().message(new Message(Role.TOOL, List.of(failed)));

        assertThat(body(request)).contains("\"content\":\"boom\"");
        assertThat(adjusted(request)).containsExactly("DROPPED toolResult.isError");
    }

    @Test
    void request_noToolToBeCalled_leavesToolsOut() {
        InferenceRequest.Builder request = hi().tool(ToolSpec.of("t", "")).toolChoice(ToolChoice.NONE);

        assertThat(body(request)).isEqualTo(body(hi()));
        assertThat(adjusted(request)).containsExactly("CHANGED toolChoice");
    }

    @Test
    void request_forcedTool_isRefused() {
        InferenceRequest.Builder request = hi().tool(ToolSpec.of("t", ""));

        assertRefused(request.toolChoice(ToolChoice.REQUIRED), ErrorCategory.UNSUPPORTED, "REQUIRED");
        assertRefused(request.toolChoice(ToolChoice.tool("t")), ErrorCategory.UNSUPPORTED, "TOOL");
    }

    @Test
    void request_mediaThatOllamaCannotRead_isRefused() {
        Part.MediaSource file = new Part.MediaSource.FileId("openai", "file-1");
        Part.MediaSource pdf = new Part.MediaSource.Inline("application/pdf", "AAAA");

        assertRefused(
                hi().message(Message.user(Part.image(URI.create("https://example.org/a.png")))),
                ErrorCategory.UNSUPPORTED,
                "bytes");
        assertRefused(hi().message(Message.user(new Part.Image(file))), ErrorCategory.UNSUPPORTED, "bytes");
        assertRefused(
                hi().message(Message.user(new Part.Document(pdf, null, VendorData.none(), null))),
                ErrorCategory.UNSUPPORTED,
                "documents");
    }

    @Test
    void request_argumentsThatAreNoObject_areRefused() {
        assertRefused(
                hi().message(Message.assistant(new Part.ToolCall("c", "t", "{\"a\":"))),
                ErrorCategory.INVALID_REQUEST,
                "tool t");
    }

    @Test
    void extra_optionsAndFields_goWhereOllamaReadsThem() {
        InferenceRequest.Builder request = hi().temperature(0.5)
                .extra("keep_alive", "10m")
                .extra("num_gpu", 1)
                .extra("options", Map.of("temperature", 0.1))
                .extra("logprobs", true)
                .extra("truncate", true);

        assertThat(body(request))
                .endsWith(",\"options\":{\"temperature\":0.1,\"num_ctx\":4096,\"num_gpu\":1},\"stream\":true,"
                        + "\"keep_alive\":\"10m\",\"logprobs\":true,\"truncate\":true}");
    }

    @Test
    void extra_winsOverOurs() {
        InferenceRequest.Builder request = hi().output(OutputFormat.JSON_OBJECT)
                .thinking(ThinkingOptions.of(Effort.LOW))
                .context(100)
                .extra("format", null)
                .extra("think", false)
                .extra("num_ctx", 512);

        assertThat(body(request))
                .contains("\"format\":null", "\"think\":false", "\"num_ctx\":512")
                .doesNotContain("json", "low", "\"num_ctx\":100");
    }

    @Test
    void extra_numPredict_countsForTheWindow() {
        assertThat(body(hi().extra("num_predict", 10_000))).contains("\"num_ctx\":16384");
        assertThat(body(hi().extra("num_predict", -1))).contains("\"num_ctx\":4096");
    }

    @ParameterizedTest
    @ValueSource(strings = {"messages", "model", "stream", "prompt", "system", "images", "tools"})
    void extra_thatReplacesTheConversation_isRefused(String name) {
        assertRefused(hi().extra(name, "x"), ErrorCategory.INVALID_REQUEST, "extra: " + name);
    }

    @Test
    void metadata_keepAliveAndTruncate() {
        InferenceRequest request = hi().build();

        assertThat(Given.body(Given.with("keep_alive", "5m"), request)).contains(",\"keep_alive\":\"5m\",");
        assertThat(Given.body(Given.with("keep_alive", "-1"), request)).contains(",\"keep_alive\":-1,");
        assertThat(Given.body(Given.with("truncate", "true"), request)).contains(",\"truncate\":true,");
    }

    @ParameterizedTest
    @CsvSource({"num_ctx, much", "num_ctx, 0", "context_length, -1", "truncate, maybe", "think_tags, maybe"})
    void metadata_thatCannotBeRead_isRefusedByName(String name, String value) {
        assertThatThrownBy(() -> Given.exchange(Given.with(name, value), hi().build()))
                .isInstanceOf(InferenceException.class)
                .hasMessageStartingWith(name + ": " + value + " (expected: ");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:11434/, http://localhost:11434/api/chat",
        "http://localhost:11434/api, http://localhost:11434/api/chat",
        "http://localhost:11434/api/chat, http://localhost:11434/api/chat",
        "http://localhost:11434/api/generate, http://localhost:11434/api/chat",
        "https://host/ollama/, https://host/ollama/api/chat",
        "https://ollama.com, https://ollama.com/api/chat"
    })
    void address_asPeopleWriteIt(String base, String expected) {
        assertThat(Given.exchange(Given.endpoint(base), hi().build())
                        .first()
                        .call()
                        .uri())
                .hasToString(expected);
    }

    @Test
    void address_withAPathOfItsOwn_usesIt() {
        assertThat(Given.exchange(Given.with("api_path", "/proxy/chat"), hi().build())
                        .first()
                        .call()
                        .uri())
                .hasPath("/proxy/chat");
    }

    @Test
    void apiType_isReadWithoutCase_andWrongOnesNameTheRightOnes() {
        assertThat(Given.exchange(
                                Given.LOCAL.toBuilder()
                                        .apiType("OLLAMA_Generate")
                                        .build(),
                                hi().build())
                        .first()
                        .call()
                        .uri())
                .hasPath("/api/generate");
        assertThatThrownBy(() ->
                        Given.exchange(Given.LOCAL.toBuilder().apiType("openai").build(), hi().build()))
                .hasMessage("apiType: openai (expected: ollama-chat or ollama-generate)");
    }

    @Test
    void adjustment_saysWhy() {
        assertThat(Given.exchange(Given.LOCAL, hi().user("u").build()).adjustments())
                .containsExactly(Adjustment.dropped("user", "Ollama takes no name of the end user"));
    }

    @Test
    void metadata_extraBody_isForEveryRequest_andTheRequestWins() {
        EndpointSpec endpoint = Given.with(
                "extra_body", "{\"options\":{\"num_gpu\":1,\"top_k\":5},\"shift\":false,\"keep_alive\":\"1h\"}");

        assertThat(Given.body(
                        endpoint,
                        hi().extra("num_gpu", 2).extra("keep_alive", 0).build()))
                .endsWith("\"options\":{\"num_ctx\":4096,\"num_gpu\":2,\"top_k\":5},\"truncate\":false,\"stream\":true,"
                        + "\"shift\":false,\"keep_alive\":0}");
        assertThatThrownBy(() -> Given.body(Given.with("extra_body", "[1"), hi().build()))
                .hasMessageStartingWith("extra_body: ");
    }

    private static void assertRefused(InferenceRequest.Builder request, ErrorCategory category, String words) {
        assertThatThrownBy(() -> Given.exchange(Given.LOCAL, request.build()))
                .isInstanceOfSatisfying(InferenceException.class, why -> {
                    assertThat(why.category()).isEqualTo(category);
                    assertThat(why).hasMessageContaining(words);
                });
    }
}
