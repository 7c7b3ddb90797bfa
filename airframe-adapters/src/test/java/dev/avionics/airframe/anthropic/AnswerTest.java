package dev.avionics.airframe.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.OutputFormat;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.wire.Decoded;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The odds and ends of answers that the recorded ones do not all show. */
class AnswerTest {
    private static final String START = start("msg_1");
    private static final String STOP = "{'type':'message_stop'}";

    private static String start(String id) {
        return "{'type':'message_start','message':{'id':'" + id + "','type':'message','role':'assistant','model':'m',"
                + "'content':[],'usage':{'input_tokens':10,'output_tokens':1}}}";
    }

    private static String block(int index, String block) {
        return "{'type':'content_block_start','index':" + index + ",'content_block':" + block + "}";
    }

    private static String delta(int index, String delta) {
        return "{'type':'content_block_delta','index':" + index + ",'delta':" + delta + "}";
    }

    private static String text(int index, String text) {
        return delta(index, "{'type':'text_delta','text':'" + text + "'}");
    }

    private static String end(int index) {
        return "{'type':'content_block_stop','index':" + index + "}";
    }

    private static String finish(String reason) {
        return "{'type':'message_delta','delta':{'stop_reason':'" + reason + "'},'usage':{'output_tokens':5}}";
    }

    private static Decoded stream(String... events) {
        return Given.stream(quoted(events));
    }

    private static Decoded whole(String body) {
        return Given.whole(body.replace('\'', '"'));
    }

    private static String[] quoted(String... events) {
        return java.util.Arrays.stream(events)
                .map(event -> event.replace('\'', '"'))
                .toArray(String[]::new);
    }

    private static Message message(Decoded decoded) {
        ResultAssembler assembler = new ResultAssembler();
        decoded.events().forEach(assembler::accept);
        return assembler.message();
    }

    private static VendorData own(String json) {
        return VendorData.of("anthropic", json.replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource({
        "end_turn, STOP",
        "stop_sequence, STOP",
        "max_tokens, LENGTH",
        "model_context_window_exceeded, LENGTH",
        "tool_use, TOOL_CALLS",
        "refusal, CONTENT_FILTER",
        "pause_turn, OTHER",
        "compaction, OTHER",
        "something_new, OTHER",
    })
    @Tag("row-11")
    void stopReason_isMappedAndKept(String word, FinishReason reason) {
        InferenceEvent.Completed streamed = stream(
                        START, block(0, "{'type':'text','text':'a'}"), end(0), finish(word), STOP)
                .completed();
        InferenceEvent.Completed whole = whole(
                        "{'type':'message','content':[{'type':'text','text':'a'}],'stop_reason':'" + word + "'}")
                .completed();

        assertThat(streamed.finish()).isEqualTo(reason);
        assertThat(streamed.finishRaw()).isEqualTo(word);
        assertThat(whole.finish()).isEqualTo(reason);
    }

    @Test
    void turn_ofEveryKindOfBlock_isKept_streamedAndWhole() {
        String search = "{'type':'server_tool_use','id':'s1','name':'web_search','input':{'query':'Rome'}}";
        String results =
                "{'type':'web_search_tool_result','tool_use_id':'s1','content':[{'url':'u', 'page_age':null}]}";
        Decoded streamed = stream(
                START,
                block(0, "{'type':'thinking','thinking':'','signature':''}"),
                delta(0, "{'type':'thinking_delta','thinking':'Hm.'}"),
                delta(0, "{'type':'signature_delta','signature':'c2ln/+=='}"),
                end(0),
                "{'type':'ping'}",
                block(1, "{'type':'server_tool_use','id':'s1','name':'web_search','input':{}}"),
                delta(1, "{'type':'input_json_delta','partial_json':''}"),
                delta(1, "{'type':'input_json_delta','partial_json':'{\\'query\\':'}".replace("\\'", "\\\"")),
                delta(1, "{'type':'input_json_delta','partial_json':'\\'Rome\\'}'}".replace("\\'", "\\\"")),
                end(1),
                block(2, results),
                end(2),
                block(3, "{'type':'text','text':'','citations':[]}"),
                delta(3, "{'type':'citations_delta','citation':{'type':'web','encrypted_index':'x'}}"),
                text(3, "Rome."),
                end(3),
                block(4, "{'type':'thinking','thinking':'','signature':'bm9uZQ=='}"),
                end(4),
                block(5, "{'type':'redacted_thinking','data':'ZGF0YQ=='}"),
                end(5),
                block(6, "{'type':'tool_use','id':'t1','name':'clock','input':{},'caller':{'type':'direct'}}"),
                delta(6, "{'type':'input_json_delta','partial_json':''}"),
                end(6),
                block(
                        7,
                        "{'type':'tool_use','id':'t2','name':'f','input':{'a':1},'caller':{'type':'code','tool_id':'s1'}}"),
                end(7),
                finish("tool_use"),
                STOP);
        Decoded whole =
                whole("{'type':'message','content':[{'type':'thinking','thinking':'Hm.','signature':'c2ln/+=='},"
                        + search + "," + results
                        + ",{'type':'text','text':'Rome.','citations':[{'type':'web','encrypted_index':'x'}]},"
                        + "{'type':'thinking','thinking':'','signature':'bm9uZQ=='},{'type':'redacted_thinking','data':'ZGF0YQ=='},"
                        + "{'type':'tool_use','id':'t1','name':'clock','input':{}},"
                        + "{'type':'tool_use','id':'t2','name':'f','input':{'a':1},'caller':{'type':'code','tool_id':'s1'}}],"
                        + "'stop_reason':'tool_use'}");

        assertThat(message(streamed).parts())
                .containsExactly(
                        new Part.Thinking("Hm.", own("{'signature':'c2ln/+=='}"), null),
                        new Part.Opaque("server_tool_use", own(search), null),
                        new Part.Opaque("web_search_tool_result", own(results), null),
                        new Part.Text("Rome.", own("{'citations':[{'type':'web','encrypted_index':'x'}]}"), null),
                        new Part.Opaque(
                                "thinking", own("{'type':'thinking','thinking':'','signature':'bm9uZQ=='}"), null),
                        new Part.Opaque(
                                "redacted_thinking", own("{'type':'redacted_thinking','data':'ZGF0YQ=='}"), null),
                        new Part.ToolCall("t1", "clock", "{}"),
                        new Part.ToolCall(
                                "t2", "f", "{\"a\":1}", own("{'caller':{'type':'code','tool_id':'s1'}}"), null));
        assertThat(message(whole)).isEqualTo(message(streamed));
    }

    @Test
    void signature_withoutVisibleThinking_isKeptInItsPlace() {
        Decoded decoded = stream(
                START,
                block(0, "{'type':'text','text':'Hi.'}"),
                end(0),
                block(1, "{'type':'thinking','thinking':'','signature':''}"),
                delta(1, "{'type':'signature_delta','signature':'eA=='}"),
                end(1),
                finish("end_turn"),
                STOP);

        assertThat(message(decoded).parts())
                .containsExactly(
                        new Part.Text("Hi."),
                        new Part.Opaque("thinking", own("{'type':'thinking','thinking':'','signature':'eA=='}"), null));
    }

    @Test
    void blocks_thatNobodyKnows_growAndAreKept() {
        Decoded decoded = stream(
                START,
                block(0, "{'type':'compaction','content':null}"),
                delta(0, "{'type':'compaction_delta','content':'All '}"),
                delta(0, "{'type':'compaction_delta','content':'so far.','extra':{'n':1}}"),
                end(0),
                "{'type':'weather_report','index':0}",
                block(1, "{'type':'text','text':''}"),
                delta(1, "{'type':'glitter_delta','glitter':'*'}"),
                text(1, "Hi."),
                end(1),
                finish("end_turn"),
                STOP);

        assertThat(message(decoded).parts())
                .containsExactly(
                        new Part.Opaque(
                                "compaction",
                                own("{'type':'compaction','content':'All so far.','extra':{'n':1}}"),
                                null),
                        new Part.Text("Hi."));
    }

    @Test
    void start_thatComesTwice_isPassedOver() {
        Decoded decoded = stream(
                START,
                START,
                block(0, "{'type':'text','text':''}"),
                text(0, "a"),
                START,
                text(0, "b"),
                end(0),
                finish("end_turn"),
                STOP);

        assertThat(decoded.text()).isEqualTo("ab");
        assertThat(decoded.completed().responseId()).isEqualTo("msg_1");
    }

    @Test
    void start_ofAnotherAnswerInTheMiddle_fails() {
        Decoded decoded = stream(
                START,
                block(0, "{'type':'text','text':''}"),
                text(0, "a"),
                start("msg_2"),
                text(0, "b"),
                finish("end_turn"),
                STOP);

        assertThat(decoded.text()).isEqualTo("a");
        assertThat(decoded.error().category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(decoded.error().code()).hasValue("spliced");
    }

    @Test
    void start_withContentAndReason_isAWholeAnswer() {
        Decoded decoded = stream(
                "{'type':'message_start','message':{'id':'msg_1','model':'m','content':["
                        + "{'type':'text','text':'Hi.'},{'type':'tool_use','id':'t1','name':'f','input':{'a':1}}],"
                        + "'stop_reason':'tool_use','usage':{'input_tokens':3,'output_tokens':4}}}",
                STOP);

        assertThat(decoded.text()).isEqualTo("Hi.");
        assertThat(decoded.toolCalls()).containsExactly(new Part.ToolCall("t1", "f", "{\"a\":1}"));
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(decoded.completed().usage().total().value()).isEqualTo(7);
    }

    @Test
    void stream_withoutAnEnd_isCut() {
        assertThat(stream(START, block(0, "{'type':'text','text':'a'}")).error().category())
                .isEqualTo(ErrorCategory.CONNECTION);
        assertThat(stream(START, block(0, "{'type':'text','text':'a'}"), end(0), finish("end_turn"))
                        .completed()
                        .finish())
                .as("the end mark alone is missing")
                .isEqualTo(FinishReason.STOP);
    }

    @Test
    void wholeAnswer_whereAStreamWasAsked_isRead() {
        Decoded decoded = Given.asked(Given.OLD, InferenceRequest.of("q"))
                .answer(
                        200,
                        "application/json",
                        "{\"type\":\"message\",\"id\":\"msg_1\",\"content\":[{\"type\":\"text\",\"text\":\"Hi.\"}],"
                                + "\"stop_reason\":\"end_turn\"}")
                .decoded();

        assertThat(decoded.text()).isEqualTo("Hi.");
        assertThat(decoded.completed().responseId()).isEqualTo("msg_1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'choices':[]}", "[]", "{'object':'x','id':'y'}"})
    void answer_ofAnotherKind_isUnreadable(String body) {
        assertThat(whole(body).error().category()).isEqualTo(ErrorCategory.PARSE);
    }

    @Test
    void refusal_withDetails_isTheFiltersWord() {
        String details = "{'type':'refusal','category':'cyber','explanation':'Not that.'}";
        Decoded decoded = stream(
                START,
                "{'type':'message_delta','delta':{'stop_reason':'refusal','stop_details':" + details + "}}",
                STOP);
        Decoded silent = whole("{'type':'message','content':[],'stop_reason':'refusal','stop_details':null}");

        assertThat(message(decoded).parts())
                .containsExactly(new Part.Refusal("Not that.", own("{'stop_details':" + details + "}"), null));
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
        assertThat(silent.completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
        assertThat(message(silent).parts()).isEmpty();
    }

    @Test
    void callThatWasCutByTheLimit_isLeftOut() {
        Decoded decoded = stream(
                START,
                block(0, "{'type':'tool_use','id':'t1','name':'f','input':{}}"),
                delta(0, "{'type':'input_json_delta','partial_json':'{\\'a\\':'}".replace("\\'", "\\\"")),
                finish("max_tokens"),
                STOP);

        assertThat(decoded.toolCalls()).isEmpty();
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.LENGTH);
    }

    // Tokens

    private static Usage usage(String figures) {
        return whole("{'type':'message','content':[],'stop_reason':'end_turn','usage':" + figures + "}")
                .completed()
                .usage();
    }

    @Test
    void usage_hasDisjointBuckets() {
        Usage usage = usage("{'input_tokens':5,'cache_creation_input_tokens':30,'cache_read_input_tokens':100,"
                + "'cache_creation':{'ephemeral_5m_input_tokens':10,'ephemeral_1h_input_tokens':20},'output_tokens':50,"
                + "'output_tokens_details':{'thinking_tokens':15}}");

        assertThat(usage.inputUncached().value()).isEqualTo(5);
        assertThat(usage.cacheRead().value()).isEqualTo(100);
        assertThat(usage.cacheWriteShort().value()).isEqualTo(10);
        assertThat(usage.cacheWriteLong().value()).isEqualTo(20);
        assertThat(usage.inputTotal().value()).isEqualTo(135);
        assertThat(usage.output().value()).isEqualTo(35);
        assertThat(usage.reasoning().value()).isEqualTo(15);
        assertThat(usage("{'input_tokens':5,'cache_creation_input_tokens':30}")
                        .cacheWriteShort()
                        .value())
                .isEqualTo(30);
        assertThat(usage("null").isPresent()).isFalse();
        assertThat(usage("{'input_tokens':null,'output_tokens':-1}").isPresent())
                .isFalse();
    }

    @Test
    void usage_inAStream_isOverwrittenNotAdded() {
        Usage usage = stream(
                        "{'type':'message_start','message':{'id':'a','usage':{'input_tokens':5,"
                                + "'cache_creation_input_tokens':30,'cache_creation':{'ephemeral_1h_input_tokens':20},"
                                + "'output_tokens':2}}}",
                        "{'type':'message_delta','delta':{'stop_reason':'end_turn'},'usage':{'input_tokens':8,"
                                + "'cache_creation_input_tokens':35,'cache_read_input_tokens':null,'output_tokens':40,"
                                + "'output_tokens_details':{'thinking_tokens':30}}}",
                        STOP)
                .completed()
                .usage();

        assertThat(usage.inputUncached().value()).isEqualTo(8);
        assertThat(usage.cacheWriteShort().value()).isEqualTo(15);
        assertThat(usage.cacheWriteLong().value()).isEqualTo(20);
        assertThat(usage.cacheRead().isPresent()).isFalse();
        assertThat(usage.outputTotal().value()).isEqualTo(40);
        assertThat(usage.output().value()).isEqualTo(10);
    }

    @Test
    void usage_ofSeveralRounds_isTheirSum_unlessAnotherModelTookOver() {
        String rounds = "'input_tokens':10,'output_tokens':20,'iterations':["
                + "{'type':'compaction','input_tokens':100,'output_tokens':7,'cache_read_input_tokens':3},"
                + "{'type':'advisor_message','input_tokens':1000,'output_tokens':1000},"
                + "{'type':'message','input_tokens':10,'output_tokens':20}";
        Usage summed = usage("{" + rounds + "]}");
        Usage taken = usage("{" + rounds + ",{'type':'fallback_message','input_tokens':9,'output_tokens':9}]}");
        Usage switched = whole("{'type':'message','content':[{'type':'fallback','from':{},'to':{}},"
                        + "{'type':'text','text':'Hi.'}],'stop_reason':'end_turn','usage':{" + rounds + "]}}")
                .completed()
                .usage();

        assertThat(summed.inputTotal().value()).isEqualTo(113);
        assertThat(summed.outputTotal().value()).isEqualTo(27);
        assertThat(taken.inputTotal().value()).isEqualTo(10);
        assertThat(switched.outputTotal().value()).isEqualTo(20);
    }

    @Test
    void fallbackBlock_isPassedOver() {
        Decoded decoded = stream(
                START,
                block(0, "{'type':'fallback','from':{'model':'a'},'to':{'model':'b'}}"),
                end(0),
                block(1, "{'type':'text','text':'Hi.'}"),
                end(1),
                finish("end_turn"),
                STOP);

        assertThat(message(decoded).parts()).containsExactly(new Part.Text("Hi."));
    }

    // An answer that comes as the arguments of a tool

    private static final InferenceRequest BY_SCHEMA = InferenceRequest.of("q").toBuilder()
            .tool(ToolSpec.of("clock", ""))
            .output(OutputFormat.jsonSchema("n", "{\"type\":\"object\"}"))
            .build();

    @Test
    void answerByATool_isTheText_andWordsInFrontAreThinking() {
        Decoded decoded = Given.stream(
                Given.OLD,
                BY_SCHEMA,
                quoted(
                        START,
                        block(0, "{'type':'text','text':''}"),
                        text(0, "Let me see."),
                        end(0),
                        block(1, "{'type':'tool_use','id':'t1','name':'answer','input':{}}"),
                        delta(1, "{'type':'input_json_delta','partial_json':'{\\'a\\':'}".replace("\\'", "\\\"")),
                        delta(1, "{'type':'input_json_delta','partial_json':'1}'}"),
                        end(1),
                        finish("tool_use"),
                        STOP));

        assertThat(decoded.text()).isEqualTo("{\"a\":1}");
        assertThat(decoded.thinking()).isEqualTo("Let me see.");
        assertThat(decoded.toolCalls()).isEmpty();
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.STOP);
        assertThat(decoded.completed().finishRaw()).isEqualTo("tool_use");
    }

    @Test
    void callOfAnotherTool_whereTheAnswerMayComeByOne_isACall() {
        Decoded decoded = Given.stream(
                Given.OLD,
                BY_SCHEMA,
                quoted(
                        START,
                        block(0, "{'type':'text','text':'Let me see.'}"),
                        end(0),
                        block(1, "{'type':'tool_use','id':'t1','name':'clock','input':{}}"),
                        end(1),
                        finish("tool_use"),
                        STOP));

        assertThat(decoded.text()).isEqualTo("Let me see.");
        assertThat(decoded.toolCalls()).containsExactly(new Part.ToolCall("t1", "clock", "{}"));
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.TOOL_CALLS);
    }

    @Test
    void answerInWords_whereItShouldComeByATool_isText() {
        Decoded decoded = Given.stream(
                Given.OLD,
                BY_SCHEMA,
                quoted(START, block(0, "{'type':'text','text':'Hi.'}"), end(0), finish("end_turn"), STOP));

        assertThat(decoded.text()).isEqualTo("Hi.");
        assertThat(decoded.completed().finish()).isEqualTo(FinishReason.STOP);
        assertThat(List.of(decoded.thinking())).containsExactly("");
    }
}
