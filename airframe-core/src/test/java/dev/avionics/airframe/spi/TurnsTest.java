package dev.avionics.airframe.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private final List<Adjustment> adjustments = new ArrayList<>();

    @Test
    void messages_ofOneSpeakerInARow_areOneTurn() {
        Turns turns = Turns.of(
                List.of(
                        Message.system("a"),
                        Message.user("b"),
                        Message.user("c"),
                        Message.assistant("d"),
                        Message.assistant("e")),
                adjustments);

        assertThat(turns.instructions()).containsExactly(Part.text("a"));
        assertThat(turns.turns())
                .containsExactly(
                        new Turns.Turn(false, List.of(Part.text("b"), Part.text("c"))),
                        new Turns.Turn(true, List.of(Part.text("d"), Part.text("e"))));
        assertThat(adjustments).isEmpty();
    }

    @Test
    void resultsOfTools_behindText_standFirst() {
        Message result = Message.toolResult("1", "f", "x");
        Turns turns = Turns.of(
                List.of(
                        Message.user("q"),
                        Message.assistant(new Part.ToolCall("1", "f", "{}")),
                        Message.user("and hurry"),
                        result),
                adjustments);

        assertThat(turns.turns().get(2).parts()).containsExactly(result.parts().get(0), Part.text("and hurry"));
    }

    @Test
    void instructions_inMidConversation_areMovedAndTold() {
        Turns turns = Turns.of(List.of(Message.user("q"), Message.system("late"), Message.user("r")), adjustments);

        assertThat(turns.instructions()).containsExactly(Part.text("late"));
        assertThat(turns.turns()).hasSize(1);
        assertThat(adjustments).extracting(Adjustment::what).containsExactly("system message");
    }

    @Test
    void ids_ofOtherMakers_areMadeToFitAlwaysTheSameWay() {
        Pattern nine = Pattern.compile("[a-zA-Z0-9]{9}");

        assertThat(ToolCallIds.fitting("abcDEF123", nine, 9)).isEqualTo("abcDEF123");
        assertThat(ToolCallIds.fitting("call_1", nine, 9))
                .matches(nine)
                .isEqualTo(ToolCallIds.fitting("call_1", nine, 9))
                .isNotEqualTo(ToolCallIds.fitting("call_2", nine, 9));
    }
}
