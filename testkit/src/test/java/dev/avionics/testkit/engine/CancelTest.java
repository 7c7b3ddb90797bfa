package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static dev.avionics.testkit.engine.LineProtocol.headers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.http.ScriptedExchange.End;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A call that is given up ends at once, in every phase, once, and leaves nothing behind. */
class CancelTest {
    private static final Target A = Rig.target("a", Billing.FREE);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Script GOOD = Script.reply(200).bytes(data("text late", "finish stop", "[DONE]"));
    private final Rig rig = new Rig();

    /** A phase that lasts from the start of the call until it is cancelled a second later. */
    private record Phase(String name, Script script, int events, End end) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Phase phase(String name, Script script, int events) {
        // Each would go on if it were not cancelled.
        return new Phase(name, script, events, End.CANCELLED);
    }

    static List<Phase> phases() {
        Script sent = Script.begin().connected().sent();
        Duration long2 = Duration.ofSeconds(2);
        return List.of(
                phase(
                        "look-up, connect, pool wait",
                        Script.begin().after(long2).connected().sent().head(200, headers()),
                        0),
                phase(
                        "half-written request",
                        Script.begin().connected().after(long2).sent().head(200, headers()),
                        0),
                phase(
                        "before the first byte",
                        sent.after(long2).head(200, headers()).bytes(data("text x")),
                        0),
                phase(
                        "reading an error",
                        Script.reply(500).bytes("half").after(long2).end(),
                        0),
                phase("before content", Script.reply(200).after(long2).bytes(data("text x")), 0),
                phase(
                        "mid-stream",
                        Script.reply(200).bytes(data("text x")).after(long2).bytes(data("text y")),
                        2),
                phase(
                        "in the tail",
                        Script.reply(200)
                                .bytes(data("text x", "finish stop"))
                                .after(long2)
                                .end(),
                        2));
    }

    @ParameterizedTest
    @MethodSource("phases")
    void cancel_inAPhase_closesTheExchange(Phase phase) {
        rig.transport.then(phase.script()).otherwise(call -> GOOD);
        Reader reader = rig.read(A);
        rig.time.advance(SECOND);
        reader.stream.cancel(CancelReason.SHUTDOWN);
        ended(reader, CancelReason.SHUTDOWN, phase.events());
        assertThat(rig.transport.exchanges()).hasSize(1);
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(phase.end());
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.CANCELLED);
        stays(reader, phase.events());
    }

    @ParameterizedTest
    @MethodSource("phases")
    void subscriberCancels_inAPhase_isToldNothingMore(Phase phase) {
        rig.transport.then(phase.script()).otherwise(call -> GOOD);
        Reader reader = rig.read(A);
        rig.time.advance(SECOND);
        reader.cancel();
        reader.cancel();
        ended(reader, CancelReason.CALLER, phase.events());
        assertThat(reader.terminals).isZero();
        stays(reader, phase.events());
    }

    private void ended(Reader reader, CancelReason why, int events) {
        assertThat(reader.outcome)
                .isInstanceOfSatisfying(
                        Outcome.Cancelled.class, c -> assertThat(c.reason()).isEqualTo(why));
        assertThat(reader.events).hasSize(events);
        rig.assertQuiet();
    }

    private void stays(Reader reader, int events) {
        int exchanges = rig.transport.exchanges().size();
        rig.time.advance(Duration.ofHours(1));
        assertThat(reader.events).hasSize(events);
        assertThat(reader.outcomes).isEqualTo(1);
        assertThat(reader.terminals).isLessThanOrEqualTo(1);
        assertThat(rig.transport.exchanges()).hasSize(exchanges);
        assertThat(rig.log.lines.stream().filter(l -> l.startsWith("end"))).containsExactly("end Cancelled");
    }

    @Test
    void cancel_whileTheKeyIsAwaited_sendsNothing() {
        CompletableFuture<Credential> key = new CompletableFuture<>();
        Reader reader = rig.read(Rig.target("a", Billing.FREE, () -> key));
        reader.stream.cancel(CancelReason.CALLER);
        key.complete(Credential.NONE);
        ended(reader, CancelReason.CALLER, 0);
        assertThat(rig.transport.exchanges()).isEmpty();
        stays(reader, 0);
    }

    @Test
    void cancel_beforeTheConsumption_startsNothing() {
        var stream = rig.stream(A);
        stream.cancel(CancelReason.CALLER);
        Reader reader = rig.read(stream);
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.CANCELLED);
        assertThat(rig.transport.exchanges()).isEmpty();
        rig.assertQuiet();
    }

    /** First a ticket, then after a second the answer. */
    private void twoSteps() {
        rig.protocol.inference = (scope, request) -> new Exchange<>(
                List.of(),
                new Step.Send<>(
                        rig.protocol.call(scope, "/first"),
                        head -> new Step.Send<>(
                                rig.protocol.call(scope, "/second"), Duration.ofSeconds(2), rig.protocol::onHead)));
    }

    @Test
    void cancel_inTheDelayOfAStep_sendsNoSecond() {
        twoSteps();
        rig.transport.then(Script.reply(202)).then(GOOD);
        Reader reader = rig.read(A);
        rig.time.advance(SECOND);
        reader.stream.cancel(CancelReason.CALLER);
        ended(reader, CancelReason.CALLER, 0);
        assertThat(rig.transport.exchanges()).hasSize(1);
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.FINISHED);
        stays(reader, 0);
    }

    @Test
    void totalClock_inTheDelayOfAStep_leavesNoTimer() {
        twoSteps();
        rig.context = rig.context.withTotal(SECOND);
        rig.transport.then(Script.reply(202));
        Reader reader = rig.read(A);
        rig.time.advance(SECOND);
        assertThat(reader.failure().clock()).contains("total");
        rig.assertQuiet();
    }

    @Test
    void cancel_inTheSecondStep_closesIt() {
        twoSteps();
        rig.transport.then(Script.reply(202)).then(Script.begin().connected().sent());
        Reader reader = rig.read(A);
        rig.time.advance(Duration.ofSeconds(3));
        assertThat(rig.transport.exchanges()).hasSize(2);
        reader.stream.cancel(CancelReason.CALLER);
        ended(reader, CancelReason.CALLER, 0);
        assertThat(rig.transport.exchange(1).ending()).isEqualTo(End.CANCELLED);
        stays(reader, 0);
    }

    @Test
    void cancel_inTheBackOff_makesNoFurtherAttempt() {
        rig.transport
                .then(Script.reply(429, headers("retry-after", "5")).bytes("x").end())
                .then(GOOD);
        Reader reader = rig.read(A);
        rig.time.advance(SECOND);
        reader.stream.cancel(CancelReason.CALLER);
        ended(reader, CancelReason.CALLER, 0);
        assertThat(rig.transport.exchanges()).hasSize(1);
        assertThat(rig.log.lines).doesNotContain("start 2 a");
        stays(reader, 0);
    }

    @Test
    void cancel_fromWithinOnNext_stopsAtThatEvent() {
        rig.transport.then(Script.reply(200).bytes(data("text a", "text b")).bytes(data("finish stop", "[DONE]")));
        Reader reader = new Reader(rig.stream(A));
        reader.stream.subscribe(reader);
        reader.onNext = () -> {
            if (reader.text().equals("a")) {
                reader.cancel();
            }
        };
        reader.request(2);
        rig.play();
        ended(reader, CancelReason.CALLER, 2);
        assertThat(reader.terminals).isZero();
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.CANCELLED);
        stays(reader, 2);
    }

    @Test
    void cancel_afterTheEnd_doesNothing() {
        rig.transport.then(GOOD);
        Reader reader = rig.read(A);
        reader.stream.cancel(CancelReason.CALLER);
        reader.cancel();
        assertThat(reader.outcome).isInstanceOf(Outcome.Done.class);
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.FINISHED);
        rig.assertQuiet();
    }

    @Test
    void cancel_whenTheEndIsDecodedAndNotDelivered_keepsTheOutcome() {
        rig.transport.then(GOOD);
        Reader reader = rig.read(rig.stream(A), 1);
        assertThat(reader.outcome).isInstanceOf(Outcome.Done.class);
        reader.cancel();
        assertThat(reader.outcomes).isEqualTo(1);
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.FINISHED);
        rig.assertQuiet();
    }

    @Test
    void cancel_tellsTheUsageUpToHere() {
        rig.transport
                .then(Script.reply(200).bytes(data("usage 10 4")).fail("reset", Sent.ALL))
                .then(Script.reply(200).bytes(data("usage 10 0", "text twelve chars")));
        Reader reader = rig.read(A);
        rig.time.advance(SECOND);
        reader.cancel();
        assertThat(reader.outcome.usage().inputTotal().value()).isEqualTo(20);
        assertThat(reader.outcome.usage().outputTotal().value()).isEqualTo(7);
        rig.assertQuiet();
    }

    @Test
    void transportCloses_everyCallEndsWithRejected() {
        rig.transport.then(Script.reply(200).bytes(data("text x"))).then(Script.begin());
        Reader streaming = rig.read(A);
        Reader connecting = rig.read(A);
        rig.transport.close();
        rig.play();
        for (Reader reader : List.of(streaming, connecting)) {
            assertThat(reader.failure().category()).isEqualTo(ErrorCategory.REJECTED);
        }
        assertThat(rig.read(A).failure().category()).isEqualTo(ErrorCategory.REJECTED);
        rig.assertQuiet();
    }

    @Test
    void cancelledFuture_endsTheCall() {
        rig.transport.then(Script.reply(200).bytes(data("text x")));
        CompletableFuture<?> result = rig.stream(A).collect();
        rig.play();
        result.cancel(false);
        rig.assertQuiet();
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.CANCELLED);
    }

    @Test
    void adapterAlone_cancelsWithoutAttempts() {
        rig.transport.then(Script.reply(200).bytes(data("text x")));
        Reader reader = rig.read(rig.adapter.infer(A, InferenceRequest.of("x"), rig.context));
        reader.stream.cancel(CancelReason.DEADLINE);
        assertThat(reader.outcome).isInstanceOf(Outcome.Cancelled.class);
        assertThat(((InferenceException) reader.error).category()).isEqualTo(ErrorCategory.CANCELLED);
        rig.assertQuiet();
    }
}
