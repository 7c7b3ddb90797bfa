package dev.avionics.airframe.anthropic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ThinkingOptions.Effort;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.json.JsonValues;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the options of a request, by what models take. */
class OptionsTest {
    private static final String SCHEMA =
            "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":1}}}";
    private static final ToolSpec CLOCK = ToolSpec.of("clock", "Tells the time");

    private static InferenceRequest.Builder ask() {
        return InferenceRequest.builder().message(Message.user("q"));
    }

    private static @Nullable Object json(String text) {
        return JsonValues.parse(text.replace('\'', '"'));
    }

    // The limit of new tokens

    @Test
    @Tag("row-57")
    void maxTokens_areSetByTheCall_orTheEndpoint_orDefault() {
        InferenceRequest streamed = ask().build();
        InferenceRequest whole = ask().stream(false).build();

        assertThat(Given.sent(Given.MIDDLE, streamed).field("max_tokens")).isEqualTo(8192L);
        assertThat(Given.sent(Given.MIDDLE, whole).field("max_tokens")).isEqualTo(4096L);
        assertThat(Given.sent(Given.with("max_tokens_stream", "77"), Given.MIDDLE, streamed)
                        .field("max_tokens"))
                .isEqualTo(77L);
        assertThat(Given.sent(Given.with("max_tokens_complete", "66"), Given.MIDDLE, whole)
                        .field("max_tokens"))
                .isEqualTo(66L);
        assertThat(Given.sent(Given.MIDDLE, ask().maxTokens(5).build()).field("max_tokens"))
                .isEqualTo(5L);
        assertThat(Given.sent(Given.MIDDLE, ask().maxTokens(0).build()).field("max_tokens"))
                .isEqualTo(0L);
        assertThat(Given.sent(
                                Given.MIDDLE,
                                ask().maxTokens(5).extra("max_tokens", 9).build())
                        .field("max_tokens"))
                .isEqualTo(9L);
        assertThat(Given.sent("claude-3-haiku-20240307", streamed).field("max_tokens"))
                .isEqualTo(4096L);
        assertThatThrownBy(() -> Given.sent(Given.with("max_tokens_stream", "many"), Given.MIDDLE, streamed))
                .hasMessageContaining("max_tokens_stream: many (expected: a number of tokens)");
    }

    // Sampling and the version of the API

    @ParameterizedTest
    @CsvSource({
        "claude-3-haiku-20240307, 2023-06-01, true, true",
        "claude-3-7-sonnet-latest, 2023-06-01, true, true",
        "claude-sonnet-4-20250514, 2023-06-01, true, false",
        "claude-opus-4-1, 2023-06-01, true, false",
        "us.anthropic.claude-haiku-4-5-20251001-v1:0, 2023-06-01, true, false",
        "anthropic/claude-4.6-opus, 2023-06-01, true, false",
        "claude-opus-4-7, 2026-10-21, false, false",
        "claude-opus-4-8-20260601, 2026-10-21, false, false",
        "claude-opus-5, 2026-10-21, false, false",
        "claude-opus-5-5, 2026-10-21, false, false",
        "claude-haiku-5-5, 2026-10-21, false, false",
        "claude-fable-5-1, 2026-10-21, false, false",
        "claude-opus-7, 2026-10-21, false, false",
        "some-local-model, 2023-06-01, true, true",
    })
    void sampling_isSentToModelsThatTakeIt(String model, String version, boolean takes, boolean both) {
        Given.Sent sent = Given.sent(
                model,
                ask().sampling(Sampling.builder()
                                .temperature(0.2)
                                .topP(0.9)
                                .topK(4)
                                .build())
                        .build());

        assertThat(sent.headers()).containsEntry("anthropic-version", version);
        assertThat(sent.body().containsKey("temperature")).isEqualTo(takes);
        assertThat(sent.body().containsKey("top_k")).isEqualTo(takes);
        assertThat(sent.body().containsKey("top_p")).isEqualTo(both);
        assertThat(sent.adjusted().contains("temperature")).isEqualTo(!takes);
        assertThat(sent.adjusted().contains("top_p")).isEqualTo(!both);
    }

    @Test
    void version_ofTheEndpoint_decidesWithTheModel() {
        InferenceRequest warm = ask().temperature(0.0).build();
        Given.Sent newer = Given.sent(Given.with("anthropic_version", "2026-10-21"), Given.OLD, warm);
        Given.Sent older = Given.sent(Given.with("anthropic_version", "2023-06-01"), Given.NEW, warm);

        assertThat(newer.headers()).containsEntry("anthropic-version", "2026-10-21");
        assertThat(newer.adjusted()).containsExactly("temperature");
        assertThat(older.headers()).containsEntry("anthropic-version", "2023-06-01");
        assertThat(older.body()).doesNotContainKey("temperature");
        assertThat(Given.sent(Given.OLD, warm).field("temperature")).isEqualTo(0.0);
    }

    @Test
    void options_thatTheApiDoesNotHave_areToldOf() {
        Given.Sent sent = Given.sent(
                Given.OLD,
                ask().sampling(Sampling.builder()
                                .temperature(1.7)
                                .minP(0.1)
                                .seed(1L)
                                .presencePenalty(0.1)
                                .frequencyPenalty(0.1)
                                .repeatPenalty(1.1)
                                .stop(List.of("END", "\n"))
                                .build())
                        .context(1000)
                        .build());

        assertThat(sent.body().keySet())
                .containsExactlyInAnyOrder(
                        "model", "max_tokens", "messages", "temperature", "stop_sequences", "stream");
        assertThat(sent.field("temperature")).isEqualTo(1.0);
        assertThat(sent.field("stop_sequences")).isEqualTo(List.of("END"));
        assertThat(sent.adjusted())
                .containsExactly(
                        "temperature",
                        "min_p",
                        "seed",
                        "presence_penalty",
                        "frequency_penalty",
                        "repeat_penalty",
                        "stop",
                        "context");
    }

    @Test
    void extraFields_win_butForTheConversation() {
        Given.Sent sent = Given.sent(
                Given.NEW,
                ask().temperature(0.5)
                        .extra("temperature", 1)
                        .extra("service_tier", "auto")
                        .extra("system", "x")
                        .build());

        assertThat(sent.field("temperature")).isEqualTo(1L);
        assertThat(sent.field("service_tier")).isEqualTo("auto");
        assertThat(sent.body()).doesNotContainKey("system");
        assertThat(sent.adjustments()).isEmpty();
    }

    // Thinking

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "claude-3-5-sonnet-latest; HIGH;; 8192; ; ; thinking",
                "claude-3-5-sonnet-latest; NONE;; 8192; ; ; ",
                "claude-3-7-sonnet-latest; MINIMAL;; 8192; {'type':'enabled','budget_tokens':1024}; ; ",
                "claude-sonnet-4; MEDIUM;; 10000; {'type':'enabled','budget_tokens':4000}; ; ",
                "claude-sonnet-4; HIGH; 3000; 10000; {'type':'enabled','budget_tokens':3000}; ; ",
                "claude-sonnet-4; HIGH; 100; 10000; {'type':'enabled','budget_tokens':1024}; ; thinking budget",
                "claude-sonnet-4; HIGH; 20000; 10000; {'type':'enabled','budget_tokens':7500}; ; thinking budget",
                "claude-sonnet-4; HIGH; 2000; 1025; {'type':'enabled','budget_tokens':1024}; ; thinking budget",
                "claude-sonnet-4; HIGH;; 1024; ; ; thinking",
                "claude-sonnet-4; NONE;; 8192; {'type':'disabled'}; ; ",
                "claude-opus-4-6; XHIGH;; 8192; {'type':'adaptive','display':'summarized'}; {'effort':'high'}; thinking effort",
                "claude-opus-4-6; MAX;; 50; {'type':'adaptive','display':'summarized'}; {'effort':'max'}; ",
                "claude-opus-4-6; LOW; 2048; 8192; {'type':'enabled','budget_tokens':2048}; ; ",
                "claude-opus-4-8; MINIMAL;; 8192; {'type':'adaptive','display':'summarized'}; {'effort':'low'}; ",
                "claude-opus-5; XHIGH; 2048; 8192; {'type':'adaptive','display':'summarized'}; {'effort':'xhigh'}; thinking budget",
                "claude-opus-5; NONE;; 8192; {'type':'disabled'}; ; ",
                "claude-opus-5-5; NONE;; 8192; ; {'effort':'low'}; thinking",
                "claude-fable-5; NONE;; 8192; ; {'effort':'low'}; thinking",
                "claude-sonnet-5-5; NONE;; 8192; {'type':'between_tools'}; ; thinking",
            })
    void thinking_isAskedForAsTheModelKnowsIt(
            String model,
            Effort effort,
            @Nullable Integer budget,
            int maxTokens,
            @Nullable String thinking,
            @Nullable String config,
            @Nullable String adjusted) {
        Given.Sent sent = Given.sent(
                model,
                ask().thinking(new ThinkingOptions(effort, budget))
                        .maxTokens(maxTokens)
                        .build());

        assertThat(sent.field("thinking")).isEqualTo(thinking == null ? null : json(thinking));
        assertThat(sent.field("output_config")).isEqualTo(config == null ? null : json(config));
        assertThat(sent.adjusted()).isEqualTo(adjusted == null ? List.of() : List.of(adjusted));
    }

    @Test
    void sampling_whileTheModelThinks_isLeftOutAsFarAsItMustBe() {
        Sampling cold = Sampling.builder().temperature(0.0).topP(0.5).topK(4).build();
        Sampling hot = Sampling.builder().temperature(1.0).build();
        ThinkingOptions high = ThinkingOptions.of(Effort.HIGH);

        Given.Sent sent =
                Given.sent(Given.OLD, ask().sampling(cold).thinking(high).build());

        assertThat(sent.body()).doesNotContainKeys("temperature", "top_p", "top_k");
        assertThat(sent.adjusted()).containsExactly("temperature", "top_p", "top_k");
        assertThat(Given.sent(Given.OLD, ask().sampling(hot).thinking(high).build())
                        .field("temperature"))
                .isEqualTo(1.0);
    }

    @Test
    void budget_inAToolLoopThatBeganWithoutThinking_isLeftOut() {
        InferenceRequest.Builder loop = ask().message(
                        Message.assistant(new Part.Thinking("Else."), new Part.ToolCall("t1", "clock", "{}")))
                .message(Message.toolResult("t1", "clock", "noon"))
                .thinking(ThinkingOptions.of(Effort.LOW));
        InferenceRequest own = ask().message(Message.assistant(
                        new Part.Thinking("Hm.", VendorData.of("anthropic", "{\"signature\":\"x\"}"), null),
                        new Part.ToolCall("t1", "clock", "{}")))
                .message(Message.toolResult("t1", "clock", "noon"))
                .thinking(ThinkingOptions.of(Effort.LOW))
                .build();

        assertThat(Given.sent(Given.OLD, loop.build()).body()).doesNotContainKey("thinking");
        assertThat(Given.sent(Given.MIDDLE, loop.build()).body()).containsKey("thinking");
        assertThat(Given.sent(Given.OLD, loop.message(Message.user("r")).build())
                        .body())
                .as("a result and more")
                .doesNotContainKey("thinking");
        assertThat(Given.sent(Given.OLD, own).body()).containsKey("thinking");
    }

    // Tools

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "AUTO;; {'type':'auto'}",
                "AUTO; false; {'type':'auto','disable_parallel_tool_use':true}",
                "NONE; false; {'type':'none'}",
                "REQUIRED; true; {'type':'any'}",
                "REQUIRED; false; {'type':'any','disable_parallel_tool_use':true}",
                "TOOL;; {'type':'tool','name':'clock'}",
                "; false; {'type':'auto','disable_parallel_tool_use':true}",
                "; true; ",
            })
    void toolChoice_hasItsForm(ToolChoice.@Nullable Mode mode, @Nullable Boolean parallel, @Nullable String wanted) {
        ToolChoice choice = mode == null
                ? null
                : mode == ToolChoice.Mode.TOOL ? ToolChoice.tool("clock") : new ToolChoice(mode, null);
        Given.Sent sent = Given.sent(
                Given.OLD,
                ask().tool(CLOCK).toolChoice(choice).parallelToolCalls(parallel).build());

        assertThat(sent.field("tool_choice")).isEqualTo(wanted == null ? null : json(wanted));
        assertThat(sent.adjustments()).isEmpty();
        assertThat(Given.sent(
                                Given.OLD,
                                ask().toolChoice(choice)
                                        .parallelToolCalls(parallel)
                                        .build())
                        .body())
                .as("without tools")
                .doesNotContainKeys("tools", "tool_choice");
    }

    @Test
    void forcedTool_whileTheModelThinks_isLeftToTheModel() {
        Given.Sent sent = Given.sent(
                Given.OLD,
                ask().tool(CLOCK)
                        .toolChoice(ToolChoice.REQUIRED)
                        .thinking(ThinkingOptions.of(Effort.LOW))
                        .build());

        assertThat(sent.field("tool_choice")).isEqualTo(Map.of("type", "auto"));
        assertThat(sent.adjusted()).containsExactly("toolChoice");
    }

    @Test
    void strictTool_isHeldToItsSchemaWhereModelsAre() {
        ToolSpec strict = new ToolSpec("f", "", SCHEMA, true);
        Given.Sent held = Given.sent(Given.MIDDLE, ask().tool(strict).build());
        Given.Sent loose = Given.sent(Given.OLD, ask().tool(strict).build());

        assertThat(held.field("tools"))
                .isEqualTo(
                        json(
                                "[{'name':'f','input_schema':{'type':'object','properties':{'n':"
                                        + "{'type':'integer','description':'(minimum: 1)'}},'additionalProperties':false},'strict':true}]"));
        assertThat(held.adjusted()).containsExactly("tool f");
        assertThat(loose.field("tools"))
                .isEqualTo(json("[{'name':'f','input_schema':" + SCHEMA.replace('"', '\'') + "}]"));
        assertThat(loose.adjusted()).containsExactly("strict");
    }

    // The form of the answer

    @Test
    void schema_whereTheModelTakesIt_isSentAsFarAsItIsTaken() {
        String schema = "{'type':'object','description':'A city','properties':{"
                + "'name':{'type':'string','minLength':2,'pattern':'^[A-Z]'},"
                + "'day':{'type':'string','format':'date'},'odd':{'type':'string','format':'iban'},"
                + "'list':{'type':'array','items':{'type':'object','properties':{},'additionalProperties':true}},"
                + "'pattern':{'oneOf':[{'type':'null'},{'type':'integer','maximum':9}]}},'required':['name'],"
                + "'additionalProperties':false}";
        Given.Sent sent = Given.sent(
                Given.NEW,
                ask().output(OutputFormat.jsonSchema("city", schema.replace('\'', '"')))
                        .thinking(ThinkingOptions.of(Effort.LOW))
                        .build());

        assertThat(sent.field("output_config"))
                .isEqualTo(json("{'effort':'low','format':{'type':'json_schema','schema':"
                        + "{'type':'object','description':'A city','properties':{"
                        + "'name':{'type':'string','description':'(minLength: 2, pattern: \\'^[A-Z]\\')'},"
                                .replace("\\'", "\\\"")
                        + "'day':{'type':'string','format':'date'},"
                        + "'odd':{'type':'string','description':'(format: \\\"iban\\\")'},"
                        + "'list':{'type':'array','items':{'type':'object','properties':{},'additionalProperties':false}},"
                        + "'pattern':{'anyOf':[{'type':'null'},{'type':'integer','description':'(maximum: 9)'}]}},"
                        + "'required':['name'],'additionalProperties':false}}}"));
        assertThat(sent.adjusted()).containsExactly("output");
        assertThat(sent.adjustments().get(0).why())
                .contains("additionalProperties, format, maximum, minLength, oneOf, pattern");
    }

    @Test
    void schema_whereTheModelTakesNone_isThatOfAForcedCall() {
        InferenceRequest request =
                ask().output(OutputFormat.jsonSchema("n", SCHEMA)).build();
        Given.Sent alone = Given.sent(Given.OLD, request);
        Given.Sent among = Given.sent(
                Given.OLD,
                request.toBuilder()
                        .tools(List.of(ToolSpec.of("answer", "Answers the phone"), CLOCK))
                        .thinking(ThinkingOptions.of(Effort.HIGH))
                        .build());

        assertThat(alone.field("tool_choice"))
                .isEqualTo(json("{'type':'tool','name':'answer','disable_parallel_tool_use':true}"));
        assertThat(((Map<?, ?>) ((List<?>) alone.field("tools")).get(0)).get("input_schema"))
                .isEqualTo(JsonValues.parse(SCHEMA));
        assertThat(alone.adjusted()).containsExactly("output");
        assertThat(among.field("tool_choice")).isEqualTo(json("{'type':'any','disable_parallel_tool_use':true}"));
        assertThat((List<?>) among.field("tools"))
                .extracting(tool -> (Object) ((Map<?, ?>) tool).get("name"))
                .containsExactly("answer", "clock", "answer_");
        assertThat(among.body()).doesNotContainKey("thinking");
        assertThat(among.adjusted()).containsExactly("output", "thinking");
    }

    @Test
    void schema_thatCannotBeKept_isToldOfOrRefused() {
        OutputFormat list = OutputFormat.jsonSchema("n", "{\"type\":\"array\"}");
        OutputFormat object = OutputFormat.jsonSchema("n", SCHEMA);
        Given.Sent forced = Given.sent(
                Given.OLD,
                ask().output(object)
                        .tool(CLOCK)
                        .toolChoice(ToolChoice.tool("clock"))
                        .build());

        assertThat(forced.field("tool_choice")).isEqualTo(Map.of("type", "tool", "name", "clock"));
        assertThat(forced.adjusted()).containsExactly("output");
        assertThatThrownBy(() -> Given.sent(Given.OLD, ask().output(list).build()))
                .hasMessageContaining("of type object");
        assertThatThrownBy(() -> Given.sent(Given.NEW, ask().output(object).build(), "no json_schema"))
                .hasMessageContaining("neither a schema nor a forced call");
    }

    @ParameterizedTest
    @ValueSource(strings = {Given.OLD, Given.NEW})
    void jsonObject_isAskedForInWords(String model) {
        Given.Sent sent = Given.sent(
                model,
                InferenceRequest.builder()
                        .message(Message.system("Be brief."))
                        .message(Message.user("q"))
                        .output(OutputFormat.JSON_OBJECT)
                        .build());

        assertThat(sent.field("system")).asString().contains("Be brief.", "JSON object");
        assertThat(sent.adjusted()).containsExactly("output");
    }
}
