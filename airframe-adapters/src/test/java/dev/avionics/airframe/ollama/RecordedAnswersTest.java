package dev.avionics.airframe.ollama;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.wire.RecordedAnswer;
import dev.avionics.airframe.wire.RecordedCheck;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Recorded answers of Ollama's own API; those of its OpenAI-shaped one are read where that is spoken. */
class RecordedAnswersTest {
    private static final RecordedCheck CHAT =
            check("ollama chat", Given.LOCAL, answer -> answer.api().equals("ollama-chat"));
    private static final RecordedCheck GENERATE =
            check("ollama generate", Given.generate(), answer -> answer.api().equals("ollama-generate"));
    private static final RecordedCheck ALL = check("ollama", Given.LOCAL, answer -> true);

    private static RecordedCheck check(String what, EndpointSpec endpoint, Predicate<RecordedAnswer> mine) {
        return new RecordedCheck(
                what, Given.OLLAMA, endpoint, answer -> answer.provider().equals("ollama") && mine.test(answer));
    }

    @TestFactory
    Stream<DynamicTest> answers_recorded_giveWhatIsExpected() {
        return Stream.of(CHAT.answers(0), GENERATE.answers(0)).flatMap(List::stream);
    }

    @TestFactory
    Stream<DynamicTest> answers_cutAnywhere_giveTheSameEvents() {
        return Stream.of(CHAT.cuts(0), GENERATE.cuts(0)).flatMap(List::stream);
    }

    @TestFactory
    List<DynamicTest> embeddings_recorded_giveTheirVectors() {
        return ALL.embeddings(0);
    }

    /** Errors come in the shape of the OpenAI-shaped API only; the words are the same in both. */
    @TestFactory
    List<DynamicTest> errors_recorded_failWithTheirWords() {
        return ALL.errors(0);
    }
}
