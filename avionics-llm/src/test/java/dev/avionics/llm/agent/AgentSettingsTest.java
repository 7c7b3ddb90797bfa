package dev.avionics.llm.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import dev.avionics.llm.settings.SettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for an agent: which source wins, and what becomes of wrong values. */
class AgentSettingsTest {
    private static final String YAML = """
            llm: {provider: anthropic}
            agents:
              planner: {provider: groq, model: of-file, temperature: 0.9, max-tokens: 9, timeout: 9, context-window: 9}
            """;

    private final AgentRegistry registry = new AgentRegistry();

    @TempDir
    private Path folder;

    private AvionicsSettings settings(String yaml, Map<String, String> environment) {
        try {
            return AvionicsSettings.builder()
                    .environment(environment)
                    .file(Files.writeString(folder.resolve("avionics.yaml"), yaml))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private AgentSettings planner(AvionicsSettings settings, @Nullable String override) {
        return AgentSettings.of(settings, registry, "planner", override);
    }

    @Test
    @Tag("row-94")
    void sources_inTheirOrder_win() {
        Map<String, String> key = Map.of("ANTHROPIC_API_KEY", "k");
        Map<String, String> environment = Map.of("PLANNER_LLM_PROVIDER", "mistral", "PLANNER_MODEL", "of-environment");
        registry.register(AgentConfig.of("planner")
                .withProvider("cohere")
                .withModel("registered")
                .withTemperature(0.5));

        AgentSettings all = planner(settings(YAML, environment), "ollama");
        assertThat(all.provider()).isEqualTo("ollama");
        assertThat(all.model()).isEqualTo("of-environment");

        AgentSettings noOverride = planner(settings(YAML, environment), null);
        assertThat(noOverride.provider()).isEqualTo("mistral");
        assertThat(noOverride.origins().get("provider")).isEqualTo("PLANNER_LLM_PROVIDER (environment)");

        AgentSettings noEnvironment = planner(settings(YAML, key), null);
        assertThat(noEnvironment.provider()).isEqualTo("cohere");
        assertThat(noEnvironment.model()).isEqualTo("registered");
        assertThat(noEnvironment.temperature()).isEqualTo(0.5);
        assertThat(noEnvironment.maxTokens()).isEqualTo(9);

        AgentSettings fileOnly = AgentSettings.of(settings(YAML, key), new AgentRegistry(), "planner", null);
        assertThat(fileOnly.provider()).isEqualTo("groq");
        assertThat(fileOnly.model()).isEqualTo("of-file");
        assertThat(fileOnly.timeout()).isEqualTo(Duration.ofSeconds(9));
        assertThat(fileOnly.contextWindow()).isEqualTo(9);

        AgentSettings nothing = AgentSettings.of(settings(YAML, key), new AgentRegistry(), "critic", null);
        assertThat(nothing.provider()).isEqualTo("anthropic");
        assertThat(nothing.origins().get("provider")).startsWith("llm.provider (");
    }

    @Test
    @Tag("row-93")
    void defaults_areThoseOfTheDocument() {
        registry.register(AgentConfig.of("planner"));

        AgentSettings planner = planner(AvionicsSettings.builder().build(), null);

        assertThat(planner.provider()).isEqualTo("ollama");
        assertThat(planner.model()).isEmpty();
        assertThat(planner.temperature()).isEqualTo(0.3);
        assertThat(planner.maxTokens()).isEqualTo(2000);
        assertThat(planner.timeout()).isEqualTo(Duration.ofSeconds(120));
        assertThat(planner.contextWindow()).isEqualTo(16384);
        assertThat(planner.serverUrl()).isNull();
        assertThat(planner.origins().values()).containsOnly("default");
    }

    @Test
    @Tag("row-93")
    void variables_ofAnAgent_reachItsProvider() {
        registry.register(AgentConfig.of("planner"));
        AvionicsSettings settings = AvionicsSettings.builder()
                .environment(Map.of(
                        "PLANNER_MODEL", "big",
                        "PLANNER_TEMPERATURE", "0.7",
                        "PLANNER_LLM_PROVIDER", "llamaserver",
                        "LLAMASERVER_PLANNER_URL", "http://box:9000",
                        "PLANNER_MAX_TOKENS", "77",
                        "PLANNER_TIMEOUT", "5"))
                .build();

        ProviderSettings provider = planner(settings, null).providerSettings(settings);

        assertThat(provider.provider()).isEqualTo(ProviderId.LLAMASERVER);
        assertThat(provider.baseUrl()).isEqualTo(URI.create("http://box:9000"));
        assertThat(provider.model()).isEqualTo("big");
        assertThat(provider.defaultOptions()).containsEntry("temperature", 0.7).containsEntry("num_predict", 77);
        assertThat(provider.timeouts().total()).isEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @CsvSource({
        "PLANNER_SERVER_URL, http://one:1, LLAMASERVER_PLANNER_URL, http://two:2, http://one:1",
        "PLANNER_SERVER_URL, one:1, PLANNER_X, y, http://one:1",
        "LLAMASERVER_PLANNER_URL, http://two:2, PLANNER_X, y, http://two:2",
    })
    @Tag("row-93")
    void address_byEitherName_isUsed(String name, String value, String other, String more, String expected) {
        registry.register(AgentConfig.of("planner"));

        AgentSettings planner = planner(
                AvionicsSettings.builder()
                        .environment(Map.of(name, value, other, more))
                        .build(),
                null);

        assertThat(planner.serverUrl()).isEqualTo(URI.create(expected));
        // Nothing else was asked for: an address is that of a llama-server.
        assertThat(planner.provider()).isEqualTo("llamaserver");
    }

    @Test
    @Tag("row-93")
    void number_thatIsNone_warnsAndLeavesTheNextSource() {
        registry.register(AgentConfig.of("planner").withTemperature(0.5));

        AgentSettings planner = planner(
                AvionicsSettings.builder()
                        .environment(Map.of("PLANNER_TEMPERATURE", "hot", "PLANNER_MAX_TOKENS", "-3"))
                        .build(),
                null);

        assertThat(planner.temperature()).isEqualTo(0.5);
        assertThat(planner.maxTokens()).isEqualTo(2000);
        assertThat(planner.warnings())
                .containsExactlyInAnyOrder(
                        "PLANNER_TEMPERATURE (environment): hot is not used (expected: 0 to 2)",
                        "PLANNER_MAX_TOKENS (environment): -3 is not used (expected: a whole number, >= 1)");
    }

    @Test
    void variables_ofAgentsThatNobodyKnows_areNotLookedUp() {
        AvionicsSettings settings = AvionicsSettings.builder()
                .environment(Map.of("STRANGER_MODEL", "m"))
                .build();

        assertThat(AgentSettings.of(settings, registry, "stranger", null).model())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "default", "LLM", "coding", "ollama", "Groq", "nvidia-nim"})
    void names_whoseVariablesAreSettings_areRefused(String name) {
        assertThatThrownBy(() -> registry.register(AgentConfig.of(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("agent: " + name)
                .hasMessageContaining("is a setting");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "9lives", "a b", "ä"})
    void names_ofOddLetters_areRefused(String name) {
        assertThatThrownBy(() -> registry.register(AgentConfig.of(name))).hasMessageContaining("expected: a letter");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{planner: {modle: m}} | agents.planner.modle: no such setting; did you mean model?",
                "{planner: fast} | agents.planner (expected: names with values below it)",
                "{planner: {temperature: hot}} | agents.planner.temperature: hot (expected: 0 to 2)",
            })
    void file_wrong_isRefused(String agents, String words) {
        assertThatThrownBy(() -> planner(settings("agents: " + agents, Map.of()), null))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("avionics.yaml");
    }

    @Test
    void key_ofAHostedService_isNotSentToAnotherAddress() {
        registry.register(
                AgentConfig.of("planner").withProvider("openai").withServerUrl(URI.create("http://box:1234/v1")));
        AvionicsSettings settings = AvionicsSettings.builder()
                .environment(Map.of("OPENAI_API_KEY", "sk-1"))
                .build();

        assertThat(planner(settings, null).providerSettings(settings).apiKey()).isNull();
    }

    @Test
    void contextWindow_thatWasAskedFor_isTheBackends() {
        registry.register(AgentConfig.of("planner").withContextWindow(8192));
        AvionicsSettings settings = AvionicsSettings.builder().build();

        assertThat(planner(settings, null).providerSettings(settings).defaultOptions())
                .containsEntry("num_ctx", 8192);
    }
}
