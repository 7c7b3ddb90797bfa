package dev.avionics.llm.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.avionics.airframe.endpoint.EndpointListReader;
import dev.avionics.airframe.endpoint.FileEndpointRegistry;
import dev.avionics.llm.ManualScheduler;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeProfilesTest {
    private static final String ONE = """
            [{"name": "node1", "baseUrl": "http://a:1", "kind": "llama-server", "billing": "free",
              "capacity": {"maxConcurrency": 4},
              "tags": {"agents": "planner, critic", "labels": "long", "model": "m", "vramGb": "24", "ramGb": "64",
                       "modelSizeGb": "18", "gpuId": "0", "priority": "3", "rack": "a"}}]
            """;

    private final ManualScheduler time = new ManualScheduler();

    private static InferenceNode node(String name) {
        return InferenceNode.builder(name, URI.create("http://" + name)).build();
    }

    private FileEndpointRegistry watching(Path file) throws IOException {
        EndpointListReader reader = new EndpointListReader(List.of("llama-server"), name -> null);
        return FileEndpointRegistry.builder(file, reader, time)
                .interval(Duration.ofSeconds(1))
                .executor(Runnable::run)
                .open();
    }

    @Test
    @Tag("row-95")
    void forAgent_isTheHomeOfHighestPriority() {
        NodeProfiles profiles = NodeProfiles.of(
                node("common"),
                node("low").toBuilder().agent("planner").build(),
                node("high").toBuilder().agent("planner").priority(1).build());

        assertThat(profiles.forAgent("planner").orElseThrow().name()).isEqualTo("high");
        assertThat(profiles.forAgent("critic")).isEmpty();
    }

    @Test
    void names_twice_areRefused() {
        assertThatThrownBy(() -> NodeProfiles.of(node("a"), node("a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("nodes: a twice (expected: unique names)");
    }

    @Test
    void list_unchanged_isTheSameObject() {
        NodeProfiles profiles = NodeProfiles.of(node("a"));

        assertThat(profiles.list()).isSameAs(profiles.list());
    }

    @Test
    void file_isReadWithAllFields(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("nodes.json"), ONE);
        try (FileEndpointRegistry registry = watching(file)) {
            InferenceNode node = NodeProfiles.of(registry).forAgent("critic").orElseThrow();

            assertThat(node.agents()).containsExactly("planner", "critic");
            assertThat(node.tags()).containsExactly("long");
            assertThat(node.metadata()).isEqualTo(Map.of("rack", "a"));
            assertThat(node.maxParallel()).isEqualTo(4);
            assertThat(node.priority()).isEqualTo(3);
            assertThat(node.gpuId()).isEqualTo("0");
            assertThat(node.model()).isEqualTo("m");
            assertThat(node.vramUtilization()).isEqualTo(0.75);
            assertThat(node.ramGb()).isEqualTo(64);
        }
    }

    @Test
    void file_changed_isFollowed_andAWrongOneLeavesTheOldNodesInForce(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("nodes.json"), ONE);
        try (FileEndpointRegistry registry = watching(file)) {
            NodeProfiles profiles = NodeProfiles.of(registry);

            for (String wrong : List.of("[{", ONE.replace("\"18\"", "\"25\""), ONE.replace("\"3\"", "\"high\""))) {
                Files.writeString(file, wrong);
                time.advance(Duration.ofSeconds(1));

                assertThat(profiles.list()).hasSize(1);
                assertThat(profiles.list().get(0).modelSizeGb()).isEqualTo(18);
                assertThat(profiles.list().get(0).priority()).isEqualTo(3);
            }
            Files.writeString(file, ONE.replace("\"18\"", "\"20\""));
            time.advance(Duration.ofSeconds(1));

            assertThat(profiles.list().get(0).modelSizeGb()).isEqualTo(20);
        }
    }

    @Test
    void file_wrongFromTheStart_isAnErrorThatNamesNodeAndTag(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("nodes.json"), ONE.replace("\"24\"", "\"much\""));
        try (FileEndpointRegistry registry = watching(file)) {
            assertThatThrownBy(() -> NodeProfiles.of(registry))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("node node1: vramGb: much (expected: a number)");
        }
    }
}
