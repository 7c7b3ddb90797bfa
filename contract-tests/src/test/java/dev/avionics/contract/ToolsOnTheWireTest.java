package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.Part;
import dev.avionics.airframe.ThinkingOptions;
import dev.avionics.airframe.ToolSpec;
import dev.avionics.airframe.call.Delivery;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.http.TransportThread;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.MockReply;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.tool.Tool;
import dev.avionics.llm.tool.ToolEvent;
import dev.avionics.llm.tool.ToolLoop;
import dev.avionics.llm.tool.ToolLoopException;
import dev.avionics.llm.tool.ToolRun;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.AnthropicFace;
import dev.avionics.testkit.model.CohereFace;
import dev.avionics.testkit.model.GeminiFace;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with tools through the real adapters, against backends as strict as the vendors. */
@Timeout(120)
class ToolsOnTheWireTest {
    private static final SimulatedModel MODEL = SimulatedModel.of("simulated-1", 8192);
    private static final InferenceRequest QUESTION =
            InferenceRequest.of("How warm is it?").toBuilder().temperature(0.0).build();

    record City(String city) {}

    private final Tool weather =
            Tool.of("weather", "Tells the weather of a city", City.class, where -> "21 °C in " + where.city());

    static Function<SeenRequest, Reply> face(String provider) {
        return switch (provider) {
            case "anthropic" -> AnthropicFace.of(MODEL, "key");
            case "google" -> GeminiFace.of(MODEL, "key");
            case "cohere" -> CohereFace.of(MODEL, "key");
            case "ollama" -> OllamaFace.of(MODEL);
            case "llamaserver" -> LlamaServerFace.of(MODEL, "key");
            case "mistral" -> OpenAiFace.strict(OpenAiVendor.MISTRAL, MODEL, "key");
            case "groq" -> OpenAiFace.strict(OpenAiVendor.GROQ, MODEL, "key");
            default -> OpenAiFace.of(MODEL, "key");
        };
    }

    static LLMProvider provider(String name, SimulatedBackend backend, Airframe airframe) {
        String path = switch (name) {
            case "openai", "mistral" -> "/v1";
            case "groq" -> "/openai/v1";
            default -> "";
        };
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("LLM_PROVIDER", name);
        environment.put("LLM_BASE_URL", backend.uri() + path);
        environment.put("LLM_API_KEY", "key");
        environment.put("LLM_MODEL", MODEL.name());
        return new LLMFactory(
                        AvionicsSettings.builder().environment(environment).build(), airframe)
                .defaultProvider();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "groq", "mistral", "anthropic", "google", "cohere", "ollama"})
    void run_everyBackend_takesTheConversationBack(String name) {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(face(name)));
                Airframe airframe = Airframe.create();
                LLMProvider provider = provider(name, backend, airframe);
                ToolLoop loop = ToolLoop.builder(provider).tool(weather).build()) {
            ToolRun run = loop.run(QUESTION);
            assertThat(run.text()).isEqualTo("The tool says: 21 °C in Paris");
            assertThat(run.rounds()).isEqualTo(2);
            assertThat(run.usage().isPresent()).isTrue();
            assertThat(run.usage().inputTotal().value())
                    .isGreaterThan(run.result().usage().inputTotal().value());

            ToolRun more = loop.run(QUESTION.toBuilder()
                    .messages(run.messages())
                    .message(Message.user("And now?"))
                    .build());
            assertThat(more.messages()).hasSize(8);
        }
    }

    /** The vendor refuses thinking that comes back without its signature, or not at all. */
    @Test
    void run_thinkingWithASignature_goesBackAsItCame() {
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(face("anthropic")));
                Airframe airframe = Airframe.create();
                LLMProvider provider = provider("anthropic", backend, airframe);
                ToolLoop loop = ToolLoop.builder(provider).tool(weather).build()) {
            ToolRun run = loop.run(InferenceRequest.of("How warm is it?").toBuilder()
                    .thinking(new ThinkingOptions(ThinkingOptions.Effort.MEDIUM, 1024))
                    .maxTokens(4096)
                    .build());

            assertThat(run.text()).startsWith("The tool says: 21 °C in Paris");
            assertThat(run.messages().get(1).thinking()).isNotEmpty();
            assertThat(backend.request(1).bodyText()).contains("\"signature\"");
        }
    }

    @Test
    void run_severalCallsOfOneTurn_areAnsweredInTheirOrder() {
        Reply asks = Reply.json("{\"choices\":[{\"finish_reason\":\"tool_calls\",\"message\":{\"tool_calls\":["
                + "{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":"
                + "\"{\\\"city\\\":\\\"Bern\\\"}\"}},"
                + "{\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":"
                + "\"{\\\"town\\\":\\\"Rome\\\"}\"}},"
                + "{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"sunset\",\"arguments\":\"{}\"}}]}}],"
                + "\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":3}}");
        Reply answers = Reply.json("{\"choices\":[{\"finish_reason\":\"stop\",\"message\":{\"content\":\"Warm.\"}}],"
                + "\"usage\":{\"prompt_tokens\":20,\"completion_tokens\":2}}");
        try (SimulatedBackend backend = SimulatedBackend.start(asks, answers);
                Airframe airframe = Airframe.create();
                LLMProvider provider = provider("openai", backend, airframe);
                ToolLoop loop = ToolLoop.builder(provider).tool(weather).build()) {
            ToolRun run = loop.run(QUESTION.toBuilder().stream(false).build());

            assertThat(run.usage().inputTotal().value()).isEqualTo(30);
            assertThat(run.usage().outputTotal().value()).isEqualTo(5);
            List<?> messages = (List<?>)
                    JsonValues.parseObject(backend.request(1).bodyText()).get("messages");
            assertThat(messages.subList(2, 5))
                    .extracting(message -> (Object) ((Map<?, ?>) message).get("tool_call_id"))
                    .containsExactly("a", "b", "c");
            assertThat(messages.subList(2, 5).toString())
                    .contains("21 °C in Bern")
                    .contains("The arguments of weather are wrong. $: required property 'city' not found")
                    .contains("There is no tool named sunset. Tools: weather");
        }
    }

    @Test
    void run_deliveryOfTheTransport_runsNothingOfTheCallerThere() {
        AtomicBoolean onLoop = new AtomicBoolean();
        List<Class<?>> seen = new ArrayList<>();
        Tool watched = Tool.of("weather", "", City.class, where -> {
            onLoop.compareAndSet(false, TransportThread.isCurrent());
            return "warm";
        });
        try (SimulatedBackend backend = SimulatedBackend.start(Scenario.create().otherwise(face("openai")));
                Airframe airframe =
                        Airframe.builder().delivery(Delivery.TRANSPORT).build();
                LLMProvider provider = provider("openai", backend, airframe);
                ToolLoop loop = ToolLoop.builder(provider).tool(watched).build()) {
            CompletableFuture<Boolean> end = loop.start(QUESTION, event -> {
                        seen.add(event.getClass());
                        onLoop.compareAndSet(false, TransportThread.isCurrent());
                    })
                    .thenApply(run -> TransportThread.isCurrent());

            assertThat(end.join()).isFalse();
            assertThat(onLoop).isFalse();
            assertThat(seen).contains(ToolEvent.ToolDone.class, ToolEvent.Answering.class);
        }
    }

    @Test
    void cancel_whileAnAnswerComes_closesTheConnection() {
        Reply half =
                Reply.sse("{\"choices\":[{\"delta\":{\"content\":\"It is\"}}]}").stall();
        CountDownLatch text = new CountDownLatch(1);
        try (SimulatedBackend backend = SimulatedBackend.start(half);
                Airframe airframe = Airframe.create();
                LLMProvider provider = provider("openai", backend, airframe);
                ToolLoop loop = ToolLoop.builder(provider).tool(weather).build()) {
            CompletableFuture<ToolRun> run = loop.start(QUESTION, event -> {
                if (!event.text().isEmpty()) {
                    text.countDown();
                }
            });
            assertThat(text.await(30, TimeUnit.SECONDS)).isTrue();

            run.cancel(true);

            assertThat(backend.request(0).awaitPeerClosed(Duration.ofSeconds(30)))
                    .isNotNull();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void timeout_inVirtualTime_endsTheRun(boolean inATool) throws Exception {
        VirtualTime time = VirtualTime.create();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        Tool slow = Tool.of(ToolSpec.of("slow", ""), none -> {
            if (!inATool) {
                return "quick";
            }
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return "never";
        });
        MockReply endless = MockReply.text("The end").paced(Duration.ofDays(1));
        try (MockProvider provider = MockProvider.builder()
                        .scheduler(time)
                        .reply(MockReply.toolCall("1", "slow", "{}"))
                        .reply(endless)
                        .build();
                ToolLoop loop = ToolLoop.builder(provider)
                        .tool(slow)
                        .timeout(Duration.ofSeconds(30))
                        .scheduler(time)
                        .ticker(time)
                        .build()) {
            CompletableFuture<ToolRun> run = loop.start(QUESTION, event -> {
                if (!event.text().isEmpty()) {
                    running.countDown();
                }
            });
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
            time.advance(Duration.ofMillis(29_999));
            assertThat(run).isNotDone();

            time.advance(Duration.ofMillis(1));

            ExecutionException e = catchThrowableOfType(ExecutionException.class, () -> run.get(30, TimeUnit.SECONDS));
            assertThat(e.getCause()).isInstanceOfSatisfying(ToolLoopException.class, late -> {
                assertThat(late.category()).isEqualTo(ErrorCategory.TIMEOUT);
                assertThat(late).hasMessageContaining("longer than PT30S, in round " + (inATool ? 1 : 2));
                assertThat(late.messages()).hasSize(inATool ? 1 : 3);
                assertThat(late.usage().isPresent()).isTrue();
            });
            if (inATool) {
                assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(time.pendingTasks()).isZero();
        }
    }

    @Test
    void timeout_runThatIsQuick_leavesNoTimer() {
        VirtualTime time = VirtualTime.create();
        try (MockProvider provider = MockProvider.create();
                ToolLoop loop = ToolLoop.builder(provider)
                        .timeout(Duration.ofSeconds(30))
                        .scheduler(time)
                        .ticker(time)
                        .build()) {
            loop.run(QUESTION);

            assertThat(time.pendingTasks()).isZero();
        }
    }

    @Test
    void run_backendThatFails_isToldWithItsCategory() {
        try (SimulatedBackend backend = SimulatedBackend.start(Reply.json(401, "{\"error\":{\"message\":\"who?\"}}"));
                Airframe airframe = Airframe.create();
                LLMProvider provider = provider("openai", backend, airframe);
                ToolLoop loop = ToolLoop.builder(provider).tool(weather).build()) {
            assertThatThrownBy(() -> loop.run(QUESTION)).isInstanceOfSatisfying(ToolLoopException.class, e -> {
                assertThat(e.category()).isEqualTo(ErrorCategory.AUTHENTICATION);
                assertThat(e.status()).hasValue(401);
            });
        }
    }

    @Test
    void results_ofARun_areInOneTurn() {
        MockProvider provider = MockProvider.builder()
                .reply(MockReply.toolCall("1", "weather", "{\"city\":\"Bern\"}"))
                .reply("ok")
                .build();
        try (provider;
                ToolLoop loop = ToolLoop.builder(provider).tool(weather).build()) {
            assertThat(loop.run(QUESTION).messages().get(2).only(Part.ToolResult.class))
                    .hasSize(1);
        }
    }
}
