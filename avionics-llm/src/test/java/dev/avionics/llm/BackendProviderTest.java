package dev.avionics.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.Attempt;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BackendProviderTest {
    private final FakeAdapter backend = new FakeAdapter();
    private final Airframe airframe = backend.airframe(BackendKind.OLLAMA);
    private final AtomicLong nanos = new AtomicLong();

    @AfterEach
    void close() {
        airframe.close();
    }

    private BackendProvider provider() {
        return provider(
                ProviderSettings.builder(ProviderId.OLLAMA).maxRetries(0).build());
    }

    private BackendProvider provider(ProviderSettings settings) {
        return new BackendProvider(settings, airframe, () -> nanos.getAndAdd(1_000_000));
    }

    static List<TokenChunk> read(InferenceStream<TokenChunk> stream) {
        List<TokenChunk> chunks = new ArrayList<>();
        try (EventCursor<TokenChunk> cursor = stream.open()) {
            cursor.forEachRemaining(chunks::add);
        }
        return chunks;
    }

    @Test
    void generate_aPrompt_sendsOneUserMessageAndGivesTheText() {
        String text = provider().generate(null, "Hi", Map.of("temperature", 0, "num_predict", 3));

        assertThat(text).isEqualTo("Hello world");
        FakeAdapter.Sent sent = backend.sent.get(0);
        assertThat(sent.target().model()).isEqualTo("qwen2.5:7b");
        assertThat(sent.request())
                .isEqualTo(InferenceRequest.of("Hi").toBuilder().temperature(0.0).maxTokens(3).stream(false)
                        .build());
    }

    @Test
    @Tag("row-82")
    void generateResult_keepsUsageAndFinish() {
        InferenceResult result = provider().generateResult("other", "Hi", Map.of());

        assertThat(result.usage()).isEqualTo(backend.usage);
        assertThat(result.finishRaw()).isEqualTo("stop");
        assertThat(result.target().model()).isEqualTo("other");
    }

    @Test
    @Tag("row-81")
    void generateStream_givesPiecesAndOneFinalChunk() {
        List<TokenChunk> chunks = read(provider().generateStream(null, "Hi", Map.of()));

        assertThat(chunks).extracting(TokenChunk::text).containsExactly("Hello ", "world", "");
        assertThat(chunks).extracting(TokenChunk::isFinal).containsExactly(false, false, true);
        assertThat(chunks).extracting(TokenChunk::tokenCount).containsExactly(0, 0, 2);
        assertThat(chunks.get(2).metadata())
                .containsOnly(
                        Map.entry("finish_reason", "stop"),
                        Map.entry("prompt_tokens", 5L),
                        Map.entry("completion_tokens", 2L),
                        Map.entry("tokens_estimated", false),
                        Map.entry("model", "m-1"));
        assertThat(backend.sent.get(0).request().stream()).isTrue();
    }

    @Test
    void finalChunk_withoutUsage_hasAnEstimate() {
        backend.usage = Usage.absent();

        TokenChunk last = read(provider().generateStream(null, "Hi", Map.of())).get(2);

        assertThat(last.tokenCount()).isEqualTo("Hello world".length() / 4);
        assertThat(last.metadata()).containsEntry("tokens_estimated", true);
    }

    @Test
    void options_ofTheSettings_holdWhereTheCallerIsSilent() {
        ProviderSettings settings = ProviderSettings.builder(ProviderId.OLLAMA)
                .defaultOption("temperature", 0.3)
                .defaultOption("num_predict", 9)
                .build();
        provider(settings).generate(null, "Hi", Map.of("max_tokens", 4));

        assertThat(backend.sent.get(0).request().sampling().temperature()).isEqualTo(0.3);
        assertThat(backend.sent.get(0).request().sampling().maxTokens()).isEqualTo(4);
    }

    @Test
    void temperature_disabled_isNeverSent() {
        BackendProvider provider = provider(ProviderSettings.builder(ProviderId.OLLAMA)
                .omitTemperature(true)
                .build());
        provider.generate(null, "Hi", Map.of("temperature", 1));
        provider.infer(
                        null,
                        InferenceRequest.of("Hi").toBuilder().temperature(1.0).build(),
                        provider.newCall())
                .collect()
                .join();

        assertThat(backend.sent)
                .hasSize(2)
                .allSatisfy(sent ->
                        assertThat(sent.request().sampling().temperature()).isNull());
    }

    @Test
    void failure_ofTheBackend_isAnInferenceException() {
        backend.failure = InferenceException.of(ErrorCategory.AUTHENTICATION, "bad key");

        assertThatThrownBy(() -> provider().generate(null, "Hi", Map.of()))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        e -> assertThat(e.category()).isEqualTo(ErrorCategory.AUTHENTICATION));
        assertThatThrownBy(() -> read(provider().generateStream(null, "Hi", Map.of())))
                .isInstanceOf(InferenceException.class);
    }

    @Test
    void retries_areThoseOfTheSettings() {
        backend.failure = InferenceException.builder(ErrorCategory.CONNECTION, "refused")
                .sent(InferenceException.Sent.NOTHING)
                .build();
        BackendProvider provider = provider(
                ProviderSettings.builder(ProviderId.OLLAMA).maxRetries(1).build());

        assertThatThrownBy(() -> provider.generate(null, "Hi", Map.of())).isInstanceOf(InferenceException.class);
        assertThat(backend.sent).hasSize(2);
        assertThat(provider.stats()).containsEntry("retries", 1L).containsEntry("errors", 1L);
    }

    @Test
    void stats_afterThreeCallsAndAFailure_countThem() {
        BackendProvider provider = provider();
        provider.generate(null, "Hi", Map.of());
        read(provider.generateStream(null, "Hi", Map.of()));
        provider.embed(null, EmbeddingRequest.of("x"), provider.newCall()).join();
        backend.failure = InferenceException.of(ErrorCategory.PERMISSION, "no");
        assertThatThrownBy(() -> provider.generate(null, "Hi", Map.of())).isInstanceOf(InferenceException.class);

        assertThat(provider.stats())
                .containsEntry("provider", "ollama")
                .containsEntry("backend", "ollama")
                .containsEntry("base_url", "http://localhost:11434")
                .containsEntry("api_type", "")
                .containsEntry("max_retries", 0)
                .containsEntry("requests", 4L)
                .containsEntry("succeeded", 3L)
                .containsEntry("errors", 1L)
                .containsEntry("cancelled", 0L)
                .containsEntry("prompt_tokens", 10L)
                .containsEntry("completion_tokens", 4L)
                .containsEntry("avg_latency_ms", 1.0);
    }

    @Test
    void embed_withoutModel_usesTheEmbeddingModel() {
        BackendProvider provider = provider();

        assertThat(provider.embed(null, EmbeddingRequest.of("x"), provider.newCall())
                        .join()
                        .dimensions())
                .isEqualTo(2);
        assertThat(backend.embedded.get(0).model()).isEqualTo("nomic-embed-text");
    }

    @Test
    @Tag("row-84")
    void healthCheck_neverThrows() {
        assertThat(provider().healthCheck()).isTrue();
        backend.health = target -> FakeAdapter.healthIs("DEGRADED");
        assertThat(provider().healthCheck()).isFalse();
        backend.health = target -> FakeAdapter.failing(ErrorCategory.CONNECTION);
        assertThat(provider().healthCheck()).isFalse();
        backend.health = target -> {
            throw new IllegalStateException("broken");
        };
        assertThat(provider().healthCheck()).isFalse();
    }

    @Test
    void healthCheck_onAnInterruptedThread_isFalseAndKeepsTheFlag() {
        backend.health = target -> new CompletableFuture<>();
        Thread.currentThread().interrupt();

        assertThat(provider().healthCheck()).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void close_letsRunningCallsEndAndTakesNoNewOnes() {
        BackendProvider provider = provider();
        InferenceStream<InferenceEvent> running = provider.infer(null, InferenceRequest.of("Hi"), provider.newCall());
        provider.close();

        assertThat(running.collect().join().text()).isEqualTo("Hello world");
        assertThatThrownBy(() -> provider.generate(null, "Hi", Map.of()))
                .isInstanceOfSatisfying(
                        InferenceException.class, e -> assertThat(e.category()).isEqualTo(ErrorCategory.REJECTED));
        assertThatThrownBy(() -> provider.embed(null, EmbeddingRequest.of("x"), provider.newCall())
                        .join())
                .isInstanceOf(CompletionException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void adapter_missing_isToldByTheStream() {
        BackendProvider provider =
                provider(ProviderSettings.builder(ProviderId.LLAMASERVER).build());

        assertThatThrownBy(() -> provider.infer(null, InferenceRequest.of("Hi"), provider.newCall())
                        .collect()
                        .join())
                .hasCauseInstanceOf(InferenceException.class)
                .hasMessageContaining("no adapter for backend kind llama-server");
        assertThat(provider.health(provider.newCall()).join().status()).isEqualTo(HealthState.Status.UNKNOWN);
    }

    @Test
    void toString_showsNoKey() {
        ProviderSettings settings = ProviderSettings.builder(ProviderId.OLLAMA)
                .apiKey(dev.avionics.airframe.Secret.of("sk-secret"))
                .header("X-Key", "sk-secret")
                .build();

        assertThat(provider(settings) + "" + settings + provider(settings).stats())
                .doesNotContain("secret");
    }

    @Test
    @Tag("row-135")
    void telemetry_isToldOfCalls_butNotOfThoseByRoute() {
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        try (OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .build()) {
            ProviderSettings settings =
                    ProviderSettings.builder(ProviderId.OLLAMA).maxRetries(0).build();
            BackendProvider provider = new BackendProvider(settings, airframe, LLMTelemetry.of(sdk));
            provider.route(null, InferenceRequest.of("Hi"))
                    .operation()
                    .attempt(
                            Attempt.at(new Target(provider.endpoint(), "m")),
                            InferenceRequest.of("Hi"),
                            provider.newCall())
                    .collect()
                    .join();
            assertThat(spans.getFinishedSpanItems()).isEmpty();

            provider.generate(null, "Hi", Map.of());
            provider.embed(null, EmbeddingRequest.of("x"), provider.newCall()).join();

            assertThat(spans.getFinishedSpanItems())
                    .extracting(span -> span.getName())
                    .containsExactly("POST", "chat qwen2.5:7b", "POST", "embeddings nomic-embed-text");
        }
    }
}
