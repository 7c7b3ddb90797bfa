package com.example.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the contract does not ask for: the oracle's own shape of frames and errors. */
class OracleTest {
    private static InferenceResult ask(InferenceRequest request, Reply put, Reply answer) {
        // An answer that breaks before its first word is asked for once more.
        Scenario scenario = Scenario.create().otherwise(seen -> seen.method().equals("POST") ? put : answer);
        try (SimulatedBackend backend = SimulatedBackend.start(scenario);
                Airframe airframe = Airframe.create()) {
            EndpointSpec endpoint = EndpointSpec.builder("delphi", backend.uri(), BackendKind.of("oracle"))
                    .build();
            return airframe.infer(new Target(endpoint, "pythia"), request, airframe.newCall())
                    .collect()
                    .join();
        }
    }

    private static InferenceException failure(Reply put, Reply answer) {
        CompletionException thrown =
                catchThrowableOfType(CompletionException.class, () -> ask(InferenceRequest.of("When?"), put, answer));
        return (InferenceException) thrown.getCause();
    }

    private static Reply placed() {
        return Reply.status(201).header("Location", "/answers/1");
    }

    private static Reply frames(String text) {
        return Reply.stream("application/x-oracle").part(text.replace('|', '\u001E'));
    }

    @Test
    void protocol_isFoundByItsLineInMetaInf() {
        assertThat(ServiceLoader.load(WireProtocol.class)).hasAtLeastOneElementOfType(Oracle.class);
    }

    @Test
    void frames_cutAnywhere_giveTheSameText() {
        String text = "+Wait, |+and séé 🏛|.done 3 4|";
        for (int size = 1; size < 12; size++) {
            InferenceResult result =
                    ask(InferenceRequest.of("When?"), placed(), frames(text).slicer(size));
            assertThat(result.text()).isEqualTo("Wait, and séé 🏛");
            assertThat(result.usage().total().value()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "+Half an ans; CONNECTION; cut",
                "+Text|; CONNECTION; cut",
                "*Riddle|; PARSE; speaks in riddles: *Riddle",
                ".done three four|; PARSE; riddles",
                "+Text|!{\"trouble\":\"mist\",\"words\":\"Fog comes up.\"}|; OVERLOADED; Fog comes up.",
            })
    void frames_thatAreWrong_failTheAnswer(String frames, ErrorCategory category, String words) {
        InferenceException why = failure(placed(), frames(frames));

        assertThat(why.category()).isEqualTo(category);
        assertThat(why.getMessage()).contains(words);
    }

    @Test
    void trouble_ofTheFirstStep_hasItsWordsAndEndsTheCall() {
        Reply trouble = Reply.json(400, "{\"trouble\":\"too_many_tokens\",\"words\":\"The oracle falls asleep.\"}");
        InferenceException why = failure(trouble, frames("+Not asked for.|.done 1 1|"));

        assertThat(why.category()).isEqualTo(ErrorCategory.CONTEXT_LENGTH);
        assertThat(why.getMessage()).contains("oracle answered 400 (too_many_tokens): The oracle falls asleep.");
        assertThat(why.code()).contains("too_many_tokens");
    }

    @Test
    void question_withoutAPlaceForItsAnswer_isUnreadable() {
        InferenceException why = failure(Reply.status(201), frames("+Not asked for.|.done 1 1|"));

        assertThat(why.category()).isEqualTo(ErrorCategory.PARSE);
        assertThat(why.getMessage()).contains("oracle answered 201: the answer is empty");
    }

    @Test
    void whatTheOracleDoesNotHear_isTold() {
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("When?"))
                .message(Message.assistant(new Part.Thinking("Hm."), Part.text("Soon.")))
                .message(Message.user("How soon?"))
                .sampling(Sampling.builder().topP(0.5).temperature(0.1).build())
                .build();

        assertThat(ask(request, placed(), frames("+Today.|.done 1 1|")).adjustments())
                .extracting(Adjustment::what)
                .containsExactly("topP", "thinking");
    }

    @Test
    void mainCode_isSmall() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            int lines = 0;
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                lines += Files.readAllLines(source).size();
            }
            assertThat(lines).isLessThan(150);
        }
    }

    @Test
    void docs_quoteTheSourcesAsTheyAre() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(Path.of("src"))) {
            files = all.filter(Files::isRegularFile).toList();
        }
        StringBuilder sources =
                new StringBuilder(Files.readString(Path.of("pom.xml")).replaceAll("(?m)^ +", ""));
        for (Path file : files) {
            sources.append(Files.readString(file).replaceAll("(?m)^ +", ""));
        }
        String docs = Files.readString(Path.of("../../docs/adapters.md"));
        List<String> quotes = Stream.of(docs.split("(?m)^```"))
                .filter(block ->
                        block.startsWith("java\n") || block.startsWith("xml\n") || block.startsWith("services\n"))
                .map(block -> block.substring(block.indexOf('\n') + 1).replaceAll("(?m)^ +", ""))
                .toList();

        assertThat(quotes).hasSizeGreaterThan(5);
        assertThat(quotes).allSatisfy(quote -> assertThat(sources).contains(quote));
    }
}
