package dev.avionics.testkit.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.testkit.backend.Ending;
import dev.avionics.testkit.backend.Framing;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.stack.Reading.Way;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers whose connection breaks: before their text they are asked for again, after it never. */
class CutTest {
    private static final String TEXT = "the answer in one piece";
    private static Airframe airframe;

    @BeforeAll
    static void open() {
        airframe = Airframe.builder().random(() -> 0.0).build();
    }

    @AfterAll
    static void close() {
        airframe.close();
    }

    private static InferenceStream<InferenceEvent> stream(SimulatedBackend backend, boolean streamed, Diary diary) {
        return airframe.infer(
                Chat.target(backend.uri()),
                Chat.request(streamed),
                airframe.newCall().observedBy(diary));
    }

    /** Answers that end before their first text. */
    private static Map<String, Reply> cutsBeforeText(boolean streamed) {
        Reply full = Chat.answer(streamed, TEXT);
        Map<String, Reply> cuts = new LinkedHashMap<>();
        cuts.put("closed without a byte", Reply.hangUp());
        cuts.put("reset without a byte", Reply.resetPeer());
        cuts.put("closed in the head", full.cutAt(20, Ending.CLOSE));
        cuts.put("reset in the head", full.cutAt(20, Ending.RESET));
        for (Framing framing : List.of(Framing.CHUNKED, Framing.CONTENT_LENGTH)) {
            for (int at : new int[] {0, 1, 40}) {
                for (Ending ending : List.of(Ending.CLOSE, Ending.RESET)) {
                    cuts.put(
                            framing + " " + ending + " after " + at,
                            full.framing(framing).cutBodyAt(at, ending));
                }
            }
        }
        if (streamed) {
            // A frame that holds no text yet.
            Reply role = Reply.sse(Chat.ROLE);
            cuts.put("chunked, closed after the role", role.close());
            cuts.put("chunked, reset after the role", role.reset());
            cuts.put("ended well after the role", role);
            cuts.put("close-delimited, closed after the role", role.closeDelimited());
            cuts.put(
                    "content-length, closed after the role",
                    role.framing(Framing.CONTENT_LENGTH).declareLength(9999).close());
        } else {
            cuts.put(
                    "close-delimited, closed in the middle",
                    full.closeDelimited().cutBodyAt(60, Ending.CLOSE));
        }
        return cuts;
    }

    static Stream<Arguments> beforeText() {
        List<Arguments> all = new ArrayList<>();
        for (boolean streamed : new boolean[] {true, false}) {
            cutsBeforeText(streamed).forEach((name, cut) -> {
                for (Way way : Way.values()) {
                    all.add(Arguments.of((streamed ? "stream " : "whole ") + name, way, streamed, cut));
                }
            });
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("beforeText")
    void cut_beforeText_isAskedAgainAndTheCallerSeesOneAnswer(String name, Way way, boolean streamed, Reply cut) {
        try (SimulatedBackend backend = SimulatedBackend.start(cut, Chat.answer(streamed, TEXT))) {
            Diary diary = new Diary();
            Reading reading = Reading.of(stream(backend, streamed, diary), way);
            assertThat(reading.failed()).as(reading.toString()).isFalse();
            assertThat(reading.text()).isEqualTo(TEXT);
            assertThat(reading.started()).isEqualTo(1);
            assertThat(reading.completed()).isEqualTo(1);
            assertThat(backend.requests()).hasSize(2);
            assertThat(diary.failures).hasSize(1);
            assertThat(diary.failures.get(0).category()).isIn(ErrorCategory.CONNECTION, ErrorCategory.PARSE);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Way.class)
    void cut_beforeTextTwice_onAMeteredEndpoint_fails(Way way) {
        try (SimulatedBackend backend = SimulatedBackend.start(
                Reply.sse(Chat.ROLE).close(), Reply.sse(Chat.ROLE).close())) {
            Reading reading = Reading.of(stream(backend, true, new Diary()), way);
            assertThat(reading.failure().category()).isEqualTo(ErrorCategory.CONNECTION);
            assertThat(reading.failure().attempts()).isEqualTo(2);
            assertThat(reading.started()).isZero();
            assertThat(backend.requests()).hasSize(2);
        }
    }

    static Stream<Arguments> afterText() {
        List<Arguments> all = new ArrayList<>();
        for (Framing framing : List.of(Framing.CHUNKED, Framing.CONTENT_LENGTH, Framing.CLOSE_DELIMITED)) {
            for (Ending ending : List.of(Ending.CLOSE, Ending.RESET)) {
                for (Way way : Way.values()) {
                    all.add(Arguments.of(framing, ending, way));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0}, {1}, {2}")
    @MethodSource("afterText")
    void cut_afterText_isNeverAskedAgain(Framing framing, Ending ending, Way way) {
        // The text must have arrived before a reset overtakes it.
        Gate committed = Gate.create();
        Diary diary = new Diary();
        diary.onCommit = committed::open;
        Reply text = Reply.sse(Chat.ROLE, Chat.text("once "))
                .framing(framing)
                .declareLength(9999)
                .await(committed);
        Reply script = ending == Ending.RESET ? text.reset() : text.close();
        try (SimulatedBackend backend = SimulatedBackend.start(script)) {
            Reading reading = Reading.of(stream(backend, true, diary), way);
            assertThat(reading.failure().category()).isEqualTo(ErrorCategory.CONNECTION);
            assertThat(reading.failure().attempts()).isEqualTo(1);
            assertThat(reading.text()).isEqualTo(way == Way.COLLECT ? "" : "once ");
            assertThat(reading.completed()).isZero();
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void cut_atEveryByteOfTheBody_givesEachTextAtMostOnce() {
        Reply full = Chat.streamed("a", "b", "c");
        int length;
        try (SimulatedBackend backend = SimulatedBackend.start(full)) {
            Reading.of(stream(backend, true, new Diary()), Way.SUBSCRIBE);
            length = (int) backend.request(0).answerBytes();
        }
        int again = 0;
        int broken = 0;
        for (int at = 0; at < length; at += 7) {
            try (SimulatedBackend backend = SimulatedBackend.start(full.cutAt(at, Ending.CLOSE), full)) {
                Reading reading = Reading.of(stream(backend, true, new Diary()), Way.SUBSCRIBE);
                if (reading.failed()) {
                    // Text was shown: what is there stays, and nothing is added.
                    assertThat(backend.requests()).as("cut at " + at).hasSize(1);
                    assertThat("abc").as("cut at " + at).startsWith(reading.text());
                    assertThat(reading.text()).as("cut at " + at).isNotEmpty();
                    broken++;
                } else {
                    assertThat(reading.text()).as("cut at " + at).isEqualTo("abc");
                    assertThat(reading.started()).isEqualTo(1);
                    again += backend.requests().size() - 1;
                }
            }
        }
        assertThat(again).isPositive();
        assertThat(broken).isPositive();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Way.class)
    void cut_afterTheFinishReason_isAWholeAnswer(Way way) {
        Reply cut = Reply.sse(Chat.ROLE, Chat.text(TEXT), Chat.FINISH).close();
        try (SimulatedBackend backend = SimulatedBackend.start(cut)) {
            Reading reading = Reading.of(stream(backend, true, new Diary()), way);
            assertThat(reading.text()).isEqualTo(TEXT);
            assertThat(reading.completed()).isEqualTo(1);
            assertThat(backend.requests()).hasSize(1);
        }
    }
}
