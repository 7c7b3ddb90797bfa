package dev.avionics.llm.factory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.llm.FakeAdapter;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.SettingsException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LLMFactoryTest {
    private final FakeAdapter backend = new FakeAdapter();
    private final Airframe airframe =
            backend.airframe(BackendKind.OLLAMA, BackendKind.LLAMA_SERVER, BackendKind.OPENAI_CHAT);

    @AfterEach
    void close() {
        airframe.close();
    }

    private LLMFactory factory(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("OPENAI_API_KEY", "k");
        return new LLMFactory(AvionicsSettings.builder().environment(all).build(), airframe);
    }

    @Test
    @Tag("row-72")
    void create_hostedServiceWithoutKey_isRefusedByItsVariablesName() {
        LLMFactory factory = new LLMFactory(AvionicsSettings.builder().build(), airframe);

        assertThatThrownBy(() -> factory.create("groq"))
                .isInstanceOfSatisfying(
                        InferenceException.class,
                        why -> assertThat(why.category()).isEqualTo(ErrorCategory.AUTHENTICATION))
                .hasMessage("provider groq needs a key: set GROQ_API_KEY");
    }

    @ParameterizedTest
    @CsvSource({"ollama, ollama", "OpenAI, openai-compatible", "llama-server, llamaserver", "mock, mock"})
    void create_byNameOrAlias_givesItsProvider(String name, String expected) {
        LLMProvider provider = factory(Map.of()).create(name);

        assertThat(provider.name()).isEqualTo(expected);
    }

    @Test
    @Tag("row-92")
    void create_unknown_listsTheNames() {
        assertThatThrownBy(() -> factory(Map.of()).create("olama"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("olama (expected one of ollama, ");
    }

    @Test
    void create_knownWithoutAdapter_saysWhatThereIs() {
        assertThatThrownBy(() -> factory(Map.of()).create("claude"))
                .isInstanceOfSatisfying(InferenceException.class, e -> {
                    assertThat(e.category()).isEqualTo(ErrorCategory.UNSUPPORTED);
                    assertThat(e)
                            .hasMessage(
                                    "provider anthropic is known, but there is no adapter for it here;"
                                            + " there is one for groq, llamaserver, mistral, mock, nvidia-nim, ollama, openai-compatible");
                });
    }

    @Test
    void defaultProvider_withNothingSet_isOllama() {
        LLMProvider provider = factory(Map.of()).defaultProvider();
        provider.generate(null, "hi", Map.of());

        assertThat(provider.endpoint().address()).isEqualTo("http://localhost:11434");
        assertThat(backend.sent).singleElement().satisfies(sent -> {
            assertThat(sent.target().endpoint()).isEqualTo(provider.endpoint());
            assertThat(sent.target().model()).isEqualTo("qwen2.5:7b");
        });
    }

    @Test
    void embeddingProvider_mayDifferFromTheDefaultOne() {
        LLMFactory factory = factory(Map.of("LLM_PROVIDER", "ollama", "EMBEDDING_PROVIDER", "openai-compatible"));

        assertThat(factory.defaultProvider().name()).isEqualTo("ollama");
        assertThat(factory.embeddingProvider().name()).isEqualTo("openai-compatible");
        assertThat(factory.embeddingProvider().defaultEmbeddingModel()).isEqualTo("text-embedding-3-small");
    }

    @Test
    void mockFlag_winsOverAllElse() {
        LLMFactory factory =
                factory(Map.of("MOCK_LLM_ENABLED", "true", "LLM_PROVIDER", "ollama", "EMBEDDING_PROVIDER", "openai"));

        assertThat(factory.defaultProvider()).isInstanceOf(MockProvider.class);
        assertThat(factory.embeddingProvider()).isSameAs(factory.defaultProvider());
        assertThat(factory.defaultProvider().generate(null, "Hi there", Map.of()))
                .isEqualTo("Hi there");
    }

    @Test
    void create_withOtherSettings_isAnotherProvider() {
        LLMFactory factory = factory(Map.of());
        AvionicsSettings settings = AvionicsSettings.builder().build();

        assertThat(factory.create("ollama")).isSameAs(factory.create(settings.provider(ProviderId.OLLAMA)));
        assertThat(factory.create(settings.provider(ProviderId.OLLAMA).toBuilder()
                        .model("other")
                        .build()))
                .isNotSameAs(factory.create("ollama"));
    }

    @Test
    void create_fromThirtyTwoThreads_makesOneProviderPerSettings() throws Exception {
        LLMFactory factory = factory(Map.of());
        ExecutorService pool = Executors.newFixedThreadPool(32);
        CyclicBarrier together = new CyclicBarrier(32);
        List<Future<List<LLMProvider>>> results = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            results.add(pool.submit(() -> {
                together.await();
                List<LLMProvider> mine = new ArrayList<>();
                for (int round = 0; round < 100; round++) {
                    mine.add(factory.create(
                            List.of("ollama", "openai", "llamaserver", "mock").get(round % 4)));
                }
                return mine;
            }));
        }
        Set<LLMProvider> different = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Future<List<LLMProvider>> result : results) {
            different.addAll(result.get());
        }
        pool.shutdown();

        assertThat(different).hasSize(4);
    }

    @Test
    void close_closesItsProviders() {
        LLMFactory factory = factory(Map.of());
        LLMProvider provider = factory.create("ollama");
        factory.close();

        assertThatThrownBy(() -> provider.generate(null, "Hi", Map.of())).hasMessageContaining("closed");
        assertThatThrownBy(() -> factory.create("ollama")).isInstanceOf(IllegalStateException.class);
    }
}
