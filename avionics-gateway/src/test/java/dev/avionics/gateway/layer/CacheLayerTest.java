package dev.avionics.gateway.layer;

import static dev.avionics.gateway.GatewayRig.failure;
import static dev.avionics.gateway.GatewayRig.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.VendorData;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.gateway.CacheMode;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayResponse;
import dev.avionics.gateway.GatewayRig;
import dev.avionics.gateway.GatewayRig.Reader;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.LayerOrder;
import dev.avionics.gateway.StreamingChunk;
import dev.avionics.gateway.cache.CacheKeys;
import dev.avionics.gateway.cache.CacheRules;
import dev.avionics.gateway.cache.ResponseCache;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.gateway.state.StateLimits;
import dev.avionics.testkit.adapter.ScriptedAdapter;
import dev.avionics.testkit.secret.LogCapture;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("row-132")
class CacheLayerTest {
    private static final GatewayRequest COLD =
            GatewayRequest.builder("hi").temperature(0.0).build();

    private final GatewayRig rig = new GatewayRig();

    @AfterEach
    void close() {
        rig.close();
    }

    private LLMGateway gateway(ResponseCache cache) {
        return rig.gateway()
                .retryPolicy(RetryPolicy.NEVER)
                .layer(LayerOrder.CACHE, new CacheLayer(new CacheKeys(rig.providers, false), cache))
                .build();
    }

    private LLMGateway gateway(CacheRules rules) {
        return gateway(ResponseCache.inMemory(rules, rig.time));
    }

    private LLMGateway gateway() {
        return gateway(CacheRules.DEFAULT);
    }

    private static GatewayRequest at(Double temperature) {
        return GatewayRequest.builder("hi").temperature(temperature).build();
    }

    private int asked() {
        return rig.openai.seen().size();
    }

    @Test
    void request_askedTwice_isSentOnceAndCostsNothingTheSecondTime() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        GatewayResponse first = gateway.complete(COLD);
        GatewayResponse second = gateway.complete(COLD);
        assertThat(asked()).isEqualTo(1);
        assertThat(second.text()).isEqualTo("the answer");
        assertThat(second.tokensUsed()).isEqualTo(first.tokensUsed()).isPositive();
        assertThat(second.provider()).isEqualTo("openai");
        assertThat(second.model()).isEqualTo("gpt-4o");
        assertThat(first.metadata()).doesNotContainKey("cached");
        assertThat(second.metadata()).containsEntry("cached", true);
        assertThat(second.cost().usd()).isZero();
        assertThat(gateway.stats().cached()).isEqualTo(1);
        assertThat(gateway.stats().totalRequests()).isEqualTo(2);
        assertThat(gateway.stats().totalTokens()).isEqualTo(first.tokensUsed());
        assertThat(gateway.stats().totalCostUsd())
                .isEqualByComparingTo(first.cost().usd());
    }

    @Test
    void request_withAnotherTemperature_isSentAgain() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        for (Double temperature : List.of(0.3, 0.4, 0.3, 0.4)) {
            gateway.complete(at(temperature).withCache(CacheMode.ON));
        }
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void request_withATemperatureOrNone_isNotCachedUnlessTheCallerSaysSo() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        for (Double temperature : new Double[] {0.7, null}) {
            int before = asked();
            gateway.complete(at(temperature));
            gateway.complete(at(temperature));
            assertThat(asked() - before).isEqualTo(2);
            gateway.complete(at(temperature).withCache(CacheMode.ON));
            gateway.complete(at(temperature).withCache(CacheMode.ON));
            assertThat(asked() - before).isEqualTo(3);
        }
    }

    @Test
    void request_ofACallerWhoWantsNoCache_isSentAndNotKept() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        gateway.complete(COLD.withCache(CacheMode.OFF));
        gateway.complete(COLD);
        gateway.complete(COLD.withCache(CacheMode.OFF));
        assertThat(asked()).isEqualTo(3);
    }

    @Test
    void rules_thatAllowAnyTemperature_cacheThemAll() {
        rig.openai.text("the answer");
        LLMGateway gateway = rig.gateway()
                .layer(
                        LayerOrder.CACHE,
                        new CacheLayer(
                                new CacheKeys(rig.providers, true),
                                ResponseCache.inMemory(CacheRules.DEFAULT, rig.time)))
                .build();
        gateway.complete(at(0.9));
        gateway.complete(at(0.9));
        gateway.complete(at(null));
        gateway.complete(at(null));
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void request_ofAnotherKeyModelOrProvider_isSentAgain() {
        rig.openai.text("the answer");
        rig.ollama.text("another");
        LLMGateway gateway = gateway();
        gateway.complete(COLD);
        gateway.complete(COLD.withKey("team-a"));
        gateway.complete(COLD.withKey("team-b"));
        gateway.complete(COLD.withTarget(null, "gpt-4"));
        assertThat(asked()).isEqualTo(4);
        assertThat(gateway.complete(COLD.withTarget("ollama", null)).text()).isEqualTo("another");
        gateway.complete(COLD.withTarget("openai", "gpt-4o"));
        gateway.complete(COLD.withAgent("planner"));
        assertThat(asked()).as("who is named is who would be asked anyway").isEqualTo(4);
    }

    @Test
    void answer_thatFailed_isNotKept() {
        rig.openai.fails(failure(ErrorCategory.SERVER_ERROR));
        rig.openai.fails(failure(ErrorCategory.SERVER_ERROR), text("half"));
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        assertThat(gateway.completeAsync(COLD)).isCompletedExceptionally();
        assertThat(gateway.completeAsync(COLD)).isCompletedExceptionally();
        assertThat(gateway.complete(COLD).text()).isEqualTo("the answer");
        gateway.complete(COLD);
        assertThat(asked()).isEqualTo(3);
    }

    @Test
    void answer_whoseReaderLeft_isNotKept() {
        rig.openai.events(text("half"));
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        Reader.of(gateway.completeStream(COLD)).subscription.cancel();
        assertThat(gateway.complete(COLD).text()).isEqualTo("the answer");
    }

    @ParameterizedTest
    @EnumSource(FinishReason.class)
    void answer_isKept_onlyIfItsEndIsGood(FinishReason finish) {
        rig.openai.events(text("so"), ScriptedAdapter.completed(finish, 3));
        LLMGateway gateway = gateway();
        gateway.complete(COLD);
        gateway.complete(COLD);
        boolean good = finish == FinishReason.STOP || finish == FinishReason.TOOL_CALLS;
        assertThat(asked()).isEqualTo(good ? 1 : 2);
    }

    @Test
    void answer_ofAFallback_isNotKept() {
        rig.openai.fails(failure(ErrorCategory.OVERLOADED));
        rig.openai.text("the answer");
        rig.ollama.text("for now");
        LLMGateway gateway = rig.gateway()
                .fallback(GatewayRig.to("ollama"))
                .layer(
                        LayerOrder.CACHE,
                        new CacheLayer(
                                new CacheKeys(rig.providers, false),
                                ResponseCache.inMemory(CacheRules.DEFAULT, rig.time)))
                .build();
        assertThat(gateway.complete(COLD).text()).isEqualTo("for now");
        assertThat(gateway.complete(COLD).text()).isEqualTo("the answer");
        assertThat(gateway.complete(COLD).metadata()).containsEntry("cached", true);
    }

    @Test
    void answer_outOfTheCache_hasEveryEventOfTheFirstTime() {
        Part.ToolCall call =
                new Part.ToolCall("id-1", "f", "{\"a\": 1}", VendorData.of("gemini", "{ \"sig\" :1}"), null);
        rig.openai.events(
                new InferenceEvent.ThinkingDelta("hm"),
                new InferenceEvent.VendorNote(VendorData.of("anthropic", "{\"signature\":\"x\\/y\"}")),
                text("let me "),
                text("look"),
                new InferenceEvent.ToolCallDelta(0, "id-1", "f", "{\"a\""),
                new InferenceEvent.ToolCallReady(0, call),
                ScriptedAdapter.completed(FinishReason.TOOL_CALLS, 9));
        LLMGateway gateway = gateway();
        GatewayRequest request = COLD.with(
                COLD.inference().toBuilder().tool(ToolSpec.of("f", "a tool")).build());
        Reader<InferenceEvent> first = Reader.of(gateway.infer(request, rig.airframe.newCall()));
        Reader<InferenceEvent> second = Reader.of(gateway.infer(request, rig.airframe.newCall()));
        assertThat(asked()).isEqualTo(1);
        assertThat(second.complete).isTrue();
        assertThat(second.got).hasSize(8);
        assertThat(second.got.subList(1, 8)).isEqualTo(first.got.subList(1, 8));
    }

    @Test
    void answer_keptAsAStream_isGivenWhole_andTheOtherWayRound() {
        rig.openai.events(text("a"), text("b"), ScriptedAdapter.completed(FinishReason.STOP, 2));
        LLMGateway gateway = gateway();
        Reader.of(gateway.completeStream(COLD));
        assertThat(gateway.complete(COLD).text()).isEqualTo("ab");
        Reader<StreamingChunk> chunks = Reader.of(gateway.completeStream(COLD));
        assertThat(chunks.got).extracting(StreamingChunk::text).containsExactly("a", "b", "");
        assertThat(chunks.got).extracting(StreamingChunk::provider).containsOnly("openai");
        assertThat(asked()).isEqualTo(1);
    }

    @Test
    void answer_outOfTheCache_waitsForItsReaderAndEndsWhenHeLeaves() {
        rig.openai.events(text("a"), text("b"), text("c"), ScriptedAdapter.completed(FinishReason.STOP, 3));
        LLMGateway gateway = gateway();
        gateway.complete(COLD);
        Reader<InferenceEvent> reader = new Reader<>();
        var stream = gateway.infer(COLD, rig.airframe.newCall());
        stream.subscribe(reader);
        assertThat(reader.got).isEmpty();
        reader.subscription.request(1);
        reader.subscription.request(1);
        assertThat(reader.got).hasSize(2);
        reader.subscription.cancel();
        reader.subscription.request(9);
        assertThat(reader.got).hasSize(2);
        assertThat(reader.complete).isFalse();
    }

    @Test
    void observer_ofACallOutOfTheCache_isToldItsEndAndNoAttempt() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        gateway.complete(COLD);
        List<String> told = new ArrayList<>();
        CallContext context = rig.airframe.newCall().observedBy(new CallObserver() {
            @Override
            public void attemptStarted(int number, dev.avionics.airframe.Target target) {
                told.add("attempt");
            }

            @Override
            public void ended(Outcome outcome) {
                told.add(outcome.getClass().getSimpleName());
            }
        });
        Reader.of(gateway.infer(COLD, context));
        assertThat(told).containsExactly("Done");
    }

    @Test
    void answer_isGiven_untilItsTimeIsOver() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway(CacheRules.DEFAULT.withTtl(Duration.ofMinutes(3)));
        gateway.complete(COLD);
        rig.time.advance(Duration.ofMinutes(3).minusNanos(1));
        gateway.complete(COLD);
        assertThat(asked()).isEqualTo(1);
        rig.time.advance(Duration.ofNanos(1));
        gateway.complete(COLD);
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void cache_thatIsFull_forgetsWhatWasNotUsedForLongest() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        for (int i = 0; i < 100; i++) {
            gateway.complete(prompt(i));
        }
        gateway.complete(prompt(0));
        assertThat(asked()).isEqualTo(100);
        gateway.complete(prompt(100));
        gateway.complete(prompt(0));
        gateway.complete(prompt(2));
        gateway.complete(prompt(100));
        assertThat(asked()).isEqualTo(101);
        gateway.complete(prompt(1));
        assertThat(asked()).isEqualTo(102);
    }

    private static GatewayRequest prompt(int number) {
        return GatewayRequest.builder("question " + number).temperature(0.0).build();
    }

    @Test
    void answer_thatIsTooLarge_isNotKept() {
        rig.openai.text("x".repeat(3000));
        LLMGateway gateway = gateway(CacheRules.DEFAULT.withEntryBytes(2000));
        gateway.complete(COLD);
        assertThat(gateway.complete(COLD).text()).hasSize(3000);
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void calls_thatWantFramesOfTheWire_areNotCached() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        for (int i = 0; i < 2; i++) {
            Reader.of(gateway.infer(COLD, rig.airframe.newCall().withRawFrames()));
            Reader.of(gateway.infer(COLD, rig.airframe.newCall().withLenientFrames()));
        }
        assertThat(asked()).isEqualTo(4);
    }

    @Test
    void request_toAProviderThatDoesNotExist_failsAsWithoutACache() {
        LLMGateway gateway = gateway();
        Reader<InferenceEvent> reader =
                Reader.of(gateway.infer(COLD.withTarget("nobody", null), rig.airframe.newCall()));
        assertThat(reader.error).hasMessageContaining("no provider nobody here");
    }

    @Test
    void gateways_thatShareAState_shareAnswers() {
        rig.openai.text("the answer");
        SharedState state = LocalState.create(rig.time, rig.time.clock(), StateLimits.DEFAULT);
        LLMGateway one = gateway(ResponseCache.over(state, CacheRules.DEFAULT));
        LLMGateway other = gateway(ResponseCache.over(state, CacheRules.DEFAULT));
        one.complete(COLD);
        assertThat(other.complete(COLD).metadata()).containsEntry("cached", true);
        assertThat(asked()).isEqualTo(1);
        rig.time.advance(Duration.ofMinutes(10));
        other.complete(COLD);
        assertThat(asked()).isEqualTo(2);
    }

    /** A state of which only the cache is used, as a test wants it. */
    private static SharedState state(InvocationHandler handler) {
        return (SharedState)
                Proxy.newProxyInstance(SharedState.class.getClassLoader(), new Class<?>[] {SharedState.class}, handler);
    }

    private static long warnings(LogCapture log, String what) {
        return log.text().lines().filter(line -> line.contains(what)).count();
    }

    @Test
    void state_thatFails_isAMissWithOneWarning() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway(ResponseCache.over(
                state((proxy, method, arguments) -> CompletableFuture.failedFuture(failure(ErrorCategory.REJECTED))),
                CacheRules.DEFAULT));
        try (LogCapture log = LogCapture.start()) {
            for (int i = 0; i < 5; i++) {
                assertThat(gateway.complete(COLD).text()).isEqualTo("the answer");
            }
            assertThat(asked()).isEqualTo(5);
            assertThat(warnings(log, "cache_unavailable")).isEqualTo(1);
        }
    }

    @Test
    void state_thatThrows_isAMissToo() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway(ResponseCache.over(
                state((proxy, method, arguments) -> {
                    throw new IllegalStateException("closed");
                }),
                CacheRules.DEFAULT));
        assertThat(gateway.complete(COLD).text()).isEqualTo("the answer");
        assertThat(gateway.complete(COLD).text()).isEqualTo("the answer");
    }

    @Test
    void entry_thatIsBroken_isAMissWithAWarning_andReplaced() {
        rig.openai.text("the answer");
        Map<Object, byte[]> entries = new ConcurrentHashMap<>();
        SharedState state = state((proxy, method, arguments) -> {
            if (method.getName().equals("get")) {
                return CompletableFuture.completedFuture(Optional.ofNullable(entries.get(arguments[0])));
            }
            entries.put(arguments[0], (byte[]) arguments[1]);
            return CompletableFuture.completedFuture(null);
        });
        LLMGateway gateway = gateway(ResponseCache.over(state, CacheRules.DEFAULT));
        gateway.complete(COLD);
        entries.replaceAll((key, entry) -> new byte[] {1, 2, 3, 4, 5, 6, 7});
        try (LogCapture log = LogCapture.start()) {
            assertThat(gateway.complete(COLD).text()).isEqualTo("the answer");
            assertThat(warnings(log, "cache_entry_broken")).isEqualTo(1);
        }
        assertThat(gateway.complete(COLD).metadata()).containsEntry("cached", true);
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void entry_thatComesLate_isDeliveredWhereTheCallWantsIt_andNotIfItIsGivenUpBefore() {
        rig.openai.text("the answer");
        List<CompletableFuture<Optional<byte[]>>> reads = new ArrayList<>();
        SharedState state = state((proxy, method, arguments) -> {
            if (method.getName().equals("get")) {
                CompletableFuture<Optional<byte[]>> read = new CompletableFuture<>();
                reads.add(read);
                return read;
            }
            return CompletableFuture.completedFuture(null);
        });
        LLMGateway gateway = gateway(ResponseCache.over(state, CacheRules.DEFAULT));
        List<Runnable> delivered = new ArrayList<>();
        CallContext elsewhere = rig.airframe.newCall().deliveredOn(Delivery.on(delivered::add));
        Reader<InferenceEvent> reader = Reader.of(gateway.infer(COLD, elsewhere));
        reads.get(0).complete(Optional.empty());
        assertThat(asked()).isZero();
        while (!delivered.isEmpty()) {
            delivered.remove(0).run();
        }
        assertThat(reader.complete).isTrue();

        Reader<InferenceEvent> left = Reader.of(gateway.infer(COLD, rig.airframe.newCall()));
        left.subscription.cancel();
        reads.get(1).complete(Optional.empty());
        assertThat(asked()).isEqualTo(1);
    }

    @Test
    void stream_thatNobodyConsumes_looksNothingUp() {
        List<String> looked = new ArrayList<>();
        SharedState state = state((proxy, method, arguments) -> {
            looked.add(method.getName());
            return CompletableFuture.completedFuture(Optional.empty());
        });
        gateway(ResponseCache.over(state, CacheRules.DEFAULT)).infer(COLD, rig.airframe.newCall());
        assertThat(looked).isEmpty();
    }

    @Test
    void request_thatDiffersInAField_isSentAgain() {
        rig.openai.text("the answer");
        LLMGateway gateway = gateway();
        InferenceRequest base = COLD.inference();
        gateway.complete(COLD);
        gateway.complete(COLD.with(base.toBuilder().user("u").build()));
        gateway.complete(COLD.with(base.toBuilder().extra("x", 1).build()));
        gateway.complete(COLD.with(base.toBuilder().maxTokens(5).build()));
        assertThat(asked()).isEqualTo(4);
    }
}
