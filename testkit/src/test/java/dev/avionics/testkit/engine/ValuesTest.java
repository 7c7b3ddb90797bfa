package dev.avionics.testkit.engine;

import static dev.avionics.testkit.engine.LineProtocol.headers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.Capabilities.Feature;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.HealthState.Status;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.call.AttemptPlan;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.testkit.http.Script;
import dev.avionics.testkit.http.ScriptedExchange.End;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Operations that give one value: embeddings, health, models. */
class ValuesTest {
    private static final Target A = Rig.target("a", Billing.FREE);
    private static final EmbeddingRequest FIVE = EmbeddingRequest.of("a", "b", "c", "d", "e");
    private final Rig rig = new Rig();

    private static InferenceException failureOf(CompletableFuture<?> future) {
        CompletionException e = catchThrowableOfType(CompletionException.class, future::join);
        return (InferenceException) e.getCause();
    }

    @Test
    void embeddings_areMadeInBatches_inOrder() {
        rig.transport
                .then(Script.answer(200, "1 0\n2 0"))
                .then(Script.begin()
                        .after(Duration.ofSeconds(1))
                        .connected()
                        .sent()
                        .head(200, headers())
                        .bytes("3 0\n4 0")
                        .end())
                .then(Script.answer(200, "5 0"));
        CompletableFuture<EmbeddingResult> future = rig.adapter.embed(A, FIVE, rig.context);
        rig.play();
        assertThat(rig.transport.exchanges()).hasSize(2);
        rig.time.advance(Duration.ofSeconds(1));

        assertThat(rig.transport.exchanges())
                .extracting(e -> e.call().uri().getPath())
                .containsExactly("/embed/a,b", "/embed/c,d", "/embed/e");
        EmbeddingResult result = future.join();
        assertThat(result.vectors()).extracting(v -> v[0]).containsExactly(1f, 2f, 3f, 4f, 5f);
        assertThat(result.dimensions()).isEqualTo(2);
        assertThat(result.usage().inputTotal().value()).isEqualTo(5);
        assertThat(result.target()).isEqualTo(A);
        rig.assertQuiet();
    }

    @Test
    void embeddings_ofDifferentLengths_fail() {
        for (List<String> bodies :
                List.of(List.of("1 0\n2"), List.of("1 0\n2 0", "3\n4"), List.of("1 0"), List.of("1 0\n2 0\n3 0"))) {
            Rig mine = new Rig();
            bodies.forEach(body -> mine.transport.then(Script.answer(200, body)));
            CompletableFuture<EmbeddingResult> future = mine.adapter.embed(A, FIVE, mine.context);
            mine.play();
            assertThat(failureOf(future).category()).isEqualTo(ErrorCategory.PARSE);
            assertThat(failureOf(future).provider()).contains("a");
            assertThat(mine.transport.exchanges()).hasSize(bodies.size());
            mine.assertQuiet();
        }
    }

    @Test
    void embeddings_secondBatchFails_noThirdIsSent() {
        rig.transport.then(Script.answer(200, "1 0\n2 0")).then(Script.answer(500, "x"));
        CompletableFuture<EmbeddingResult> future = rig.adapter.embed(A, FIVE, rig.context);
        rig.play();
        assertThat(failureOf(future).category()).isEqualTo(ErrorCategory.SERVER_ERROR);
        rig.assertQuiet();
    }

    @Test
    void embeddings_shareOneDeadline() {
        Script slow = Script.begin()
                .connected()
                .sent()
                .after(Duration.ofSeconds(250))
                .head(200, headers())
                .bytes("1\n2")
                .end();
        rig.transport.then(3, slow);
        CompletableFuture<EmbeddingResult> future = rig.adapter.embed(A, FIVE, rig.context);
        rig.time.advance(Duration.ofSeconds(600));
        assertThat(failureOf(future).clock()).contains("total");
        rig.assertQuiet();
    }

    @Test
    void embeddings_ofAProtocolThatBreaks_fail() {
        rig.protocol.maxBatch = 0;
        rig.transport.then(Script.answer(200, "1")).then(Script.answer(200, "not a number"));
        CompletableFuture<EmbeddingResult> future = rig.adapter.embed(A, FIVE, rig.context);
        rig.play();
        assertThat(failureOf(future).category()).isEqualTo(ErrorCategory.PARSE);
        rig.assertQuiet();
    }

    static Stream<Arguments> operations() {
        Function<Rig, CompletableFuture<?>> embed = rig -> rig.adapter.embed(A, FIVE, rig.context);
        Function<Rig, CompletableFuture<?>> list = rig -> rig.adapter.models(A, rig.context);
        Function<Rig, CompletableFuture<?>> health = rig -> rig.adapter.health(A, rig.context);
        Function<Rig, CompletableFuture<?>> attempts = ValuesTest::models;
        return Stream.of(
                Arguments.of("embed", embed),
                Arguments.of("models", list),
                Arguments.of("health", health),
                Arguments.of("attempts", attempts));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void cancelOfAFuture_endsTheAttemptThatRuns(String name, Function<Rig, CompletableFuture<?>> operation) {
        rig.transport.then(Script.begin().connected().sent());
        CompletableFuture<?> future = operation.apply(rig);
        rig.play();
        assertThat(future).isNotDone();
        future.cancel(false);
        rig.play();
        assertThat(rig.transport.exchange(0).ending()).as(name).isEqualTo(End.CANCELLED);
        rig.assertQuiet();
    }

    @Test
    void cancelOfEmbeddings_inALaterBatch_endsIt() {
        rig.transport
                .then(Script.answer(200, "1 0\n2 0"))
                .then(Script.begin().connected().sent());
        CompletableFuture<?> future = rig.adapter.embed(A, FIVE, rig.context);
        rig.play();
        future.cancel(false);
        rig.play();
        assertThat(rig.transport.exchange(1).ending()).isEqualTo(End.CANCELLED);
        rig.assertQuiet();
    }

    private static CompletableFuture<List<ModelInfo>> models(Rig rig) {
        return rig.attempts()
                .value(
                        rig.context,
                        rig.protocol.timeouts,
                        AttemptPlan.single(A),
                        (attempt, call) -> rig.adapter.models(attempt.target(), call));
    }

    @Test
    void timeoutOfTheFutureItself_endsTheAttempts() {
        rig.transport.otherwise(call -> Script.answer(503, "x"));
        CompletableFuture<List<ModelInfo>> future = models(rig);
        rig.play();
        future.completeExceptionally(new TimeoutException("the caller's own"));
        rig.time.advance(Duration.ofMinutes(1));
        assertThat(rig.transport.exchanges()).hasSize(1);
        rig.assertQuiet();
    }

    @Test
    void models_areTriedAgain() {
        rig.transport
                .then(Script.answer(503, "x"))
                .then(Script.unreachable("connect"))
                .then(Script.answer(200, "llama"));
        CompletableFuture<List<ModelInfo>> future = models(rig);
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(future.join()).extracting(ModelInfo::id).containsExactly("llama");
        assertThat(rig.log.lines).contains("start 3 a", "commit 3 a", "end Done");
        rig.assertQuiet();
    }

    @Test
    void models_thatFail_carryTheirAttempts() {
        rig.transport.otherwise(call -> Script.answer(503, "x"));
        CompletableFuture<List<ModelInfo>> future = models(rig);
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(failureOf(future).attempts()).isEqualTo(4);
        assertThat(failureOf(future).getSuppressed()).hasSize(3);
        assertThat(rig.log.lines).endsWith("end Failed");
        rig.assertQuiet();
    }

    @Test
    void cancelInTheBackOffOfAValue_leavesNoTimer() {
        rig.transport.then(Script.answer(503, "x"));
        CompletableFuture<List<ModelInfo>> future = models(rig);
        rig.play();
        future.cancel(true);
        rig.assertQuiet();
        assertThat(rig.log.lines).endsWith("end Cancelled");
        rig.time.advance(Duration.ofMinutes(1));
        assertThat(rig.transport.exchanges()).hasSize(1);
    }

    static Stream<Arguments> states() {
        return Stream.of(
                Arguments.of("200", Script.answer(200, "fine"), Status.HEALTHY),
                Arguments.of("403", Script.answer(403, "no"), Status.DEGRADED),
                Arguments.of("401", Script.answer(401, "no"), Status.DEGRADED),
                Arguments.of("429", Script.answer(429, "no"), Status.DEGRADED),
                Arguments.of("503", Script.answer(503, "no"), Status.UNHEALTHY),
                Arguments.of("500", Script.answer(500, "no"), Status.UNHEALTHY),
                Arguments.of("timeout", Script.begin().connected().sent(), Status.UNHEALTHY),
                Arguments.of("closed port", Script.unreachable("connect"), Status.UNHEALTHY),
                Arguments.of("reset", Script.begin().connected().fail("reset", Sent.ALL), Status.UNHEALTHY));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("states")
    void health_isMapped_andNeverFails(String name, Script script, Status status) {
        rig.transport.then(script);
        CompletableFuture<HealthState> future = rig.adapter.health(A, rig.context);
        rig.time.advance(Duration.ofSeconds(600));
        assertThat(future.join().status()).as(name).isEqualTo(status);
        assertThat(future.join().checkedAt()).isBefore(rig.time.instant().plusNanos(1));
        assertThat(rig.transport.exchanges()).hasSize(1);
        rig.assertQuiet();
    }

    @Test
    void health_ofABrokenProtocolOrKey_isUnknown() {
        rig.protocol.authorize = call -> {
            throw new IllegalStateException("broken");
        };
        assertThat(rig.adapter.health(A, rig.context).join().status()).isEqualTo(Status.UNKNOWN);
        Target noKey =
                Rig.target("a", Billing.FREE, () -> CompletableFuture.failedFuture(new IllegalStateException("vault")));
        assertThat(rig.adapter.health(noKey, rig.context).join().status()).isEqualTo(Status.UNKNOWN);
        rig.assertQuiet();
    }

    @Test
    void unsupported_isToldByTheFuture() {
        rig.protocol.capabilities = Capabilities.unknown().no(Feature.EMBEDDINGS);
        assertThat(failureOf(rig.adapter.embed(A, FIVE, rig.context)).category())
                .isEqualTo(ErrorCategory.UNSUPPORTED);
        RerankRequest rerank = new RerankRequest("q", List.of("d"), null);
        assertThat(failureOf(rig.adapter.rerank(A, rerank, rig.context)).category())
                .isEqualTo(ErrorCategory.UNSUPPORTED);
        rig.assertQuiet();
    }

    @Test
    void futures_failWithInferenceExceptionOnly() throws Exception {
        rig.transport.then(Script.answer(500, "x"));
        CompletableFuture<List<ModelInfo>> future = rig.adapter.models(A, rig.context);
        rig.play();
        assertThat(future.handle((v, e) -> e).get(1, TimeUnit.SECONDS)).isInstanceOf(InferenceException.class);
        rig.assertQuiet();
    }
}
