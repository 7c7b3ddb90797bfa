package dev.avionics.airframe.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.EventDecoder;
import dev.avionics.airframe.spi.EventDecoder.Progress;
import dev.avionics.airframe.spi.EventSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FramingTest {
    private static final String CUT = "CONNECTION: the answer was cut: it ended without a finish reason";
    private static final String CUT_IN_FRAME = "CONNECTION: the answer was cut: it ended in the middle of a frame";

    /** Says each text, and the end when it comes. */
    private static Progress handler(Frame frame, EventSink out) {
        Object json = frame.json().tree();
        if (json instanceof java.util.Map<?, ?> map) {
            out.text((String) map.get("t"));
            if (map.get("f") != null) {
                out.finish(FinishReason.STOP, "stop");
                return Progress.TAIL;
            }
            if (map.get("end") != null) {
                return Progress.END;
            }
        }
        return Progress.FRAME;
    }

    private static Pieces.Read sse(String text) {
        return Pieces.everyWay(Sse::decoder, FramingTest::handler, text);
    }

    private static Pieces.Read lines(String text) {
        return Pieces.everyWay(Ndjson::decoder, FramingTest::handler, text);
    }

    private static Pieces.Read array(String text) {
        return Pieces.everyWay(JsonArray::decoder, FramingTest::handler, text);
    }

    private static Pieces.Read whole(String text) {
        return Pieces.everyWay(WholeJson::decoder, FramingTest::handler, text);
    }

    @Test
    void sse_doneMark_endsTheAnswer() {
        Pieces.Read read = sse("data: {\"t\":\"a\"}\n\ndata: [DONE]\n\ndata: {\"t\":\"b\"}\n\n");

        assertThat(read.frames()).containsExactly("|{\"t\":\"a\"}");
        assertThat(read.ended()).isTrue();
        assertThat(read.failure()).isEmpty();
        assertThat(read.events()).hasSize(2).last().asString().startsWith("Completed[finish=STOP");
    }

    @Test
    void sse_doneMarkWithoutItsBlankLine_endsTheAnswer() {
        Pieces.Read read = sse("data: {\"t\":\"a\"}\n\ndata:  [DONE] ");

        assertThat(read.failure()).isEmpty();
        assertThat(read.events()).last().asString().startsWith("Completed");
    }

    @Test
    void sse_endOfBody_dispatchesWhatIsThere() {
        assertThat(sse("data: {\"t\":\"a\"}\n\nevent: e\ndata: {\"f\":1}").frames())
                .containsExactly("|{\"t\":\"a\"}", "e|{\"f\":1}");
        assertThat(sse("data: {\"f\":1}\n").failure()).isEmpty();
    }

    @Test
    void sse_noFinishAndNoMark_wasCut() {
        assertThat(sse("data: {\"t\":\"a\"}\n\n").failure()).isEqualTo(CUT);
        assertThat(sse("").failure()).isEqualTo(CUT);
        assertThat(sse("data: {\"t\":\"a\"}\n\ndata: {\"t\":\"b").failure()).isEqualTo(CUT_IN_FRAME);
        assertThat(sse("data: {\"f\":1}\n\ndata: {\"t\":\"b").failure()).isEmpty();
    }

    @Test
    void sse_idleFrames_areLeftOut() {
        Pieces.Read read = sse(
                ": hello\n\ndata:\n\ndata: null\n\ndata: {}\n\ndata:  \n\nid: 7\n\ndata: {\"f\":1}\n\nevent: error\ndata: {}\n\n");

        assertThat(read.frames()).containsExactly("|{\"f\":1}", "error|{}");
    }

    @Test
    void sse_linesOfOneEvent_areJoined() {
        Pieces.Read read =
                sse("event: x\r\ndata: {\"t\":\r\ndata:\"ä€😀\"}\r\nid:1\r\nretry: 5\r\n\r\ndata:{\"f\":1}\r\r");

        assertThat(read.frames()).containsExactly("x|{\"t\":\n\"ä€😀\"}", "|{\"f\":1}");
    }

    @Test
    void sse_malformedFrame_failsAsParse() {
        assertThat(sse("data: {\"t\":\"a\"}\n\ndata: oops\n\ndata: {\"f\":1}\n\n")
                        .failure())
                .startsWith("PARSE: not valid JSON");
        assertThat(sse("data: {\"t\":\"a\"} {\"t\":\"b\"}\n\n").failure())
                .isEqualTo("PARSE: something follows the JSON value");
        assertThat(sse("data: {\"t\":\"a\"}\n\ndata: oops").failure()).startsWith("PARSE: not valid JSON");
    }

    @Test
    void sse_bodyThatIsJson_isOneFrame() {
        assertThat(sse("{\"error\": {\n\n\"message\": \"m\"}}\n").frames())
                .containsExactly("|{\"error\": {\n\n\"message\": \"m\"}}\n");
        assertThat(sse("\n\n[{\"error\":1}]").frames()).containsExactly("|[{\"error\":1}]");
    }

    @Test
    void sse_bodyThatIsAPage_saysSo() {
        assertThat(sse("<!DOCTYPE html>\n<html>\n\n</html>").failure())
                .isEqualTo(
                        "PARSE: an HTML page came instead of JSON: is the base URL right, is a proxy or login page in"
                                + " between?");
    }

    @Test
    void sse_otherErrorOfTheHandler_endsTheAnswer() {
        FrameHandler refusing = (frame, out) -> {
            throw InferenceException.of(ErrorCategory.RATE_LIMITED, "slow down");
        };

        Pieces.Read read = Pieces.everyWay(Sse::decoder, refusing, "data: 1\n\ndata: 2\n\n");

        assertThat(read.frames()).hasSize(1);
        assertThat(read.failure()).isEqualTo("RATE_LIMITED: slow down");
        assertThat(read.ended()).isTrue();
    }

    @Test
    void ndjson_linesOfAllKinds_areFrames() {
        Pieces.Read read = lines("{\"t\":\"a\"}\n\n  \r\n{\"t\":\"ä\"}\r\nnull\n{}\n{\"f\":1}");

        assertThat(read.frames()).containsExactly("|{\"t\":\"a\"}", "|{\"t\":\"ä\"}", "|{\"f\":1}");
        assertThat(read.failure()).isEmpty();
    }

    @Test
    void ndjson_endSaidByTheHandler_holdsAlsoWithoutLineEnd() {
        assertThat(lines("{\"t\":\"a\"}\n{\"end\":1}\n").failure()).isEmpty();
        assertThat(lines("{\"t\":\"a\"}\n{\"end\":1}").failure()).isEmpty();
        assertThat(lines("{\"t\":\"a\"}\n").failure()).isEqualTo(CUT);
        assertThat(lines("{\"t\":\"a\"}\n{\"end\":").failure()).isEqualTo(CUT_IN_FRAME);
        assertThat(lines("nonsense\n").failure()).startsWith("PARSE");
    }

    @Test
    void jsonArray_elements_areFrames() {
        Pieces.Read read = array(
                "[{\"t\":\"a]}\\\"\\\\\"}\r\n,\n {\"u\":[1,{\"v\":\"[\"}]}, 12,\"s, ]\",true,null,[1,[2]]\n,{\"f\":1}\n]\n");

        assertThat(read.frames())
                .containsExactly(
                        "|{\"t\":\"a]}\\\"\\\\\"}",
                        "|{\"u\":[1,{\"v\":\"[\"}]}",
                        "|12",
                        "|\"s, ]\"",
                        "|true",
                        "|[1,[2]]",
                        "|{\"f\":1}");
        assertThat(read.failure()).isEmpty();
    }

    @Test
    void jsonArray_otherBodies_areTakenValueByValue() {
        assertThat(array("{\"error\":{\"a\":[1]}}").frames()).containsExactly("|{\"error\":{\"a\":[1]}}");
        assertThat(array("{\"t\":\"a\"}\n{\"f\":1}").frames()).hasSize(2);
        assertThat(array("[{\"error\":1}]").frames()).containsExactly("|{\"error\":1}");
        assertThat(array("\uFEFF[{\"f\":1}]").frames()).containsExactly("|{\"f\":1}");
        assertThat(array("[]").failure()).isEqualTo(CUT);
        assertThat(array("[12]").frames()).containsExactly("|12");
        assertThat(array("12").frames()).containsExactly("|12");
        assertThat(array("<html>").failure()).startsWith("PARSE: an HTML page");
        assertThat(array("]").failure()).startsWith("PARSE: not valid JSON");
    }

    @Test
    void jsonArray_cutElement_wasCut() {
        assertThat(array("[{\"t\":\"a\"},{\"t\":\"b").failure()).isEqualTo(CUT_IN_FRAME);
        assertThat(array("[{\"f\":1},").failure()).isEmpty();
    }

    @Test
    void wholeJson_body_isOneFrame() {
        assertThat(whole(" {\"t\":\"a\",\n\"f\":1}\n").frames()).containsExactly("| {\"t\":\"a\",\n\"f\":1}\n");
        assertThat(whole("{\"t\":\"a\",\"f\":1}").failure()).isEmpty();
        assertThat(whole("").failure()).isEqualTo("PARSE: the answer is empty: no byte came");
        assertThat(whole("{}\n").failure()).isEqualTo("PARSE: the answer is empty: it is {}");
        assertThat(whole("{\"t\":").failure()).startsWith("PARSE: not valid JSON");
        assertThat(whole("<html></html>").failure()).startsWith("PARSE: an HTML page came");
        assertThat(whole("{\"t\":\"a\",\"end\":1}").failure()).isEmpty();
    }

    @Test
    void tooLargeFrame_inAnyFraming_failsAsParse() {
        String long10 = "{\"t\":\"aa\"}";
        String long11 = "{\"t\":\"aaa\"}";
        String failure = "PARSE: the answer cannot be read: frame larger than 10 bytes";

        assertThat(most10(h -> Sse.decoder(h, 10), "data: " + long10 + "\n\n").failure())
                .isEqualTo(CUT);
        assertThat(most10(h -> Sse.decoder(h, 10), "data: " + long11 + "\n\n").failure())
                .isEqualTo(failure);
        assertThat(most10(h -> Sse.decoder(h, 10), "data: 1234567\ndata: 890\n\n")
                        .failure())
                .isEqualTo(failure);
        assertThat(most10(h -> Ndjson.decoder(h, 10), long10 + "\n").failure()).isEqualTo(CUT);
        assertThat(most10(h -> Ndjson.decoder(h, 10), long11 + "\n").failure()).isEqualTo(failure);
        assertThat(most10(h -> JsonArray.decoder(h, 10), "[" + long10 + "]").failure())
                .isEqualTo(CUT);
        assertThat(most10(h -> JsonArray.decoder(h, 10), "[" + long11 + "]").failure())
                .isEqualTo(failure);
        assertThat(most10(h -> WholeJson.decoder(h, 10), long11).failure()).isEqualTo(failure);
        assertThatThrownBy(() -> Sse.decoder(FramingTest::handler, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxFrameBytes: 0 (expected: >= 1)");
    }

    private static Pieces.Read most10(java.util.function.Function<FrameHandler, EventDecoder> framing, String text) {
        return Pieces.everyWay(framing, FramingTest::handler, text);
    }

    @Test
    void decode_severalFramesAtHand_takesOneAtATime() {
        EventSink sink = new EventSink(new Notes(), "seed", false, false);
        EventDecoder decoder = Sse.decoder(FramingTest::handler);
        ByteBuffer bytes =
                ByteBuffer.wrap(Pieces.utf8("data: {\"t\":\"a\"}\n\ndata: {\"f\":1}\n\ndata: {\"t\":\"b\"}\n\n"));

        assertThat(decoder.decode(bytes, sink)).isEqualTo(Progress.FRAME);
        assertThat(decoder.decode(bytes, sink)).isEqualTo(Progress.TAIL);
        assertThat(bytes.remaining()).isEqualTo("data: {\"t\":\"b\"}\n\n".length());
        assertThat(decoder.decode(bytes, sink)).isEqualTo(Progress.FRAME);
        assertThat(decoder.decode(bytes, sink)).isEqualTo(Progress.NEED_MORE);
    }

    @Test
    void rawFrames_whenWanted_comeBeforeTheirEvents() {
        Notes notes = new Notes();
        EventSink sink = new EventSink(notes, "seed", true, false);

        Sse.decoder(FramingTest::handler)
                .decode(ByteBuffer.wrap(Pieces.utf8("data: {}\n\ndata: {\"t\":\"a\"}\n\n")), sink);

        assertThat(notes.events)
                .containsExactly(new InferenceEvent.RawFrame("{\"t\":\"a\"}"), new InferenceEvent.TextDelta("a"));
    }

    @Test
    void lenientFrames_someMalformed_areCountedAndLeftOut() {
        Notes nine = lenient("data: oops\n\n".repeat(9) + "data: {\"t\":\"a\",\"f\":1}\n\n");
        assertThat(nine.malformed).hasSize(9).containsOnly("oops");
        assertThat(nine.failure).isNull();
        assertThat(nine.events).first().isEqualTo(new InferenceEvent.TextDelta("a"));

        Notes ten = lenient(("data: " + "x".repeat(1000) + "\n\n").repeat(10));
        assertThat(ten.malformed)
                .hasSize(10)
                .allSatisfy(excerpt -> assertThat(excerpt).hasSize(200));
        assertThat(ten.failure.category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(ten.failure).hasMessage("none of the 10 frames of the answer could be read");
    }

    private static Notes lenient(String text) {
        Notes notes = new Notes();
        EventSink sink = new EventSink(notes, "seed", false, true);
        EventDecoder decoder = Sse.decoder(FramingTest::handler);
        ByteBuffer bytes = ByteBuffer.wrap(Pieces.utf8(text));
        while (decoder.decode(bytes, sink) != Progress.NEED_MORE) {
            assertThat(sink.isOver()).isFalse();
        }
        decoder.end(sink);
        sink.complete(false);
        return notes;
    }

    private static final class Notes implements EventSink.Output {
        private final List<InferenceEvent> events = new ArrayList<>();
        private final List<String> malformed = new ArrayList<>();
        private InferenceException failure;

        @Override
        public void event(InferenceEvent event) {
            events.add(event);
        }

        @Override
        public void fail(InferenceException why) {
            failure = why;
        }

        @Override
        public void malformedFrame(String excerpt) {
            malformed.add(excerpt);
        }
    }
}
