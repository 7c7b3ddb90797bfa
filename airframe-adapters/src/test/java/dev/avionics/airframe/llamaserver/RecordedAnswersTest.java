package dev.avionics.airframe.llamaserver;

import dev.avionics.airframe.wire.RecordedCheck;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Recorded answers of llama-server; there are some of its chat completions only. */
class RecordedAnswersTest {
    private static final RecordedCheck CHECK = new RecordedCheck(
            "llama-server",
            new LlamaServer(),
            LlamaServerRequestTest.endpoint("openai"),
            answer -> answer.provider().equals("llama-server"));

    @TestFactory
    List<DynamicTest> answers_recorded_giveWhatIsExpected() {
        return CHECK.answers(0);
    }

    @TestFactory
    List<DynamicTest> answers_cutAnywhere_giveTheSameEvents() {
        return CHECK.cuts(0);
    }
}
