package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.call.Pauses;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.http.HttpCall;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.Step;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.time.VirtualTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Waits on which a call depends: their end is the end of the wait, or of the engine, whichever is first. */
class PausesTest {
    private static final Target A = Rig.target("a", Billing.FREE);
    private static final Script GOOD = Script.reply(200).bytes(data("text hi", "finish stop", "[DONE]"));
    private final Rig rig = new Rig();

    @Test
    void waitBetweenAttempts_isOverWhenTheEngineCloses() {
        rig.transport.then(Script.answer(503, "")).then(GOOD);
        Reader reader = rig.read(A);
        assertThat(rig.transport.exchanges()).hasSize(1);
        rig.attempts().close();
        rig.play();
        assertThat(reader.text()).isEqualTo("hi");
        rig.assertQuiet();
    }

    @Test
    void waitBetweenAttempts_thatBeginsAfterTheClose_isNone() {
        rig.transport.then(Script.answer(503, "")).then(GOOD);
        rig.attempts().close();
        assertThat(rig.read(A).text()).isEqualTo("hi");
        rig.assertQuiet();
    }

    @Test
    void waitForAValue_isOverWhenTheEngineCloses() {
        rig.transport.then(Script.answer(503, "")).then(Script.answer(200, "1 2"));
        CompletableFuture<EmbeddingResult> value = rig.attempts()
                .value(
                        rig.context,
                        rig.protocol.timeouts,
                        AttemptPlan.single(A),
                        (attempt, call) -> rig.adapter.embed(attempt.target(), EmbeddingRequest.of("a"), call));
        rig.play();
        assertThat(value).isNotDone();
        rig.attempts().close();
        rig.play();
        assertThat(value.join().dimensions()).isEqualTo(2);
        rig.assertQuiet();
    }

    @Test
    void waitBetweenSteps_isOverWhenTheEngineCloses() {
        HttpCall poll = HttpCall.get(URI.create("http://a.test/poll"));
        rig.protocol.inference = (scope, request) -> new Exchange<>(
                List.of(),
                new Step.Send<>(
                        rig.protocol.call(scope, "/first"),
                        head -> new Step.Send<>(poll, Duration.ofSeconds(5), rig.protocol::onHead)));
        rig.transport.then(Script.reply(202)).then(GOOD);
        Reader reader = rig.read(A);
        assertThat(rig.transport.exchanges()).hasSize(1);
        rig.engine.close();
        rig.play();
        assertThat(rig.transport.exchanges()).hasSize(2);
        assertThat(reader.text()).isEqualTo("hi");
        rig.assertQuiet();
    }

    @Test
    void task_runsOnceAndNeverAfterItWasCalledOff() {
        VirtualTime time = VirtualTime.create();
        Pauses pauses = new Pauses(time);
        List<String> ran = new ArrayList<>();
        pauses.schedule(() -> ran.add("due"), Duration.ofSeconds(1));
        Scheduler.Handle off = pauses.schedule(() -> ran.add("off"), Duration.ofSeconds(1));
        pauses.schedule(
                () -> {
                    ran.add("breaks");
                    throw new IllegalStateException("broken");
                },
                Duration.ofSeconds(3));
        pauses.schedule(() -> ran.add("waits"), Duration.ofSeconds(3));
        off.cancel();
        time.advance(Duration.ofSeconds(2));
        assertThat(ran).containsExactly("due");
        pauses.close();
        assertThat(ran).hasSize(3).contains("breaks", "waits");
        pauses.schedule(() -> ran.add("late"), Duration.ofSeconds(1));
        assertThat(ran).hasSize(4).endsWith("late");
        assertThat(time.pendingTasks()).isZero();
        pauses.close();
        off.cancel();
        time.advance(Duration.ofSeconds(5));
        assertThat(ran).hasSize(4);
    }
}
