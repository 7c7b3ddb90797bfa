package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static dev.avionics.testkit.engine.LineProtocol.headers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Adjustment;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.http.ScriptedExchange.End;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Before the first content everything may be tried again and nothing is seen; after it nothing is. */
class CommitTest {
    private static final Target A = Rig.target("a", Billing.FREE);
    private static final Script GOOD = Script.reply(200).bytes(data("text hi", "finish stop", "usage 3 5", "[DONE]"));
    private final Rig rig = new Rig();

    @BeforeEach
    void noBackOff() {
        rig.random = () -> 0;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ping", "usage 1 1"})
    void cutBeforeContent_isTriedAgain_andSeenOnce(String frame) {
        rig.context = rig.context.withRawFrames();
        Script cut = Script.reply(200, headers("x-ratelimit-limit-requests", "1"))
                .bytes(data(frame))
                .end();
        rig.transport.then(cut).then(cut).then(GOOD);
        Reader reader = rig.toEnd(rig.read(A));

        assertThat(reader.events)
                .hasExactlyElementsOfTypes(
                        InferenceEvent.Started.class,
                        InferenceEvent.RawFrame.class,
                        InferenceEvent.TextDelta.class,
                        InferenceEvent.RawFrame.class,
                        InferenceEvent.RawFrame.class,
                        InferenceEvent.RawFrame.class,
                        InferenceEvent.Completed.class);
        assertThat(reader.started().attempts()).isEqualTo(3);
        assertThat(reader.started().rateLimits().headers()).isEmpty();
        assertThat(reader.text()).isEqualTo("hi");
        assertThat(reader.end().usage().outputTotal().value()).isEqualTo(5);
        assertThat(reader.outcomes).isEqualTo(1);
        assertThat(reader.terminals).isEqualTo(1);
        rig.assertQuiet();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text hi", "think hm", "tool search"})
    void failureAfterContent_repeatsNothing(String content) {
        rig.transport
                .then(Script.reply(200).bytes(data(content)).fail("reset", Sent.ALL))
                .then(GOOD);
        Reader reader = rig.read(A);

        assertThat(rig.transport.exchanges()).hasSize(1);
        assertThat(reader.events).hasSize(2);
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.CONNECTION);
        assertThat(reader.outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(rig.log.lines).containsExactly("start 1 a", "commit 1 a", "end Failed");
        rig.assertQuiet();
    }

    @Test
    void cutAfterContent_isAFailureWithAnEstimate() {
        rig.transport.then(Script.reply(200).bytes(data("text twelve chars")).end());
        Reader reader = rig.read(A);
        assertThat(reader.failure().code()).contains("cut");
        assertThat(reader.outcome.usage().isEstimated()).isTrue();
        assertThat(reader.outcome.usage().outputTotal().value()).isEqualTo(3);
        assertThat(reader.outcome.usage().inputTotal().isPresent()).isTrue();
        rig.assertQuiet();
    }

    @Test
    void inBandError_beforeContent_isAsItsCategory_afterIt_aFailure() {
        rig.transport
                .then(Script.reply(200).bytes(data("error OVERLOADED")))
                .then(Script.reply(200).bytes(data("text hi", "error OVERLOADED")));
        Reader reader = rig.toEnd(rig.read(A));
        assertThat(rig.transport.exchanges()).hasSize(2);
        assertThat(reader.text()).isEqualTo("hi");
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.OVERLOADED);
        assertThat(reader.failure().attempts()).isEqualTo(2);
        rig.assertQuiet();
    }

    @Test
    void terminalOnly_commits() {
        rig.transport.then(Script.reply(200).bytes(data("finish length", "usage 3 0", "[DONE]")));
        Reader reader = rig.read(A);
        assertThat(reader.events)
                .hasExactlyElementsOfTypes(InferenceEvent.Started.class, InferenceEvent.Completed.class);
        assertThat(reader.end().finish()).isEqualTo(FinishReason.LENGTH);
        assertThat(rig.log.lines).containsExactly("start 1 a", "commit 1 a", "end Done");
        rig.assertQuiet();
    }

    @Test
    void rawFrames_comeBeforeTheEventsMadeOfThem() {
        rig.context = rig.context.withRawFrames();
        rig.transport.then(Script.reply(200).bytes(data("ping", "text a", "text b", "finish stop", "[DONE]")));
        Reader reader = rig.read(A);
        assertThat(reader.events.stream().map(CommitTest::brief))
                .containsExactly(
                        "Started",
                        "raw ping",
                        "raw text a",
                        "a",
                        "raw text b",
                        "b",
                        "raw finish stop",
                        "raw [DONE]",
                        "Completed");
        rig.assertQuiet();
    }

    private static String brief(InferenceEvent event) {
        if (event instanceof InferenceEvent.RawFrame raw) {
            return "raw " + raw.data();
        }
        return event instanceof InferenceEvent.TextDelta text
                ? text.text()
                : event.getClass().getSimpleName();
    }

    @Test
    void framesWithoutContent_areNotHeldBackWithoutEnd() {
        rig.context = rig.context.withRawFrames();
        String[] pings = new String[2000];
        java.util.Arrays.fill(pings, "ping");
        rig.transport.then(Script.reply(200).bytes(data(pings)).end()).then(GOOD);
        Reader reader = rig.read(A);
        assertThat(reader.events).hasSizeGreaterThan(1024);
        assertThat(rig.transport.exchanges()).hasSize(1);
        assertThat(reader.failure().code()).contains("cut");
        rig.assertQuiet();
    }

    @Test
    void started_carriesAdjustments() {
        Adjustment adjustment = new Adjustment("top_k", Adjustment.Action.DROPPED, "the backend has none");
        rig.protocol.inference = (scope, request) -> new Exchange<>(
                List.of(adjustment), new Step.Send<>(rig.protocol.call(scope, "/chat"), rig.protocol::onHead));
        rig.transport.then(GOOD);
        assertThat(rig.read(A).started().adjustments()).containsExactly(adjustment);
        rig.assertQuiet();
    }

    @Test
    void endMark_leavesTheRestOfTheBodyToTheTransport() {
        rig.transport.then(GOOD);
        assertThat(rig.read(A).completed).isTrue();
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.FINISHED);
        assertThat(rig.time.elapsed()).isEqualTo(Duration.ZERO);
        rig.assertQuiet();
    }

    @Test
    void eof_inTheTail_completes() {
        for (Script tail : List.of(
                Script.reply(200).bytes(data("text hi", "finish stop")).end(),
                Script.reply(200).bytes(data("text hi", "finish stop")).fail("eof", Sent.ALL),
                Script.reply(200).lastBytes("data: text hi\n\ndata: finish stop"))) {
            rig.transport.then(tail);
            Reader reader = rig.read(A);
            assertThat(reader.completed).isTrue();
            assertThat(reader.text()).isEqualTo("hi");
            assertThat(reader.outcomes).isEqualTo(1);
            rig.assertQuiet();
        }
    }

    @Test
    void usageAfterTheFinish_isWaitedFor() {
        rig.transport.then(Script.reply(200)
                .bytes(data("text hi", "finish stop"))
                .after(Duration.ofMillis(1500))
                .bytes(data("usage 3 5"))
                .after(Duration.ofMillis(100))
                .end());
        Reader reader = rig.read(A);
        rig.time.advance(Duration.ofSeconds(2));
        assertThat(reader.end().usage().inputTotal().value()).isEqualTo(3);
        rig.assertQuiet();
    }

    @Test
    void failuresStatusAndRequestId_areTold() {
        rig.policy = dev.avionics.airframe.call.RetryPolicy.NEVER;
        rig.transport.then(
                Script.reply(500, headers("x-request-id", "r1")).bytes("x").end());
        Reader reader = rig.read(A);
        assertThat(reader.failure().status()).hasValue(500);
        assertThat(reader.failure().requestId()).contains("r1");
        assertThat(rig.transport.exchange(0).ending()).isIn(End.COMPLETE, End.FINISHED);
        rig.assertQuiet();
    }
}
