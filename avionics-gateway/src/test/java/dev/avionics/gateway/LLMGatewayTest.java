package dev.avionics.gateway;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static dev.avionics.gateway.GatewayRig.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Role;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import dev.avionics.testkit.secret.LogCapture;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class LLMGatewayTest {
    private final GatewayRig rig = new GatewayRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static InferenceEvent.Completed used(long input, long output) {
        Usage usage = Usage.builder()
                .inputUncached(TokenCount.known(input))
                .output(TokenCount.known(output))
                .build();
        return new InferenceEvent.Completed(FinishReason.STOP, "stop", usage, "resp-1", "gpt-4-0613");
    }

    @Test
    @Tag("row-139")
    void gateway_withDefaults_hasNoFallbackAndNoCallbacks() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.anthropic.text("never");
        LLMGateway gateway = rig.gateway().build();
        CompletableFuture<GatewayResponse> response = gateway.completeAsync(GatewayRequest.of("hi"));
        rig.time.advance(Duration.ofMinutes(2));
        assertThat(response).isCompletedExceptionally();
        assertThat(rig.anthropic.seen()).isEmpty();
    }

    @Test
    @Tag("row-140")
    void complete_withEveryParameter_sendsEachOfThem() {
        rig.openai.text("ok");
        LLMGateway gateway = rig.gateway().build();
        gateway.complete(GatewayRequest.builder("the prompt")
                .system("the system")
                .model("gpt-4")
                .agent("planner")
                .tools(List.of(ToolSpec.of("look", "looks", "{\"type\":\"object\"}")))
                .temperature(0.0)
                .maxTokens(77)
                .build());
        ScriptedAdapter.Seen seen = rig.openai.seen().get(0);
        assertThat(seen.target().model()).isEqualTo("gpt-4");
        assertThat(seen.context().attributes()).containsEntry("agent", "planner");
        InferenceRequest sent = seen.request();
        assertThat(sent.messages().get(0).role()).isEqualTo(Role.SYSTEM);
        assertThat(sent.messages().get(0).text()).isEqualTo("the system");
        assertThat(sent.messages().get(1).text()).isEqualTo("the prompt");
        assertThat(sent.tools()).extracting(ToolSpec::name).containsExactly("look");
        assertThat(sent.sampling().temperature()).isEqualTo(0.0);
        assertThat(sent.sampling().maxTokens()).isEqualTo(77);
        assertThat(sent.stream()).isFalse();
    }

    @Test
    @Tag("row-140")
    void complete_withoutTemperatureAndMaxTokens_sendsNone() {
        rig.openai.text("ok");
        rig.gateway().build().complete(GatewayRequest.of("hi"));
        InferenceRequest sent = rig.openai.seen().get(0).request();
        assertThat(sent.sampling().temperature()).isNull();
        assertThat(sent.sampling().maxTokens()).isNull();
    }

    @Test
    @Tag("row-141")
    @Tag("row-142")
    void response_hasEveryFieldWithTheBackendsTokensAndTheCost() {
        rig.openai.events(text("the answer"), used(1000, 500));
        LLMGateway gateway = rig.gateway().build();
        GatewayResponse response =
                gateway.complete(GatewayRequest.builder("hi").model("gpt-4").build());
        Map<String, Object> map = response.toMap();
        assertThat(map.keySet())
                .containsExactly(
                        "text",
                        "tool_calls",
                        "tokens_used",
                        "prompt_tokens",
                        "completion_tokens",
                        "latency_ms",
                        "provider",
                        "model",
                        "cost_usd",
                        "timestamp",
                        "metadata",
                        "streamed");
        assertThat(response.text()).isEqualTo("the answer");
        assertThat(response.tokensUsed()).isEqualTo(1500);
        assertThat(response.promptTokens()).isEqualTo(1000);
        assertThat(response.completionTokens()).isEqualTo(500);
        assertThat(response.provider()).isEqualTo("openai");
        assertThat(response.model()).isEqualTo("gpt-4");
        assertThat((BigDecimal) map.get("cost_usd")).isEqualByComparingTo("0.06");
        assertThat(map).containsEntry("timestamp", "2026-01-01T00:00:00Z").containsEntry("streamed", false);
        assertThat(response.metadata())
                .containsEntry("tokens_estimated", false)
                .containsEntry("finish_reason", "stop")
                .containsEntry("response_model", "gpt-4-0613")
                .containsEntry("response_id", "resp-1");
    }

    @Test
    @Tag("row-141")
    void response_withoutUsage_saysThatItsTokensAreEstimated() {
        rig.openai.events(
                text("hm"), new InferenceEvent.Completed(FinishReason.STOP, null, Usage.estimated(3, 1), null, null));
        GatewayResponse response = rig.gateway().build().complete(GatewayRequest.of("hi"));
        assertThat(response.metadata()).containsEntry("tokens_estimated", true);
    }

    @Test
    @Tag("row-145")
    void stream_thatIsReadToItsEnd_isBooked() {
        rig.openai.events(text("a"), text("b"), used(1000, 500));
        LLMGateway gateway = rig.gateway().build();
        Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(
                GatewayRequest.builder("hi").model("gpt-4").build()));
        assertThat(reader.complete).isTrue();
        GatewayStats stats = gateway.stats();
        assertThat(stats.totalTokens()).isEqualTo(1500);
        assertThat(stats.totalCostUsd()).isEqualByComparingTo("0.06");
        assertThat(stats.byProvider().get("openai").requests()).isEqualTo(1);
    }

    @Test
    @Tag("row-145")
    void stream_whoseReaderLeaves_isBookedForThePartThatWasMade() {
        rig.openai.events(text("a"), text("b"));
        LLMGateway gateway = rig.gateway().build();
        Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(GatewayRequest.of("hi")));
        reader.subscription.cancel();
        assertThat(gateway.stats().cancelled()).isEqualTo(1);
        assertThat(gateway.stats().totalRequests()).isEqualTo(1);
        assertThat(rig.openai.cancelled()).isEqualTo(1);
    }

    @Test
    @Tag("row-147")
    @Tag("row-148")
    void chunks_ofAStream_countUpToTheTrueTotalInOneFinalChunk() {
        rig.openai.events(text("a"), text("b"), text("c"), used(20, 30));
        LLMGateway gateway = rig.gateway().build();
        Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(
                GatewayRequest.builder("hi").agent("synthesizer").build()));
        assertThat(reader.got).filteredOn(StreamingChunk::isFinal).hasSize(1);
        StreamingChunk last = reader.got.get(reader.got.size() - 1);
        assertThat(last.isFinal()).isTrue();
        assertThat(last.cumulativeTokens()).isEqualTo(50);
        assertThat(reader.got).extracting(StreamingChunk::cumulativeTokens).isSorted();
        assertThat(reader.got).extracting(StreamingChunk::agentName).containsOnly("synthesizer");
        assertThat(last.toMap().keySet())
                .containsExactly(
                        "text",
                        "is_final",
                        "request_id",
                        "agent_name",
                        "provider",
                        "model",
                        "cumulative_tokens",
                        "timestamp");
    }

    @Test
    @Tag("row-147")
    void requestIds_areUniqueAmongCalls() {
        rig.openai.text("ok");
        LLMGateway gateway = rig.gateway().build();
        Set<String> ids = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            Reader<StreamingChunk> reader = Reader.of(gateway.completeStream(GatewayRequest.of("hi")));
            assertThat(reader.got.stream().map(StreamingChunk::requestId).distinct())
                    .hasSize(1);
            ids.add(reader.got.get(0).requestId());
        }
        assertThat(ids).hasSize(100);
    }

    @Test
    @Tag("row-151")
    void stats_ofCallsFromManyThreads_areExact() throws Exception {
        rig.openai.events(text("x"), used(10, 5));
        LLMGateway gateway = rig.gateway().build();
        ExecutorService threads = Executors.newFixedThreadPool(32);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                all.add(threads.submit(() -> {
                    for (int j = 0; j < 100; j++) {
                        gateway.complete(
                                GatewayRequest.builder("hi").model("gpt-4").build());
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
        GatewayStats stats = gateway.stats();
        assertThat(stats.totalRequests()).isEqualTo(3200);
        assertThat(stats.totalTokens()).isEqualTo(3200 * 15);
        // 10 tokens at $30 and 5 at $60 for a million.
        assertThat(stats.totalCostUsd()).isEqualByComparingTo("1.92");
        assertThat(stats.byProvider().get("openai").requests()).isEqualTo(3200);
        assertThat(stats.toMap()).containsEntry("total_requests", 3200L);
    }

    @Test
    @Tag("row-151")
    void stats_afterAFallback_nameFailureAndAnswerOfEachProvider() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.ollama.text("free");
        LLMGateway gateway = rig.gateway().fallback(to("ollama")).build();
        gateway.complete(GatewayRequest.of("hi"));
        GatewayStats stats = gateway.stats();
        assertThat(stats.fallbacks()).isEqualTo(1);
        assertThat(stats.failures()).isZero();
        assertThat(stats.byProvider().get("openai").failures()).isEqualTo(1);
        assertThat(stats.byProvider().get("openai").requests()).isZero();
        assertThat(stats.byProvider().get("ollama").requests()).isEqualTo(1);
        assertThat(stats.totalCostUsd()).isZero();
        assertThat(stats.unpriced()).isZero();
    }

    @Test
    @Tag("row-152")
    void latency_firstTokenAndTokensPerSecond_areThoseOfTheClock() {
        rig.openai.fails(failure(ErrorCategory.RATE_LIMITED)).events(text("x"), used(10, 20));
        LLMGateway gateway = rig.gateway().build();
        CompletableFuture<GatewayResponse> response = gateway.completeAsync(GatewayRequest.of("hi"));
        Duration wait = rig.time.untilNext().orElseThrow();
        rig.time.advance(wait);
        assertThat(response).isCompleted();
        GatewayResponse made = response.join();
        double millis = wait.toNanos() / 1e6;
        assertThat(made.latency()).isEqualTo(wait);
        assertThat(made.metadata().get("first_token_ms")).isEqualTo(millis);
        assertThat((double) made.metadata().get("tokens_per_second"))
                .isCloseTo(20 * 1e9 / wait.toNanos(), org.assertj.core.data.Offset.offset(1e-6));
    }

    @Test
    @Tag("row-89")
    void logs_ofWholeAndStreamedCalls_haveTokensAndCost() {
        rig.openai.events(text("x"), used(1000, 500));
        LLMGateway gateway = rig.gateway().build();
        GatewayRequest request = GatewayRequest.builder("hi").model("gpt-4").build();
        try (LogCapture log = LogCapture.start()) {
            gateway.complete(request);
            Reader.of(gateway.completeStream(request));
            assertThat(log.records())
                    .filteredOn(line -> line.contains("llm_generation_complete"))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .contains("provider=openai")
                            .contains("prompt_tokens=1000")
                            .contains("completion_tokens=500")
                            .contains("cost_usd_micros=60000"));
        }
    }

    @Test
    void embeddings_goThroughTheSameLedgerAndBreaker() {
        rig.openai.embeddings((target, request) -> new EmbeddingResult(
                List.of(new float[] {1, 0}),
                Usage.builder().inputUncached(TokenCount.known(7)).build(),
                target,
                null));
        LLMGateway gateway = rig.gateway().build();
        EmbeddingResult result = gateway.embed("text-embedding-3-small", EmbeddingRequest.of("hi"), gateway.newCall())
                .join();
        assertThat(result.vectors()).hasSize(1);
        GatewayStats stats = gateway.stats();
        assertThat(stats.totalRequests()).isEqualTo(1);
        assertThat(stats.totalTokens()).isEqualTo(7);
        assertThat(stats.byProvider().get("openai").requests()).isEqualTo(1);
    }

    @Test
    void layers_ofAProgramsOwn_standWhereTheySay() {
        rig.openai.text("ok");
        List<String> passed = new ArrayList<>();
        LLMGateway gateway = rig.gateway()
                .layer(LayerOrder.CACHE + 1, (request, call, next) -> {
                    passed.add("inner");
                    return next.infer(request, call);
                })
                .layer(LayerOrder.OBSERVE + 1, (request, call, next) -> {
                    passed.add("outer");
                    return next.infer(request, call);
                })
                .attemptLayer(LayerOrder.BUDGET + 1, (attempt, request, call, next) -> {
                    passed.add("attempt " + attempt.number() + " at " + attempt.route());
                    return next.infer(attempt, request, call);
                })
                .build();
        gateway.complete(GatewayRequest.of("hi"));
        assertThat(passed).containsExactly("outer", "inner", "attempt 1 at openai/gpt-4o");
    }
}
