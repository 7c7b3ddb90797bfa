package dev.avionics.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.json.JsonValues;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.agent.AgentConfig;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.node.HealthRules;
import dev.avionics.llm.node.InferenceNode;
import dev.avionics.llm.node.NodeFleet;
import dev.avionics.llm.node.NodeProfiles;
import dev.avionics.llm.node.NodeProvider;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.SettingsException;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.LlamaServerFace;
import dev.avionics.testkit.model.SimulatedModel;
import dev.avionics.testkit.secret.LogCapture;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Agents over two nodes: who goes where, and what becomes of calls when a node is sick. */
class AgentsOnNodesTest {
    private final Airframe airframe = Airframe.create();
    private final AgentRegistry agents = new AgentRegistry()
            .register(AgentConfig.of("planner").withTemperature(0.1))
            .register(AgentConfig.of("critic"));
    private SimulatedBackend first;
    private SimulatedBackend second;
    private NodeFleet fleet;

    @BeforeEach
    void start() {
        first = node();
        second = node();
        fleet = NodeFleet.create(
                NodeProfiles.of(
                        InferenceNode.builder("node1", first.uri())
                                .agent("planner")
                                .maxParallel(4)
                                .build(),
                        InferenceNode.builder("node2", second.uri())
                                .agent("critic")
                                .maxParallel(4)
                                .build()),
                airframe);
    }

    @AfterEach
    void stop() {
        fleet.close();
        airframe.close();
        first.close();
        second.close();
    }

    private static SimulatedBackend node() {
        return SimulatedBackend.start(
                Scenario.create().otherwise(LlamaServerFace.of(SimulatedModel.of("m", 8192), "")));
    }

    private LLMFactory factory(Map<String, String> environment) {
        AvionicsSettings settings =
                AvionicsSettings.builder().environment(environment).build();
        return new LLMFactory(() -> settings, airframe, agents, fleet);
    }

    private LLMFactory distributed() {
        return factory(Map.of("DEPLOYMENT_MODE", "distributed"));
    }

    private static long answered(SimulatedBackend node) {
        return node.requests().stream()
                .filter(request -> request.method().equals("POST"))
                .filter(request -> request.path().endsWith("completion"))
                .count();
    }

    @Test
    @Tag("row-95")
    void agents_thatHaveANode_goThere() {
        LLMFactory factory = distributed();

        assertThat(factory.forAgentWithNodes("planner").generate(null, "Plan.", Map.of()))
                .startsWith("You asked: Plan.");
        assertThat(answered(first)).isEqualTo(1);
        assertThat(answered(second)).isZero();
        factory.forAgentWithNodes("critic").generate(null, "Judge.", Map.of());
        assertThat(answered(second)).isEqualTo(1);
        assertThat(JsonValues.parseObject(first.requests().stream()
                        .filter(request -> request.path().endsWith("completion"))
                        .findFirst()
                        .orElseThrow()
                        .bodyText()))
                .containsEntry("temperature", 0.1);
        assertThat(factory.forAgentWithNodes("planner")).isSameAs(factory.forAgent("planner"));
    }

    @Test
    @Tag("row-95")
    void agent_withoutANode_runsOnItsSettings_withAWarning() {
        try (LogCapture log = LogCapture.start()) {
            LLMProvider provider = distributed().forAgentWithNodes("reviewer");

            assertThat(provider.name()).isEqualTo("ollama");
            assertThat(log.text()).contains("no_node_for_agent agent=reviewer");
        }
    }

    @Test
    @Tag("row-95")
    void singleNodeMode_andTheMock_leaveTheNodesAlone() {
        assertThat(factory(Map.of()).forAgentWithNodes("planner").name()).isEqualTo("ollama");
        assertThat(factory(Map.of("DEPLOYMENT_MODE", "distributed", "MOCK_LLM_ENABLED", "true"))
                        .forAgentWithNodes("planner")
                        .name())
                .isEqualTo("mock");
        assertThatThrownBy(() -> factory(Map.of("DEPLOYMENT_MODE", "many")))
                .hasMessageContaining("DEPLOYMENT_MODE: many (expected: one of");
    }

    @Test
    @Tag("row-100")
    void node_markedSick_getsNoCalls_untilItIsMarkedHealthy() {
        LLMFactory factory = distributed();
        LLMProvider planner = factory.forAgentWithNodes("planner");
        planner.generate(null, "one", Map.of());

        factory.markNodeHealthy("node1", false);
        for (int i = 0; i < 5; i++) {
            planner.generate(null, "two", Map.of());
        }
        assertThat(answered(first)).isEqualTo(1);
        assertThat(answered(second)).isEqualTo(5);
        assertThat(((NodeProvider) planner).lastDecision().explanation()).contains("node2");

        factory.markNodeHealthy("node1", true);
        planner.generate(null, "three", Map.of());
        assertThat(answered(first)).isEqualTo(2);
        assertThat(factory.nodeHealth()).hasSize(2);
    }

    @Test
    @Tag("row-100")
    void node_thatDies_losesNoCalls() {
        LLMProvider planner = distributed().forAgentWithNodes("planner");
        planner.generate(null, "warm", Map.of());
        first.close();

        List<CompletableFuture<String>> calls = new java.util.ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String prompt = "call " + i;
            calls.add(CompletableFuture.supplyAsync(() -> planner.generate(null, prompt, Map.of())));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(calls.get(i).join()).startsWith("You asked: call " + i + " ");
        }
        assertThat(answered(second)).isEqualTo(20);
    }

    @Test
    @Tag("row-96")
    void nodes_ofTheFile_areRead(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("avionics.yaml"), """
                nodes:
                  - name: gpu1
                    base-url: http://gpu1:8080
                    agents: [planner, critic]
                    model: qwen3
                    vram-gb: 24
                    model-size-gb: 18
                    max-parallel: 4
                    priority: 2
                    tags: [long-context]
                  - name: gpu2
                    base-url: http://gpu2:8080
                    agents: reviewer
                """);
        NodeProfiles nodes =
                NodeProfiles.of(AvionicsSettings.builder().file(file).build());

        InferenceNode planner = nodes.forAgent("planner").orElseThrow();
        assertThat(planner.name()).isEqualTo("gpu1");
        assertThat(planner.baseUrl()).isEqualTo(URI.create("http://gpu1:8080"));
        assertThat(planner.vramUtilization()).isEqualTo(0.75);
        assertThat(planner.canHandle(4)).isTrue();
        assertThat(planner.canHandle(5)).isFalse();
        assertThat(planner.priority()).isEqualTo(2);
        assertThat(nodes.forAgent("reviewer").orElseThrow().maxParallel()).isEqualTo(1);
        assertThat(nodes.forAgent("nobody")).isEmpty();
    }

    @ParameterizedTest
    @Tag("row-96")
    @CsvSource(
            delimiter = '|',
            value = {
                "{name: a, base-url: http://a:1, vram-gb: 8, model-size-gb: 9} | nodes[0]: modelSizeGb: 9.0 (expected: <= vramGb 8.0)",
                "{name: a, base-url: http://a:1, max-parallel: 0} | nodes[0]: maxParallel: 0 (expected: >= 1)",
                "{name: a, base-url: http://a:1, vram: 8} | nodes[0].vram: no such setting; did you mean vram-gb?",
                "{name: a} | nodes[0].base-url (expected: the node's address, or a provider)",
                "{base-url: http://a:1} | nodes[0].name (expected: the node's name)",
                "{name: a, base-url: http://a:1, load: gpu} | nodes[0]: load: gpu (expected one of slots, metrics, off)",
                "{name: a, base-url: http://a:1, priority: high} | nodes[0].priority: high (expected: a number)",
            })
    void nodes_wrong_areRefusedByTheirField(String node, String words, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("avionics.yaml"), "nodes:\n  - " + node + "\n");
        AvionicsSettings settings = AvionicsSettings.builder().file(file).build();

        assertThatThrownBy(() -> NodeProfiles.of(settings))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining(words)
                .hasMessageContaining("avionics.yaml");
    }

    @Test
    void checks_haveTheTimesOfTheFile(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("avionics.yaml"), """
                node-health: {probe-interval: 2, probe-limit: 1.5}
                nodes:
                  - {name: gpu1, base-url: "http://gpu1:8080", load: Metrics}
                """);
        AvionicsSettings settings = AvionicsSettings.builder().file(file).build();

        HealthRules rules = HealthRules.of(settings);
        assertThat(rules.probeInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(rules.probeLimit()).isEqualTo(Duration.ofMillis(1500));
        assertThat(rules.failures()).isEqualTo(HealthRules.DEFAULT.failures());
        try (NodeFleet nodes = NodeFleet.of(settings, airframe)) {
            assertThat(nodes.profiles().list().get(0).metadata()).containsEntry("load", "metrics");
        }
        assertThat(HealthRules.of(AvionicsSettings.builder().build())).isEqualTo(HealthRules.DEFAULT);
        assertThatThrownBy(() -> HealthRules.of(AvionicsSettings.builder()
                        .environment(Map.of("NODE_PROBE_LIMIT", "0"))
                        .build()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("NODE_PROBE_LIMIT: 0 (expected: 0.001 to 600 seconds)");
    }
}
