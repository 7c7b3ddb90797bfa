package dev.avionics.airframe.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.RerankRequest;
import dev.avionics.airframe.RerankResult;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.Excerpt;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.spi.WireProtocol;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;

/**
 * Holds a protocol against the recorded answers of its backends: each gives what a right client makes of it, however its
 * bytes come.
 */
public final class RecordedCheck {
    private static final int SMALL = 3_000;
    private static final int RANDOM_CUTS = 40;

    private final String what;
    private final WireProtocol protocol;
    private final Function<RecordedAnswer, EndpointSpec> endpoint;
    private final Predicate<RecordedAnswer> mine;

    /**
     * A check.
     *
     * @param what the backends, for people
     * @param mine the answers that the protocol has to read
     */
    public RecordedCheck(String what, WireProtocol protocol, EndpointSpec endpoint, Predicate<RecordedAnswer> mine) {
        this(what, protocol, answer -> endpoint, mine);
    }

    /** As above, with an endpoint for each answer. */
    public RecordedCheck(
            String what,
            WireProtocol protocol,
            Function<RecordedAnswer, EndpointSpec> endpoint,
            Predicate<RecordedAnswer> mine) {
        this.what = what;
        this.protocol = protocol;
        this.endpoint = endpoint;
        this.mine = mine;
    }

    /** Streams and whole answers give the expected text, thinking, calls, finish and usage. */
    public List<DynamicTest> answers(int ambiguous) {
        return RecordedAnswer.tests(
                what + " answers",
                answer ->
                        mine.test(answer) && (answer.isStream() || answer.kind().equals("response")),
                ambiguous,
                this::check);
    }

    /** Streams cut anywhere give the same events. */
    public List<DynamicTest> cuts(int ambiguous) {
        return RecordedAnswer.tests(
                what + " streams, cut", answer -> mine.test(answer) && answer.isStream(), ambiguous, this::checkCuts);
    }

    /** Errors fail with their words. */
    public List<DynamicTest> errors(int ambiguous) {
        return RecordedAnswer.tests(
                what + " errors",
                answer -> mine.test(answer) && answer.kind().equals("error"),
                ambiguous,
                this::checkError);
    }

    /** Embeddings give the expected vectors. */
    public List<DynamicTest> embeddings(int ambiguous) {
        return RecordedAnswer.tests(
                what + " embeddings",
                answer -> mine.test(answer) && answer.kind().equals("embedding"),
                ambiguous,
                this::checkEmbedding);
    }

    /** Rankings of the form {@code results[{index,relevance_score}]} give places and scores as they stand. */
    public List<DynamicTest> rankings() {
        return RecordedAnswer.testsOfBodies(
                what + " rankings", answer -> mine.test(answer) && answer.api().equals("rerank"), this::checkRanking);
    }

    private Dialogue<?> dialogue(RecordedAnswer answer) {
        InferenceRequest request = InferenceRequest.builder().message(Message.user("q")).stream(answer.isStream())
                .build();
        return Dialogue.of(protocol.inference(Dialogue.scope(endpoint.apply(answer), "m"), request))
                .answer(answer.status(), Map.of("content-type", answer.contentType()), answer.body());
    }

    private void check(RecordedAnswer answer) {
        Decoded decoded = dialogue(answer).decoded();
        if (isNoAnswer(answer, decoded)) {
            assertThat(decoded.error().category()).isEqualTo(ErrorCategory.PARSE);
            return;
        }

        assertThat(decoded.text()).isEqualTo(answer.text("text"));
        // A plan in front of tool calls is thinking too.
        assertThat(decoded.thinking()).isEqualTo(answer.text("thinking") + answer.text("tool_plan"));
        Map<String, @Nullable Object> error = answer.object("error");
        if (!error.isEmpty()) {
            assertThat(decoded.error().getMessage()).contains(start(error.get("message")));
            checkUsage(answer, decoded.error().usage());
            return;
        }
        boolean unfinished = answer.expected().get("finish") == null
                && answer.isStream()
                && !Boolean.TRUE.equals(answer.expected().get("done_marker"));
        if (unfinished) {
            assertThat(decoded.error().category()).isEqualTo(ErrorCategory.CONNECTION);
            return;
        }
        InferenceEvent.Completed end = decoded.completed();
        checkCalls(answer, decoded.toolCalls());
        checkFinish(answer, end);
        checkUsage(answer, end.usage());
        assertThat(end.model() == null ? "" : end.model()).isEqualTo(answer.text("model"));
        assertThat(end.responseId() == null ? "" : end.responseId()).isEqualTo(answer.text("id"));
    }

    /** JSON that is no answer at all may be an error: nothing is expected of it, and it came whole. */
    private static boolean isNoAnswer(RecordedAnswer answer, Decoded decoded) {
        boolean nothing = answer.text("text").isEmpty()
                && answer.text("model").isEmpty()
                && answer.object("usage").isEmpty()
                && answer.object("error").isEmpty()
                && answer.expected().get("finish") == null
                && !(answer.expected().get("tool_calls") instanceof List<?> calls && !calls.isEmpty());
        return nothing && !answer.isStream() && decoded.failure() != null;
    }

    private static void checkFinish(RecordedAnswer answer, InferenceEvent.Completed end) {
        Object raw = answer.expected().get("finish_raw");
        assertThat(end.finishRaw()).isEqualTo(raw == null ? null : raw.toString());
        Object finish = answer.expected().get("finish");
        if (finish == null) {
            assertThat(end.finish()).isIn(FinishReason.STOP, FinishReason.OTHER);
        } else {
            assertThat(end.finish().wireName()).isEqualTo(finish);
        }
    }

    private static void checkCalls(RecordedAnswer answer, List<Part.ToolCall> calls) {
        List<?> expected = answer.expected().get("tool_calls") instanceof List<?> list ? list : List.of();
        assertThat(calls).hasSameSizeAs(expected);
        for (int i = 0; i < calls.size(); i++) {
            Map<?, ?> want = (Map<?, ?>) expected.get(i);
            Object id = want.get("id");
            assertThat(calls.get(i).id()).isNotEmpty();
            if (id != null && !id.equals("")) {
                assertThat(calls.get(i).id()).isEqualTo(id);
            }
            assertThat(calls.get(i).name()).isEqualTo(want.get("name"));
            if (Boolean.TRUE.equals(want.get("custom"))) {
                // What a tool takes as free text is its one argument.
                assertThat(calls.get(i).arguments().values()).containsExactly(want.get("arguments"));
                continue;
            }
            Object arguments = want.get("arguments");
            // No arguments are an empty object, whether the wire has an empty text or null.
            Object parsed = arguments == null || arguments.equals("") ? Map.of() : arguments;
            if (parsed instanceof String text) {
                parsed = JsonValues.parse(text);
            }
            assertThat(calls.get(i).arguments()).isEqualTo(parsed);
        }
    }

    private static void checkUsage(RecordedAnswer answer, Usage usage) {
        Map<String, @Nullable Object> expected = answer.object("usage");
        assertCount("input", usage.inputTold(), expected.get("input_total"));
        assertCount("output", usage.outputTold(), expected.get("output_total"));
        assertCount("cached", usage.cacheReadTold(), expected.get("cached_input"));
        assertCount("cache write", usage.cacheWrite(), expected.get("cache_write"));
        assertCount("reasoning", usage.reasoning(), expected.get("reasoning"));
    }

    private static void assertCount(String what, TokenCount count, @Nullable Object expected) {
        if (expected != null) {
            assertThat(count.toString()).as(what).isEqualTo(expected.toString());
        }
    }

    private void checkError(RecordedAnswer answer) {
        InferenceException why = dialogue(answer).failure().why();
        Map<String, @Nullable Object> error = answer.object("error");

        assertThat(why.status()).hasValue(answer.status());
        assertThat(why.getMessage()).contains(start(error.get("message")));
        if (error.get("code") instanceof String code && !code.equals(String.valueOf(answer.status()))) {
            assertThat(why.code()).contains(code);
        }
    }

    private static String start(@Nullable Object message) {
        // A key in the words, even a wrong one, is masked.
        String text = Excerpt.of(String.valueOf(message));
        return text.substring(0, Math.min(30, text.length()));
    }

    private void checkCuts(RecordedAnswer answer) {
        String whole = dialogue(answer).decoded().joined();
        byte[] body = answer.body();
        assertThat(dialogue(answer)
                        .decoded(IntStream.range(0, body.length).toArray())
                        .joined())
                .as("byte by byte")
                .isEqualTo(whole);
        if (body.length <= SMALL) {
            for (int cut = 0; cut <= body.length; cut++) {
                assertThat(dialogue(answer).decoded(cut).joined())
                        .as("cut at %s", cut)
                        .isEqualTo(whole);
            }
            return;
        }
        SplittableRandom random = new SplittableRandom(answer.path().hashCode());
        for (int i = 0; i < RANDOM_CUTS; i++) {
            int[] cuts =
                    random.ints(1 + random.nextInt(20), 0, body.length).sorted().toArray();
            assertThat(dialogue(answer).decoded(cuts).joined())
                    .as("cut at %s", cuts)
                    .isEqualTo(whole);
        }
    }

    private void checkEmbedding(RecordedAnswer answer) {
        int count = ((Number) answer.expected().getOrDefault("count", 0)).intValue();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add("text " + i);
        }
        EmbeddingResult result = Dialogue.of(protocol.embeddings()
                        .orElseThrow()
                        .embed(
                                Dialogue.scope(endpoint.apply(answer), "m"),
                                new EmbeddingRequest(texts, null, null, Map.of())))
                .answer(answer.status(), Map.of("content-type", answer.contentType()), answer.body())
                .value();

        assertThat(result.vectors()).hasSize(count);
        assertThat((long) result.dimensions()).isEqualTo(answer.expected().get("dims"));
        List<?> first = (List<?>) answer.expected().get("first");
        for (int i = 0; first != null && i < first.size(); i++) {
            float expected = ((Number) first.get(i)).floatValue();
            // What came as base64 is told with eight decimals.
            float tolerance = answer.text("encoding").equals("base64") ? 5e-9f + Math.ulp(expected) : 0;
            assertThat(result.vectors().get(0)[i]).isCloseTo(expected, Offset.offset(tolerance));
        }
        assertCount("input", result.usage().inputTotal(), answer.object("usage").get("input_raw"));
        assertThat(result.model() == null ? "" : result.model()).isEqualTo(answer.text("model"));
    }

    private void checkRanking(RecordedAnswer answer) {
        Map<String, @Nullable Object> body = JsonValues.parseObject(new String(answer.body(), StandardCharsets.UTF_8));
        List<RerankResult.Ranked> expected = new ArrayList<>();
        List<String> documents = new ArrayList<>();
        for (Object one : body.get("results") instanceof List<?> results ? results : List.of()) {
            Map<?, ?> result = (Map<?, ?>) one;
            int place = ((Number) result.get("index")).intValue();
            expected.add(new RerankResult.Ranked(place, ((Number) result.get("relevance_score")).doubleValue()));
            while (documents.size() <= place) {
                documents.add("document " + documents.size());
            }
        }
        RerankResult result = Dialogue.of(protocol.reranking()
                        .orElseThrow()
                        .rerank(Dialogue.scope(endpoint.apply(answer), "m"), new RerankRequest("q", documents, null)))
                .answer(answer.status(), Map.of("content-type", answer.contentType()), answer.body())
                .value();

        assertThat(result.ranked()).isNotEmpty().isEqualTo(expected);
    }
}
