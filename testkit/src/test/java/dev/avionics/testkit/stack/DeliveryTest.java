package dev.avionics.testkit.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.testkit.backend.Gate;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.secret.LogCapture;
import dev.avionics.testkit.stack.Reading.Way;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a caller sees of an answer, and when; and what nobody sees. */
class DeliveryTest {
    private Airframe airframe;

    @BeforeEach
    void open() {
        airframe = Airframe.builder().random(() -> 0.0).build();
    }

    @AfterEach
    void close() {
        airframe.close();
    }

    @Test
    @Tag("row-14")
    void firstPiece_isThereBeforeTheBackendSendsTheSecond_andCloseDropsTheConnection() {
        Gate second = Gate.create();
        Reply reply = Reply.sse(Chat.ROLE, Chat.text("first")).await(second).event(Chat.text("second"));
        try (SimulatedBackend backend = SimulatedBackend.start(reply)) {
            try (EventCursor<InferenceEvent> cursor = airframe.infer(
                            Chat.target(backend.uri()), Chat.request(true), airframe.newCall())
                    .open()) {
                assertThat(cursor.next()).isInstanceOf(InferenceEvent.Started.class);
                assertThat(cursor.next()).isEqualTo(new InferenceEvent.TextDelta("first"));
                assertThat(second.isOpen()).isFalse();
            }
            assertThat(backend.request(0).awaitPeerClosed(Chat.PATIENCE)).isNotNull();
            backend.takeScriptFailures();
        }
    }

    @Test
    @Tag("row-73")
    void key_isInOneHeaderAndNowhereElse() {
        List<Reply> replies = List.of(
                Chat.streamed("fine"),
                Reply.json(401, Chat.error("invalid_api_key", "Incorrect API key provided: " + Chat.KEY)),
                Reply.json(400, Chat.error("bad", "you sent authorization: Bearer " + Chat.KEY)),
                Reply.sse("{\"error\":{\"message\":\"key " + Chat.KEY + " is used up\"}}"),
                Reply.of("text/html", "<html>" + Chat.KEY + "</html>"),
                Reply.hangUp());
        for (Reply reply : replies) {
            try (LogCapture log = LogCapture.start();
                    SimulatedBackend backend = SimulatedBackend.start(reply, reply, reply, reply)) {
                Reading reading = Reading.of(
                        airframe.infer(
                                Chat.target(backend.uri()),
                                Chat.request(true),
                                airframe.newCall().deliveredOn(Delivery.on(Runnable::run))),
                        Way.SUBSCRIBE);

                assertThat(log.text()).doesNotContain(Chat.KEY);
                if (reading.failed()) {
                    assertShowsNoKey(reading.failure());
                }
                assertThat(backend.request(0).headers("authorization")).containsExactly("Bearer " + Chat.KEY);
                assertThat(backend.request(0).target()).isEqualTo("/v1/chat/completions");
                assertThat(backend.request(0).bodyText()).doesNotContain(Chat.KEY);
            }
        }
    }

    private static void assertShowsNoKey(InferenceException error) {
        for (Throwable t = error; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain(Chat.KEY);
            for (Throwable earlier : t.getSuppressed()) {
                assertThat(earlier.toString()).doesNotContain(Chat.KEY);
            }
        }
        assertThat(error.excerpt().orElse("")).doesNotContain(Chat.KEY);
    }

    @Test
    @Tag("row-73")
    void noKey_sendsNoAuthorization() {
        try (SimulatedBackend backend = SimulatedBackend.start(Chat.streamed("fine"))) {
            Reading reading = Reading.of(
                    airframe.infer(
                            Chat.target(backend.uri(), dev.avionics.airframe.spi.CredentialSource.none()),
                            Chat.request(true),
                            airframe.newCall()),
                    Way.COLLECT);

            assertThat(reading.text()).isEqualTo("fine");
            assertThat(backend.request(0).header("authorization")).isEmpty();
        }
    }

    @Test
    @Tag("row-30")
    void malformedFrame_wherePassedOver_isLoggedInTwoHundredCharacters() {
        Reply reply = Reply.sse("x".repeat(1000), Chat.text("fine"), Chat.FINISH, Chat.DONE);
        try (LogCapture log = LogCapture.start();
                SimulatedBackend backend = SimulatedBackend.start(reply)) {
            Reading reading = Reading.of(
                    airframe.infer(
                            Chat.target(backend.uri()),
                            Chat.request(true),
                            airframe.newCall().withLenientFrames()),
                    Way.COLLECT);

            assertThat(reading.text()).isEqualTo("fine");
            assertThat(log.text())
                    .contains("malformed_sse_chunk data=" + "x".repeat(200))
                    .doesNotContain("x".repeat(201));
        }
    }

    @Test
    @Tag("row-36")
    void retry_isLoggedWithItsFields() {
        try (LogCapture log = LogCapture.start();
                SimulatedBackend backend = SimulatedBackend.start(
                        Reply.json(503, Chat.error("overloaded", "busy")), Chat.streamed("fine"))) {
            Reading reading = Reading.of(
                    airframe.infer(Chat.target(backend.uri()), Chat.request(true), airframe.newCall()), Way.COLLECT);

            assertThat(reading.text()).isEqualTo("fine");
            assertThat(log.text())
                    .contains("llm_retry attempt=1 max_retries=3 backoff_seconds=0.0 error=")
                    .contains("busy");
        }
    }
}
