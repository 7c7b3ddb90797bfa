package dev.avionics.llm.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.llm.Inference;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.MockReply;
import dev.avionics.llm.service.BusEvent.AmbientSpeechDetected;
import dev.avionics.llm.service.BusEvent.ErrorOccurred;
import dev.avionics.llm.service.BusEvent.ResponseGenerated;
import dev.avionics.llm.service.BusEvent.ResponseGenerating;
import dev.avionics.llm.service.BusEvent.SpeechDetected;
import dev.avionics.llm.service.BusEvent.SystemStopped;
import dev.avionics.llm.settings.ApiType;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.SettingsException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LLMServiceTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LONG = Duration.ofSeconds(5);

    private final List<Runnable> timers = new CopyOnWriteArrayList<>();
    private final EventBus bus = EventBus.builder().executor(Runnable::run).build();
    private long nanos;
    private MockProvider provider = mock().build();
    private LLMService service = service().build();

    @AfterEach
    void close() {
        service.close();
        provider.close();
        bus.close();
    }

    private Scheduler.Handle later(Runnable task, Duration delay) {
        timers.add(task);
        return () -> timers.remove(task);
    }

    /** Lets the next wait end. */
    private void next() {
        timers.remove(0).run();
    }

    private MockProvider.Builder mock() {
        return MockProvider.builder().scheduler(this::later).delivery(Delivery.on(Runnable::run));
    }

    private LLMServiceBuilder service() {
        return LLMService.builder()
                .inference(provider)
                .clock(Clock.fixed(NOW, ZoneOffset.UTC))
                .ticker(() -> nanos);
    }

    private void use(MockProvider.Builder mock) {
        provider = mock.build();
        service = service().build();
    }

    private static CallOptions id(String correlationId) {
        return CallOptions.builder().correlationId(correlationId).build();
    }

    private static InferenceException error(ErrorCategory category) {
        return InferenceException.of(category, "broken " + category);
    }

    private InferenceRequest sent() {
        return provider.calls().get(provider.calls().size() - 1).request();
    }

    @Test
    @Tag("row-118")
    void config_fromTheEnvironment_hasEveryValue() {
        Map<String, String> environment = Map.of(
                "LLM_BASE_URL", "http://host:1234/v1/",
                "LLM_API_KEY", "k",
                "LLM_API_TYPE", "OpenAI",
                "LLM_DEFAULT_MODEL", "m",
                "LLM_SYSTEM_PROMPT", "be brief",
                "LLM_TIMEOUT_SECONDS", "2.5",
                "LLM_STREAM", "yes",
                "LLM_TEMPERATURE", "0",
                "LLM_MAX_TOKENS", "7");
        AvionicsSettings settings =
                AvionicsSettings.builder().environment(environment).build();
        LLMServiceConfig config = LLMServiceConfig.of(settings);

        assertThat(config.baseUrl()).isEqualTo(URI.create("http://host:1234/v1"));
        assertThat(config.apiKey()).isNotNull();
        assertThat(config.apiType()).isEqualTo(ApiType.OPENAI);
        assertThat(config.defaultModel()).isEqualTo("m");
        assertThat(config.systemPrompt()).isEqualTo("be brief");
        assertThat(config.timeout()).isEqualTo(Duration.ofMillis(2500));
        assertThat(config.stream()).isTrue();
        assertThat(config.temperature()).isZero();
        assertThat(config.maxTokens()).isEqualTo(7);
        assertThat(settings.warnings()).isEmpty();
        assertThat(config.toString()).contains("http://host:1234/v1", "key=***").doesNotContain("k,");
        assertThat(LLMServiceConfig.of(AvionicsSettings.builder().build())).isEqualTo(LLMServiceConfig.DEFAULTS);
        assertThatThrownBy(() -> AvionicsSettings.builder()
                        .environment(Map.of("LLM_STREAM", "perhaps"))
                        .build())
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("LLM_STREAM: perhaps (expected: true or false)");
    }

    @Test
    @Tag("row-118")
    void explicitValues_winOverTheConfig_andOptionsOverBoth() {
        LLMServiceConfig config = new LLMServiceConfig(null, null, null, "config", "by config", null, true, 0.5, 9);
        service = service().config(config).build();
        service.sendRequest("q");
        assertThat(provider.calls().get(0).model()).isEqualTo("config");
        assertThat(sent().messages()).containsExactly(Message.system("by config"), Message.user("q"));
        assertThat(sent().sampling().temperature()).isEqualTo(0.5);
        assertThat(sent().sampling().maxTokens()).isEqualTo(9);
        assertThat(sent().stream()).isTrue();

        service = service()
                .config(config)
                .defaultModel("explicit")
                .systemPrompt("by hand")
                .build();
        service.sendRequest("q");
        assertThat(provider.calls().get(1).model()).isEqualTo("explicit");
        assertThat(sent().messages()).containsExactly(Message.system("by hand"), Message.user("q"));

        service.sendRequest("q", new CallOptions("option", "", false, 0.0, 1, null));
        assertThat(provider.calls().get(2).model()).isEqualTo("option");
        assertThat(sent().messages()).containsExactly(Message.user("q"));
        assertThat(sent().sampling().temperature()).isZero();
        assertThat(sent().sampling().maxTokens()).isOne();
        assertThat(sent().stream()).isFalse();
    }

    @Test
    @Tag("row-118")
    void withoutConfig_nothingIsSentThatNobodyAskedFor() {
        service.sendRequest("q");

        assertThat(provider.calls().get(0).model()).isEqualTo("mock");
        assertThat(sent())
                .isEqualTo(InferenceRequest.of("q").toBuilder().stream(false).build());
        assertThatThrownBy(() -> service().apiType(ApiType.OPENAI).build())
                .hasMessageStartingWith("inference: given along with");
    }

    @Test
    @Tag("row-119")
    void start_subscribes_twiceIsHarmless_closeEndsIt() {
        service.start(bus);
        service.start(bus);
        assertThat(bus.stats().subscribers()).isEqualTo(3);
        bus.publish(new SpeechDetected("q", "c"));
        assertThat(provider.callCount()).isOne();
        assertThatThrownBy(() -> service.start(EventBus.create())).hasMessageContaining("another bus");

        service.close();
        assertThat(bus.stats().subscribers()).isZero();
        bus.publish(new SpeechDetected("q", "c"));
        assertThat(provider.callCount()).isOne();
        assertThatThrownBy(() -> service.start(bus)).hasMessage("the service is closed");
    }

    @Test
    @Tag("row-120")
    @Tag("row-126")
    void generateAsync_tellsGeneratingThenGenerated_withFieldsAndTheSameId() {
        Usage usage = Usage.builder().output(TokenCount.known(5)).build();
        use(mock().reply(MockReply.text("to be  or not").withUsage(usage).after(LONG)));
        service.start(bus);
        CompletableFuture<String> answer = service.generateAsync("q", id("c-1"));
        assertThat(bus.history()).containsExactly(new ResponseGenerating("q", "mock", NOW, "c-1"));
        nanos = 3_000_000;
        next();

        assertThat(answer).isCompletedWithValue("to be  or not");
        assertThat(bus.history())
                .containsExactly(
                        new ResponseGenerating("q", "mock", NOW, "c-1"),
                        new ResponseGenerated(
                                "to be  or not", "mock", Duration.ofMillis(3), 4, TokenCount.known(5), "c-1"));
    }

    @Test
    @Tag("row-120")
    @Tag("row-126")
    void generateAsync_thatFails_tellsGeneratingThenError() {
        InferenceException broken = error(ErrorCategory.PERMISSION);
        use(mock().reply(MockReply.failure(broken)));
        service.start(bus);
        CompletableFuture<String> answer = service.generateAsync("q");

        assertThat(answer).isCompletedExceptionally();
        ResponseGenerating begun = bus.history(ResponseGenerating.class).get(0);
        assertThat(bus.history())
                .containsExactly(
                        begun, new ErrorOccurred(broken, "llm_service", "generate_async", begun.correlationId()));
    }

    @Test
    @Tag("row-120")
    void generateAsync_cancelled_endsTheCallAndTellsIt() {
        use(mock().reply(MockReply.text("late").after(LONG)));
        service.start(bus);
        CompletableFuture<String> answer = service.generateAsync("q", id("c"));
        answer.cancel(false);

        assertThat(timers).isEmpty();
        assertThat(service.running()).isZero();
        assertThat(bus.history(ErrorOccurred.class)).singleElement().satisfies(event -> {
            assertThat(event.error().category()).isEqualTo(ErrorCategory.CANCELLED);
            assertThat(event.correlationId()).isEqualTo("c");
        });
    }

    @Test
    void generateAsync_withoutABus_answersAllTheSame() {
        assertThat(service.generateAsync("q")).isCompletedWithValue("q");
    }

    @Test
    @Tag("row-125")
    @Tag("row-126")
    void speech_isAnswered_andTheListenerGetsTheText() {
        List<String> spoken = new ArrayList<>();
        bus.subscribe(ResponseGenerated.class, event -> spoken.add(event.correlationId() + " " + event.response()));
        service.start(bus);
        bus.publish(new SpeechDetected("hello", "s"));
        bus.publish(new SpeechDetected("  ", "blank"));
        bus.publish(new AmbientSpeechDetected("nearby", "a"));

        assertThat(spoken).containsExactly("s hello", "a nearby");
    }

    @Test
    @Tag("row-125")
    void ambientSpeech_mayHaveItsOwnPolicy() {
        service = service()
                .ambient(event -> event.text().contains("computer")
                        ? Optional.of("They said: " + event.text())
                        : Optional.empty())
                .build();
        service.start(bus);
        bus.publish(new AmbientSpeechDetected("nothing", "a"));
        bus.publish(new AmbientSpeechDetected("computer", "b"));

        assertThat(bus.history(ResponseGenerated.class))
                .extracting(ResponseGenerated::response)
                .containsExactly("They said: computer");
    }

    @Test
    @Tag("row-125")
    void systemStopped_cancelsWhatRunsAndWaits_andCleansUp() {
        use(mock().otherwise(request -> MockReply.text("late").after(LONG)));
        service.start(bus);
        for (int i = 0; i < 5; i++) {
            bus.publish(new SpeechDetected("q", "c" + i));
        }
        assertThat(service.running()).isEqualTo(5);
        assertThat(timers).hasSize(3);
        bus.publish(new SystemStopped("test"));

        assertThat(service.running()).isZero();
        assertThat(timers).isEmpty();
        assertThat(service.isStarted()).isFalse();
        assertThat(bus.stats().subscribers()).isZero();
        assertThat(bus.history(ErrorOccurred.class))
                .extracting(event -> event.error().category())
                .containsOnly(ErrorCategory.CANCELLED)
                .hasSize(5);
        service.start(bus);
        assertThat(service.isStarted()).isTrue();
    }

    @Test
    @Tag("row-131")
    void modelNotFound_isAnsweredByTheNext() {
        use(mock().reply(MockReply.failure(error(ErrorCategory.MODEL_NOT_FOUND)))
                .reply("second"));
        service = service()
                .defaultModel("first")
                .fallbackModels(List.of("llama2:7b", "mistral:7b"))
                .build();

        assertThat(service.sendRequest("q")).isEqualTo("second");
        assertThat(provider.calls()).extracting(MockProvider.Call::model).containsExactly("first", "llama2:7b");
    }

    @Test
    @Tag("row-131")
    void allModelsFail_isOneExceptionWithAllCauses() {
        InferenceException first = error(ErrorCategory.MODEL_NOT_FOUND);
        InferenceException second = error(ErrorCategory.SERVER_ERROR);
        use(mock().reply(MockReply.failure(first)).reply(MockReply.failure(second)));
        service = service().fallbackModels(List.of("other")).build();

        Throwable thrown = catchThrowable(() -> service.sendRequest("q"));
        assertThat(thrown)
                .isInstanceOf(InferenceException.class)
                .hasMessage("All models failed: mock: broken MODEL_NOT_FOUND; other: broken SERVER_ERROR");
        assertThat(thrown.getSuppressed()).containsExactly(first, second);
    }

    @Test
    void failureOfTheCaller_isNotTriedElsewhere() {
        use(mock().reply(MockReply.failure(error(ErrorCategory.AUTHENTICATION))));
        service = service().fallbackModels(List.of("other")).build();

        assertThatThrownBy(() -> service.sendRequest("q")).hasMessage("broken AUTHENTICATION");
        assertThat(provider.callCount()).isOne();
    }

    @Test
    void inferenceThatThrows_endsTheCall_alsoForAFallback() {
        use(mock().reply(MockReply.failure(error(ErrorCategory.MODEL_NOT_FOUND))));
        Inference throwing = new Inference() {
            @Override
            public InferenceStream<InferenceEvent> infer(
                    @Nullable String model, InferenceRequest request, CallContext context) {
                if ("other".equals(model)) {
                    throw new IllegalStateException("no");
                }
                return provider.infer(model, request, context);
            }

            @Override
            public CallContext newCall() {
                return provider.newCall();
            }
        };
        service = LLMService.builder()
                .inference(throwing)
                .fallbackModels(List.of("other"))
                .build();

        Throwable thrown = catchThrowable(() -> service.sendRequest("q"));
        assertThat(thrown).isInstanceOf(InferenceException.class).hasMessageContaining("IllegalStateException: no");
        assertThat(thrown.getSuppressed()).hasSize(2);
        assertThat(service.running()).isZero();
        assertThat(service.checkConnection().ok()).isFalse();
    }

    @Test
    void answerThatHasBegun_hasNoOtherModel() {
        use(mock().reply(MockReply.text("half").thenFail(error(ErrorCategory.SERVER_ERROR))));
        service = service().fallbackModels(List.of("other")).build();
        List<String> pieces = new ArrayList<>();

        assertThatThrownBy(() -> {
                    try (EventCursor<String> cursor =
                            service.streamResponse("q").open()) {
                        cursor.forEachRemaining(pieces::add);
                    }
                })
                .hasMessage("broken SERVER_ERROR");
        assertThat(pieces).containsExactly("ha", "lf");
        assertThat(provider.callCount()).isOne();
    }

    @Test
    @Tag("row-133")
    void tenCalls_runThreeAtOnce_inTheirOrder() {
        use(mock().otherwise(request -> MockReply.text("x").after(LONG)));
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(service.generateAsync("q" + i));
        }
        for (int done = 0; done < 10; done++) {
            assertThat(timers).hasSize(Math.min(3, 10 - done));
            next();
            assertThat(answers.get(done)).isCompletedWithValue("x");
        }

        assertThat(provider.calls())
                .extracting(MockProvider.Call::prompt)
                .containsExactly("q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9");
    }

    @Test
    @Tag("row-133")
    void permit_isGivenBackOnErrorCancelAndClose() {
        use(mock().reply(MockReply.failure(error(ErrorCategory.PERMISSION)))
                .otherwise(request -> MockReply.text("x").after(LONG)));
        service = service().maxConcurrent(1).build();
        assertThat(service.generateAsync("fails")).isCompletedExceptionally();
        CompletableFuture<String> running = service.generateAsync("runs");
        CompletableFuture<String> waits = service.generateAsync("waits");
        CompletableFuture<String> last = service.generateAsync("last");
        assertThat(timers).hasSize(1);

        waits.cancel(false);
        running.cancel(false);
        assertThat(provider.calls()).extracting(MockProvider.Call::prompt).containsExactly("fails", "runs", "last");
        service.close();
        assertThat(last).isCompletedExceptionally();
        assertThat(timers).isEmpty();
        assertThat(catchThrowable(() -> service.generateAsync("late").join()))
                .hasRootCauseMessage("the service is closed");
    }

    @Test
    void streamThatNobodyReads_takesNoPermit() {
        use(mock().otherwise(request -> MockReply.text("x").after(LONG)));
        service = service().maxConcurrent(1).build();
        var unread = service.streamResponse("q");
        CompletableFuture<String> answer = service.generateAsync("r");
        next();

        assertThat(answer).isCompletedWithValue("x");
        assertThat(unread).isNotNull();
        assertThat(service.running()).isZero();
    }

    @Test
    void manyCallsThatFailAtOnce_needNoDeepStack() {
        use(mock().reply(MockReply.text("x").after(LONG))
                .otherwise(request -> MockReply.failure(error(ErrorCategory.PERMISSION))));
        service = service().maxConcurrent(1).build();
        List<CompletableFuture<String>> answers = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            answers.add(service.generateAsync("q"));
        }
        next();

        assertThat(answers).allSatisfy(answer -> assertThat(answer).isDone());
        assertThat(service.running()).isZero();
    }

    @Test
    void connection_ofAProviderWithoutAddress_isWhatTheProviderSays() {
        assertThat(service.checkConnection().text()).isEqualTo("Connected to local:mock. Models: mock");
        assertThat(service.diagnose().probes()).isEmpty();
    }
}
