package dev.avionics.airframe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.avionics.airframe.InferenceEvent.OpaquePart;
import dev.avionics.airframe.InferenceEvent.RefusalDelta;
import dev.avionics.airframe.InferenceEvent.Started;
import dev.avionics.airframe.InferenceEvent.TextDelta;
import dev.avionics.airframe.InferenceEvent.ThinkingDelta;
import dev.avionics.airframe.InferenceEvent.ToolCallDelta;
import dev.avionics.airframe.InferenceEvent.ToolCallReady;
import dev.avionics.airframe.InferenceEvent.VendorNote;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultAssemblerTest {
    private final ResultAssembler assembler = new ResultAssembler();

    private List<Part> partsOf(InferenceEvent... events) {
        for (InferenceEvent event : events) {
            assembler.accept(event);
        }
        return assembler.message().parts();
    }

    @Test
    void pieces_ofOneKind_areJoined_andKindsKeepTheirOrder() {
        assertThat(partsOf(
                        new ThinkingDelta("so "),
                        new ThinkingDelta("what"),
                        new TextDelta("a"),
                        new TextDelta("b"),
                        new RefusalDelta("no"),
                        new TextDelta("c")))
                .containsExactly(new Part.Thinking("so what"), Part.text("ab"), new Part.Refusal("no"), Part.text("c"));
    }

    @Test
    void toolCalls_standWhereTheyBegan_andOnlyWholeOnesCount() {
        Part.ToolCall one = new Part.ToolCall("1", "f", "{}");
        Part.ToolCall two = new Part.ToolCall("2", "g", "{}");
        assertThat(partsOf(
                        new ToolCallDelta(0, "1", "f", ""),
                        new ToolCallDelta(1, "2", "g", "{"),
                        new TextDelta("after"),
                        new ToolCallReady(1, two),
                        new ToolCallReady(0, one),
                        new ToolCallDelta(2, "3", "h", "{\"cut")))
                .containsExactly(one, two, Part.text("after"));
    }

    @Test
    void vendorNote_goesToThePieceThatCameLast() {
        assertThat(partsOf(
                        new ThinkingDelta("so"),
                        new VendorNote(Values.VENDOR),
                        new ThinkingDelta("again"),
                        new TextDelta("a"),
                        new OpaquePart(new Part.Opaque("search", VendorData.none(), null)),
                        new VendorNote(VendorData.of("x", "1"))))
                .containsExactly(
                        new Part.Thinking("so", Values.VENDOR, null),
                        new Part.Thinking("again"),
                        Part.text("a"),
                        new Part.Opaque("search", VendorData.of("x", "1"), null));
    }

    @Test
    void vendorNote_withoutContent_becomesThinkingWithoutText() {
        assertThat(partsOf(new VendorNote(Values.VENDOR), new TextDelta("a")))
                .containsExactly(new Part.Thinking("", Values.VENDOR, null), Part.text("a"));
    }

    @Test
    void result_holdsEveryEventsWord() {
        for (InferenceEvent event : Values.EVENTS) {
            assertThat(assembler.isComplete()).isFalse();
            assembler.accept(event);
        }
        assertThat(assembler.isComplete()).isTrue();
        Started started = (Started) Values.EVENTS.get(0);
        InferenceResult result = assembler.result();
        assertThat(result.text()).isEqualTo("text");
        assertThat(result.thinking()).isEqualTo("thinking");
        assertThat(result.toolCalls()).containsExactly(Values.CALL);
        assertThat(result.message().only(Part.Opaque.class)).containsExactly(Values.OPAQUE);
        assertThat(result.message().only(Part.Refusal.class)).hasSize(1);
        assertThat(result.finish()).isEqualTo(FinishReason.STOP);
        assertThat(result.finishRaw()).isEqualTo("stop");
        assertThat(result.usage()).isEqualTo(Values.USAGE);
        assertThat(result.responseId()).isEqualTo("resp-1");
        assertThat(result.model()).isEqualTo("m-2026");
        assertThat(result.target()).isEqualTo(Values.TARGET);
        assertThat(result.attempts()).isEqualTo(started.attempts());
        assertThat(result.rateLimits()).isEqualTo(Values.LIMITS);
        Adjustment dropped = started.adjustments().get(0);
        assertThat(result.adjustments())
                .as("of the start and of where it went on")
                .containsExactly(dropped, dropped);
    }

    @Test
    void result_beforeTheEnd_isRefused() {
        assembler.accept(Values.EVENTS.get(0));
        assembler.accept(new TextDelta("a"));
        assertThatIllegalStateException().isThrownBy(assembler::result).withMessage("answer not complete");
        assertThat(assembler.message().text()).isEqualTo("a");
    }
}
