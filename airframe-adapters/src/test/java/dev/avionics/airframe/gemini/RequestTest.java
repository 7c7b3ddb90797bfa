package dev.avionics.airframe.gemini;

import static dev.avionics.airframe.gemini.Given.WEATHER;
import static dev.avionics.airframe.gemini.Given.adjusted;
import static dev.avionics.airframe.gemini.Given.at;
import static dev.avionics.airframe.gemini.Given.exchange;
import static dev.avionics.airframe.gemini.Given.refusal;
import static dev.avionics.airframe.gemini.Given.turns;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.Sampling;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.spi.Exchange;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is sent of the conversation and of the options. */
class RequestTest {
    // The conversation

    @Test
    void turnsOfOneSpeakerInARow_sent_areOne() {
        Exchange<?> sent = exchange(
                Given.NEW, turns(Message.user("a"), Message.user("b"), Message.assistant("c"), Message.assistant("d")));

        assertThat(at(sent, "contents"))
                .hasToString("[{role=user, parts=[{text=a}, {text=b}]}, {role=model, parts=[{text=c}, {text=d}]}]");
    }

    @Test
    void turnOfWhichNothingCanBeSent_betweenQuestions_makesThemOne() {
        Exchange<?> sent = exchange(
                Given.NEW,
                turns(
                        Message.user("a"),
                        Message.assistant(new Part.Thinking("hm"), new Part.Text("")),
                        Message.user("b")));

        assertThat(at(sent, "contents")).hasToString("[{role=user, parts=[{text=a}, {text=b}]}]");
        assertThat(adjusted(sent)).containsExactly("dropped thinking");
    }

    @Test
    void systemMessages_inMidConversation_standApart() {
        Exchange<?> sent = exchange(
                Given.NEW, turns(Message.system("A"), Message.user("q"), Message.system("B"), Message.user("r")));

        assertThat(at(sent, "systemInstruction")).hasToString("{parts=[{text=A}, {text=B}]}");
        assertThat(at(sent, "contents")).hasToString("[{role=user, parts=[{text=q}, {text=r}]}]");
        assertThat(adjusted(sent)).containsExactly("changed system message");
    }

    @Test
    void systemMessage_forAModelWithoutInstructions_standsInFrontOfTheQuestion() {
        InferenceRequest request = turns(Message.system("Be brief."), Message.user("q"));
        Exchange<?> gemma = exchange("models/gemma-3-27b-it", request);
        Exchange<?> learned = exchange(Given.NEW, request, "no systemInstruction");

        for (Exchange<?> sent : List.of(gemma, learned)) {
            assertThat(at(sent, "systemInstruction")).isNull();
            assertThat(at(sent, "contents", 0, "parts", 0, "text")).isEqualTo("Be brief.\n\nq");
            assertThat(adjusted(sent)).containsExactly("changed system message");
        }
    }

    @Test
    void systemMessage_forAModelWithoutInstructions_findsTheTextBehindAPicture() {
        Part picture = Part.image("image/png", "aGk=");
        String shown = "{inlineData={mimeType=image/png, data=aGk=}}";

        assertThat(at(
                        exchange(
                                "gemma-3-27b-it",
                                turns(Message.system("Be brief."), Message.user(picture, Part.text("q")))),
                        "contents"))
                .hasToString("[{role=user, parts=[" + shown + ", {text=Be brief.\n\nq}]}]");
        assertThat(at(
                        exchange("gemma-3-27b-it", turns(Message.system("Be brief."), Message.user(picture))),
                        "contents"))
                .hasToString("[{role=user, parts=[{text=Be brief.}, " + shown + "]}]");
        assertThat(at(
                        exchange("gemma-3-27b-it", turns(Message.system("Be brief."), Message.assistant("Hi."))),
                        "contents"))
                .hasToString("[{role=user, parts=[{text=Be brief.}]}, {role=model, parts=[{text=Hi.}]}]");
    }

    @Test
    void systemMessage_alone_isSentAsTheUsers() {
        Exchange<?> sent = exchange(Given.NEW, turns(Message.system("Say hello.")));

        assertThat(at(sent, "contents")).hasToString("[{role=user, parts=[{text=Say hello.}]}]");
        assertThat(adjusted(sent)).containsExactly("changed system message");
    }

    @Test
    void request_ofWhichNothingCanBeSent_isRefused() {
        assertThat(refusal(Given.NEW, turns(Message.user(""))).category()).isEqualTo(ErrorCategory.INVALID_REQUEST);
    }

    @Test
    void namesAndHints_sent_areToldToBeLeftOut() {
        Message named = new Message(Role.USER, List.of(Part.text("q")), "ann", null);

        assertThat(adjusted(exchange(Given.NEW, turns(named)))).containsExactly("dropped message.name");
    }

    @Test
    void pictures_ofEverySource_haveTheirForm() {
        Exchange<?> sent = exchange(
                Given.NEW,
                turns(Message.user(
                        Part.image("image/png", "aGk="),
                        Part.image(URI.create("https://example.org/a.png")),
                        new Part.Image(new Part.MediaSource.FileId("google", "files/abc")),
                        new Part.Document(
                                new Part.MediaSource.Url(URI.create("gs://b/c"), "application/pdf"),
                                "title",
                                VendorData.none(),
                                null))));

        assertThat(at(sent, "contents", 0, "parts"))
                .hasToString("[{inlineData={mimeType=image/png, data=aGk=}},"
                        + " {fileData={mimeType=image/png, fileUri=https://example.org/a.png}},"
                        + " {fileData={fileUri=https://generativelanguage.googleapis.com/v1beta/files/abc}},"
                        + " {fileData={mimeType=application/pdf, fileUri=gs://b/c}}]");
        assertThat(adjusted(sent)).containsExactly("dropped document title");
    }

    @Test
    void fileOfAnotherVendor_asked_isUnsupported() {
        InferenceException why = refusal(
                Given.NEW, turns(Message.user(new Part.Image(new Part.MediaSource.FileId("anthropic", "file_1")))));

        assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED);
        assertThat(why).hasMessageContaining("give its bytes");
    }

    @Test
    void addressWithoutAMediaType_forVertex_isRefused() {
        InferenceRequest request = turns(Message.user(Part.image(URI.create("https://example.org/picture"))));

        assertThatThrownBy(() -> exchange(Given.VERTEX, Given.NEW, request))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.INVALID_REQUEST))
                .hasMessageContaining("media type");
    }

    // Options

    @Test
    void stopSequences_moreThanFive_areUnsupported() {
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .sampling(Sampling.builder()
                        .stop(List.of("1", "2", "3", "4", "5", "6"))
                        .build())
                .build();

        assertThat(refusal(Given.NEW, request))
                .hasMessageContaining("at most 5")
                .satisfies(why -> assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED));
    }

    @Test
    @Tag("row-58")
    void limitOfTokens_thatNobodySet_isNotSent() {
        assertThat(Given.body(Given.NEW, InferenceRequest.of("q")))
                .isEqualTo("{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"q\"}]}]}");
    }

    @Test
    void seed_beyond32Bits_isFolded() {
        InferenceRequest.Builder request = InferenceRequest.of("q").toBuilder();
        Exchange<?> large = exchange(
                Given.NEW,
                request.sampling(Sampling.builder().seed(1L << 40).build()).build());
        Exchange<?> small = exchange(
                Given.NEW,
                request.sampling(Sampling.builder().seed(-7L).build()).build());

        assertThat(at(large, "generationConfig", "seed")).isEqualTo((long) Long.hashCode(1L << 40));
        assertThat(adjusted(large)).containsExactly("changed seed");
        assertThat(at(small, "generationConfig", "seed")).isEqualTo(-7L);
        assertThat(adjusted(small)).isEmpty();
    }

    @Test
    void fieldsOfTheCaller_forTheGeneration_areMergedAndWin() {
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .temperature(0.5)
                .maxTokens(9)
                .extra("generationConfig", Map.of("temperature", 1, "mediaResolution", "LOW"))
                .extra("safetySettings", List.of())
                .extra("contents", "no")
                .build();
        Exchange<InferenceResult> sent = exchange(
                Given.with(
                        "extra_body",
                        "{\"labels\":{\"a\":\"b\"},\"generationConfig\":{\"mediaResolution\":\"HIGH\",\"seed\":3}}"),
                Given.NEW,
                request);

        assertThat((Map<?, ?>) at(sent, "generationConfig"))
                .hasToString("{maxOutputTokens=9, mediaResolution=LOW, seed=3, temperature=1}");
        assertThat(at(sent, "labels")).hasToString("{a=b}");
        assertThat(at(sent, "safetySettings")).hasToString("[]");
        assertThat(at(sent, "contents", 0, "role")).isEqualTo("user");
    }

    @Test
    void fieldsForTheGeneration_thatAreNoObject_areRefused() {
        assertThat(refusal(
                        Given.NEW,
                        InferenceRequest.of("q").toBuilder()
                                .extra("generationConfig", 7)
                                .build()))
                .hasMessageContaining("expected: an object");
    }

    @Test
    void fieldsRefusedBefore_areLeftOutAndTold() {
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .sampling(Sampling.builder().presencePenalty(1.0).topP(0.5).build())
                .build();
        Exchange<?> sent = exchange(Given.NEW, request, "no presencePenalty");

        assertThat(at(sent, "generationConfig")).hasToString("{topP=0.5}");
        assertThat(adjusted(sent)).containsExactly("dropped presencePenalty");
    }

    @Test
    void optionsThatGoogleHasNot_areToldToBeLeftOut() {
        InferenceRequest request = InferenceRequest.of("q").toBuilder()
                .sampling(Sampling.builder().minP(0.1).repeatPenalty(1.1).build())
                .user("u")
                .context(100)
                .tool(WEATHER)
                .parallelToolCalls(false)
                .build();

        assertThat(adjusted(exchange(Given.NEW, request)))
                .containsExactlyInAnyOrder(
                        "dropped minP",
                        "dropped repeatPenalty",
                        "dropped user",
                        "dropped context",
                        "dropped parallelToolCalls");
    }
}
