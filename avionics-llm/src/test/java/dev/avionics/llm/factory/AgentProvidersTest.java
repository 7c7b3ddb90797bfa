package dev.avionics.llm.factory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.llm.FakeAdapter;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.agent.AgentConfig;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.LiveSettings;
import dev.avionics.llm.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers of agents: one each, until their settings change or the cache is cleared. */
class AgentProvidersTest {
    private final FakeAdapter backend = new FakeAdapter();
    private final Airframe airframe = backend.airframe(BackendKind.OLLAMA, BackendKind.LLAMA_SERVER);
    private final AgentRegistry agents = new AgentRegistry()
            .register(AgentConfig.of("planner").withModel("big"))
            .register(AgentConfig.of("critic").withModel("small"));

    @AfterEach
    void close() {
        airframe.close();
    }

    private LLMFactory factory(Map<String, String> environment) {
        AvionicsSettings settings =
                AvionicsSettings.builder().environment(environment).build();
        return new LLMFactory(() -> settings, airframe, agents);
    }

    @Test
    @Tag("row-92")
    @Tag("row-93")
    void agents_haveTheirOwnModelsAndOptions() {
        LLMFactory factory = factory(Map.of("CRITIC_TEMPERATURE", "0.9"));

        factory.forAgent("planner").generate(null, "hi", Map.of());
        factory.forAgent("critic").generate(null, "hi", Map.of());

        assertThat(backend.sent).extracting(sent -> sent.target().model()).containsExactly("big", "small");
        assertThat(backend.sent)
                .extracting(sent -> sent.request().sampling().temperature())
                .containsExactly(0.3, 0.9);
        assertThat(backend.sent.get(0).request().sampling().maxTokens()).isEqualTo(2000);
    }

    @Test
    @Tag("row-94")
    void override_isAnotherProviderOfTheSameAgent() {
        LLMFactory factory = factory(Map.of());

        assertThat(factory.forAgent("planner").name()).isEqualTo("ollama");
        LLMProvider other = factory.forAgent("planner", "llamaserver");
        assertThat(other.name()).isEqualTo("llamaserver");
        assertThat(other.defaultModel()).isEqualTo("big");
        assertThatThrownBy(() -> factory.forAgent("planner", "olama")).isInstanceOf(SettingsException.class);
    }

    @Test
    @Tag("row-98")
    void provider_withCache_isTheSame_withoutIsNew() {
        LLMFactory factory = factory(Map.of());

        LLMProvider planner = factory.getProviderForAgent("planner", true);

        assertThat(factory.getProviderForAgent("planner", true)).isSameAs(planner);
        assertThat(factory.forAgent("planner")).isSameAs(planner);
        assertThat(factory.getProviderForAgent("critic", true)).isNotSameAs(planner);
        assertThat(factory.getProviderForAgent("planner", false)).isNotSameAs(planner);
    }

    @Test
    void agents_ofEqualSettings_haveAProviderEach() {
        agents.register(AgentConfig.of("reviewer").withModel("big"));
        LLMFactory factory = factory(Map.of());

        assertThat(factory.forAgent("reviewer")).isNotSameAs(factory.forAgent("planner"));
    }

    @Test
    @Tag("row-97")
    void provider_fromThirtyTwoThreads_isOnePerAgent() throws Exception {
        LLMFactory factory = factory(Map.of());
        ExecutorService pool = Executors.newFixedThreadPool(32);
        CyclicBarrier together = new CyclicBarrier(32);
        List<Future<List<LLMProvider>>> results = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            results.add(pool.submit(() -> {
                together.await();
                List<LLMProvider> mine = new ArrayList<>();
                for (int round = 0; round < 100; round++) {
                    mine.add(factory.forAgent(
                            List.of("planner", "critic", "stranger").get(round % 3)));
                }
                return mine;
            }));
        }
        Set<LLMProvider> different = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Future<List<LLMProvider>> result : results) {
            different.addAll(result.get());
        }
        pool.shutdown();

        assertThat(different).hasSize(3);
    }

    @Test
    @Tag("row-99")
    void clearCache_makesNewOnes_andTheOldTakeNoMoreCalls() {
        LLMFactory factory = factory(Map.of());
        LLMProvider old = factory.forAgent("planner");
        var underWay = old.infer(null, InferenceRequest.of("hi"), old.newCall());

        factory.clearCache();

        LLMProvider fresh = factory.forAgent("planner");
        assertThat(fresh).isNotSameAs(old);
        assertThat(fresh.generate(null, "hi", Map.of())).isEqualTo("Hello world");
        assertThat(underWay.collect().join().text()).isEqualTo("Hello world");
        assertThatThrownBy(() -> old.generate(null, "hi", Map.of())).hasMessageContaining("closed");
    }

    @Test
    @Tag("row-102")
    void settings_thatChange_replaceTheAgentsProvider() {
        AtomicReference<AvionicsSettings> settings =
                new AtomicReference<>(AvionicsSettings.builder().build());
        LLMFactory factory = new LLMFactory(settings::get, airframe, agents);
        LLMProvider before = factory.forAgent("planner");

        settings.set(AvionicsSettings.builder()
                .environment(Map.of("PLANNER_MODEL", "bigger"))
                .build());
        LLMProvider after = factory.forAgent("planner");

        assertThat(after).isNotSameAs(before);
        assertThat(after.defaultModel()).isEqualTo("bigger");
        assertThatThrownBy(() -> before.generate(null, "hi", Map.of())).hasMessageContaining("closed");
    }

    @Test
    @Tag("row-103")
    void envFile_thatIsEdited_swapsTheProviderOfTheSameCode(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve(".env"), "LLM_PROVIDER=ollama\n");
        AtomicLong clock = new AtomicLong();
        LiveSettings settings =
                new LiveSettings(AvionicsSettings.builder().dotEnv(file).build(), clock::get);
        LLMFactory factory = new LLMFactory(settings, airframe, agents);
        assertThat(factory.defaultProvider().name()).isEqualTo("ollama");

        Files.writeString(file, "LLM_PROVIDER=llamaserver\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        assertThat(factory.defaultProvider().name()).isEqualTo("ollama");
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(factory.defaultProvider().name()).isEqualTo("llamaserver");

        // A bad file leaves things as they were.
        Files.writeString(file, "LLM_PROVIDER=nobody\n");
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(factory.defaultProvider().name()).isEqualTo("llamaserver");
        Files.delete(file);
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(factory.defaultProvider().name()).isEqualTo("llamaserver");
        Files.writeString(file, "LLM_PROVIDER=ollama\n");
        clock.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(factory.defaultProvider().name()).isEqualTo("ollama");
    }
}
