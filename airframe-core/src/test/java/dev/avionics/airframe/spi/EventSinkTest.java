package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.ResultAssembler;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EventSinkTest {
    private final Notes notes = new Notes();
    private final EventSink sink = Notes.sink(notes);

    @Test
    void complete_afterText_isOneTerminalWithAllThatWasTold() {
        sink.responseId("r1");
        sink.responseId("");
        sink.model("m");
        sink.model(null);
        sink.text("a");
        sink.text("");
        sink.text(null);
        sink.finish(FinishReason.STOP, "stop");
        sink.usage(Usage.builder().output(TokenCount.known(3)).build());
        sink.complete(false);
        sink.complete(true);
        sink.text("late");
        sink.fail(InferenceException.of(ErrorCategory.PARSE, "late"));

        assertThat(notes.events).hasSize(2);
        InferenceEvent.Completed end = notes.completed();
        assertThat(end.finish()).isEqualTo(FinishReason.STOP);
        assertThat(end.finishRaw()).isEqualTo("stop");
        assertThat(end.responseId()).isEqualTo("r1");
        assertThat(end.model()).isEqualTo("m");
        assertThat(end.usage().output()).isEqualTo(TokenCount.known(3));
    }

    @Test
    void terminal_withAndWithoutFinishAndMark_isExactlyOne() {
        for (boolean finish : new boolean[] {false, true}) {
            for (boolean mark : new boolean[] {false, true}) {
                for (boolean markAtEnd : new boolean[] {false, true}) {
                    Notes own = new Notes();
                    EventSink other = Notes.sink(own);
                    other.text("a");
                    if (finish) {
                        other.finish(FinishReason.STOP, "stop");
                    }
                    if (markAtEnd) {
                        other.endMark();
                    }
                    other.complete(mark);
                    if (finish || mark || markAtEnd) {
                        assertThat(own.completed().finish()).isEqualTo(FinishReason.STOP);
                    } else {
                        assertThat(own.failure.category()).isEqualTo(ErrorCategory.CONNECTION);
                        assertThat(own.failure.code()).contains("cut");
                        assertThat(own.events).hasSize(1);
                    }
                }
            }
        }
    }

    @Test
    void finish_toldTwice_lastHolds() {
        sink.finish(FinishReason.STOP, "stop");
        sink.text("after the finish");
        sink.finish(FinishReason.LENGTH, "length");
        sink.complete(false);

        assertThat(notes.completed().finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(notes.spoken()).isEqualTo("<T>after the finish");
    }

    @Test
    void usage_toldAgain_takesThePlaceOfEarlier() {
        sink.usage(Usage.builder()
                .inputUncached(TokenCount.known(10))
                .output(TokenCount.known(1))
                .build());
        sink.usage(Usage.builder().output(TokenCount.known(7)).build());
        sink.usage(Usage.absent());
        sink.finish(FinishReason.STOP, null);
        sink.complete(false);

        Usage usage = notes.completed().usage();
        assertThat(usage.inputUncached()).isEqualTo(TokenCount.known(10));
        assertThat(usage.output()).isEqualTo(TokenCount.known(7));
    }

    @Test
    void fail_afterText_guessesTheOutput() {
        sink.usage(Usage.builder()
                .inputUncached(TokenCount.known(10))
                .output(TokenCount.known(1))
                .build());
        sink.text("x".repeat(40));
        sink.fail(InferenceException.of(ErrorCategory.OVERLOADED, "busy"));

        assertThat(notes.failure.usage().inputUncached()).isEqualTo(TokenCount.known(10));
        assertThat(notes.failure.usage().output()).isEqualTo(TokenCount.estimated(10));
        assertThat(sink.isOver()).isTrue();
    }

    @Test
    void fail_beforeAnything_guessesNothing() {
        sink.fail(InferenceException.of(ErrorCategory.OVERLOADED, "busy"));

        assertThat(notes.failure.usage().isPresent()).isFalse();
    }

    @Test
    void usageSoFar_toldFigure_isNotLowered() {
        sink.usage(Usage.builder().output(TokenCount.known(100)).build());
        sink.text("x".repeat(40));

        assertThat(sink.usageSoFar().output()).isEqualTo(TokenCount.known(100));
    }

    @Test
    void refusal_withStop_isAContentFilter() {
        sink.refusal("I will not");
        sink.finish(FinishReason.STOP, "stop");
        sink.complete(false);

        assertThat(notes.completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
    }

    @Test
    void refusal_withoutFinishButMark_isAContentFilter() {
        sink.refusal("I will not");
        sink.complete(true);

        assertThat(notes.completed().finish()).isEqualTo(FinishReason.CONTENT_FILTER);
    }

    @Test
    void cutAnswer_withTextHeldBack_givesItOutFirst() {
        sink.splitThinkTags();
        sink.text("<thi");
        sink.complete(false);

        assertThat(notes.spoken()).isEqualTo("<T><thi");
        assertThat(notes.failure.code()).contains("cut");
    }

    @Test
    void malformedFrame_strict_failsWithAnExcerptWithoutKeys() {
        sink.malformedFrame(
                "oops Bearer abcDEF123456 " + "x".repeat(1000), InferenceException.of(ErrorCategory.PARSE, "bad"));

        assertThat(notes.failure.excerpt())
                .hasValueSatisfying(text ->
                        assertThat(text).startsWith("oops Bearer *** xxx").hasSize(500));
    }

    /** One answer as a list of things that a decoder would say. */
    private record Saying(String kind, String text) {}

    @Test
    void wholeAndStreamedForm_ofOneAnswer_giveTheSameResult() {
        SplittableRandom random = new SplittableRandom(5);
        for (int round = 0; round < 500; round++) {
            List<Saying> answer = answer(random);
            InferenceResult whole = result(answer, null);
            for (int cuts = 0; cuts < 4; cuts++) {
                InferenceResult streamed = result(answer, random.split());
                assertThat(streamed.message()).isEqualTo(whole.message());
                assertThat(streamed.finish()).isEqualTo(whole.finish());
                assertThat(streamed.usage()).isEqualTo(whole.usage());
            }
        }
    }

    private static List<Saying> answer(SplittableRandom random) {
        List<Saying> answer = new ArrayList<>();
        String tags = random.nextBoolean() ? " <think>\n" + words(random) + "</think>\n" : "";
        answer.add(new Saying("text", tags + words(random)));
        for (int n = random.nextInt(4); n > 0; n--) {
            switch (random.nextInt(5)) {
                case 0 -> answer.add(new Saying("thinking", words(random)));
                case 1 -> answer.add(new Saying("note", "\"" + n + "\""));
                case 2 -> answer.add(new Saying("refusal", words(random)));
                case 3 -> answer.add(new Saying("call", "{\"a\":\"" + words(random) + "\"}"));
                default -> answer.add(new Saying("text", words(random)));
            }
        }
        return answer;
    }

    private static String words(SplittableRandom random) {
        return "wörd <b> 😀 ".repeat(1 + random.nextInt(3));
    }

    /** What comes of it; with a source of chance every text comes in pieces. */
    private static InferenceResult result(
            List<Saying> answer, @org.jspecify.annotations.Nullable SplittableRandom cut) {
        Notes own = new Notes();
        EventSink out = Notes.sink(own);
        out.splitThinkTags();
        int calls = 0;
        for (Saying saying : answer) {
            int call = calls;
            switch (saying.kind()) {
                case "text" -> pieces(saying.text(), cut).forEach(out::text);
                case "thinking" -> pieces(saying.text(), cut).forEach(out::thinking);
                case "refusal" -> pieces(saying.text(), cut).forEach(out::refusal);
                case "note" -> out.note(VendorData.of("v", saying.text()));
                default -> {
                    calls++;
                    boolean[] named = {false};
                    pieces(saying.text(), cut).forEach(piece -> {
                        out.toolCall(call, named[0] ? null : "id" + call, named[0] ? null : "f", piece);
                        named[0] = true;
                    });
                }
            }
            if (cut != null && cut.nextBoolean()) {
                out.usage(Usage.builder().output(TokenCount.known(1)).build());
            }
        }
        out.finish(FinishReason.STOP, "stop");
        out.usage(Usage.builder().output(TokenCount.known(9)).build());
        out.complete(false);
        ResultAssembler assembler = new ResultAssembler();
        EndpointSpec endpoint = EndpointSpec.builder(
                        "e", URI.create("http://localhost"), dev.avionics.airframe.BackendKind.MOCK)
                .build();
        assembler.accept(new InferenceEvent.Started(new Target(endpoint, "m"), 1, RateLimitInfo.none(), List.of()));
        for (InferenceEvent event : own.events) {
            assembler.accept(event);
            // Looking at what is there must change nothing.
            assembler.message();
        }
        return assembler.result();
    }

    private static List<String> pieces(String text, @org.jspecify.annotations.Nullable SplittableRandom cut) {
        if (cut == null) {
            return List.of(text);
        }
        List<String> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int to = Math.min(text.length(), at + 1 + cut.nextInt(8));
            pieces.add(text.substring(at, to));
            at = to;
        }
        return pieces;
    }

    @Test
    void parts_ofTheResult_standInTheirOrder() {
        ResultAssembler assembler = new ResultAssembler();
        sink.thinking("t1");
        sink.note(VendorData.of("v", "\"s1\""));
        sink.text("a");
        sink.toolCall(0, "c1", "f", "{");
        sink.text("b");
        sink.toolCall(0, null, null, "}");
        sink.toolCall(1, "c2", "g", "{\"half\":");
        sink.finish(FinishReason.LENGTH, "length");
        sink.complete(false);
        notes.events.forEach(assembler::accept);

        List<Part> parts = assembler.message().parts();
        assertThat(parts).hasSize(4);
        assertThat(parts.get(0)).isEqualTo(new Part.Thinking("t1", VendorData.of("v", "\"s1\""), null));
        assertThat(parts.get(1)).isEqualTo(new Part.Text("a", VendorData.none(), null));
        assertThat(parts.get(2))
                .isInstanceOfSatisfying(
                        Part.ToolCall.class, call -> assertThat(call.id()).isEqualTo("c1"));
        assertThat(parts.get(3)).isEqualTo(new Part.Text("b", VendorData.none(), null));
        assertThat(assembler.isComplete()).isTrue();
    }

    @Test
    void note_beforeAnyContent_isKeptAsEmptyThinking() {
        ResultAssembler assembler = new ResultAssembler();
        sink.toolCall(0, "c1", "f", "{}");
        sink.note(VendorData.of("v", "\"s\""));
        sink.finish(FinishReason.STOP, null);
        sink.complete(false);
        notes.events.forEach(assembler::accept);

        assertThat(assembler.message().parts())
                .contains(new Part.Thinking("", VendorData.of("v", "\"s\""), null))
                .hasSize(2);
    }
}
