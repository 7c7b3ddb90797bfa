package dev.avionics.gateway;

import static dev.avionics.gateway.GatewayRig.text;
import static dev.avionics.gateway.GatewayRig.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.error.InferenceException.Remedy;
import dev.avionics.airframe.error.InferenceException.Sent;
import dev.avionics.airframe.error.RetryRule;
import dev.avionics.airframe.error.RetryTable;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The retry table row by row, through all layers of a gateway: a target that always fails in one way, alone and with others. */
@Tag("row-143")
class RetryTablePipelineTest {
    private static final Duration LONG = Duration.ofMinutes(9);

    private final GatewayRig rig = new GatewayRig();

    @AfterEach
    void close() {
        rig.close();
    }

    /**
     * A row.
     *
     * @param metered attempts at a target that costs money, if there is no other
     * @param free attempts at a target that costs nothing, if there is no other
     * @param moves whether the call goes to another target
     * @param uncertain whether, where it costs money, only one further attempt is made over all targets
     */
    private record Row(
            String name, InferenceException failure, int metered, int free, boolean moves, boolean uncertain) {
        /** Whether the same target is tried a second time at once, before any other. */
        boolean isTriedAgainAtOnce() {
            RetryRule.Same same =
                    RetryTable.ruleFor(failure, Duration.ofMinutes(1)).same();
            return same == RetryRule.Same.ONCE || same == RetryRule.Same.AT_ONCE_THEN_BACK_OFF;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static InferenceException failure(
            ErrorCategory category, UnaryOperator<InferenceException.Builder> details) {
        return details.apply(InferenceException.builder(category, "as scripted").origin(ErrorOrigin.BACKEND))
                .build();
    }

    private static Row row(String name, InferenceException failure, int attempts, boolean moves) {
        return new Row(name, failure, attempts, attempts, moves, false);
    }

    private static Row status(int status, ErrorCategory category, int attempts, boolean moves) {
        return row(status + " " + category, failure(category, why -> why.status(status)), attempts, moves);
    }

    private static Row uncertain(String name, InferenceException failure) {
        return new Row(name, failure, 2, 4, true, true);
    }

    private static Row connection(String code, Sent sent, int attempts) {
        InferenceException failure = failure(
                ErrorCategory.CONNECTION, why -> why.code(code).sent(sent).origin(ErrorOrigin.NETWORK));
        return row(code + " " + sent, failure, attempts, true);
    }

    private static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (ErrorCategory ours :
                List.of(ErrorCategory.CANCELLED, ErrorCategory.BUDGET_EXCEEDED, ErrorCategory.REJECTED)) {
            rows.add(row(ours.name(), failure(ours, why -> why.origin(ErrorOrigin.US)), 1, false));
        }
        rows.add(row("deadline", failure(ErrorCategory.TIMEOUT, why -> why.clock("total")), 1, false));
        for (String code : List.of("dns", "connect", "pool", "refused_stream")) {
            rows.add(connection(code, Sent.NOTHING, 4));
        }
        rows.add(row("connect clock", failure(ErrorCategory.TIMEOUT, why -> why.clock("connect")), 4, true));
        rows.add(connection("reset", Sent.PART, 4));
        rows.add(connection("eof", Sent.STALE, 2));
        rows.add(connection("tls", Sent.NOTHING, 1));
        rows.add(status(401, ErrorCategory.AUTHENTICATION, 1, true));
        rows.add(row(
                "401, another key at hand",
                failure(ErrorCategory.AUTHENTICATION, why -> why.status(401).remedy(Remedy.OTHER_CREDENTIAL)),
                2,
                true));
        rows.add(status(402, ErrorCategory.QUOTA_EXHAUSTED, 1, true));
        rows.add(status(403, ErrorCategory.PERMISSION, 1, true));
        rows.add(status(404, ErrorCategory.MODEL_NOT_FOUND, 1, true));
        rows.add(status(410, ErrorCategory.MODEL_NOT_FOUND, 1, true));
        for (int status : new int[] {400, 409, 413, 415, 422}) {
            rows.add(status(status, ErrorCategory.INVALID_REQUEST, 1, false));
        }
        rows.add(row(
                "400, a fact was learned",
                failure(ErrorCategory.INVALID_REQUEST, why -> why.status(400).remedy(Remedy.LEARNED_FACT)),
                2,
                false));
        rows.add(status(400, ErrorCategory.CONTEXT_LENGTH, 1, false));
        rows.add(status(400, ErrorCategory.CONTENT_FILTER, 1, false));
        rows.add(row(
                "429 with a wait",
                failure(ErrorCategory.RATE_LIMITED, why -> why.status(429).retryAfter(Duration.ofSeconds(7))),
                4,
                true));
        rows.add(row(
                "429 with too long a wait",
                failure(ErrorCategory.RATE_LIMITED, why -> why.status(429).retryAfter(Duration.ofSeconds(61))),
                1,
                true));
        rows.add(status(429, ErrorCategory.RATE_LIMITED, 4, true));
        for (int status : new int[] {503, 529, 498}) {
            rows.add(status(status, ErrorCategory.OVERLOADED, 4, true));
        }
        for (int status : new int[] {500, 502, 504, 408, 520, 524}) {
            rows.add(uncertain("" + status, failure(ErrorCategory.SERVER_ERROR, why -> why.status(status))));
        }
        rows.add(uncertain("no first byte", failure(ErrorCategory.TIMEOUT, why -> why.clock("firstByte"))));
        rows.add(uncertain("silence", failure(ErrorCategory.TIMEOUT, why -> why.clock("idle"))));
        rows.add(uncertain(
                "cut after the request",
                failure(ErrorCategory.CONNECTION, why -> why.code("reset").sent(Sent.ALL))));
        rows.add(row("unreadable", failure(ErrorCategory.PARSE, why -> why), 2, true));
        rows.add(row(
                "x-should-retry false",
                failure(ErrorCategory.OVERLOADED, why -> why.status(503).shouldRetry(false)),
                1,
                true));
        rows.add(row(
                "x-should-retry true",
                failure(ErrorCategory.SERVER_ERROR, why -> why.status(500).shouldRetry(true)),
                4,
                true));
        return rows;
    }

    private static ScriptedAdapter always(ScriptedAdapter adapter, Row row) {
        return adapter.fails(row.failure());
    }

    private InferenceException fails(LLMGateway gateway, GatewayRequest request) {
        CompletableFuture<GatewayResponse> answer = gateway.completeAsync(request);
        rig.time.advance(LONG);
        assertThat(answer).isDone();
        Throwable error = catchThrowable(answer::join);
        return (InferenceException) (error instanceof CompletionException ? error.getCause() : error);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void oneTarget_failsForEver_isTriedAsTheTableSays(Row row) {
        always(rig.openai, row);
        always(rig.ollama, row);
        LLMGateway gateway = rig.gateway().build();

        InferenceException metered = fails(gateway, GatewayRequest.of("hi").withTarget("openai", null));
        InferenceException free = fails(gateway, GatewayRequest.of("hi").withTarget("ollama", null));

        assertThat(rig.openai.seen()).hasSize(row.metered());
        assertThat(rig.ollama.seen()).hasSize(row.free());
        assertThat(metered.category()).isEqualTo(row.failure().category());
        assertThat(metered.attempts()).isEqualTo(row.metered());
        assertThat(free.attempts()).isEqualTo(row.free());
        assertThat(gateway.stats().failures()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void twoTargets_firstFails_secondAnswersWhereTheTableAllowsIt(Row row) {
        always(rig.openai, row);
        rig.anthropic.text("from the second");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();

        CompletableFuture<GatewayResponse> answer = gateway.completeAsync(GatewayRequest.of("hi"));
        // Nothing has to be waited for where another target is free.
        assertThat(answer.isDone() && !answer.isCompletedExceptionally()).isEqualTo(row.moves());
        rig.time.advance(LONG);
        if (row.moves()) {
            assertThat(answer.join().text()).isEqualTo("from the second");
            assertThat(rig.openai.seen()).hasSize(row.isTriedAgainAtOnce() ? 2 : 1);
            assertThat(gateway.stats().fallbacks()).isEqualTo(1);
        } else {
            assertThat(answer).isCompletedExceptionally();
            assertThat(rig.anthropic.seen()).isEmpty();
            assertThat(rig.openai.seen()).hasSize(row.metered());
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void threeTargets_allFailAlike_oneAllowanceHoldsForAll(Row row) {
        always(rig.openai, row);
        always(rig.anthropic, row);
        always(rig.ollama, row);
        LLMGateway gateway = rig.gateway().fallback(to("anthropic", "ollama")).build();

        InferenceException error = fails(gateway, GatewayRequest.of("hi"));

        int tries = rig.openai.seen().size()
                + rig.anthropic.seen().size()
                + rig.ollama.seen().size();
        assertThat(tries).isLessThanOrEqualTo(4).isEqualTo(error.attempts());
        if (row.moves()) {
            assertThat(error).isInstanceOf(AllProvidersFailedException.class);
        }
        if (row.uncertain()) {
            // The answer may have been made and paid for: once more where it costs, not a third time.
            assertThat(rig.openai.seen().size() + rig.anthropic.seen().size()).isLessThanOrEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void stream_whoseContentWasDelivered_isNotTriedAgain(Row row) {
        rig.openai.fails(row.failure(), text("The sky"));
        rig.anthropic.text("never");
        LLMGateway gateway = rig.gateway().fallback(to("anthropic")).build();
        GatewayRig.Reader<StreamingChunk> reader =
                GatewayRig.Reader.of(gateway.completeStream(GatewayRequest.of("hi")));
        rig.time.advance(LONG);

        assertThat(reader.error).isInstanceOf(InferenceException.class);
        assertThat(reader.got).extracting(StreamingChunk::text).containsExactly("The sky");
        assertThat(rig.openai.seen()).hasSize(1);
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void embeddings_failForEver_areTriedAsTheTableSays(Row row) {
        List<Integer> tries = new ArrayList<>();
        rig.openai.embeddings((target, request) -> {
            tries.add(1);
            throw row.failure();
        });
        LLMGateway gateway = rig.gateway().build();
        CompletableFuture<?> vectors = gateway.embed(
                new GatewayEmbedding(EmbeddingRequest.of("hi"), "openai", "text-embedding-3-small", "a", ""),
                gateway.newCall());
        rig.time.advance(LONG);

        assertThat(vectors).isCompletedExceptionally();
        assertThat(tries).hasSize(row.metered());
    }

    @ParameterizedTest
    @MethodSource("larger")
    void promptTooLong_goesOnlyToAWindowKnownToBeLarger(long here, long there, boolean moves) {
        rig.openai.fails(failure(ErrorCategory.CONTEXT_LENGTH, why -> why.status(400)));
        rig.anthropic.text("it fits");
        LLMGateway gateway = rig.gateway()
                .fallback(to("anthropic").withWindows((provider, model) -> {
                    long window = provider.equals("openai") ? here : there;
                    return window == 0 ? OptionalLong.empty() : OptionalLong.of(window);
                }))
                .build();
        CompletableFuture<GatewayResponse> answer = gateway.completeAsync(GatewayRequest.of("hi"));

        assertThat(answer.isCompletedExceptionally()).isNotEqualTo(moves);
    }

    private static List<Arguments> larger() {
        return List.of(
                Arguments.of(8192L, 200_000L, true),
                Arguments.of(8192L, 8192L, false),
                Arguments.of(8192L, 0L, false),
                Arguments.of(0L, 200_000L, false));
    }
}
