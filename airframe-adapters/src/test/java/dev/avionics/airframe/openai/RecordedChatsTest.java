package dev.avionics.airframe.openai;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.openai.dialect.Dialects;
import dev.avionics.airframe.wire.RecordedAnswer;
import dev.avionics.airframe.wire.RecordedCheck;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded answer of a server that speaks chat completions gives what a right client makes of it. */
class RecordedChatsTest {
    private static final Set<String> APIS = Set.of("openai-chat", "openai-completions");
    /** Who makes embeddings in another shape. */
    private static final Set<String> OTHERS = Set.of("bedrock", "cohere", "gemini", "ollama", "vertex");

    private static final Set<String> DIALECTS = Dialects.names();

    private static final RecordedCheck CHECK = new RecordedCheck(
            "openai chat", new OpenAiChat(), RecordedChatsTest::endpoint, answer -> APIS.contains(answer.api()));

    private static final RecordedCheck VECTORS = new RecordedCheck(
            "openai",
            new OpenAiChat(),
            RecordedChatsTest::ofVectors,
            answer -> answer.api().equals("embeddings") && !OTHERS.contains(answer.provider()));

    private static final RecordedCheck OTHER_ERRORS = new RecordedCheck(
            "openai, other operations",
            new OpenAiChat(),
            RecordedChatsTest::endpoint,
            answer -> answer.provider().equals("openai")
                    && (answer.api().equals("unknown") || answer.api().equals("embeddings")));

    /** Each in its own dialect. */
    private static EndpointSpec endpoint(RecordedAnswer answer) {
        String dialect = DIALECTS.contains(answer.provider()) ? answer.provider() : "generic";
        return EndpointSpec.builder("test", URI.create("http://localhost:1/v1"), BackendKind.OPENAI_CHAT)
                .apiType(dialect)
                .build();
    }

    /** What is expected of Perplexity's takes its bytes for floats, as a client without its dialect does. */
    private static EndpointSpec ofVectors(RecordedAnswer answer) {
        EndpointSpec own = endpoint(answer);
        return answer.provider().equals("perplexity")
                ? own.toBuilder().apiType("generic").build()
                : own;
    }

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
    List<DynamicTest> errors_ofOtherOperations_failWithTheirWords() {
        return OTHER_ERRORS.errors(0);
    }

    @TestFactory
    List<DynamicTest> embeddings_recorded_giveTheirVectors() {
        return VECTORS.embeddings(0);
    }
}
