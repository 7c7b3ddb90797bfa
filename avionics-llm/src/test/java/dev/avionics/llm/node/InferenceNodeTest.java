package dev.avionics.llm.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.EndpointSpec.Billing;
import dev.avionics.airframe.EndpointSpec.CapacityHints;
import dev.avionics.llm.settings.ProviderId;
import dev.avionics.llm.settings.ProviderSettings;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("row-96")
class InferenceNodeTest {
    private static final URI ADDRESS = URI.create("http://10.0.0.1:8080");

    private static InferenceNode.Builder node() {
        return InferenceNode.builder("node1", ADDRESS);
    }

    @Test
    void node_ofNameAndAddress_isLlamaServerAtNoCharge() {
        InferenceNode node = node().build();

        assertThat(node.maxParallel()).isEqualTo(1);
        assertThat(node.priority()).isZero();
        assertThat(node.agents()).isEmpty();
        assertThat(node.endpoint().kind()).isEqualTo(BackendKind.LLAMA_SERVER);
        assertThat(node.endpoint().billing()).isEqualTo(Billing.FREE);
    }

    @Test
    void node_ofAllValues_keepsThem() {
        InferenceNode node = node().agent("planner")
                .model("m")
                .vramGb(24)
                .ramGb(64)
                .modelSizeGb(18)
                .maxParallel(4)
                .gpuId("1")
                .metadata("rack", "a")
                .priority(2)
                .tag("long")
                .build();

        assertThat(node)
                .isEqualTo(new InferenceNode(
                        "node1",
                        ADDRESS,
                        Set.of("planner"),
                        "m",
                        24,
                        64,
                        18,
                        4,
                        "1",
                        Map.of("rack", "a"),
                        2,
                        Set.of("long"),
                        node.endpoint()));
        assertThat(node.toBuilder().build()).isEqualTo(node);
    }

    @Test
    void node_ofSettings_isCalledAsTheySay() {
        ProviderSettings settings = ProviderSettings.builder(ProviderId.OLLAMA)
                .baseUrl(URI.create("http://o:1"))
                .model("m")
                .build();

        InferenceNode node = InferenceNode.builder("node1", settings).build();

        assertThat(node.endpoint().kind()).isEqualTo(BackendKind.OLLAMA);
        assertThat(node.baseUrl()).isEqualTo(URI.create("http://o:1"));
        assertThat(node.model()).isEqualTo("m");
    }

    @Test
    void node_ofEndpointWithCapacity_hasItAsParallel() {
        EndpointSpec endpoint = EndpointSpec.builder("e", ADDRESS, BackendKind.OPENAI_CHAT)
                .capacity(new CapacityHints(7, ""))
                .build();

        assertThat(InferenceNode.builder(endpoint).build().maxParallel()).isEqualTo(7);
    }

    @Test
    void modelSize_aboveVram_isRefused() {
        assertThatThrownBy(() -> node().vramGb(8).modelSizeGb(8.5).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("modelSizeGb: 8.5 (expected: <= vramGb 8.0)");
        assertThat(node().vramGb(8).modelSizeGb(8).build().modelSizeGb()).isEqualTo(8);
    }

    @ParameterizedTest
    @CsvSource({"0", "-1"})
    void maxParallel_belowOne_isRefused(int value) {
        assertThatThrownBy(() -> node().maxParallel(value).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxParallel: " + value + " (expected: >= 1)");
    }

    @Test
    void sizes_belowZero_areRefused() {
        assertThatThrownBy(() -> node().vramGb(-1).build()).hasMessage("vramGb: -1.0 (expected: >= 0)");
        assertThatThrownBy(() -> node().ramGb(Double.NaN).build()).hasMessage("ramGb: NaN (expected: >= 0)");
    }

    @ParameterizedTest
    @CsvSource({"24, 18, 0.75", "24, 24, 1", "24, 0, 0", "0, 0, 0"})
    void vramUtilization_isTheModelsShare(double vram, double model, double share) {
        assertThat(node().vramGb(vram).modelSizeGb(model).build().vramUtilization())
                .isCloseTo(share, within(1e-9));
    }

    @ParameterizedTest
    @CsvSource({"1, 0, true", "1, 1, true", "1, 2, false", "4, 4, true", "4, 5, false"})
    void canHandle_upToMaxParallel(int most, int parallel, boolean can) {
        assertThat(node().maxParallel(most).build().canHandle(parallel)).isEqualTo(can);
    }

    @Test
    void canHandle_ofNegative_isRefused() {
        assertThatThrownBy(() -> node().build().canHandle(-1)).hasMessage("parallel: -1 (expected: >= 0)");
    }

    @Test
    void endpoint_ofAnotherName_isRefused() {
        InferenceNode node = node().build();

        assertThatThrownBy(() -> new InferenceNode(
                        "other", ADDRESS, Set.of(), "", 0, 0, 0, 1, "", Map.of(), 0, Set.of(), node.endpoint()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: name and address of node other");
    }
}
