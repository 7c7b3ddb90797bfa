package dev.avionics.testkit.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SilentPort;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.leak.SocketWatch;
import dev.avionics.testkit.leak.ThreadWatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What an airframe leaves behind when it is closed: nothing. */
class CloseTest {
    private static CompletableFuture<InferenceResult> call(Airframe airframe, Target target) {
        return airframe.infer(target, Chat.request(true), airframe.newCall()).collect();
    }

    @Test
    void close_afterCalls_leavesNoThreadAndNoSocket() {
        ThreadWatch threads = ThreadWatch.start("avionics-");
        SocketWatch sockets = SocketWatch.start();
        try (SimulatedBackend backend =
                SimulatedBackend.start(Chat.streamed("one"), Chat.streamed("two"), Chat.answer(false, "three"))) {
            try (Airframe airframe = Airframe.create()) {
                Target target = Chat.target(backend.uri());
                assertThat(call(airframe, target)).succeedsWithin(Chat.PATIENCE);
                try (EventCursor<InferenceEvent> cursor = airframe.infer(target, Chat.request(true), airframe.newCall())
                        .open()) {
                    cursor.forEachRemaining(event -> assertThat(event).isNotNull());
                }
                assertThat(airframe.infer(target, Chat.request(false), airframe.newCall())
                                .collect())
                        .succeedsWithin(Chat.PATIENCE);
            }
            backend.awaitOpenConnections(0, Chat.PATIENCE);
        }
        threads.assertNoNewThreads(Chat.PATIENCE);
        sockets.assertNoNewSockets(Chat.PATIENCE);
    }

    @Test
    void close_withCallsInEveryPhase_endsThemAndLeavesNothing() {
        ThreadWatch threads = ThreadWatch.start("avionics-");
        SocketWatch sockets = SocketWatch.start();
        Reply busy =
                Reply.json(429, Chat.error("rate_limit_exceeded", "slow down")).header("Retry-After", "30");
        Diary diary = new Diary();
        try (SilentPort silent = SilentPort.open();
                SimulatedBackend limited = SimulatedBackend.start(busy, busy);
                SimulatedBackend backend = SimulatedBackend.start(
                        Reply.silence(),
                        Reply.sse(Chat.ROLE, Chat.text("a beginning")).stall())) {
            List<CompletableFuture<?>> calls = new ArrayList<>();
            try (Airframe airframe = Airframe.builder()
                    .transportOptions(
                            TransportOptions.builder().maxConnections(2).build())
                    .build()) {
                Target target = Chat.target(backend.uri());
                calls.add(call(airframe, target));
                backend.awaitRequests(1, Chat.PATIENCE);
                calls.add(call(airframe, target));
                backend.awaitRequests(2, Chat.PATIENCE);
                // Waits for a connection, and this one to connect.
                calls.add(call(airframe, target));
                calls.add(call(airframe, Chat.target(silent.uri())));
                calls.add(airframe.infer(
                                Chat.target(limited.uri()),
                                Chat.request(true),
                                airframe.newCall().observedBy(diary))
                        .collect());
                assertThat(diary.awaitWait().toSeconds()).isEqualTo(30);
                calls.add(airframe.embed(
                        Chat.target(limited.uri()),
                        EmbeddingRequest.of("a text"),
                        airframe.newCall().observedBy(diary)));
                assertThat(diary.awaitWait().toSeconds()).isEqualTo(30);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            for (int i = 0; i < calls.size(); i++) {

                assertThat(calls.get(i))
                        .failsWithin(Chat.PATIENCE)
                        .withThrowableThat()
                        .havingCause()
                        .isInstanceOfSatisfying(
                                InferenceException.class,
                                e -> assertThat(e.category()).isEqualTo(ErrorCategory.REJECTED));
            }
            backend.awaitOpenConnections(0, Chat.PATIENCE);
            assertThat(backend.requests()).hasSize(2);
            assertThat(limited.requests()).hasSize(2);
        }
        threads.assertNoNewThreads(Chat.PATIENCE);
        sockets.assertNoNewSockets(Chat.PATIENCE);
    }
}
