package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.RateLimitInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of backends through the whole library: what they say is told, and what they ask for is waited, in virtual time. */
class RateLimitsOnTheWireTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String LIMITED =
            "{\"error\":{\"message\":\"Rate limit reached\",\"type\":\"tokens\",\"code\":\"rate_limit_exceeded\"}}";
    private static final String WHOLE =
            "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"fine\"},\"finish_reason\":\"stop\"}]}";
    private static final String STREAM = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"fine\"},"
            + "\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    private static final String CLAUDE =
            "{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{\"type\":"
                    + "\"text\",\"text\":\"fine\"}],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}";

    private final VirtualTime time = VirtualTime.create();
    private final Airframe airframe = Airframe.builder()
            .scheduler(time)
            .ticker(time)
            .clock(time.clock())
            .random(() -> 0.5)
            .build();

    @AfterEach
    void close() {
        airframe.close();
    }

    private static Target target(SimulatedBackend backend, BackendKind kind, String dialect) {
        return new Target(
                EndpointSpec.builder("vendor", backend.uri(), kind)
                        .apiType(dialect)
                        .build(),
                "m");
    }

    private CompletableFuture<InferenceResult> call(Target target, boolean streamed) {
        InferenceRequest request =
                InferenceRequest.of("q").toBuilder().stream(streamed).build();
        return airframe.infer(target, request, airframe.newCall()).collect();
    }

    private void awaitWaitOf(Duration wait) {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (!time.untilNext().equals(Optional.of(wait))) {
            assertThat(System.nanoTime() - until).as("no timer of " + wait).isNegative();
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @Tag("row-60")
    @CsvSource({"Retry-After, 2, 2000", "retry-after-ms, 1500.5, 1500.5", "x-ratelimit-reset-tokens, 2m59.56s, 179560"})
    void tooManyRequests_arePutOffAsLongAsTheVendorAsks(String header, String value, double millis) throws Exception {
        Duration wait = Duration.ofNanos((long) (millis * 1e6));
        Reply limited = Reply.json(429, LIMITED)
                .header("x-ratelimit-remaining-tokens", "0")
                .header(header, value);
        boolean longer = wait.compareTo(Duration.ofSeconds(60)) > 0;
        try (SimulatedBackend backend = SimulatedBackend.start(limited, Reply.json(200, WHOLE))) {
            CompletableFuture<InferenceResult> answer = call(target(backend, BackendKind.OPENAI_CHAT, "groq"), false);
            if (longer) {
                // Longer than anyone would wait: the caller is told at once, and for how long.
                assertThatThrownBy(answer::join).hasCauseInstanceOf(InferenceException.class);
                assertThat(failure(answer).retryAfter()).contains(wait);
                return;
            }
            awaitWaitOf(wait);
            assertThat(backend.requests()).hasSize(1);
            time.advance(wait);

            InferenceResult result = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(result.text()).isEqualTo("fine");
            assertThat(result.attempts()).isEqualTo(2);
            assertThat(backend.requests()).hasSize(2);
        }
    }

    @Test
    @Tag("row-60")
    void tooManyRequests_withNoAttemptLeft_failAsThat() {
        Reply limited = Reply.json(429, LIMITED).header("Retry-After", "2");
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.repeating(limited))) {
            CompletableFuture<InferenceResult> answer = call(target(backend, BackendKind.OPENAI_CHAT, "groq"), false);
            while (!answer.isDone()) {
                time.untilNext().filter(Duration.ofSeconds(2)::equals).ifPresent(time::advance);
            }

            InferenceException why = failure(answer);
            assertThat(why.category()).isEqualTo(ErrorCategory.RATE_LIMITED);
            assertThat(why.retryAfter()).contains(Duration.ofSeconds(2));
            assertThat(why.attempts()).isEqualTo(4);
        }
    }

    private static InferenceException failure(CompletableFuture<InferenceResult> answer) {
        try {
            throw new AssertionError("answered: " + answer.join());
        } catch (CompletionException failed) {
            return (InferenceException) failed.getCause();
        }
    }

    private static Reply withLimits(Reply reply) {
        return reply.header("x-ratelimit-limit-requests", "100")
                .header("x-ratelimit-remaining-requests", "99")
                .header("x-ratelimit-reset-requests", "20ms")
                .header("x-ratelimit-remaining-tokens", "7");
    }

    private static void assertLimits(RateLimitInfo limits) {
        assertThat(limits.requests()).isEqualTo(new RateLimitInfo.Window(100L, 99L, Duration.ofMillis(20)));
        assertThat(limits.tokens()).isEqualTo(new RateLimitInfo.Window(null, 7L, null));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void limits_ofAnAnswer_areToldWithIt(boolean streamed) {
        Reply reply = streamed ? Reply.of("text/event-stream", STREAM) : Reply.json(200, WHOLE);
        try (SimulatedBackend backend = SimulatedBackend.start(withLimits(reply))) {
            assertLimits(call(target(backend, BackendKind.OPENAI_CHAT, "openai"), streamed)
                    .join()
                    .rateLimits());
        }
    }

    @Test
    void limits_ofAnError_areToldWithIt() {
        try (SimulatedBackend backend = SimulatedBackend.start(withLimits(Reply.json(400, "{\"error\":\"no\"}")))) {
            assertLimits(failure(call(target(backend, BackendKind.OPENAI_CHAT, "openai"), true))
                    .rateLimits());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic-messages, '', anthropic-ratelimit-requests-remaining, anthropic-ratelimit-tokens-remaining",
        "openai-chat, mistral, x-ratelimit-remaining-req-minute, x-ratelimit-remaining-tokens-minute",
        "azure-openai, '', x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens",
    })
    void limits_ofEveryFamily_areInTheSameFields(
            String kind, @Nullable String dialect, String requests, String tokens) {
        String body = kind.startsWith("anthropic") ? CLAUDE : WHOLE;
        Reply reply = Reply.json(200, body).header(requests, "5").header(tokens, "6");
        try (SimulatedBackend backend = SimulatedBackend.start(reply)) {
            RateLimitInfo limits = call(target(backend, new BackendKind(kind), dialect == null ? "" : dialect), false)
                    .join()
                    .rateLimits();

            assertThat(limits.requests()).isEqualTo(new RateLimitInfo.Window(null, 5L, null));
            assertThat(limits.tokens()).isEqualTo(new RateLimitInfo.Window(null, 6L, null));
        }
    }
}
