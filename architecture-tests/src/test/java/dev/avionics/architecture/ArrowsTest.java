package dev.avionics.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.EvaluationResult;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArrowsTest {
    private static final Map<String, ArchRule> RULES = new Arrows(Tree.ROOT).rules();
    private static final Map<String, ArchRule> RULES_OF_WRONG_TREE = new Arrows(Tree.WRONG_ROOT).rules();

    /** What each rule has to find in the wrong tree, and nothing besides. */
    private static final Map<String, List<String>> EXPECTED = Map.ofEntries(
            Map.entry("known packages", List.of("stray.Stray", "stray.package-info")),
            Map.entry("arrows of airframe-core", List.of("airframe.CoreKnowsLlm", "airframe.CoreKnowsAdapter")),
            Map.entry("arrows of airframe-adapters", List.of("airframe.openai.OpenaiKnowsCost")),
            Map.entry("arrows of airframe-llamacpp", List.of("airframe.llamacpp.LlamacppKnowsAdapter")),
            Map.entry("arrows of avionics-cost", List.of("cost.CostKnowsLlm")),
            Map.entry("arrows of avionics-llm", List.of("llm.LlmKnowsGateway", "llm.node.LlmKnowsAdapter")),
            Map.entry("arrows of avionics-gateway", List.of("gateway.GatewayKnowsAssembly")),
            Map.entry("arrows of avionics-redis", List.of("redis.RedisKnowsServer")),
            Map.entry("arrows of avionics-guice", List.of("AssemblyKnowsAdapter", "AssemblyKnowsServer")),
            Map.entry("arrows of avionics-server", List.of("server.ServerKnowsTestkit")),
            Map.entry("arrows of testkit", List.of("testkit.TestkitKnowsGateway")),
            Map.entry("adapters apart", List.of("airframe.openai.OpenaiKnowsAnthropic")),
            Map.entry("netty client hidden", List.of("llm.LlmKnowsNettyClient")),
            Map.entry("service apart", List.of("llm.LlmKnowsService")),
            Map.entry("guice", List.of("airframe.http.CoreShowsOthers", "gateway.GatewayKnowsGuice")),
            Map.entry("netty", List.of("airframe.http.CoreShowsOthers", "server.ServerKnowsNetty")),
            Map.entry("telemetry sdk", List.of("llm.LlmKnowsTelemetrySdk")),
            Map.entry("core signatures", List.of("airframe.http.CoreShowsOthers")),
            Map.entry("null-marked", List.of("llm.unmarked.Unmarked")));

    static Stream<String> rules() {
        return RULES.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("rules")
    void rule_realTree_holds(String name) {
        rule(RULES, name).check(Tree.real());
    }

    @ParameterizedTest
    @MethodSource("rules")
    void rule_wrongTree_findsExactlyThePlantedFaults(String name) {
        EvaluationResult result = rule(RULES_OF_WRONG_TREE, name).evaluate(Tree.wrong());

        List<String> found = result.getFailureReport().getDetails().stream()
                .map(detail -> detail.substring(Tree.WRONG_ROOT.length() + 1, detail.indexOf(": ")))
                .distinct()
                .toList();

        assertThat(found).containsExactlyInAnyOrderElementsOf(EXPECTED.get(name));
    }

    @Test
    void coreSignatures_wrongTree_everyPositionIsSeen() {
        EvaluationResult result = rule(RULES_OF_WRONG_TREE, "core signatures").evaluate(Tree.wrong());

        assertThat(result.getFailureReport().getDetails())
                .extracting(detail -> detail.substring(detail.indexOf(": ") + 2)
                        .replace(Tree.WRONG_ROOT + ".airframe.http.CoreShowsOthers", "X"))
                .containsExactlyInAnyOrder(
                        "X shows io.netty.util.ReferenceCounted",
                        "X shows com.google.inject.Module",
                        "X.field shows io.netty.buffer.ByteBuf",
                        "X.result() shows tools.jackson.core.JsonParser",
                        "X.argument(java.util.List) shows io.netty.buffer.ByteBuf",
                        "X.array([Lio.netty.buffer.ByteBuf;) shows io.netty.buffer.ByteBuf",
                        "X.bounded() shows com.google.inject.Injector",
                        "X.thrown() shows tools.jackson.core.JacksonException");
    }

    @Test
    void modules_realTree_haveTheirPackagesInTheirOwnArtifact() {
        assertThat(Tree.real()).allSatisfy(type -> {
            Module module = Module.ofPackage(Tree.relativePackage(type)).orElseThrow();
            assertThat(Tree.artifactOf(type)).as(type.getName()).isEqualTo(module.artifact());
        });
    }

    private static ArchRule rule(Map<String, ArchRule> rules, String name) {
        ArchRule rule = rules.get(name);
        assertThat(rule).as(name).isNotNull();
        return rule;
    }
}
