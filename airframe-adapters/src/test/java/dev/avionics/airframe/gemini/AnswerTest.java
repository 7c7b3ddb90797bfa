package dev.avionics.airframe.gemini;

import static dev.avionics.airframe.gemini.Given.streamed;
import static dev.avionics.airframe.gemini.Given.whole;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of answers. */
class AnswerTest {
    private static String candidate(String parts, String rest) {
        return "{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[" + parts + "]}" + rest + "}]}";
    }

    private static List<Part> parts(Decoded decoded) {
        return decoded.result(Given.API).message().parts();
    }

    private static VendorData google(String json) {
        return VendorData.of("google", json);
    }

    // Parts

    @Test
    void signatures_whereverTheyCome_stayOnTheirParts() {
        String json = candidate(
                "{\"text\":\"hm\",\"thought\":true,\"thoughtSignature\":\"a\\u002b\"},"
                        + "{\"text\":\"Hello\",\"thoughtSignature\":\"b\"},{\"text\":\" you\"},"
                        + "{\"thoughtSignature\":\"c\",\"functionCall\":{\"name\":\"f\",\"args\":{\"x\": 1.0}}},"
                        + "{\"functionCall\":{\"name\":\"g\"}}",
                ",\"finishReason\":\"STOP\"");
        Decoded decoded = whole(json);

        List<Part> parts = parts(decoded);
        assertThat(parts)
                .startsWith(
                        new Part.Thinking("hm", google("{\"thoughtSignature\":\"a\\u002b\"}"), null),
                        new Part.Text("Hello", google("{\"thoughtSignature\":\"b\"}"), null),
                        new Part.Text(" you"));
        assertThat(decoded.toolCalls())
                .extracting(call ->
                        call.name() + call.argumentsJson() + call.vendor().json())
                .containsExactly("f{\"x\": 1.0}{google={\"thoughtSignature\":\"c\"}}", "g{}{}");
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(parts(streamed(json))).isEqualTo(parts);
    }

    @Test
    void signature_onAnEmptyTextBehindText_belongsToIt() {
        Decoded decoded = streamed(
                candidate("{\"text\":\"Hel\"}", ""),
                candidate("{\"text\":\"lo\"}", ""),
                candidate("{\"text\":\"\",\"thoughtSignature\":\"s\"}", ",\"finishReason\":\"STOP\""));

        assertThat(parts(decoded))
                .containsExactly(new Part.Text("Hello", google("{\"thoughtSignature\":\"s\"}"), null));
    }

    @Test
    void signature_onAnEmptyTextElsewhere_isAPartOfItsOwnThatGoesBackAsItCame() {
        Decoded decoded = streamed(
                candidate("{\"text\":\"hm\",\"thought\":true}", ""),
                candidate("{\"text\":\"\",\"thoughtSignature\":\"s\"}", ",\"finishReason\":\"STOP\""));

        assertThat(parts(decoded))
                .containsExactly(
                        new Part.Thinking("hm"),
                        new Part.Opaque("text", google("{\"text\":\"\",\"thoughtSignature\":\"s\"}"), null));
        assertThat(Given.body(
                        Given.NEW,
                        InferenceRequest.builder()
                                .message(Message.user("q"))
                                .message(decoded.result(Given.API).message())
                                .message(Message.user("r"))
                                .build()))
                .contains("{\"role\":\"model\",\"parts\":[{\"text\":\"\",\"thoughtSignature\":\"s\"}]}");
    }

    @Test
    void partsOfGooglesOwn_read_areKeptAsTheyCame() {
        String code = "{\"executableCode\":{\"language\": \"PYTHON\"},\"thoughtSignature\":\"s\"}";
        Decoded decoded = whole(candidate(
                code + ",{\"codeExecutionResult\":{\"outcome\":\"OK\"}},{\"text\":\"2\"},"
                        + "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"aGk=\"}},{\"newKind\":7}",
                ",\"finishReason\":\"STOP\""));

        assertThat(parts(decoded))
                .containsExactly(
                        new Part.Opaque("executableCode", google(code), null),
                        new Part.Opaque(
                                "codeExecutionResult", google("{\"codeExecutionResult\":{\"outcome\":\"OK\"}}"), null),
                        new Part.Text("2"),
                        new Part.Opaque(
                                "inlineData",
                                google("{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"aGk=\"}}"),
                                null),
                        new Part.Opaque("newKind", google("{\"newKind\":7}"), null));
    }

    @Test
    void remarks_aboutAnAnswer_areKeptWithItsTextAndItsSignature() {
        Decoded decoded = streamed(
                candidate("{\"text\":\"a\",\"thoughtSignature\":\"s\"}", ",\"citationMetadata\":{\"c\": 1}"),
                candidate("", ",\"groundingMetadata\":{\"g\":[]},\"finishReason\":\"STOP\""));

        assertThat(parts(decoded))
                .containsExactly(new Part.Text(
                        "a",
                        google(
                                "{\"thoughtSignature\":\"s\",\"citationMetadata\":{\"c\": 1},\"groundingMetadata\":{\"g\":[]}}"),
                        null));
    }

    @Test
    void remarks_aboutAnAnswerWithoutText_takeNothingFromItsParts() {
        String image = "{\"inlineData\":{\"data\":\"aGk=\"}}";
        Decoded decoded = whole(candidate(image, ",\"groundingMetadata\":{},\"finishReason\":\"STOP\""));

        assertThat(parts(decoded))
                .containsExactly(
                        new Part.Opaque("inlineData", google(image), null),
                        new Part.Opaque("groundingMetadata", google("{\"groundingMetadata\":{}}"), null));
    }

    @Test
    void candidates_beyondTheFirst_areLeftAside() {
        Decoded decoded = streamed(
                "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"one\"}]},\"index\":0},"
                        + "{\"content\":{\"parts\":[{\"text\":\"two\"}]},\"index\":1,\"finishReason\":\"SAFETY\"}]}",
                candidate("{\"text\":\"!\"}", ",\"index\":0,\"finishReason\":\"STOP\""));

        assertThat(decoded.text()).isEqualTo("one!");
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.STOP);
    }

    // Tool calls

    @Test
    @Tag("row-5")
    void calls_withoutIds_getOnesOfTheirOwn() {
        Decoded decoded = whole(candidate(
                "{\"functionCall\":{\"name\":\"f\",\"args\":{}}},{\"functionCall\":{\"name\":\"f\",\"args\":{}}},"
                        + "{\"functionCall\":{\"name\":\"f\",\"id\":\"theirs\",\"args\":null}}",
                ",\"finishReason\":\"STOP\""));

        assertThat(decoded.toolCalls()).hasSize(3).extracting(Part.ToolCall::id).doesNotHaveDuplicates();
        assertThat(decoded.toolCalls().get(2).id()).isEqualTo("theirs");
    }

    private static String piece(String call) {
        return candidate("{\"functionCall\":" + call + "}", "");
    }

    @Test
    void call_thatComesValueByValue_isPutTogether() {
        Decoded decoded = streamed(
                candidate("{\"functionCall\":{\"name\":\"f\",\"willContinue\":true},\"thoughtSignature\":\"s\"}", ""),
                piece(
                        "{\"partialArgs\":[{\"jsonPath\":\"$.a\",\"stringValue\":\"x\",\"willContinue\":true}],\"willContinue\":true}"),
                piece("{\"partialArgs\":[{\"jsonPath\":\"$.a\",\"stringValue\":\"y\"}],\"willContinue\":true}"),
                piece("{\"partialArgs\":[{\"jsonPath\":\"$.list[1].n\",\"numberValue\":2},"
                        + "{\"jsonPath\":\"$['odd key']\",\"boolValue\":true},"
                        + "{\"jsonPath\":\"$.nothing\",\"nullValue\":\"NULL_VALUE\"}],\"willContinue\":true}"),
                candidate("{\"functionCall\":{}}", ",\"finishReason\":\"STOP\""));

        assertThat(decoded.toolCalls())
                .singleElement()
                .satisfies(call -> assertThat(call.argumentsJson())
                        .isEqualTo("{\"a\":\"xy\",\"list\":[null,{\"n\":2}],\"odd key\":true,\"nothing\":null}"))
                .satisfies(call -> assertThat(call.vendor()).isEqualTo(google("{\"thoughtSignature\":\"s\"}")));
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void callsThatComeValueByValue_oneAfterTheOther_areTwo() {
        Decoded decoded = streamed(
                piece("{\"name\":\"f\",\"willContinue\":true}"),
                piece("{\"partialArgs\":[{\"jsonPath\":\"$.a\",\"numberValue\":1}],\"willContinue\":true}"),
                piece("{\"name\":\"g\",\"partialArgs\":[{\"jsonPath\":\"$.b\",\"numberValue\":2}]}"),
                candidate("", ",\"finishReason\":\"STOP\""));

        assertThat(decoded.toolCalls())
                .extracting(call -> call.name() + call.argumentsJson())
                .containsExactly("f{\"a\":1}", "g{\"b\":2}");
    }

    @Test
    void call_thatTheTokenLimitCut_isLeftOut() {
        Decoded decoded = streamed(
                piece("{\"name\":\"f\",\"willContinue\":true}"), candidate("", ",\"finishReason\":\"MAX_TOKENS\""));

        assertThat(decoded.toolCalls()).isEmpty();
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.LENGTH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"$", "a.b", "$.a[", "$[0]", "$.a..b", "$.list[999999]"})
    void valueOfACall_withoutAReadablePlace_isAParseError(String path) {
        Decoded decoded = streamed(
                piece("{\"name\":\"f\",\"willContinue\":true}"),
                piece("{\"partialArgs\":[{\"jsonPath\":\"" + path + "\",\"numberValue\":1}],\"willContinue\":true}"));

        assertThat(decoded.error().category()).isEqualTo(ErrorCategory.PARSE);
    }

    // The end

    @ParameterizedTest
    @Tag("row-11")
    @CsvSource({
        "STOP, STOP",
        "MAX_TOKENS, LENGTH",
        "SAFETY, CONTENT_FILTER",
        "RECITATION, CONTENT_FILTER",
        "BLOCKLIST, CONTENT_FILTER",
        "PROHIBITED_CONTENT, CONTENT_FILTER",
        "SPII, CONTENT_FILTER",
        "LANGUAGE, CONTENT_FILTER",
        "IMAGE_SAFETY, CONTENT_FILTER",
        "IMAGE_PROHIBITED_CONTENT, CONTENT_FILTER",
        "IMAGE_RECITATION, CONTENT_FILTER",
        "MALFORMED_FUNCTION_CALL, ERROR",
        "UNEXPECTED_TOOL_CALL, ERROR",
        "TOO_MANY_TOOL_CALLS, ERROR",
        "MALFORMED_RESPONSE, ERROR",
        "OTHER, ERROR",
        "NO_IMAGE, ERROR",
        "IMAGE_OTHER, ERROR",
        "CONTINUATION, OTHER",
        "SOMETHING_NEW, OTHER"
    })
    void finish_inGooglesWord_isOurs(String word, FinishReason expected) {
        String json = candidate("{\"text\":\"a\"}", ",\"finishReason\":\"" + word + "\"");

        for (Decoded decoded : List.of(whole(json), streamed(json))) {
            assertThat(decoded.completed().finish()).isEqualTo(expected);
            assertThat(decoded.completed().finishRaw()).isEqualTo(word);
        }
    }

    @Test
    void prompt_thatWasBlocked_isAContentFilterAndItsWordsARefusal() {
        Decoded reason =
                whole("{\"promptFeedback\":{\"blockReason\":\"SAFETY\"},\"usageMetadata\":{\"promptTokenCount\":7}}");
        Decoded message = streamed("{\"promptFeedback\":{\"blockReason\":\"OTHER\",\"blockReasonMessage\":\"No.\"}}");

        assertThat(reason.completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
        assertThat(parts(reason)).containsExactly(new Part.Refusal("The prompt was blocked: SAFETY"));
        assertThat(reason.completed().usage().inputTotal()).isEqualTo(TokenCount.known(7));
        assertThat(message.completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
        assertThat(parts(message)).containsExactly(new Part.Refusal("No."));
    }

    @Test
    void wordsOfAFailedEnd_areKept() {
        Decoded decoded = whole(
                "{\"candidates\":[{\"finishReason\":\"MALFORMED_FUNCTION_CALL\",\"finishMessage\":\"call: f(\"}]}");

        assertThat(parts(decoded))
                .containsExactly(new Part.Opaque("finishMessage", google("{\"finishMessage\":\"call: f(\"}"), null));
    }

    @Test
    void stream_withoutAFinishReason_wasCut() {
        assertThat(streamed(candidate("{\"text\":\"a\"}", "")).error().category())
                .isEqualTo(ErrorCategory.CONNECTION);
    }

    @Test
    void bodyThatIsNoAnswer_isAParseError() {
        assertThat(whole("{\"this\":1}").error().category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(whole("7").error().category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(whole("").error().category()).isEqualTo(ErrorCategory.PARSE);
    }

    // Framings

    @Test
    void stream_asOneArray_isReadElementByElement() {
        String array = "[" + candidate("{\"text\":\"a\"}", "") + "\r\n,\r\n"
                + candidate("{\"text\":\"b\"}", ",\"finishReason\":\"STOP\"") + "\n]\n";
        Dialogue<?> dialogue = Dialogue.of(Given.exchange(Given.NEW, InferenceRequest.of("q")))
                .answer(200, "application/json; charset=UTF-8", array);
        Decoded whole = dialogue.decoded();

        assertThat(whole.text()).isEqualTo("ab");
        assertThat(whole.completed().finish()).isEqualTo(FinishReason.STOP);
        for (int cut = 0; cut <= array.length(); cut++) {
            assertThat(Dialogue.of(Given.exchange(Given.NEW, InferenceRequest.of("q")))
                            .answer(200, "application/json", array)
                            .decoded(cut)
                            .joined())
                    .isEqualTo(whole.joined());
        }
    }

    @Test
    void answersInOtherFramingsThanAskedFor_areReadAllTheSame() {
        String json = candidate("{\"text\":\"a\"}", ",\"finishReason\":\"STOP\"");
        InferenceRequest wholeOne =
                InferenceRequest.of("q").toBuilder().stream(false).build();

        assertThat(Dialogue.of(Given.exchange(Given.NEW, InferenceRequest.of("q")))
                        .answer(200, "application/json", json)
                        .decoded()
                        .text())
                .isEqualTo("a");
        assertThat(Dialogue.of(Given.exchange(Given.NEW, InferenceRequest.of("q")))
                        .answer(200, "", json)
                        .decoded()
                        .text())
                .isEqualTo("a");
        assertThat(Dialogue.of(Given.exchange(Given.NEW, wholeOne))
                        .answer(200, "application/json", "[" + json + "]")
                        .decoded()
                        .text())
                .isEqualTo("a");
        assertThat(Dialogue.of(Given.exchange(Given.NEW, wholeOne))
                        .answer(200, "text/event-stream", "data: " + json + "\n\n")
                        .decoded()
                        .text())
                .isEqualTo("a");
    }

    @Test
    void picture_largerThanOneMegabyte_isReadFromAStream() {
        String data = "A".repeat(3 << 20);
        Decoded decoded = streamed(candidate(
                "{\"inlineData\":{\"mimeType\":\"image/png\",\"data\":\"" + data + "\"}}",
                ",\"finishReason\":\"STOP\""));

        assertThat(parts(decoded)).singleElement().isInstanceOf(Part.Opaque.class);
    }

    @Test
    void errorInsideAStream_failsItWithItsCategory() {
        Decoded decoded = streamed(
                candidate("{\"text\":\"a\"}", ""),
                "{\"error\":{\"code\":503,\"message\":\"The model is overloaded.\",\"status\":\"UNAVAILABLE\"}}");

        assertThat(decoded.error().category()).isEqualTo(ErrorCategory.OVERLOADED);
        assertThat(decoded.text()).isEqualTo("a");
    }

    // Usage

    @Test
    void usage_ofEachPiece_takesThePlaceOfTheLast() {
        Decoded decoded = streamed(
                "{\"usageMetadata\":{\"promptTokenCount\":10,\"candidatesTokenCount\":1,\"thoughtsTokenCount\":5}}",
                "{\"usageMetadata\":{\"trafficType\":\"ON_DEMAND\",\"promptTokenCount\":null}}",
                "{\"usageMetadata\":{\"promptTokenCount\":10,\"candidatesTokenCount\":8,\"thoughtsTokenCount\":6}}",
                candidate("{\"text\":\"a\"}", ",\"finishReason\":\"STOP\""));

        Usage usage = decoded.completed().usage();
        assertThat(usage.output()).isEqualTo(TokenCount.known(8));
        assertThat(usage.reasoning()).isEqualTo(TokenCount.known(6));
        assertThat(usage.outputTotal()).isEqualTo(TokenCount.known(14));
    }

    @Test
    void usage_inDetail_isInItsBuckets() {
        Usage usage = whole(
                        "{\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{"
                                + "\"promptTokenCount\":100,\"cachedContentTokenCount\":40,\"toolUsePromptTokenCount\":7,"
                                + "\"candidatesTokenCount\":30,\"thoughtsTokenCount\":9,"
                                + "\"promptTokensDetails\":[{\"modality\":\"TEXT\",\"tokenCount\":70},{\"modality\":\"AUDIO\",\"tokenCount\":30}],"
                                + "\"cacheTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":10},{\"modality\":\"TEXT\",\"tokenCount\":30}],"
                                + "\"candidatesTokensDetails\":[{\"modality\":\"AUDIO\",\"tokenCount\":25},{\"modality\":\"TEXT\",\"tokenCount\":5}]}}")
                .completed()
                .usage();

        assertThat(usage.inputTotal()).isEqualTo(TokenCount.known(107));
        assertThat(usage.cacheRead()).isEqualTo(TokenCount.known(40));
        assertThat(usage.audioInput()).isEqualTo(TokenCount.known(20));
        assertThat(usage.inputUncached()).isEqualTo(TokenCount.known(47));
        assertThat(usage.audioOutput()).isEqualTo(TokenCount.known(25));
        assertThat(usage.output()).isEqualTo(TokenCount.known(5));
        assertThat(usage.outputTotal()).isEqualTo(TokenCount.known(39));
    }

    @Test
    void usage_whoseCacheIsLargerThanThePrompt_staysWithinIt() {
        Usage usage = whole("{\"candidates\":[{\"finishReason\":\"STOP\"}],\"usageMetadata\":{"
                        + "\"promptTokenCount\":10,\"cachedContentTokenCount\":16,\"candidatesTokenCount\":1}}")
                .completed()
                .usage();

        assertThat(usage.inputTotal()).isEqualTo(TokenCount.known(10));
        assertThat(usage.cacheReadTold()).isEqualTo(TokenCount.known(16));
        assertThat(usage.outputTold()).isEqualTo(TokenCount.known(1));
    }
}
