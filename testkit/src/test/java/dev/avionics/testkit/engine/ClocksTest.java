package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static dev.avionics.testkit.engine.LineProtocol.headers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.http.ScriptedExchange.End;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each of the six clocks: when it runs, when it stands still, what it is called. */
class ClocksTest {
    private static final Target A = Rig.target("a", Billing.METERED);
    private static final Duration TICK = Duration.ofNanos(1);
    private static final Timeouts CLOCKS = new Timeouts(
            Duration.ofSeconds(10),
            Duration.ofSeconds(20),
            Duration.ofSeconds(30),
            Duration.ofSeconds(70),
            Duration.ofSeconds(2),
            Duration.ofSeconds(600));
    private final Rig rig = new Rig();

    @BeforeEach
    void oneAttempt() {
        rig.policy = RetryPolicy.NEVER;
        rig.protocol.timeouts = CLOCKS;
    }

    /** Asserts that a clock runs out exactly now, after this time of nothing. */
    private void runsOut(Reader reader, String clock, Duration after, Sent sent) {
        rig.time.advance(after.minus(TICK));
        assertThat(reader.outcome).as("too early").isNull();
        assertThat(rig.time.pendingTasks()).as("one timer").isEqualTo(1);
        rig.time.advance(TICK);
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.TIMEOUT);
        assertThat(reader.failure().clock()).contains(clock);
        assertThat(reader.failure().getMessage()).contains("clock " + clock);
        assertThat(reader.failure().sent()).isEqualTo(sent);
        rig.play();
        assertThat(rig.transport.exchanges()).allMatch(e -> e.ending() == End.CANCELLED);
        rig.assertQuiet();
    }

    @Test
    void connect_runsFromTheStartToTheConnection_poolWaitIncluded() {
        rig.transport.then(Script.begin());
        Reader reader = rig.read(A);
        assertThat(rig.transport.exchange(0).connect()).isEqualTo(CLOCKS.connect());
        runsOut(reader, "connect", CLOCKS.connect(), Sent.NOTHING);
    }

    @Test
    void connect_isOverWithTheConnection() {
        rig.transport.then(
                Script.begin().after(Duration.ofSeconds(10).minus(TICK)).connected());
        Reader reader = rig.read(A);
        rig.time.advance(Duration.ofSeconds(100));
        // Writing a request has no clock of its own.
        assertThat(reader.outcome).isNull();
        runsOut(reader, "total", Duration.ofSeconds(500), Sent.PART);
    }

    @Test
    void firstByte_runsFromTheLastByteOfTheRequestToTheHead() {
        Duration before = Duration.ofSeconds(25);
        rig.transport.then(Script.begin().connected().after(before).sent());
        Reader reader = rig.read(A);
        rig.time.advance(before);
        runsOut(reader, "first_byte", CLOCKS.firstByte(), Sent.ALL);
    }

    @Test
    void idle_runsBetweenAnyTwoBytes() {
        Script script = Script.reply(200).bytes(data("text hi"));
        for (int i = 0; i < 5; i++) {
            script = script.after(Duration.ofSeconds(30).minus(TICK)).bytes(i % 2 == 0 ? ": ping\n" : data("text x"));
        }
        rig.transport.then(script);
        Reader reader = rig.read(A);
        for (int i = 0; i < 5; i++) {
            rig.time.advance(Duration.ofSeconds(30).minus(TICK));
        }
        runsOut(reader, "idle", CLOCKS.idle(), Sent.ALL);
    }

    @Test
    void idle_runsFromTheHeadToo() {
        rig.transport.then(Script.reply(200));
        runsOut(rig.read(A), "idle", CLOCKS.idle(), Sent.ALL);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void progress_runsWhileOnlyPingsCome(boolean rawFrames) {
        Script script = Script.reply(200).bytes(data("text hi"));
        for (int i = 0; i < 20; i++) {
            script = script.after(Duration.ofSeconds(7)).bytes(i % 2 == 0 ? ": ping\n\n" : data("ping"));
        }
        rig.transport.then(script);
        if (rawFrames) {
            rig.context = rig.context.withRawFrames();
        }
        Reader reader = rig.read(A);
        rig.time.advance(CLOCKS.progress().minus(TICK));
        assertThat(reader.outcome).isNull();
        rig.time.advance(TICK);
        assertThat(reader.failure().clock()).contains("progress");
        rig.assertQuiet();
    }

    @Test
    void progress_isSetBackByEachEvent() {
        Script script = Script.reply(200);
        for (int i = 0; i < 20; i++) {
            script = script.after(Duration.ofSeconds(20)).bytes(data("text x"));
        }
        rig.transport.then(script.bytes(data("finish stop", "[DONE]")));
        Reader reader = rig.read(A);
        rig.time.advance(Duration.ofSeconds(400));
        assertThat(reader.completed).isTrue();
        rig.assertQuiet();
    }

    @Test
    void tail_completesTheAnswer() {
        rig.transport.then(Script.reply(200)
                .bytes(data("text hi", "finish stop"))
                .after(Duration.ofSeconds(1))
                .bytes(data("text !")));
        Reader reader = rig.read(A);
        rig.time.advance(Duration.ofSeconds(2).minus(TICK));
        assertThat(reader.outcome).isNull();
        rig.time.advance(TICK);
        assertThat(reader.completed).isTrue();
        assertThat(reader.text()).isEqualTo("hi!");
        assertThat(reader.end().finishRaw()).isEqualTo("stop");
        assertThat(reader.end().usage().isPresent()).isFalse();
        assertThat(rig.transport.exchange(0).ending()).isEqualTo(End.FINISHED);
        rig.assertQuiet();
    }

    @Test
    void tail_endsTheAnswerForAReaderThatAsksForNothing() {
        rig.transport.then(Script.reply(200).bytes(data("text hi", "finish stop")));
        Reader reader = rig.read(rig.stream(A), 1);
        rig.time.advance(Duration.ofSeconds(2));
        assertThat(reader.outcome).isNotNull();
        assertThat(reader.terminals).isZero();
        reader.request(10);
        assertThat(reader.completed).isTrue();
        rig.assertQuiet();
    }

    @Test
    void wholeAnswers_haveConnectAndTotalOnly() {
        rig.protocol.streamed = false;
        rig.transport.then(Script.begin()
                .after(Duration.ofSeconds(9))
                .connected()
                .sent()
                .after(Duration.ofSeconds(300))
                .head(200, headers())
                .after(Duration.ofSeconds(200))
                .bytes("data: te"));
        Reader reader = rig.read(A);
        rig.time.advance(Duration.ofSeconds(590));
        assertThat(reader.outcome).isNull();
        assertThat(rig.transport.exchange(0).bytes()).isPositive();
        runsOut(reader, "total", Duration.ofSeconds(10), Sent.ALL);
    }

    @Test
    void wholeAnswers_haveTheConnectClock() {
        rig.protocol.streamed = false;
        rig.transport.then(Script.begin());
        runsOut(rig.read(A), "connect", CLOCKS.connect(), Sent.NOTHING);
    }

    @Test
    void values_haveConnectAndTotalOnly() {
        rig.transport.then(Script.begin().connected().sent());
        CompletableFuture<?> models = rig.adapter.models(A, rig.context);
        rig.time.advance(Duration.ofSeconds(600).minus(TICK));
        assertThat(models).isNotDone();
        rig.time.advance(TICK);
        assertThat(models).isCompletedExceptionally();
        rig.assertQuiet();
    }

    @Test
    void idle_standsStillWhileTheReaderAsksForNothing_andGoesOnWhenItDoes() {
        Script script = Script.reply(200);
        for (int i = 0; i < 300; i++) {
            script = script.bytes(data("text x"));
        }
        rig.transport.then(script);
        Reader reader = rig.read(rig.stream(A), 10);
        rig.time.advance(Duration.ofSeconds(400));
        assertThat(reader.outcome).isNull();
        assertThat(reader.events).hasSize(10);
        reader.request(Long.MAX_VALUE);
        rig.play();
        assertThat(reader.text()).hasSize(300);
        runsOut(reader, "idle", CLOCKS.idle(), Sent.ALL);
    }

    @Test
    void idle_standsStillForAWindowThatIsFull_untilItIsAskedAgain() {
        // The reader's demand never ends, but its executor takes nothing for a while.
        java.util.ArrayDeque<Runnable> tasks = new java.util.ArrayDeque<>();
        rig.context = rig.context.deliveredOn(dev.avionics.airframe.call.Delivery.on(tasks::add));
        // Exactly what the window takes: when it is open again nothing comes.
        Script script = Script.reply(200);
        for (int i = 0; i < 255; i++) {
            script = script.bytes(data("text x"));
        }
        rig.transport.then(script);
        Reader reader = rig.read(A);
        rig.time.advance(Duration.ofSeconds(44));
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        rig.play();
        rig.time.advance(Duration.ofSeconds(30).minus(TICK));
        assertThat(reader.outcome).as("idle since 30 s less a tick only").isNull();
        rig.time.advance(TICK);
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        assertThat(reader.failure().clock()).contains("idle");
        assertThat(reader.text()).hasSize(255);
        rig.assertQuiet();
    }

    @Test
    void total_runsWhoeverAsksForNothing() {
        rig.transport.then(Script.reply(200).bytes(data("text a", "text b")));
        Reader reader = rig.read(rig.stream(A), 1);
        rig.time.advance(Duration.ofSeconds(600).minus(TICK));
        assertThat(reader.outcome).isNull();
        rig.time.advance(TICK);
        assertThat(reader.outcome).isNotNull();
        reader.request(5);
        assertThat(reader.failure().clock()).contains("total");
        rig.assertQuiet();
    }

    @Test
    void total_isOverAllAttemptsAndTheirWaits() {
        rig.policy = RetryPolicy.DEFAULT.withMaxRetries(1000);
        rig.protocol.timeouts = CLOCKS.with(Timeouts.Override.total(Duration.ofSeconds(10)));
        Script busy = Script.begin()
                .connected()
                .sent()
                .after(Duration.ofSeconds(2))
                .head(503, headers("retry-after", "1"))
                .bytes("x")
                .end();
        rig.transport.otherwise(call -> busy);
        Reader reader = rig.toEnd(rig.read(A));

        // At 0, 3, 6 and 9 s; the last is cut by the clock.
        assertThat(rig.transport.exchanges()).hasSize(4);
        assertThat(rig.time.elapsed()).isEqualTo(Duration.ofSeconds(10));
        assertThat(reader.failure().clock()).contains("total");
        assertThat(reader.failure().attempts()).isEqualTo(4);
        assertThat(reader.failure().getSuppressed()).hasSize(3);
        assertThat(rig.transport.exchange(3).connect()).isEqualTo(Duration.ofSeconds(1));
        rig.assertQuiet();
    }

    @Test
    void total_aWaitThatDoesNotFit_isNotBegun() {
        rig.policy = RetryPolicy.DEFAULT;
        rig.context = rig.context.withTotal(Duration.ofSeconds(5));
        rig.transport.otherwise(call ->
                Script.reply(429, headers("retry-after", "5")).bytes("x").end());
        Reader reader = rig.read(A);
        assertThat(reader.failure().category()).isEqualTo(ErrorCategory.RATE_LIMITED);
        assertThat(reader.failure().attempts()).isEqualTo(1);
        rig.assertQuiet();
    }

    @Test
    void deadline_ofTheCaller_winsOverTheTotal() {
        rig.transport.then(Script.begin());
        rig.context = rig.context.withDeadline(Deadline.after(rig.time, Duration.ofSeconds(3)));
        Reader reader = rig.read(A);
        assertThat(rig.transport.exchange(0).connect()).isEqualTo(Duration.ofSeconds(3));
        runsOut(reader, "total", Duration.ofSeconds(3), Sent.NOTHING);
    }

    @Test
    void total_beginsWithTheConsumption() {
        rig.transport.then(Script.begin().connected());
        var stream = rig.stream(A);
        rig.time.advance(Duration.ofSeconds(3600));
        runsOut(rig.read(stream), "total", CLOCKS.total(), Sent.PART);
    }

    @Test
    void endpointAndCaller_mayReplaceClocks_theCallerLast() {
        rig.transport.then(Script.begin()).then(Script.begin());
        Target quick = new Target(
                A.endpoint().toBuilder()
                        .timeouts(new Timeouts.Override(Duration.ofSeconds(4), null, null, null, null, null))
                        .build(),
                "m");
        runsOut(rig.read(quick), "connect", Duration.ofSeconds(4), Sent.NOTHING);
        rig.context =
                rig.context.withTimeouts(new Timeouts.Override(Duration.ofSeconds(1), null, null, null, null, null));
        runsOut(rig.read(quick), "connect", Duration.ofSeconds(1), Sent.NOTHING);
    }

    @Test
    void clocks_ofAnAgeOrMore_neverRunOut() {
        Duration forever = java.time.temporal.ChronoUnit.FOREVER.getDuration();
        rig.protocol.timeouts = new Timeouts(forever, forever, forever, forever, forever, forever);
        rig.transport.then(Script.begin()
                .after(Duration.ofDays(1))
                .connected()
                .sent()
                .after(Duration.ofDays(1))
                .head(200, headers())
                .after(Duration.ofDays(1))
                .bytes(data("text hi", "finish stop", "[DONE]")));
        Reader reader = rig.read(A);
        rig.time.advance(Duration.ofDays(3));
        assertThat(reader.completed).isTrue();
        rig.assertQuiet();
    }

    @Test
    void credentialThatNeverComes_isEndedByTotal() {
        Target waiting = Rig.target("a", Billing.METERED, CompletableFuture::new);
        runsOut(rig.read(waiting), "total", CLOCKS.total(), Sent.NOTHING);
        assertThat(rig.transport.exchanges()).isEmpty();
    }
}
