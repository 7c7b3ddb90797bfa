package dev.avionics.airframe.cohere;

import static dev.avionics.airframe.cohere.Given.MODEL;
import static dev.avionics.airframe.cohere.Given.WEATHER;
import static dev.avionics.airframe.cohere.Given.body;
import static dev.avionics.airframe.cohere.Given.exchange;
import static dev.avionics.airframe.cohere.Given.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Adjustment;
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
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of chats as they go out. */
class ChatRequestTest {
    private static final String REASONING = "command-a-reasoning-08-2025";

    private static List<String> adjusted(String model, InferenceRequest request) {
        return exchange(model, request).adjustments().stream()
                .map(one -> one.action() + " " + one.what())
                .toList();
    }

    private static Object messages(Message... messages) {
        return body(
                        MODEL,
                        InferenceRequest.builder().messages(List.of(messages)).build())
                .get("messages");
    }

    private static void assertRefused(ErrorCategory category, String model, InferenceRequest request, String words) {
        assertThatThrownBy(() -> exchange(model, request))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(category))
                .hasMessageContaining(words);
    }

    private static Part.Document document(String type, String text) {
        String base64 = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        return new Part.Document(new Part.MediaSource.Inline(type, base64), "facts.txt", VendorData.none(), null);
    }

    private static Part.Thinking thinking(String words, String data) {
        return new Part.Thinking(words, VendorData.of("cohere", data.replace('\'', '"')), null);
    }

    @Test
    void sampling_isCalledByCoheresNames() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .sampling(Sampling.builder()
                        .topP(0.5)
                        .topK(7)
                        .stop(List.of("a", "b", "c", "d", "e"))
                        .seed(3L)
                        .maxTokens(9)
                        .build())
                .build();

        assertThat(body(MODEL, request))
                .containsAllEntriesOf(
                        json("{'p':0.5,'k':7,'stop_sequences':['a','b','c','d','e'],'seed':3,'max_tokens':9}"));
        assertThat(adjusted(MODEL, request)).isEmpty();
    }

    @Test
    void stopSequences_moreThanFive_areRefused() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .sampling(Sampling.builder()
                        .stop(List.of("a", "b", "c", "d", "e", "f"))
                        .build())
                .build();

        assertRefused(ErrorCategory.UNSUPPORTED, MODEL, request, "stop: 6 sequences (expected: at most 5");
    }

    @Test
    void sampling_outsideOfWhatIsTaken_isTheNearestAndTold() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .sampling(
                        Sampling.builder().temperature(1.5).topP(1.0).topK(1000).build())
                .build();

        assertThat(body(MODEL, request)).containsAllEntriesOf(json("{'temperature':1.0,'p':0.99,'k':500}"));
        assertThat(adjusted(MODEL, request)).containsExactly("CHANGED temperature", "CHANGED topP", "CHANGED topK");
    }

    @Test
    void toolChoice_named_isThatToolAloneAndRequired() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .tools(List.of(ToolSpec.of("clock", ""), WEATHER))
                .toolChoice(ToolChoice.tool("weather"))
                .build();

        Map<String, ?> body = body(MODEL, request);
        assertThat(body.get("tool_choice")).isEqualTo("REQUIRED");
        assertThat(body.get("tools"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(1);
        assertThat(body.get("tools").toString()).contains("weather");
        assertThat(adjusted(MODEL, request)).containsExactly("CHANGED toolChoice");
    }

    @Test
    void toolChoice_ofAToolThatIsNotThere_isRefused() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .tool(WEATHER)
                .toolChoice(ToolChoice.tool("clock"))
                .build();

        assertRefused(ErrorCategory.INVALID_REQUEST, MODEL, request, "toolChoice: clock");
    }

    @ParameterizedTest
    @CsvSource({"AUTO,", "NONE,NONE", "REQUIRED,REQUIRED"})
    void toolChoice_auto_isLeftOut(ToolChoice.Mode mode, String word) {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .tool(WEATHER)
                .toolChoice(new ToolChoice(mode, null))
                .build();

        assertThat(body(MODEL, request).get("tool_choice")).isEqualTo(word);
    }

    @Test
    void toolChoiceNone_ofAModelThatKnowsNoChoice_takesTheToolsAway() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .tool(WEATHER)
                .toolChoice(ToolChoice.NONE)
                .build();

        assertThat(body("command-r-plus", request)).doesNotContainKeys("tools", "tool_choice");
        assertThat(adjusted("command-r-plus", request)).containsExactly("DROPPED tools");
    }

    @Test
    void jsonSchema_isPartOfTheJsonObject() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .output(OutputFormat.jsonSchema("city", "{\"type\":\"object\"}"))
                .build();

        assertThat(body(MODEL, request))
                .containsEntry("response_format", json("{'type':'json_object','json_schema':{'type':'object'}}"));
    }

    @Test
    void json_besideTools_isRefusedUnlessSettingsAllowIt() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .tool(WEATHER)
                .output(OutputFormat.JSON_OBJECT)
                .build();

        assertRefused(ErrorCategory.UNSUPPORTED, MODEL, request, "JSON answer beside tools");
        var allowed =
                Given.ENDPOINT.toBuilder().metadata("json_with_tools", "true").build();
        var exchange = Given.COHERE.inference(dev.avionics.airframe.wire.Dialogue.scope(allowed, MODEL), request);
        assertThat(dev.avionics.airframe.wire.Dialogue.json(exchange.first().call()))
                .containsKeys("tools", "response_format");
    }

    @ParameterizedTest
    @CsvSource({"NONE,disabled,", "MEDIUM,enabled,", "HIGH,enabled,CHANGED thinking.effort"})
    void thinking_isOnOrOff(Effort effort, String type, String told) {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .thinking(ThinkingOptions.of(effort))
                .build();

        assertThat(body(REASONING, request)).containsEntry("thinking", json("{'type':'" + type + "'}"));
        assertThat(adjusted(REASONING, request)).isEqualTo(told == null ? List.of() : List.of(told));
    }

    @Test
    void thinking_withABudget_hasIt() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .thinking(new ThinkingOptions(Effort.HIGH, 500))
                .build();

        assertThat(body(REASONING, request)).containsEntry("thinking", json("{'type':'enabled','token_budget':500}"));
        assertThat(adjusted(REASONING, request)).isEmpty();
    }

    @Test
    void thinking_ofAModelThatDoesNot_isDroppedAndTold() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .thinking(ThinkingOptions.of(Effort.LOW))
                .build();

        assertThat(body(MODEL, request)).doesNotContainKey("thinking");
        assertThat(adjusted(MODEL, request)).containsExactly("DROPPED thinking");
    }

    @Test
    void thinking_refusedBefore_isLeftOutAndTold() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .thinking(ThinkingOptions.of(Effort.MEDIUM))
                .build();

        assertThat(body("new-model", request, "no thinking")).doesNotContainKey("thinking");
        assertThat(exchange("new-model", request, "no thinking").adjustments())
                .extracting(Adjustment::what)
                .containsExactly("thinking");
    }

    @Test
    void turnOfCohere_goesBackAsItCame() {
        Message turn = Message.assistant(
                thinking("Hm.", "{'type':'thinking'}"),
                thinking("I will look.", "{'type':'tool_plan','citations':[{'start':0}]}"),
                new Part.ToolCall("w1", "weather", "{\"city\":\"Rome\"}"));

        assertThat(messages(Message.user("q"), turn))
                .isEqualTo(List.of(
                        json("{'role':'user','content':'q'}"),
                        json("{'role':'assistant','content':[{'type':'thinking','thinking':'Hm.'}],"
                                + "'tool_plan':'I will look.','tool_calls':[{'id':'w1','type':'function',"
                                + "'function':{'name':'weather','arguments':'{\\'city\\':\\'Rome\\'}'}}],"
                                + "'citations':[{'start':0}]}")));
    }

    @Test
    void citations_ofSeveralParts_goBackTogether() {
        VendorData first = VendorData.of("cohere", "{\"citations\":[{\"start\":1}]}");
        VendorData second = VendorData.of("cohere", "{\"citations\":[{\"start\":2}, {\"start\":3}]}");
        Message turn = Message.assistant(new Part.Text("a", first, null), new Part.Text("b", second, null));

        assertThat(messages(turn))
                .isEqualTo(List.of(
                        json("{'role':'assistant','content':'ab','citations':[{'start':1},{'start':2},{'start':3}]}")));
    }

    @Test
    void thinkingOfOthers_isDroppedAndTold() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("q"))
                .message(Message.assistant(
                        new Part.Thinking("Hm.", VendorData.of("anthropic", "{\"signature\":\"x\"}"), null),
                        Part.text("Yes.")))
                .build();

        assertThat(body(MODEL, request).get("messages").toString()).doesNotContain("Hm.");
        assertThat(adjusted(MODEL, request)).containsExactly("DROPPED thinking of earlier turns");
    }

    @Test
    void textBesideToolCalls_ofOthers_isThePlan() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.assistant(Part.text("Let me look."), new Part.ToolCall("w1", "weather", "{}")))
                .build();

        assertThat(body(MODEL, request).get("messages"))
                .isEqualTo(List.of(json("{'role':'assistant','tool_plan':'Let me look.','tool_calls':[{'id':'w1',"
                        + "'type':'function','function':{'name':'weather','arguments':'{}'}}]}")));
        assertThat(adjusted(MODEL, request)).containsExactly("CHANGED text beside tool calls");
    }

    @Test
    void documents_asText_standBesideTheMessages() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user(document("text/plain", "Ruby is of 1993."), Part.text("Since when?")))
                .build();

        assertThat(body(MODEL, request))
                .containsEntry("messages", List.of(json("{'role':'user','content':'Since when?'}")))
                .containsEntry(
                        "documents",
                        List.of(json("{'id':'doc:0','data':{'title':'facts.txt','text':'Ruby is of 1993.'}}")));
        InferenceRequest twice =
                request.toBuilder().extra("documents", List.of()).build();
        assertRefused(ErrorCategory.INVALID_REQUEST, MODEL, twice, "extra: documents");
    }

    @Test
    void documents_thatAreNoText_areRefused() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user(document("application/pdf", "%PDF")))
                .build();

        assertRefused(ErrorCategory.UNSUPPORTED, MODEL, request, "documents as text only");
    }

    @Test
    void toolResult_withADocument_isAListOfBlocks() {
        Message result = new Message(
                Role.TOOL,
                List.of(new Part.ToolResult(
                        "w1",
                        "weather",
                        List.of(Part.text("Found:"), document("text/plain", "Rain.")),
                        false,
                        VendorData.none(),
                        null)));

        assertThat(messages(result))
                .isEqualTo(
                        List.of(
                                json(
                                        "{'role':'tool','tool_call_id':'w1','content':[{'type':'text','text':'Found:'},"
                                                + "{'type':'document','document':{'id':'w1:1','data':{'title':'facts.txt','text':'Rain.'}}}]}")));
    }

    @Test
    void toolResult_thatFailed_isSentAndTheMarkToldAsDropped() {
        InferenceRequest request = InferenceRequest.builder()
                .message(new Message(
                        Role.TOOL,
                        List.of(new Part.ToolResult(
                                "w1", null, List.of(Part.text("no net")), true, VendorData.none(), null))))
                .build();

        assertThat(body(MODEL, request).get("messages").toString()).contains("no net");
        assertThat(adjusted(MODEL, request)).containsExactly("DROPPED toolResult.isError");
    }

    @Test
    void toolResult_withAnImage_isRefused() {
        InferenceRequest request = InferenceRequest.builder()
                .message(new Message(
                        Role.TOOL,
                        List.of(new Part.ToolResult(
                                "w1", null, List.of(Part.image("image/png", "AA==")), false, VendorData.none(), null))))
                .build();

        assertRefused(ErrorCategory.UNSUPPORTED, "command-a-vision-07-2025", request, "no images from tools");
    }

    @Test
    void extra_ofTheCaller_winsAndIsSent() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .temperature(0.2)
                .extra("temperature", 0.7)
                .extra("safety_mode", "STRICT")
                .build();

        assertThat(body(MODEL, request)).containsEntry("temperature", 0.7).containsEntry("safety_mode", "STRICT");
    }

    @Test
    void whatCohereHasNoFieldFor_isToldAsDropped() {
        InferenceRequest request = InferenceRequest.of("Hi").toBuilder()
                .sampling(Sampling.builder().minP(0.1).repeatPenalty(1.1).build())
                .user("u")
                .context(4096)
                .tool(WEATHER)
                .parallelToolCalls(false)
                .build();

        assertThat(adjusted(MODEL, request))
                .containsExactlyInAnyOrder(
                        "DROPPED minP",
                        "DROPPED repeatPenalty",
                        "DROPPED user",
                        "DROPPED context",
                        "DROPPED parallelToolCalls");
    }
}
