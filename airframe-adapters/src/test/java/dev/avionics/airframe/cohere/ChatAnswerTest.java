package dev.avionics.airframe.cohere;

import static dev.avionics.airframe.cohere.Given.stream;
import static dev.avionics.airframe.cohere.Given.whole;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers of chats, whole and in events. */
@Tag("row-61")
class ChatAnswerTest {
    private static final String USAGE = "{'billed_units':{'input_tokens':12,'output_tokens':9},"
            + "'tokens':{'input_tokens':512,'output_tokens':30,'reasoning_tokens':4},'cached_tokens':448}";

    private static String end(String reason) {
        return "{'type':'message-end','delta':{'finish_reason':'" + reason + "','usage':" + USAGE + "}}";
    }

    private static InferenceResult result(Decoded decoded) {
        return decoded.result(Given.ENDPOINT);
    }

    @Test
    void usage_isWhatIsBilled_andTheOtherFiguresAreTold() {
        Usage usage = whole("{'id':'1','message':{'role':'assistant','content':[{'type':'text','text':'Hi'}]},"
                        + "'finish_reason':'COMPLETE','usage':" + USAGE + "}")
                .completed()
                .usage();

        assertThat(usage.inputTotal()).isEqualTo(TokenCount.known(12));
        assertThat(usage.outputTotal()).isEqualTo(TokenCount.known(9));
        assertThat(usage.reasoning()).isEqualTo(TokenCount.known(4));
        assertThat(usage.cacheRead().isPresent()).isFalse();
        assertThat(usage.inputTold()).isEqualTo(TokenCount.known(512));
        assertThat(usage.outputTold()).isEqualTo(TokenCount.known(30));
        assertThat(usage.cacheReadTold()).isEqualTo(TokenCount.known(448));
    }

    @Test
    void usage_withoutABill_isWhatWasProcessed() {
        Usage usage = stream("{'type':'message-end','delta':{'finish_reason':'COMPLETE','usage':"
                        + "{'tokens':{'input_tokens':512,'output_tokens':30},'cached_tokens':448}}}")
                .completed()
                .usage();

        assertThat(usage.inputTotal()).isEqualTo(TokenCount.known(512));
        assertThat(usage.cacheRead()).isEqualTo(TokenCount.known(448));
        assertThat(usage.told()).isNull();
    }

    @Test
    void thinkingPlanAndCalls_wholeOrStreamed_areTheSameMessage() {
        Decoded streamed = stream(
                "{'id':'1','type':'message-start','delta':{'message':{'role':'assistant','content':[],'tool_plan':'',"
                        + "'tool_calls':[],'citations':[]}}}",
                "{'type':'content-start','index':0,'delta':{'message':{'content':{'type':'thinking','thinking':''}}}}",
                "{'type':'content-delta','index':0,'delta':{'message':{'content':{'thinking':'Hm'}}}}",
                "{'type':'content-delta','index':0,'delta':{'message':{'content':{'thinking':'.'}}}}",
                "{'type':'content-end','index':0}",
                "{'type':'tool-plan-delta','delta':{'message':{'tool_plan':'I will '}}}",
                "{'type':'tool-plan-delta','delta':{'message':{'tool_plan':'look.'}}}",
                "{'type':'tool-call-start','index':0,'delta':{'message':{'tool_calls':{'id':'a','type':'function',"
                        + "'function':{'name':'weather','arguments':''}}}}}",
                "{'type':'tool-call-delta','index':0,'delta':{'message':{'tool_calls':{'function':{'arguments':'{}'}}}}}",
                "{'type':'tool-call-end','index':0}",
                "{'type':'tool-call-start','index':1,'delta':{'message':{'tool_calls':{'id':'b','type':'function',"
                        + "'function':{'name':'clock','arguments':''}}}}}",
                "{'type':'tool-call-end','index':1}",
                end("TOOL_CALL"),
                "[DONE]");
        Decoded whole =
                whole("{'id':'1','message':{'role':'assistant','content':[{'type':'thinking','thinking':'Hm.'}],"
                        + "'tool_calls':[{'id':'a','type':'function','function':{'name':'weather','arguments':'{}'}},"
                        + "{'id':'b','type':'function','function':{'name':'clock','arguments':'null'}}],"
                        + "'tool_plan':'I will look.'},'finish_reason':'TOOL_CALL','usage':" + USAGE + "}");

        Message expected = Message.assistant(
                new Part.Thinking("Hm.", VendorData.of("cohere", "{\"type\":\"thinking\"}"), null),
                new Part.Thinking("I will look.", VendorData.of("cohere", "{\"type\":\"tool_plan\"}"), null),
                new Part.ToolCall("a", "weather", "{}"),
                new Part.ToolCall("b", "clock", "{}"));
        assertThat(result(streamed).message()).isEqualTo(expected);
        assertThat(result(whole).message()).isEqualTo(expected);
        assertThat(streamed.completed()).isEqualTo(whole.completed());
        assertThat(streamed.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(streamed.completed().responseId()).isEqualTo("1");
    }

    @Test
    void citations_areVendorDataOfTheirText_andGoBack() {
        String one = "{'start':0,'end':4,'text':'Ruby','sources':[{'type':'tool','id':'x:0'}]}";
        String two = "{'start':5,'end':7,'text':'is','sources':[]}";
        Decoded streamed = stream(
                "{'type':'content-start','index':0,'delta':{'message':{'content':{'type':'text','text':''}}}}",
                "{'type':'content-delta','index':0,'delta':{'message':{'content':{'text':'Ruby'}}}}",
                "{'type':'citation-start','index':0,'delta':{'message':{'citations':" + one + "}}}",
                "{'type':'citation-end','index':0}",
                "{'type':'content-delta','index':0,'delta':{'message':{'content':{'text':' is'}}}}",
                "{'type':'citation-start','index':1,'delta':{'message':{'citations':" + two + "}}}",
                end("COMPLETE"));
        Decoded whole = whole("{'message':{'citations':[" + one + "," + two + "],'content':[{'type':'text',"
                + "'text':'Ruby is'}]},'finish_reason':'COMPLETE'}");

        Part.Text expected = new Part.Text(
                "Ruby is",
                VendorData.of("cohere", ("{'citations':[" + one + "," + two + "]}").replace('\'', '"')),
                null);
        assertThat(result(streamed).message().parts()).isEqualTo(List.of(expected));
        assertThat(result(whole).message().parts()).isEqualTo(List.of(expected));
        Object sentBack = Given.body(
                        Given.MODEL,
                        InferenceRequest.builder()
                                .message(result(streamed).message())
                                .build())
                .get("messages");
        assertThat(sentBack)
                .isEqualTo(List.of(
                        Given.json("{'role':'assistant','content':'Ruby is','citations':[" + one + "," + two + "]}")));
    }

    @ParameterizedTest
    @CsvSource({
        "COMPLETE, STOP",
        "STOP_SEQUENCE, STOP",
        "MAX_TOKENS, LENGTH",
        "TOOL_CALL, TOOL_CALLS",
        "ERROR_TOXIC, CONTENT_FILTER",
        "SOMETHING_NEW, OTHER"
    })
    @Tag("row-11")
    void finish_isTranslatedAndKept(String raw, FinishReason finish) {
        var end = stream("{'type':'content-delta','delta':{'message':{'content':{'text':'x'}}}}", end(raw))
                .completed();

        assertThat(end.finish()).isEqualTo(finish);
        assertThat(end.finishRaw()).isEqualTo(raw);
    }

    @ParameterizedTest
    @CsvSource({"ERROR, SERVER_ERROR", "TIMEOUT, TIMEOUT"})
    void finish_thatIsAFailure_failsWithItsWordsAndUsage(String raw, ErrorCategory category) {
        Decoded streamed = stream("{'type':'message-end','delta':{'finish_reason':'" + raw
                + "','error':'the engine broke','usage':" + USAGE + "}}");
        Decoded whole = whole("{'message':{'content':[]},'finish_reason':'" + raw + "'}");

        assertThat(streamed.error().category()).isEqualTo(category);
        assertThat(streamed.error().getMessage()).contains("the engine broke");
        assertThat(streamed.error().usage().inputTotal()).isEqualTo(TokenCount.known(12));
        assertThat(whole.error().category()).isEqualTo(category);
        assertThat(whole.error().getMessage()).contains("did not come to the end");
    }

    @Test
    void stream_withoutItsEnd_wasCut() {
        Decoded cut = stream("{'type':'content-delta','index':0,'delta':{'message':{'content':{'text':'Half'}}}}");

        assertThat(cut.text()).isEqualTo("Half");
        assertThat(cut.error().category()).isEqualTo(ErrorCategory.CONNECTION);
    }

    @Test
    void answer_thatIsAnErrorAtStatus200_fails() {
        assertThat(whole("{'id':'1','message':'too many tokens: 5'}").error().category())
                .isEqualTo(ErrorCategory.CONTEXT_LENGTH);
        assertThat(stream("{'error':{'message':'slow down','error_type':'RATE_LIMIT'}}")
                        .error()
                        .category())
                .isEqualTo(ErrorCategory.RATE_LIMITED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "400 | too many tokens: size limit exceeded by 5 tokens | CONTEXT_LENGTH",
                "400 | invalid request: k must be at most 500 | INVALID_REQUEST",
                "401 | invalid api token | AUTHENTICATION",
                "402 | billing | QUOTA_EXHAUSTED",
                "403 | not for you | PERMISSION",
                "404 | model 'x' not found, make sure the correct model ID was used | MODEL_NOT_FOUND",
                "422 | message must be at least 1 token long | INVALID_REQUEST",
                "429 | You are using a Trial key, which is limited to 1000 API calls / month. | QUOTA_EXHAUSTED",
                "429 | You are using a Trial key, which is limited to 20 API calls / minute. | RATE_LIMITED",
                "498 | invalid token | AUTHENTICATION",
                "498 | busy | AUTHENTICATION",
                "500 | oops | SERVER_ERROR",
                "501 | not implemented | INVALID_REQUEST",
                "503 | unavailable | OVERLOADED",
                "504 | timeout | TIMEOUT"
            })
    void errors_byStatusAndWords_haveTheirCategory(int status, String words, ErrorCategory category) {
        var failure = Dialogue.of(Given.exchange(Given.MODEL, InferenceRequest.of("q")))
                .answer(
                        status,
                        Map.of("content-type", "application/json", "x-debug-trace-id", "t1"),
                        ("{\"message\":\"" + words + "\"}").getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .failure();

        assertThat(failure.why().category()).isEqualTo(category);
        assertThat(failure.why().getMessage()).contains(words.substring(0, 4));
        assertThat(failure.why().requestId()).contains("t1");
    }

    @Test
    void refusedField_thatCanBeLeftOut_isLearned() {
        var failure = Dialogue.of(Given.exchange("new-model", InferenceRequest.of("q")))
                .answer(422, "application/json", "{\"message\":\"unknown field: 'thinking' is not supported\"}")
                .failure();

        assertThat(failure.learn()).containsExactly("no thinking");
    }
}
