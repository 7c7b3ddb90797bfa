package dev.avionics.gateway;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static dev.avionics.gateway.GatewayRig.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RestartBufferedTest {
    private final GatewayRig rig = new GatewayRig();

    @AfterEach
    void close() {
        assertThat(rig.time.pendingTasks()).isZero();
        rig.close();
    }

    private LLMGateway gateway() {
        return rig.gateway()
                .fallback(to("anthropic").withAfterCommit(AfterCommit.RESTART_BUFFERED))
                .build();
    }

    private Reader<InferenceEvent> read() {
        return Reader.of(gateway().infer(GatewayRequest.of("hi"), rig.airframe.newCall()));
    }

    private static Stream<String> texts(Reader<InferenceEvent> reader) {
        return reader.got.stream()
                .filter(InferenceEvent.TextDelta.class::isInstance)
                .map(event -> ((InferenceEvent.TextDelta) event).text());
    }

    @Test
    @Tag("row-146")
    void answer_thatBreaksOff_beginsAnewElsewhere_andNothingOfTheFirstIsDelivered() {
        rig.openai.fails(failure(ErrorCategory.CONNECTION), text("a"), text("b"));
        rig.anthropic.events(text("x"), text("y"), ScriptedAdapter.completed(FinishReason.STOP, 2));
        Reader<InferenceEvent> reader = read();
        assertThat(texts(reader)).containsExactly("x", "y");
        assertThat(reader.complete).isTrue();
        assertThat(reader.got.get(0))
                .isInstanceOfSatisfying(
                        InferenceEvent.Started.class,
                        started -> assertThat(started.attempts()).isEqualTo(2));
        assertThat(rig.anthropic.seen().get(0).request().messages()).hasSize(1);
    }

    @Test
    void answer_thatIsNotWhole_isHeldBack() {
        rig.openai.events(text("a"), text("b"));
        Reader<InferenceEvent> reader = read();
        assertThat(reader.got).isEmpty();
        reader.subscription.cancel();
        assertThat(rig.openai.cancelled()).isEqualTo(1);
    }

    @Test
    void answer_thatIsWhole_isDeliveredAsItIsAskedFor() {
        rig.openai.events(text("a"), text("b"), text("c"), ScriptedAdapter.completed(FinishReason.STOP, 3));
        Reader<InferenceEvent> reader = new Reader<>();
        gateway().infer(GatewayRequest.of("hi"), rig.airframe.newCall()).subscribe(reader);
        for (int asked = 1; !reader.complete; asked++) {
            reader.subscription.request(1);
            assertThat(reader.got.size()).isLessThanOrEqualTo(asked);
            assertThat(asked).isLessThan(20);
        }
        assertThat(texts(reader)).containsExactly("a", "b", "c");
    }

    @Test
    void answer_ofMoreEventsThanAreAskedForAtATime_isWhole() {
        InferenceEvent[] events = Stream.concat(
                        Stream.generate(() -> text("a")).limit(1000),
                        Stream.of(ScriptedAdapter.completed(FinishReason.STOP, 1000)))
                .toArray(InferenceEvent[]::new);
        rig.openai.events(events);
        Reader<InferenceEvent> reader = read();
        assertThat(texts(reader)).hasSize(1000);
        assertThat(reader.complete).isTrue();
    }

    @Test
    void answer_thatIsTooLongToBeHeldBack_isDeliveredAndItsFailureIsTheCalls() {
        InferenceEvent[] events = new InferenceEvent[101];
        Arrays.fill(events, text("x".repeat(10_000)));
        rig.openai.fails(failure(ErrorCategory.CONNECTION), events);
        rig.anthropic.text("never");
        Reader<InferenceEvent> reader = read();
        assertThat(texts(reader)).hasSize(101);
        assertThat(reader.error).isInstanceOf(InferenceException.class);
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    void target_withoutContentInTime_isLeftAsAlways() {
        rig.openai.events();
        rig.anthropic.text("faster");
        Reader<InferenceEvent> reader = read();
        rig.time.advance(Duration.ofSeconds(15));
        assertThat(texts(reader)).containsExactly("faster");
        assertThat(rig.openai.cancelled()).isEqualTo(1);
    }
}
