package dev.avionics.airframe.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.wire.Decoded;
import dev.avionics.airframe.wire.Dialogue;
import dev.avionics.airframe.wire.RecordedAnswer;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every recorded answer of a server that speaks chat completions gives what a right client makes of it. */
class RecordedChatsTest {
    private static final int SMALL = 3_000;
    private static final int RANDOM_CUTS = 40;
    private static final Set<String> APIS = Set.of("openai-chat", "openai-completions");
    private static final EndpointSpec ENDPOINT = EndpointSpec.builder(
                    "test", URI.create("http://localhost:1/v1"), BackendKind.OPENAI_CHAT)
            .build();

    @TestFactory
    List<DynamicTest> answers_recorded_giveWhatIsExpected() {
        return RecordedAnswer.tests(
                "openai chat answers",
                answer -> APIS.contains(answer.api())
                        && (answer.isStream() || answer.kind().equals("response")),
                0,
                RecordedChatsTest::check);
    }

    @TestFactory
    List<DynamicTest> answers_cutAnywhere_giveTheSameEvents() {
        return RecordedAnswer.tests(
                "openai chat answers, cut",
                answer -> APIS.contains(answer.api()) && answer.isStream(),
                0,
                RecordedChatsTest::checkCuts);
    }

    @TestFactory
    List<DynamicTest> errors_recorded_failWithTheirWords() {
        return RecordedAnswer.tests(
                "openai chat errors",
                answer -> APIS.contains(answer.api()) && answer.kind().equals("error"),
                0,
                RecordedChatsTest::checkError);
    }

    private static Dialogue<?> dialogue(RecordedAnswer answer) {
        InferenceRequest request = InferenceRequest.builder().message(Message.user("q")).stream(answer.isStream())
                .build();
        return Dialogue.of(new OpenAiChat().inference(Dialogue.scope(ENDPOINT, "m"), request))
                .answer(answer.status(), Map.of("content-type", answer.contentType()), answer.body());
    }

    private static void check(RecordedAnswer answer) {
        Decoded decoded = dialogue(answer).decoded();

        assertThat(decoded.text()).isEqualTo(answer.text("text"));
        assertThat(decoded.thinking()).isEqualTo(answer.text("thinking"));
        Map<String, @Nullable Object> error = answer.object("error");
        if (!error.isEmpty()) {
            assertThat(decoded.error().getMessage()).contains(start(error.get("message")));
            checkUsage(answer, decoded.error().usage());
            return;
        }
        boolean unfinished = answer.expected().get("finish") == null
                && answer.isStream()
                && !Boolean.TRUE.equals(answer.expected().get("done_marker"));
        if (unfinished) {
            assertThat(decoded.error().category()).isEqualTo(ErrorCategory.CONNECTION);
            return;
        }
        InferenceEvent.Completed end = decoded.completed();
        checkCalls(answer, decoded.toolCalls());
        checkFinish(answer, end);
        checkUsage(answer, end.usage());
        assertThat(end.model() == null ? "" : end.model()).isEqualTo(answer.text("model"));
        assertThat(end.responseId() == null ? "" : end.responseId()).isEqualTo(answer.text("id"));
    }

    private static void checkFinish(RecordedAnswer answer, InferenceEvent.Completed end) {
        Object raw = answer.expected().get("finish_raw");
        assertThat(end.finishRaw()).isEqualTo(raw);
        Object finish = answer.expected().get("finish");
        if (finish == null) {
            assertThat(end.finish()).isIn(FinishReason.STOP, FinishReason.OTHER);
        } else {
            assertThat(end.finish().name().toLowerCase(Locale.ROOT)).isEqualTo(finish);
        }
    }

    private static void checkCalls(RecordedAnswer answer, List<Part.ToolCall> calls) {
        List<?> expected = answer.expected().get("tool_calls") instanceof List<?> list ? list : List.of();
        assertThat(calls).hasSameSizeAs(expected);
        for (int i = 0; i < calls.size(); i++) {
            Map<?, ?> want = (Map<?, ?>) expected.get(i);
            Object id = want.get("id");
            if (id != null && !id.equals("")) {
                assertThat(calls.get(i).id()).isEqualTo(id);
            }
            assertThat(calls.get(i).name()).isEqualTo(want.get("name"));
            Object arguments = want.get("arguments");
            Object parsed =
                    arguments instanceof String text ? JsonValues.parse(text.isEmpty() ? "{}" : text) : arguments;
            assertThat(calls.get(i).arguments()).isEqualTo(parsed);
        }
    }

    private static void checkUsage(RecordedAnswer answer, Usage usage) {
        Map<String, @Nullable Object> expected = answer.object("usage");
        if (expected.isEmpty()) {
            return;
        }
        assertCount("input", usage.inputTold(), expected.get("input_total"));
        assertCount("output", usage.outputTold(), expected.get("output_total"));
        assertCount("cached", usage.cacheReadTold(), expected.get("cached_input"));
        assertCount("reasoning", usage.reasoning(), expected.get("reasoning"));
    }

    private static void assertCount(String what, TokenCount count, @Nullable Object expected) {
        if (expected != null) {
            assertThat(count.toString()).as(what).isEqualTo(expected.toString());
        }
    }

    private static void checkError(RecordedAnswer answer) {
        InferenceException why = dialogue(answer).failure().why();
        Map<String, @Nullable Object> error = answer.object("error");

        assertThat(why.status()).hasValue(answer.status());
        assertThat(why.getMessage()).contains(start(error.get("message")));
        if (error.get("code") instanceof String code && !code.equals(String.valueOf(answer.status()))) {
            assertThat(why.code()).contains(code);
        }
    }

    private static String start(@Nullable Object message) {
        String text = String.valueOf(message);
        return text.substring(0, Math.min(30, text.length()));
    }

    private static void checkCuts(RecordedAnswer answer) {
        String whole = dialogue(answer).decoded().joined();
        byte[] body = answer.body();
        if (body.length <= SMALL) {
            for (int cut = 0; cut <= body.length; cut++) {
                assertThat(dialogue(answer).decoded(cut).joined())
                        .as("cut at %s", cut)
                        .isEqualTo(whole);
            }
            return;
        }
        SplittableRandom random = new SplittableRandom(answer.path().hashCode());
        for (int i = 0; i < RANDOM_CUTS; i++) {
            int[] cuts =
                    random.ints(1 + random.nextInt(20), 0, body.length).sorted().toArray();
            assertThat(dialogue(answer).decoded(cuts).joined())
                    .as("cut at %s", cuts)
                    .isEqualTo(whole);
        }
    }
}
