package dev.avionics.airframe.openai;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.wire.RecordedCheck;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded answer of a server that speaks chat completions gives what a right client makes of it. */
class RecordedChatsTest {
    private static final Set<String> APIS = Set.of("openai-chat", "openai-completions");
    private static final RecordedCheck CHECK = new RecordedCheck(
            "openai chat",
            new OpenAiChat(),
            EndpointSpec.builder("test", URI.create("http://localhost:1/v1"), BackendKind.OPENAI_CHAT)
                    .build(),
            answer -> APIS.contains(answer.api()));

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
