package dev.avionics.testkit.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Secret;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.spi.Credential;
import dev.avionics.airframe.spi.CredentialSource;
import dev.avionics.testkit.backend.ClosedPort;
import dev.avionics.testkit.backend.Ending;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.stack.Reading.Way;
import dev.avionics.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of the retry table over real sockets, with the waits in virtual time. */
class RetryTest {
    private final VirtualTime time = VirtualTime.create();
    private final Airframe airframe = Airframe.builder()
            .scheduler(time)
            .ticker(time)
            .clock(time.clock())
            .random(() -> 0.5)
            .build();
    private final Diary diary = new Diary();

    @AfterEach
    void close() {
        airframe.close();
    }

    private CompletableFuture<InferenceResult> call(Target target) {
        return airframe.infer(target, Chat.request(true), airframe.newCall().observedBy(diary))
                .collect();
    }

    private Reading read(Target target, boolean streamed) {
        return Reading.of(
                airframe.infer(
                        target, Chat.request(streamed), airframe.newCall().observedBy(diary)),
                Way.SUBSCRIBE);
    }

    /** Returns the wait between two attempts as soon as its timer is set. */
    private Duration awaitWait() throws InterruptedException {
        Duration wait = diary.awaitWait();
        long until = System.nanoTime() + Chat.PATIENCE.toNanos();
        while (!time.untilNext().equals(Optional.of(wait))) {
            assertThat(System.nanoTime() - until).as("no timer of " + wait).isNegative();
            Thread.onSpinWait();
        }
        return wait;
    }

    private static String text(CompletableFuture<InferenceResult> answer) throws Exception {
        return answer.get(Chat.PATIENCE.toSeconds(), TimeUnit.SECONDS).text();
    }

    @Test
    void tooManyRequests_withAWait_areAskedAgainAfterIt() throws Exception {
        Reply limited =
                Reply.json(429, Chat.error("rate_limit_exceeded", "slow down")).header("Retry-After", "7");
        try (SimulatedBackend backend = SimulatedBackend.start(limited, Chat.streamed("fine"))) {
            CompletableFuture<InferenceResult> answer = call(Chat.target(backend.uri()));
            assertThat(awaitWait()).isEqualTo(Duration.ofSeconds(7));
            time.advance(Duration.ofMillis(6999));
            assertThat(backend.requests()).hasSize(1);
            time.advance(Duration.ofMillis(1));
            assertThat(text(answer)).isEqualTo("fine");
            assertThat(backend.requests()).hasSize(2);
            assertThat(backend.connectionCount()).isEqualTo(1);
            assertThat(diary.failures.get(0).category()).isEqualTo(ErrorCategory.RATE_LIMITED);
        }
    }

    @Test
    void tooManyRequests_withAWaitBeyondTheCap_fail() {
        Reply limited =
                Reply.json(429, Chat.error("rate_limit_exceeded", "slow down")).header("Retry-After", "61");
        try (SimulatedBackend backend = SimulatedBackend.start(limited)) {
            Reading reading = read(Chat.target(backend.uri()), true);
            assertThat(reading.failure().category()).isEqualTo(ErrorCategory.RATE_LIMITED);
            assertThat(reading.failure().retryAfter()).contains(Duration.ofSeconds(61));
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {503, 529, 498})
    void overload_isAskedAgainAfterABackOff(int status) throws Exception {
        Reply busy = Reply.json(status, Chat.error("overloaded_error", "try later"));
        try (SimulatedBackend backend = SimulatedBackend.start(busy, busy, Chat.streamed("fine"))) {
            CompletableFuture<InferenceResult> answer = call(Chat.target(backend.uri()));
            assertThat(awaitWait()).isEqualTo(Duration.ofMillis(50));
            time.advance(Duration.ofMillis(50));
            assertThat(awaitWait()).isEqualTo(Duration.ofMillis(100));
            time.advance(Duration.ofMillis(100));
            assertThat(text(answer)).isEqualTo("fine");
            assertThat(backend.requests()).hasSize(3);
        }
    }

    @Test
    void serverError_onAMeteredEndpoint_isAskedAgainOnce() throws Exception {
        Reply broken = Reply.json(500, Chat.error("server_error", "oops"));
        try (SimulatedBackend backend = SimulatedBackend.start(broken, broken)) {
            CompletableFuture<InferenceResult> answer = call(Chat.target(backend.uri()));
            time.advance(awaitWait());
            assertThat(answer)
                    .failsWithin(Chat.PATIENCE)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(InferenceException.class, e -> {
                        assertThat(e.category()).isEqualTo(ErrorCategory.SERVER_ERROR);
                        assertThat(e.attempts()).isEqualTo(2);
                    });
            assertThat(backend.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Ending.class,
            names = {"STALE_CLOSE", "STALE_RESET"})
    void staleConnection_isReplacedAtOnce(Ending stale) {
        try (SimulatedBackend backend =
                SimulatedBackend.start(Chat.answer(false, "first").then(stale), Chat.streamed("second"))) {
            Target target = Chat.target(backend.uri());
            // Of a whole answer the end is known when its connection has gone back to the pool.
            assertThat(read(target, false).text()).isEqualTo("first");
            Reading second = read(target, true);
            assertThat(second.text()).isEqualTo("second");
            assertThat(second.started()).isEqualTo(1);
            assertThat(diary.failures).hasSize(1);
            assertThat(diary.failures.get(0).sent()).isEqualTo(Sent.STALE);
            assertThat(diary.waits).isEmpty();
            assertThat(backend.requests()).hasSize(2);
            assertThat(backend.connectionCount()).isEqualTo(2);
            assertThat(backend.connections().get(0).staleHits()).isEqualTo(1);
        }
    }

    @Test
    void refusedConnection_isTriedAgainAtOnce() {
        try (SimulatedBackend backend = SimulatedBackend.start(Chat.streamed("fine"))) {
            backend.down();
            diary.onFailure = backend::up;
            assertThat(read(Chat.target(backend.uri()), true).text()).isEqualTo("fine");
            assertThat(diary.attempts).isEqualTo(2);
            assertThat(diary.waits).isEmpty();
            assertThat(backend.requests()).hasSize(1);
        }
    }

    @Test
    void deadServer_isTriedAsOftenAsAllowedAndFails() throws Exception {
        try (ClosedPort port = ClosedPort.open()) {
            CompletableFuture<InferenceResult> answer = call(Chat.target(port.uri()));
            time.advance(awaitWait());
            time.advance(awaitWait());
            assertThat(answer)
                    .failsWithin(Chat.PATIENCE)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(InferenceException.class, e -> {
                        assertThat(e.category()).isEqualTo(ErrorCategory.CONNECTION);
                        assertThat(e.attempts()).isEqualTo(4);
                        assertThat(e.sent()).isEqualTo(Sent.NOTHING);
                        assertThat(e.getMessage())
                                .contains("127.0.0.1:" + port.port())
                                .doesNotContain("\n");
                    });
            assertThat(diary.waits).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void page_inPlaceOfAnAnswer_isAskedAgainOnce(boolean streamed) {
        Reply page = Reply.of("text/html; charset=utf-8", "<!DOCTYPE html><html><title>Login</title></html>");
        try (SimulatedBackend backend = SimulatedBackend.start(page, Chat.answer(streamed, "fine"), page, page)) {
            Target target = Chat.target(backend.uri());
            assertThat(read(target, streamed).text()).isEqualTo("fine");
            Reading second = read(target, streamed);
            assertThat(second.failure().category()).isEqualTo(ErrorCategory.PARSE);
            assertThat(second.failure().getMessage())
                    .containsIgnoringCase("html")
                    .doesNotContain("\n");
            assertThat(second.started()).isZero();
            assertThat(backend.requests()).hasSize(4);
        }
    }

    @Test
    void wrongKey_failsAtOnceAndIsNotShown() {
        Reply refused = Reply.json(401, Chat.error("invalid_api_key", "Incorrect API key provided: " + Chat.KEY));
        try (SimulatedBackend backend = SimulatedBackend.start(refused)) {
            Reading reading = read(Chat.target(backend.uri()), true);
            assertThat(reading.failure().category()).isEqualTo(ErrorCategory.AUTHENTICATION);
            assertThat(reading.failure().toString() + reading.failure().excerpt())
                    .doesNotContain(Chat.KEY);
            assertThat(backend.requests()).hasSize(1);
            assertThat(backend.request(0).header("authorization")).contains("Bearer " + Chat.KEY);
        }
    }

    @Test
    void wrongKey_whereThereIsAnother_isAskedAgainWithThat() {
        Reply refused = Reply.json(401, Chat.error("invalid_api_key", "expired"));
        try (SimulatedBackend backend = SimulatedBackend.start(refused, Chat.streamed("fine"))) {
            Reading reading = read(Chat.target(backend.uri(), new TwoKeys()), true);
            assertThat(reading.text()).isEqualTo("fine");
            assertThat(backend.request(0).header("authorization")).contains("Bearer old-key");
            assertThat(backend.request(1).header("authorization")).contains("Bearer new-key");
            assertThat(backend.requests()).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void redirect_isNotFollowed(int status) {
        try (SimulatedBackend elsewhere = SimulatedBackend.start();
                SimulatedBackend backend = SimulatedBackend.start(
                        Reply.status(status).header("Location", elsewhere.uri() + "/v1/chat/completions"))) {
            Reading reading = read(Chat.target(backend.uri()), true);
            assertThat(reading.failure().status()).hasValue(status);
            assertThat(reading.failure().getMessage()).doesNotContain("\n");
            assertThat(backend.requests()).hasSize(1);
            assertThat(elsewhere.connectionCount()).isZero();
        }
    }

    /** A source that has a second key when the first is refused. */
    private static final class TwoKeys implements CredentialSource {
        private volatile String key = "old-key";

        @Override
        public CompletionStage<Credential> credential() {
            return CompletableFuture.completedFuture(Credential.key(Secret.of(key)));
        }

        @Override
        public boolean rejected(Credential credential) {
            boolean first = key.equals("old-key");
            key = "new-key";
            return first;
        }
    }
}
