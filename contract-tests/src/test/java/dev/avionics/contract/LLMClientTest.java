package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.Message;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.airframe.stream.EventCursor;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.TokenChunk;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.client.ChatOptions;
import dev.avionics.llm.client.Conversation;
import dev.avionics.llm.client.LLMClient;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.testkit.backend.Reply;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SeenRequest;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.AnthropicFace;
import dev.avionics.testkit.model.CohereFace;
import dev.avionics.testkit.model.GeminiFace;
import dev.avionics.testkit.model.OllamaFace;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.OpenAiVendor;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.secret.LogCapture;
import dev.avionics.testkit.secret.SecretCanary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simple client against every provider that it may be given by settings. */
class LLMClientTest {
    private static final String MODEL = "simulated-1";
    private static final SimulatedModel SIMULATED = SimulatedModel.of(MODEL, 8192);

    /** The providers of the environment, each with a face. */
    enum Provider {
        OLLAMA("ollama", "OLLAMA", "", OllamaFace.of(SIMULATED)),
        OPENAI("openai-compatible", "OPENAI", "/v1", OpenAiFace.strict(OpenAiVendor.OPENAI, SIMULATED, "k")),
        ANTHROPIC("anthropic", "ANTHROPIC", "", AnthropicFace.of(SIMULATED, "k")),
        GOOGLE("google", "GOOGLE", "", GeminiFace.of(SIMULATED, "k")),
        GROQ("groq", "GROQ", "/openai/v1", OpenAiFace.strict(OpenAiVendor.GROQ, SIMULATED, "k")),
        COHERE("cohere", "COHERE", "", CohereFace.of(SIMULATED, "k")),
        MISTRAL("mistral", "MISTRAL", "/v1", OpenAiFace.strict(OpenAiVendor.MISTRAL, SIMULATED, "k")),
        NVIDIA_NIM("nvidia-nim", "NVIDIA_NIM", "/v1", OpenAiFace.strict(OpenAiVendor.NVIDIA_NIM, SIMULATED, "k"));

        private final String id;
        private final String prefix;
        private final String path;
        private final Function<SeenRequest, Reply> face;

        Provider(String id, String prefix, String path, Function<SeenRequest, Reply> face) {
            this.id = id;
            this.prefix = prefix;
            this.path = path;
            this.face = face;
        }

        private SimulatedBackend start() {
            return SimulatedBackend.start(Scenario.create().otherwise(face));
        }

        private Map<String, String> environment(SimulatedBackend backend) {
            Map<String, String> environment = new LinkedHashMap<>();
            environment.put("LLM_PROVIDER", id);
            environment.put(prefix + "_BASE_URL", backend.uri() + path);
            environment.put(prefix + "_API_KEY", "k");
            environment.put(prefix + "_MODEL", MODEL);
            environment.put(prefix + "_EMBED_MODEL", MODEL);
            return environment;
        }

        private boolean embeds() {
            return this != ANTHROPIC && this != GROQ;
        }
    }

    private final Airframe airframe = Airframe.create();

    @AfterEach
    void close() {
        airframe.close();
    }

    private LLMClient client(Map<String, String> environment) {
        return new LLMClient(new LLMFactory(
                AvionicsSettings.builder().environment(environment).build(), airframe));
    }

    private static Map<String, Object> lastBody(SimulatedBackend backend) {
        return JsonValues.parseObject(
                backend.requests().get(backend.requests().size() - 1).bodyText());
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    @Tag("row-104")
    @Tag("row-106")
    @Tag("row-112")
    void client_ofEveryProvider_streamsCompletesAndEmbeds(Provider provider) {
        try (SimulatedBackend backend = provider.start()) {
            LLMClient client = client(provider.environment(backend));

            List<String> tokens = new ArrayList<>();
            try (EventCursor<String> cursor = client.streamChat(List.of(Message.user("Hello")), "Be concise.")
                    .open()) {
                while (cursor.hasNext()) {
                    tokens.add(cursor.next());
                }
            }
            assertThat(String.join("", tokens)).startsWith("You asked: Hello Here is");
            assertThat(tokens).hasSizeGreaterThan(5);
            assertThat(client.complete("Hello")).startsWith("You asked: Hello");
            if (provider.embeds()) {
                assertThat(client.embed("a fact")).hasSize(16);
                assertThat(client.embedAll(List.of("one", "two"))).hasSize(2);
            } else {
                assertThatThrownBy(() -> client.embed("a fact")).isInstanceOf(InferenceException.class);
            }
            assertThat(client.provider()).isEqualTo(provider.id);
            assertThat(client.model()).isEqualTo(MODEL);
        }
    }

    @ParameterizedTest
    @EnumSource(Provider.class)
    @Tag("row-81")
    @Tag("row-82")
    void provider_ofEachName_endsItsStreamWithOneFinalChunk_andLosesNoUsage(Provider provider) {
        try (SimulatedBackend backend = provider.start();
                LLMFactory factory = new LLMFactory(
                        AvionicsSettings.builder()
                                .environment(provider.environment(backend))
                                .build(),
                        airframe)) {
            LLMProvider made = factory.defaultProvider();

            List<TokenChunk> chunks = new ArrayList<>();
            try (EventCursor<TokenChunk> cursor =
                    made.generateStream(null, "Hello", Map.of()).open()) {
                cursor.forEachRemaining(chunks::add);
            }
            assertThat(chunks).hasSizeGreaterThan(5);
            assertThat(chunks)
                    .filteredOn(TokenChunk::isFinal)
                    .containsExactly(chunks.get(chunks.size() - 1))
                    .allSatisfy(last -> assertThat(last.tokenCount()).isPositive());
            assertThat(made.generate(null, "Hello", Map.of())).startsWith("You asked: Hello");
            assertThat(made.generateResult(null, "Hello", Map.of())).satisfies(result -> {
                assertThat(result.text()).startsWith("You asked: Hello");
                assertThat(result.usage().inputTold().value()).isPositive();
                assertThat(result.usage().outputTold().value()).isPositive();
            });
        }
    }

    @Test
    @Tag("row-107")
    void streamChat_defaultsAndOptions_areOnTheWire() throws Exception {
        try (SimulatedBackend backend = Provider.OLLAMA.start()) {
            LLMClient client = client(Provider.OLLAMA.environment(backend));

            client.streamChat(List.of(Message.user("Hello")), "Be concise.")
                    .collect()
                    .join();
            assertThat(lastBody(backend).get("messages"))
                    .isEqualTo(JsonValues.parse("[{\"role\":\"system\",\"content\":\"Be concise.\"},"
                            + "{\"role\":\"user\",\"content\":\"Hello\"}]"));
            assertThat(options(backend)).containsEntry("temperature", 0.7).containsKey("num_ctx");
            assertThat(options(backend)).doesNotContainKey("num_predict");

            CompletableFuture<String> whole = new CompletableFuture<>();
            client.streamChat(
                            List.of(Message.user("Hello")),
                            "",
                            ChatOptions.DEFAULT
                                    .withNumCtx(4096)
                                    .withNumPredict(512)
                                    .withTemperature(0.0))
                    .subscribe(new Joiner(whole));
            assertThat(whole.get(10, TimeUnit.SECONDS)).startsWith("You asked: Hello");
            assertThat(options(backend))
                    .containsEntry("num_ctx", 4096L)
                    .containsEntry("num_predict", 512L)
                    .containsEntry("temperature", 0.0);
            assertThat((List<?>) lastBody(backend).get("messages")).hasSize(1);
        }
    }

    private static Map<String, Object> options(SimulatedBackend backend) {
        Map<String, Object> options = new LinkedHashMap<>();
        ((Map<?, ?>) lastBody(backend).get("options")).forEach((name, value) -> options.put(name.toString(), value));
        return options;
    }

    private static final class Joiner implements Flow.Subscriber<String> {
        private final StringBuilder text = new StringBuilder();
        private final CompletableFuture<String> whole;

        Joiner(CompletableFuture<String> whole) {
            this.whole = whole;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String piece) {
            text.append(piece);
        }

        @Override
        public void onError(Throwable error) {
            whole.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            whole.complete(text.toString());
        }
    }

    @Test
    @Tag("row-108")
    void conversation_ofThreeTurns_sendsAllThatWasSaid() {
        try (SimulatedBackend backend = Provider.OLLAMA.start()) {
            Conversation conversation =
                    client(Provider.OLLAMA.environment(backend)).conversation("You are helpful.");

            for (String text : List.of("one", "two", "three")) {
                conversation.say(text).collect().join();
            }

            assertThat((List<?>) lastBody(backend).get("messages")).hasSize(6);
            assertThat(conversation.turns()).hasSize(6);
            assertThat(conversation.turns().get(4).text()).isEqualTo("three");
        }
    }

    @Test
    @Tag("row-108")
    void conversation_whoseAnswerFails_keepsNeitherQuestionNorAnswer() {
        SimulatedBackend gone = Provider.OLLAMA.start();
        Map<String, String> environment = Provider.OLLAMA.environment(gone);
        environment.put("LLM_MAX_RETRIES", "0");
        gone.close();
        Conversation conversation = client(environment).conversation("");

        assertThatThrownBy(() -> conversation.say("one").collect().join()).hasCauseInstanceOf(InferenceException.class);
        assertThat(conversation.turns()).isEmpty();
    }

    @Test
    @Tag("row-109")
    void complete_temperatureAndSystem_areOnTheWire() {
        try (SimulatedBackend backend = Provider.OPENAI.start()) {
            LLMClient client = client(Provider.OPENAI.environment(backend));

            client.complete("Hello");
            assertThat(lastBody(backend)).containsEntry("temperature", 0.3).containsEntry("stream", false);
            assertThat((List<?>) lastBody(backend).get("messages")).hasSize(1);

            client.complete("Hello", "Return JSON.", 0.1);
            assertThat(lastBody(backend)).containsEntry("temperature", 0.1);
            assertThat((List<?>) lastBody(backend).get("messages")).hasSize(2);
        }
    }

    @Test
    @Tag("row-105")
    void embeddings_mayBeAnotherProviders() {
        try (SimulatedBackend chats = Provider.OLLAMA.start();
                SimulatedBackend vectors = Provider.OPENAI.start()) {
            Map<String, String> environment = Provider.OPENAI.environment(vectors);
            environment.putAll(Provider.OLLAMA.environment(chats));
            environment.put("EMBEDDING_PROVIDER", "openai-compatible");
            LLMClient client = client(environment);

            client.complete("Hello");
            client.embed("a fact");

            assertThat(chats.requests()).extracting(SeenRequest::path).contains("/api/chat");
            assertThat(chats.requests()).extracting(SeenRequest::path).doesNotContain("/api/embed");
            assertThat(vectors.requests()).extracting(SeenRequest::path).containsExactly("/v1/embeddings");
        }
    }

    @Test
    @Tag("row-110")
    void embed_lengthsOfTheModels_areKept() {
        String vector = "[" + "0.25,".repeat(767) + "1]";
        String longer = "[" + "0.25,".repeat(1535) + "1]";
        try (SimulatedBackend ollama = SimulatedBackend.start(
                        Reply.json("{\"model\":\"nomic-embed-text\",\"embeddings\":[" + vector + "]}"));
                SimulatedBackend openAi =
                        SimulatedBackend.start(Reply.json("{\"data\":[{\"index\":0,\"embedding\":" + longer + "}]}"))) {
            assertThat(client(Provider.OLLAMA.environment(ollama)).embed("x")).hasSize(768);
            assertThat(client(Provider.OPENAI.environment(openAi)).embed("x")).hasSize(1536);
        }
    }

    @Test
    @Tag("row-111")
    void embedOrEmpty_whereThereIsNone_isEmptyAndSaysSo() {
        try (SimulatedBackend backend = Provider.ANTHROPIC.start();
                LogCapture log = LogCapture.start()) {
            LLMClient client = client(Provider.ANTHROPIC.environment(backend));

            assertThat(client.embedOrEmpty("my private fact")).isEmpty();
            assertThat(log.text()).contains("embedding_unavailable").doesNotContain("private");
            assertThatThrownBy(() -> client.embed("my private fact"))
                    .isInstanceOfSatisfying(
                            InferenceException.class,
                            why -> assertThat(why.category()).isEqualTo(ErrorCategory.UNSUPPORTED));
        }
        try (SimulatedBackend backend = Provider.OLLAMA.start()) {
            assertThat(client(Provider.OLLAMA.environment(backend)).embedOrEmpty("x"))
                    .hasSize(16);
        }
    }

    @Test
    @Tag("row-101")
    void logs_ofACall_nameTheEventAndTellNeitherPromptNorKey() {
        SecretCanary key = SecretCanary.create();
        Map<String, String> environment = new LinkedHashMap<>();
        try (SimulatedBackend backend =
                        SimulatedBackend.start(Scenario.create().otherwise(OpenAiFace.of(SIMULATED, key.secret())));
                LogCapture log = LogCapture.start()) {
            environment.put("LLM_PROVIDER", "openai");
            environment.put("OPENAI_BASE_URL", backend.uri() + "/v1");
            environment.put("OPENAI_API_KEY", key.secret());
            environment.put("OPENAI_MODEL", MODEL);

            client(environment).complete("my private words");

            assertThat(log.records())
                    .anySatisfy(line -> assertThat(line)
                            .contains("llm_generation_complete")
                            .contains("provider=openai-compatible")
                            .contains("model=" + MODEL)
                            .contains("prompt_tokens=")
                            .contains("completion_tokens="));
            assertThat(log.text()).doesNotContain("private words");
            key.assertAbsentFrom(log);
        }
    }

    @Test
    @Tag("row-113")
    void settings_thatChangeBetweenTwoCalls_changeTheTarget_notTheStreamThatRuns() {
        try (SimulatedBackend first = Provider.OLLAMA.start();
                SimulatedBackend second = Provider.OPENAI.start()) {
            AtomicReference<AvionicsSettings> settings = new AtomicReference<>(AvionicsSettings.builder()
                    .environment(Provider.OLLAMA.environment(first))
                    .build());
            LLMClient client = new LLMClient(new LLMFactory(settings::get, airframe, new AgentRegistry()));

            try (EventCursor<String> running =
                    client.streamChat(List.of(Message.user("Hello")), "").open()) {
                String begin = running.next();
                settings.set(AvionicsSettings.builder()
                        .environment(Provider.OPENAI.environment(second))
                        .build());
                assertThat(client.complete("Hi")).startsWith("You asked: Hi");
                StringBuilder text = new StringBuilder(begin);
                while (running.hasNext()) {
                    text.append(running.next());
                }
                assertThat(text.toString()).startsWith("You asked: Hello");
            }

            assertThat(client.provider()).isEqualTo("openai-compatible");
            assertThat(second.requests()).hasSize(1);
        }
    }

    @Test
    @Tag("row-114")
    void clients_ofDifferentSettings_workAtTheSameTime() {
        try (SimulatedBackend first = Provider.OLLAMA.start();
                SimulatedBackend second = Provider.MISTRAL.start()) {
            LLMClient one = client(Provider.OLLAMA.environment(first));
            LLMClient other = client(Provider.MISTRAL.environment(second));

            CompletableFuture<String> a = CompletableFuture.supplyAsync(() -> one.complete("a"));
            CompletableFuture<String> b = CompletableFuture.supplyAsync(() -> other.complete("b"));

            assertThat(a.join()).startsWith("You asked: a");
            assertThat(b.join()).startsWith("You asked: b");
            assertThat(one.provider()).isEqualTo("ollama");
            assertThat(other.provider()).isEqualTo("mistral");
        }
    }
}
