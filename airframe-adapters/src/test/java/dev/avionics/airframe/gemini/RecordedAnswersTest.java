package dev.avionics.airframe.gemini;

import dev.avionics.airframe.wire.RecordedAnswer;
import dev.avionics.airframe.wire.RecordedCheck;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded answer of Google gives what a right client makes of it. */
class RecordedAnswersTest {
    private static final Set<String> APIS = Set.of("gemini", "embeddings", "unknown");
    private static final RecordedCheck OF_API =
            new RecordedCheck("gemini", Given.GEMINI, Given.API, answer -> isOf("gemini", answer));
    private static final RecordedCheck OF_VERTEX =
            new RecordedCheck("vertex", Given.GEMINI, Given.VERTEX, answer -> isOf("vertex", answer));

    private static boolean isOf(String provider, RecordedAnswer answer) {
        return answer.provider().equals(provider) && APIS.contains(answer.api());
    }

    @TestFactory
    List<DynamicTest> answersOfTheApi_recorded_giveWhatIsExpected() {
        return OF_API.answers(0);
    }

    @TestFactory
    List<DynamicTest> answersOfTheApi_cutAnywhere_giveTheSameEvents() {
        return OF_API.cuts(0);
    }

    @TestFactory
    List<DynamicTest> errorsOfTheApi_recorded_failWithTheirWords() {
        return OF_API.errors(0);
    }

    @TestFactory
    List<DynamicTest> embeddingsOfTheApi_recorded_giveWhatIsExpected() {
        return OF_API.embeddings(0);
    }

    @TestFactory
    List<DynamicTest> answersOfVertex_recorded_giveWhatIsExpected() {
        return OF_VERTEX.answers(0);
    }

    @TestFactory
    List<DynamicTest> answersOfVertex_cutAnywhere_giveTheSameEvents() {
        return OF_VERTEX.cuts(0);
    }

    @TestFactory
    List<DynamicTest> errorsOfVertex_recorded_failWithTheirWords() {
        return OF_VERTEX.errors(0);
    }

    @TestFactory
    List<DynamicTest> embeddingsOfVertex_recorded_giveWhatIsExpected() {
        return OF_VERTEX.embeddings(0);
    }
}
