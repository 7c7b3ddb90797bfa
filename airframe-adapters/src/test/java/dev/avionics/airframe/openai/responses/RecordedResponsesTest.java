package dev.avionics.airframe.openai.responses;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.openai.OpenAiResponses;
import dev.avionics.airframe.wire.RecordedCheck;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded answer of a server that speaks the Responses API gives what a right client makes of it. */
class RecordedResponsesTest {
    private static final RecordedCheck CHECK = new RecordedCheck(
            "openai responses",
            new OpenAiResponses(),
            EndpointSpec.builder("test", URI.create("http://localhost:1/v1"), OpenAiResponses.KIND)
                    .build(),
            answer -> answer.api().equals("openai-responses"));

    @TestFactory
    List<DynamicTest> answers_recorded_giveWhatIsExpected() {
        return CHECK.answers(1);
    }

    @TestFactory
    List<DynamicTest> answers_cutAnywhere_giveTheSameEvents() {
        return CHECK.cuts(1);
    }

    @TestFactory
    List<DynamicTest> errors_recorded_failWithTheirWords() {
        return CHECK.errors(0);
    }
}
