package dev.avionics.airframe.gemini;

import static dev.avionics.airframe.gemini.Given.WEATHER;
import static dev.avionics.airframe.gemini.Given.adjusted;
import static dev.avionics.airframe.gemini.Given.at;
import static dev.avionics.airframe.gemini.Given.exchange;
import static dev.avionics.airframe.gemini.Given.refusal;
import static dev.avionics.airframe.gemini.Given.signed;
import static dev.avionics.airframe.gemini.Given.turns;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.ToolChoice;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.Exchange;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is sent of tools, of their calls and results, and of what is signed. */
class ToolRequestTest {
    private static InferenceRequest results(Part.ToolResult... results) {
        return InferenceRequest.builder()
                .message(Message.user("q"))
                .message(Message.assistant(
                        new Part.ToolCall("1", "weather", "{\"city\":\"Rome\"}"),
                        new Part.ToolCall("2", "clock", "{}")))
                .message(new Message(Role.TOOL, List.of(results)))
                .build();
    }

    private static Part.ToolResult result(String id, boolean error, Part... content) {
        return new Part.ToolResult(id, null, List.of(content), error, VendorData.none(), null);
    }

    @Test
    @Tag("row-6")
    void resultsOfTools_sent_areObjectsWithTheNamesOfTheirCalls() {
        Exchange<?> sent = exchange(
                Given.OLD,
                results(result("1", false, Part.text("sunny")), result("2", true, Part.text("{\"code\":7}"))));

        assertThat(at(sent, "contents", 2))
                .hasToString("{role=user, parts=["
                        + "{functionResponse={id=1, name=weather, response={result=sunny}}}, "
                        + "{functionResponse={id=2, name=clock, response={error={code=7}}}}]}");
    }

    @Test
    void resultsThatAreObjects_sent_stayAsTheyAre() {
        String body = Given.body(
                Given.OLD,
                results(
                        result("1", false, Part.text("{\"t\": 1.50}")),
                        result("2", false, Part.text("[1]")),
                        result("2", false, Part.text("{broken"))));

        assertThat(body)
                .contains("\"response\":{\"t\": 1.50}")
                .contains("\"response\":{\"result\":\"[1]\"}")
                .contains("\"response\":{\"result\":\"{broken\"}");
    }

    @Test
    void resultOfATool_thatNobodyCalled_isRefused() {
        InferenceException why = refusal(Given.NEW, results(result("9", false, Part.text("x"))));

        assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
        assertThat(why).hasMessageContaining("tool result 9");
    }

    @Test
    void picturesOfTools_forOlderModels_standBesideTheResults() {
        InferenceRequest request = results(
                result("1", false, Part.text("see"), Part.image("image/png", "aGk=")),
                result("2", false, Part.text("noon")));
        Exchange<?> old = exchange(Given.OLD, request);
        Exchange<?> newer = exchange(Given.NEW, request);

        assertThat((List<?>) at(old, "contents", 2, "parts")).hasSize(3);
        assertThat(at(old, "contents", 2, "parts", 2)).hasToString("{inlineData={mimeType=image/png, data=aGk=}}");
        assertThat(adjusted(old)).containsExactly("changed tool result");
        assertThat((List<?>) at(newer, "contents", 2, "parts")).hasSize(2);
        assertThat(at(newer, "contents", 2, "parts", 0, "functionResponse", "parts"))
                .hasToString("[{inlineData={mimeType=image/png, data=aGk=}}]");
    }

    @Test
    void callsAndResults_forVertex_haveNoIds() {
        InferenceRequest request = results(result("1", false, Part.text("a")), result("2", false, Part.text("b")));

        assertThat(Given.text(exchange(Given.VERTEX, Given.OLD, request))).doesNotContain("\"id\"");
        assertThat(Given.text(exchange(Given.API, Given.OLD, request))).contains("\"id\":\"1\"");
    }

    @Test
    void callWithArgumentsThatAreNoObject_isRefused() {
        InferenceException why = refusal(
                Given.NEW, turns(Message.user("q"), Message.assistant(new Part.ToolCall("1", "weather", "[]"))));

        assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
    }

    @Test
    void choices_ofTools_haveTheirModes() {
        InferenceRequest.Builder request = InferenceRequest.of("q").toBuilder().tool(WEATHER);

        assertThat(at(exchange(Given.NEW, request.build()), "toolConfig")).isNull();
        assertThat(mode(request.toolChoice(ToolChoice.AUTO))).hasToString("{mode=AUTO}");
        assertThat(mode(request.toolChoice(ToolChoice.NONE))).hasToString("{mode=NONE}");
        assertThat(mode(request.toolChoice(ToolChoice.REQUIRED))).hasToString("{mode=ANY}");
        assertThat(mode(request.toolChoice(ToolChoice.tool("weather"))))
                .hasToString("{mode=ANY, allowedFunctionNames=[weather]}");
    }

    private static Object mode(InferenceRequest.Builder request) {
        return at(exchange(Given.NEW, request.build()), "toolConfig", "functionCallingConfig");
    }

    @Test
    void strictTools_whereTheModelValidates_areValidated() {
        ToolSpec strict = new ToolSpec("weather", "", WEATHER.parametersJson(), true);
        InferenceRequest request =
                InferenceRequest.of("q").toBuilder().tool(strict).build();

        assertThat(at(exchange(Given.NEW, request), "toolConfig", "functionCallingConfig", "mode"))
                .isEqualTo("VALIDATED");
        assertThat(at(exchange(Given.OLD, request), "toolConfig")).isNull();
    }

    @Test
    void forcedChoice_withoutTools_isToldToBeLeftOut() {
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .toolChoice(ToolChoice.REQUIRED)
                .build();

        assertThat(adjusted(exchange(Given.NEW, request))).containsExactly("dropped toolChoice");
    }

    @Test
    @Tag("row-9")
    void schemaOfATool_sent_isByteExact() {
        String schema = "{\"type\": \"object\",\n \"properties\": {\"n\": {\"const\": 1.0}}}";
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .tool(ToolSpec.of("t", "d", schema))
                .build();

        assertThat(Given.body(Given.NEW, request)).contains("\"parametersJsonSchema\":" + schema);
    }

    @Test
    void schemaOfATool_forOlderModels_isInGooglesDialect() {
        String schema = "{\"$schema\":\"x\",\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"a\"],"
                + "\"properties\":{\"a\":{\"$ref\":\"#/$defs/A\"},\"b\":{\"type\":[\"integer\",\"null\"]},"
                + "\"c\":{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"number\"}]},\"d\":{\"const\":\"x\"},"
                + "\"e\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"null\"}]},"
                + "\"f\":{\"allOf\":[{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"string\"}}},"
                + "{\"properties\":{\"y\":{\"type\":\"string\"}}}]}},"
                + "\"$defs\":{\"A\":{\"type\":\"array\",\"items\":{\"enum\":[\"p\",\"q\"]}}}}";
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .tool(ToolSpec.of("t", "d", schema))
                .build();
        Exchange<?> old = exchange("gemini-2.0-flash", request);

        assertThat(at(old, "tools", 0, "functionDeclarations", 0, "parameters"))
                .hasToString("{type=object, required=[a], properties={"
                        + "a={type=array, items={enum=[p, q], type=string}}, b={nullable=true, type=integer},"
                        + " c={anyOf=[{type=string}, {type=number}]}, d={enum=[x], type=string},"
                        + " e={nullable=true, type=string},"
                        + " f={type=object, properties={x={type=string}, y={type=string}}}}}");
        assertThat(old.adjustments()).singleElement().satisfies(one -> {
            assertThat(one.what()).isEqualTo("tools");
            assertThat(one.why()).contains("additionalProperties").doesNotContain("$schema");
        });
        assertThat(at(exchange(Given.NEW, request, "no parametersJsonSchema"), "tools", 0, "functionDeclarations", 0))
                .hasToString(String.valueOf(at(old, "tools", 0, "functionDeclarations", 0)));
    }

    @Test
    void schemaThatRefersToItself_forOlderModels_isUnsupported() {
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .output(OutputFormat.jsonSchema(
                        "tree", "{\"type\":\"object\",\"properties\":{\"left\":{\"$ref\":\"#\"}}}"))
                .build();

        assertThat(refusal("gemini-2.0-flash", request).category()).isEqualTo(ErrorCategory.UNSUPPORTED);
        assertThat(at(exchange(Given.NEW, request), "generationConfig", "responseJsonSchema"))
                .isNotNull();
    }

    @Test
    void toolsTogetherWithJson_forOlderModels_areUnsupported() {
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .tool(WEATHER)
                .output(OutputFormat.JSON_OBJECT)
                .build();

        assertThat(refusal(Given.OLD, request).category()).isEqualTo(ErrorCategory.UNSUPPORTED);
        assertThat(at(exchange(Given.NEW, request), "generationConfig"))
                .hasToString("{responseMimeType=application/json}");
    }

    // Signatures

    @Test
    void signatures_sentBack_standByteForByteOnTheirParts() {
        String body = Given.body(
                Given.NEW,
                turns(
                        Message.user("q"),
                        Message.assistant(
                                new Part.Thinking("t", signed("\"aa\\u002b\""), null),
                                new Part.Text("x", signed("\"bb/\""), null),
                                new Part.ToolCall("1", "weather", "{\"a\": 1.0}", signed("\"cc\""), null),
                                new Part.ToolCall("2", "weather", "{}"))));

        assertThat(body)
                .contains("{\"text\":\"t\",\"thought\":true,\"thoughtSignature\":\"aa\\u002b\"}")
                .contains("{\"text\":\"x\",\"thoughtSignature\":\"bb/\"}")
                .contains("{\"functionCall\":{\"id\":\"1\",\"name\":\"weather\",\"args\":{\"a\": 1.0}},"
                        + "\"thoughtSignature\":\"cc\"}")
                .contains("{\"functionCall\":{\"id\":\"2\",\"name\":\"weather\",\"args\":{}}}");
    }

    @Test
    void callsOfOthers_fromGemini3On_bearTheMarkOnTheFirstOfEachTurn() {
        InferenceRequest request = turns(
                Message.user("q"),
                Message.assistant(
                        new Part.Thinking("t", VendorData.of("anthropic", "{\"signature\":\"s\"}"), null),
                        new Part.ToolCall("1", "weather", "{}", VendorData.of("openrouter", "{}"), null),
                        new Part.ToolCall("2", "weather", "{}")),
                Message.toolResult("1", null, "a"),
                Message.toolResult("2", null, "b"),
                Message.assistant(new Part.ToolCall("3", "weather", "{}")),
                Message.toolResult("3", null, "c"));
        Exchange<?> newer = exchange(Given.NEW, request);
        Exchange<?> old = exchange(Given.OLD, request);

        assertThat(at(newer, "contents", 1, "parts", 0, "thoughtSignature"))
                .isEqualTo("skip_thought_signature_validator");
        assertThat(at(newer, "contents", 1, "parts", 1, "thoughtSignature")).isNull();
        assertThat(at(newer, "contents", 3, "parts", 0, "thoughtSignature"))
                .isEqualTo("skip_thought_signature_validator");
        assertThat(adjusted(newer)).containsExactly("dropped thinking", "changed tool call");
        assertThat(Given.text(old)).doesNotContain("thoughtSignature");
        assertThat(Given.text(newer)).doesNotContain("anthropic").doesNotContain("\"s\"");
    }

    @Test
    void opaqueParts_sentBack_goToTheirVendorOnly() {
        String code = "{\"executableCode\": {\"code\":\"1+1\"},\"thoughtSignature\":\"x\"}";
        Exchange<?> sent = exchange(
                Given.NEW,
                turns(
                        Message.user("q"),
                        Message.assistant(
                                new Part.Opaque("executableCode", VendorData.of("google", code), null),
                                new Part.Opaque("web_search", VendorData.of("anthropic", "{}"), null),
                                new Part.Opaque(
                                        "groundingMetadata",
                                        VendorData.of("google", "{\"groundingMetadata\":{}}"),
                                        null))));

        assertThat(Given.text(sent)).contains("\"parts\":[" + code + "]");
        assertThat(adjusted(sent)).containsExactly("dropped opaque");
    }
}
