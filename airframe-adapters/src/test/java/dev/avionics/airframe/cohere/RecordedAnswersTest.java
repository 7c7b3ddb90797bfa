package dev.avionics.airframe.cohere;

import dev.avionics.airframe.wire.RecordedCheck;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Recorded answers of version 2; the older one has another path, and is not spoken. */
@Tag("row-61")
class RecordedAnswersTest {
    private static final RecordedCheck CHECK = new RecordedCheck(
            "cohere",
            Given.COHERE,
            Given.ENDPOINT,
            answer -> answer.provider().equals("cohere") && !answer.api().equals("cohere-v1"));

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

    @TestFactory
    List<DynamicTest> embeddings_recorded_giveTheirVectors() {
        return CHECK.embeddings(0);
    }

    @TestFactory
    List<DynamicTest> rankings_recorded_giveTheirPlaces() {
        return CHECK.rankings();
    }
}
