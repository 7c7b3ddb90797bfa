package dev.avionics.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.FinishReason;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MockProviderTest {
    private static final Delivery HERE = Delivery.on(Runnable::run);

    private static MockProvider.Builder mock() {
        return MockProvider.builder().scheduler(new ManualScheduler()).delivery(HERE);
    }

    @Test
    @Tag("row-91")
    void script_thenRules_thenEcho() {
        MockProvider provider = mock().reply("first")
                .reply("second")
                .whenPromptContains("weather", MockReply.text("sunny"))
                .when(request -> !request.tools().isEmpty(), MockReply.text("never"))
                .build();

        assertThat(List.of("a", "b", "the weather?", "c").stream()
                        .map(prompt -> provider.generate(null, prompt, Map.of()))
                        .toList())
                .containsExactly("first", "second", "sunny", "c");
        assertThat(provider.callCount()).isEqualTo(4);
        assertThat(provider.calls())
                .extracting(MockProvider.Call::prompt)
                .containsExactly("a", "b", "the weather?", "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "ab", "Ünïcode 👩‍🚀 漢字 \u0000", "12345678 12345678 1"})
    void text_inChunks_isTheSameText(String text) {
        MockProvider provider = mock().build();
        List<TokenChunk> chunks = BackendProviderTest.read(provider.generateStream(null, text, Map.of()));

        assertThat(String.join("", chunks.stream().map(TokenChunk::text).toList()))
                .isEqualTo(text);
        assertThat(chunks.size()).isGreaterThanOrEqualTo(text.length() > 1 ? 3 : 1);
        assertThat(chunks.stream().filter(TokenChunk::isFinal)).containsExactly(chunks.get(chunks.size() - 1));
        assertThat(chunks)
                .allSatisfy(chunk -> assertThat(chunk.text().isEmpty()
                                || !Character.isLowSurrogate(chunk.text().charAt(0)))
                        .isTrue());
    }

    @Test
    void prompt_ofAHundredThousandCharacters_isAnswered() {
        String prompt = "x".repeat(100_000);

        assertThat(mock().build().generate(null, prompt, Map.of())).isEqualTo(prompt);
    }

    @Test
    void answer_withEverything_isWhole() {
        Usage usage = Usage.builder().output(TokenCount.known(3)).build();
        MockProvider provider = mock().reply(MockReply.toolCall("c1", "search", "{\"q\":1}")
                        .withThinking("hm, hm")
                        .withUsage(usage))
                .reply(MockReply.text("cut").withFinish(FinishReason.LENGTH))
                .build();
        InferenceResult result = provider.generateResult("m", "x", Map.of());

        assertThat(result.thinking()).isEqualTo("hm, hm");
        assertThat(result.toolCalls())
                .singleElement()
                .satisfies(call -> assertThat(call.argumentsJson()).isEqualTo("{\"q\":1}"));
        assertThat(result.finish()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(result.usage()).isEqualTo(usage);
        assertThat(result.target().model()).isEqualTo("m");
        assertThat(provider.generateResult("m", "x", Map.of()).finish()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void finalChunk_afterToolCalls_namesThem() {
        MockProvider provider =
                mock().reply(MockReply.toolCall("c1", "search", "{}")).build();
        List<TokenChunk> chunks = BackendProviderTest.read(provider.generateStream(null, "x", Map.of()));

        assertThat(chunks).hasSize(1);
        assertThat(chunks.get(0).metadata())
                .containsEntry("finish_reason", "tool_calls")
                .containsEntry("tool_calls", List.of(Map.of("id", "c1", "name", "search", "arguments", "{}")));
    }

    @Test
    void faults_atOnceAndInTheMiddle_areTold() {
        InferenceException busy = InferenceException.of(ErrorCategory.OVERLOADED, "busy");
        MockProvider provider = mock().reply(MockReply.failure(busy))
                .reply(MockReply.text("Hello").thenFail(busy))
                .build();

        assertThatThrownBy(() -> provider.generate(null, "x", Map.of())).isSameAs(busy);
        Recorder recorder = new Recorder();
        provider.generateStream(null, "x", Map.of()).subscribe(recorder);
        recorder.subscription.request(10);
        assertThat(recorder.texts).containsExactly("Hel", "lo");
        assertThat(recorder.error).isSameAs(busy);
    }

    @Test
    void delays_passOnTheScheduler() {
        ManualScheduler time = new ManualScheduler();
        MockProvider provider = MockProvider.builder()
                .scheduler(time)
                .delivery(HERE)
                .reply(MockReply.text("Hello").after(Duration.ofSeconds(2)).paced(Duration.ofSeconds(1)))
                .build();
        Recorder recorder = new Recorder();
        provider.generateStream(null, "x", Map.of()).subscribe(recorder);
        recorder.subscription.request(10);

        assertThat(recorder.texts).isEmpty();
        time.advance(Duration.ofSeconds(2));
        assertThat(recorder.texts).containsExactly("Hel");
        time.advance(Duration.ofSeconds(1));
        assertThat(recorder.texts).containsExactly("Hel", "lo");
        assertThat(recorder.completed).isFalse();
        time.advance(Duration.ofSeconds(1));
        assertThat(recorder.texts).containsExactly("Hel", "lo", "");
        assertThat(recorder.completed).isTrue();
    }

    @Test
    void cancel_whileItWaits_callsTheTimerOff() {
        ManualScheduler time = new ManualScheduler();
        MockProvider provider = MockProvider.builder()
                .scheduler(time)
                .delivery(HERE)
                .reply(MockReply.text("Hello there").paced(Duration.ofSeconds(1)))
                .build();
        InferenceStream<TokenChunk> stream = provider.generateStream(null, "x", Map.of());
        Recorder recorder = new Recorder();
        stream.subscribe(recorder);
        recorder.subscription.request(10);
        assertThat(time.waiting()).isEqualTo(1);
        stream.cancel(CancelReason.CALLER);

        assertThat(time.waiting()).isZero();
        assertThat(stream.outcome().toCompletableFuture().join())
                .isInstanceOfSatisfying(
                        Outcome.Cancelled.class,
                        cancelled -> assertThat(cancelled.usage().isEstimated()).isTrue());
    }

    @Test
    void stream_thatNobodyConsumes_isNoCall() {
        MockProvider provider = mock().reply("first").build();
        provider.generateStream(null, "x", Map.of());

        assertThat(provider.callCount()).isZero();
        assertThat(provider.generate(null, "x", Map.of())).isEqualTo("first");
    }

    @Test
    void options_unknown_areRefusedAsWithARealBackend() {
        assertThatThrownBy(() -> mock().build().generate(null, "x", Map.of("temprature", 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void script_withManyThreads_givesEachReplyOnce() throws Exception {
        MockProvider.Builder builder = mock();
        for (int i = 0; i < 320; i++) {
            builder.reply("reply " + i);
        }
        MockProvider provider = builder.build();
        ExecutorService pool = Executors.newFixedThreadPool(32);
        List<Future<String>> answers = new ArrayList<>();
        for (int i = 0; i < 320; i++) {
            answers.add(pool.submit(() -> provider.generate(null, "x", Map.of())));
        }
        Set<String> different = new HashSet<>();
        for (Future<String> answer : answers) {
            different.add(answer.get());
        }
        pool.shutdown();

        assertThat(different).hasSize(320).allMatch(text -> text.startsWith("reply "));
        assertThat(provider.callCount()).isEqualTo(320);
    }

    @Test
    void embeddings_areTheSameForTheSameTextAndOfLengthOne() {
        MockProvider provider = mock().build();
        EmbeddingRequest request = EmbeddingRequest.of("a", "b", "a");
        List<float[]> vectors =
                provider.embed(null, request, provider.newCall()).join().vectors();

        assertThat(vectors.get(0)).hasSize(8).isEqualTo(vectors.get(2)).isNotEqualTo(vectors.get(1));
        double square = 0;
        for (float x : vectors.get(0)) {
            square += x * x;
        }
        assertThat(square).isCloseTo(1, org.assertj.core.data.Offset.offset(1e-6));
        assertThat(provider.embeddingCalls()).containsExactly(request);
        assertThat(provider.embed(null, new EmbeddingRequest(List.of("a"), 3, null, Map.of()), provider.newCall())
                        .join()
                        .dimensions())
                .isEqualTo(3);
    }

    @Test
    void health_isWhatTheScriptSays() {
        assertThat(mock().build().healthCheck()).isTrue();
        assertThat(mock().health(HealthState.Status.UNHEALTHY).build().healthCheck())
                .isFalse();
    }

    @Test
    void provider_withThreadsOfItsOwn_answersAndEndsThem() {
        MockProvider provider = MockProvider.builder()
                .reply(MockReply.text("Hello").after(Duration.ofMillis(1)))
                .build();

        assertThat(provider.generate(null, "x", Map.of())).isEqualTo("Hello");
        provider.close();
        assertThatThrownBy(() -> provider.generate(null, "x", Map.of())).isInstanceOf(InferenceException.class);
    }

    /** Row 83: what a provider gets that has nothing but {@code generate}. */
    @Test
    @Tag("row-83")
    @Tag("row-85")
    void generateStream_ofAProviderWithGenerateOnly_isOneFinalChunk() {
        MockProvider mock = mock().build();
        LLMProvider plain = new GenerateOnly(mock);
        List<TokenChunk> chunks = BackendProviderTest.read(plain.generateStream(null, "Hello world!", Map.of()));

        assertThat(chunks)
                .singleElement()
                .satisfies(chunk -> assertThat(chunk)
                        .extracting(TokenChunk::text, TokenChunk::isFinal, TokenChunk::tokenCount)
                        .containsExactly("HELLO WORLD!", true, 3));
        assertThat(plain.supportsStreaming()).isFalse();
        assertThat(mock.callCount()).isZero();
    }

    @Test
    void generate_ofAProviderWithInferOnly_isItsWholeAnswer() {
        MockProvider mock = mock().reply("Hi").build();
        InferenceRequest expected = InferenceRequest.of("x").toBuilder().temperature(0.5).stream(false)
                .build();

        assertThat(new InferOnly(mock).generate(null, "x", Map.of("temperature", 0.5)))
                .isEqualTo("Hi");
        assertThat(mock.calls().get(0).request()).isEqualTo(expected);
    }

    @Test
    @Tag("row-81")
    void chunk_byDefault_isNotFinalAndCountsNothing() {
        assertThat(new TokenChunk("a")).isEqualTo(new TokenChunk("a", false, 0, Map.of()));
        assertThatThrownBy(() -> new TokenChunk("a", true, -1, Map.of())).hasMessage("tokenCount: -1 (expected: >= 0)");
    }

    @Test
    void echo_isOfTheLastUserMessage() {
        MockProvider provider = mock().build();
        InferenceRequest request = InferenceRequest.builder()
                .message(Message.user("one"))
                .message(Message.assistant("two"))
                .message(Message.user("three"))
                .message(Message.assistant("four"))
                .build();

        assertThat(provider.infer(null, request, provider.newCall())
                        .collect()
                        .join()
                        .text())
                .isEqualTo("three");
    }

    private static final class Recorder implements Flow.Subscriber<TokenChunk> {
        final List<String> texts = new ArrayList<>();
        Flow.Subscription subscription;
        Throwable error;
        boolean completed;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(TokenChunk chunk) {
            texts.add(chunk.text());
        }

        @Override
        public void onError(Throwable why) {
            error = why;
        }

        @Override
        public void onComplete() {
            completed = true;
        }
    }

    private static class InferOnly implements LLMProvider {
        final MockProvider mock;

        InferOnly(MockProvider mock) {
            this.mock = mock;
        }

        @Override
        public String name() {
            return "plain";
        }

        @Override
        public String defaultModel() {
            return "m";
        }

        @Override
        public String defaultEmbeddingModel() {
            return "";
        }

        @Override
        public dev.avionics.airframe.EndpointSpec endpoint() {
            return mock.endpoint();
        }

        @Override
        public dev.avionics.airframe.Capabilities capabilities(String model) {
            return mock.capabilities(model);
        }

        @Override
        public CompletableFuture<List<dev.avionics.airframe.ModelInfo>> models(
                dev.avionics.airframe.call.CallContext context) {
            return mock.models(context);
        }

        @Override
        public CompletableFuture<HealthState> health(dev.avionics.airframe.call.CallContext context) {
            return mock.health(context);
        }

        @Override
        public InferenceStream<dev.avionics.airframe.InferenceEvent> infer(
                String model, InferenceRequest request, dev.avionics.airframe.call.CallContext context) {
            return mock.infer(model, request, context);
        }

        @Override
        public dev.avionics.airframe.call.CallContext newCall() {
            return mock.newCall();
        }

        @Override
        public CompletableFuture<dev.avionics.airframe.EmbeddingResult> embed(
                String model, EmbeddingRequest request, dev.avionics.airframe.call.CallContext context) {
            return mock.embed(model, request, context);
        }

        @Override
        public void close() {}
    }

    private static final class GenerateOnly extends InferOnly {
        GenerateOnly(MockProvider mock) {
            super(mock);
        }

        @Override
        public String generate(String model, String prompt, Map<String, ?> options) {
            return prompt.toUpperCase(java.util.Locale.ROOT);
        }
    }
}
