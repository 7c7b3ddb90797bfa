package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real llama-server does at its edges: while it loads, while it works at other calls, when it dies. */
class LlamaServerRealIT {
    private static final Duration RELEASE = Duration.ofSeconds(5);
    private static final RetryPolicy PATIENT = RetryPolicy.DEFAULT.withMaxRetries(50);

    private final Airframe airframe = Airframe.create();

    @AfterEach
    void close() {
        airframe.close();
    }

    private static InferenceRequest story(int tokens) {
        return InferenceRequest.builder()
                .message(Message.user("Write a very long story about the sea."))
                .temperature(0.0)
                .maxTokens(tokens)
                .build();
    }

    private static <T> T get(CompletableFuture<T> future) throws InterruptedException, TimeoutException {
        try {
            return future.get(120, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("it failed: " + e.getCause(), e.getCause());
        }
    }

    private static InferenceException failure(CompletableFuture<?> future)
            throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("it succeeded: " + future.get(120, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return (InferenceException) e.getCause();
        }
    }

    private static final class Failures implements CallObserver {
        private final List<ErrorCategory> seen = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void attemptFailed(int number, Target target, InferenceException why) {
            seen.add(why.category());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "openai"})
    void server_thatLoadsItsModel_isAskedAgainUntilItAnswers(String apiType) throws Exception {
        Failures failures = new Failures();
        try (LlamaServerProcess server = LlamaServerProcess.begin("-c", "2048")) {
            Await.until(
                    Duration.ofSeconds(120), () -> server.status("/health") == 503, () -> "an answer while it loads");
            CallContext call = airframe.newCall().observedBy(failures);
            InferenceResult result = get(airframe.infer(server.target(apiType), story(8), call, PATIENT)
                    .collect());
            assertThat(result.text()).isNotBlank();
            assertThat(result.attempts()).isEqualTo(failures.seen.size() + 1);
            assertThat(failures.seen).isNotEmpty().containsOnly(ErrorCategory.OVERLOADED);
        }
    }

    @Test
    void health_fromStartToReady_isDegradedWhileItLoadsThenHealthy() throws Exception {
        try (LlamaServerProcess server = LlamaServerProcess.begin("-c", "2048")) {
            Target target = server.target("native");
            List<HealthState.Status> seen = new ArrayList<>();
            Await.until(
                    Duration.ofSeconds(120),
                    () -> {
                        seen.add(airframe.health(target, airframe.newCall())
                                .join()
                                .status());
                        return seen.contains(HealthState.Status.HEALTHY);
                    },
                    () -> "healthy; seen " + seen);
            assertThat(seen.stream().distinct())
                    .isSubsetOf(HealthState.Status.UNHEALTHY, HealthState.Status.DEGRADED, HealthState.Status.HEALTHY)
                    .contains(HealthState.Status.DEGRADED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "openai"})
    void cancels_oneAfterTheOther_freeTheirSlots(String apiType) {
        try (LlamaServerProcess server = LlamaServerProcess.start(2)) {
            List<Double> millis = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                InferenceStream<InferenceEvent> stream = airframe.infer(
                        server.target(apiType),
                        story(1500).toBuilder().stream(i % 2 == 0).build(),
                        airframe.newCall());
                try (EventCursor<InferenceEvent> cursor = stream.open()) {
                    while (!(cursor.next() instanceof InferenceEvent.TextDelta)) {
                        // Not begun yet.
                    }
                    assertThat(server.busySlots()).isEqualTo(1);
                    long begun = System.nanoTime();
                    stream.cancel(CancelReason.CALLER);
                    server.awaitIdle(RELEASE);
                    millis.add((System.nanoTime() - begun) / 1e6);
                }
            }
            Collections.sort(millis);
            System.out.printf(
                    "llama-server %s: %d cancels, slot idle after %.1f ms (median), %.1f ms (slowest)%n",
                    apiType, millis.size(), millis.get(millis.size() / 2), millis.get(millis.size() - 1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "openai"})
    void cancel_whileTheSlotIsTakenByAnother_endsTheCallThatWaits(String apiType) throws Exception {
        try (LlamaServerProcess server = LlamaServerProcess.start(1)) {
            Target target = server.target(apiType);
            try (EventCursor<InferenceEvent> first =
                    airframe.infer(target, story(1500), airframe.newCall()).open()) {
                while (!(first.next() instanceof InferenceEvent.TextDelta)) {
                    // Not begun yet.
                }
                CompletableFuture<InferenceResult> waiting =
                        airframe.infer(target, story(1500), airframe.newCall()).collect();
                waiting.cancel(false);
                assertThat(waiting).isCancelled();
                assertThat(server.busySlots()).isEqualTo(1);
            }
            server.awaitIdle(RELEASE);
            InferenceResult next =
                    get(airframe.infer(target, story(4), airframe.newCall()).collect());
            assertThat(next.finish()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "openai"})
    void calls_onTwoSlots_areAllAnswered(String apiType) throws Exception {
        try (LlamaServerProcess server = LlamaServerProcess.start(2)) {
            List<CompletableFuture<InferenceResult>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                all.add(airframe.infer(server.target(apiType), story(8), airframe.newCall())
                        .collect());
            }
            for (CompletableFuture<InferenceResult> one : all) {
                assertThat(get(one).usage().outputTotal().value()).isEqualTo(8);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "openai"})
    void server_thatDiesInMidAnswer_isConnectionAndNothingIsRepeated(String apiType) throws Exception {
        try (LlamaServerProcess server = LlamaServerProcess.start(1)) {
            Failures failures = new Failures();
            InferenceStream<InferenceEvent> stream = airframe.infer(
                    server.target(apiType), story(1000), airframe.newCall().observedBy(failures));
            try (EventCursor<InferenceEvent> cursor = stream.open()) {
                while (!(cursor.next() instanceof InferenceEvent.TextDelta)) {
                    // Not begun yet.
                }
                server.kill();
                InferenceException why = null;
                try {
                    cursor.forEachRemaining(event -> {});
                } catch (InferenceException cut) {
                    why = cut;
                }
                assertThat(why).isNotNull();
                assertThat(why.category()).isEqualTo(ErrorCategory.CONNECTION);
                assertThat(why.attempts()).isEqualTo(1);
            }
            InferenceException dead = failure(airframe.infer(server.target(apiType), story(8), airframe.newCall())
                    .collect());
            assertThat(dead.category()).isEqualTo(ErrorCategory.CONNECTION);
            assertThat(dead.getMessage()).contains(server.uri().toString());
        }
    }

    /** Turns with thinking too: the server takes it, whatever its template makes of it. */
    @ParameterizedTest
    @ValueSource(strings = {"native", "openai"})
    void tokens_countedBeforehand_areThoseThatTheAnswerTells(String apiType) throws Exception {
        InferenceRequest request = story(4).toBuilder()
                .messages(List.of(
                        Message.system("You tell stories."),
                        Message.user("Where does it begin? 🌊"),
                        Message.assistant(new Part.Thinking("Somewhere wet."), Part.text("At the sea.")),
                        Message.user("Go on.")))
                .build();
        try (LlamaServerProcess server = LlamaServerProcess.start(1)) {
            Target target = server.target(apiType);
            long counted = get(airframe.countTokens(target, request, airframe.newCall()));
            InferenceResult result =
                    get(airframe.infer(target, request, airframe.newCall()).collect());
            assertThat(counted).isPositive();
            assertThat(result.usage().inputTotal().value()).isEqualTo(counted);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "openai"})
    void embeddings_ofAServerWithoutThem_areUnsupportedAndItSaysHowToGetThem(String apiType) throws Exception {
        try (LlamaServerProcess server = LlamaServerProcess.start(1)) {
            InferenceException why =
                    failure(airframe.embed(server.target(apiType), EmbeddingRequest.of("text"), airframe.newCall()));
            assertThat(why.category()).as(why.toString()).isEqualTo(ErrorCategory.UNSUPPORTED);
            assertThat(why.getMessage()).contains("--embeddings");
        }
    }
}
