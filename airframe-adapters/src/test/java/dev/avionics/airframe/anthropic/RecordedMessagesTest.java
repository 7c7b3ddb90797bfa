package dev.avionics.airframe.anthropic;

import dev.avionics.airframe.wire.RecordedCheck;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded answer of a server that speaks the Messages API gives what a right client makes of it. */
class RecordedMessagesTest {
    private static final RecordedCheck CHECK = new RecordedCheck(
            "anthropic", Given.ANTHROPIC, Given.ENDPOINT, answer -> answer.api().equals("anthropic-messages"));

    @TestFactory
    List<DynamicTest> answers_recorded_giveWhatIsExpected() {
        return CHECK.answers(0);
    }

    @TestFactory
    List<DynamicTest> answers_cutAnywhere_giveTheSameEvents() {
        return CHECK.cuts(0);
    }

    @TestFactory
    List<DynamicTest> errors_recorded_failWithTheirWords() {
        return CHECK.errors(0);
    }
}
