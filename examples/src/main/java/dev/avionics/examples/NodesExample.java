package dev.avionics.examples;

import dev.avionics.Avionics;
import dev.avionics.airframe.Airframe;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.agent.AgentConfig;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.node.InferenceNode;
import dev.avionics.llm.node.NodeFleet;
import dev.avionics.llm.node.NodeProfiles;
import dev.avionics.llm.settings.AvionicsSettings;
import java.io.PrintStream;
import java.net.URI;
import java.util.Map;

/** Two agents on two machines. */
public final class NodesExample {
    private NodesExample() {}

    /** Asks the agents of {@code avionics.yaml} for the first argument. */
    public static void main(String[] arguments) {
        plan(AvionicsSettings.load(), arguments[0], System.out);
    }

    static void plan(AvionicsSettings settings, String task, PrintStream out) {
        // The nodes are those of avionics.yaml.
        try (Avionics avionics = Avionics.create(settings)) {
            LLMProvider planner = avionics.factory().forAgentWithNodes("planner");
            LLMProvider critic = avionics.factory().forAgentWithNodes("critic");

            String plan = planner.generate(null, task, Map.of());
            out.println(critic.generate(null, "Is this plan any good? " + plan, Map.of()));
        }
    }

    static String inTheProgram(AvionicsSettings settings, URI large, URI small, PrintStream out) {
        AgentRegistry agents = new AgentRegistry()
                .register(AgentConfig.of("planner").withTemperature(0.1))
                .register(AgentConfig.of("critic"));
        NodeProfiles nodes = NodeProfiles.of(
                InferenceNode.builder("large", large)
                        .agent("planner")
                        .maxParallel(4)
                        .build(),
                InferenceNode.builder("small", small).agent("critic").build());
        try (Airframe airframe = Airframe.create();
                NodeFleet fleet = NodeFleet.create(nodes, airframe);
                LLMFactory factory = new LLMFactory(() -> settings, airframe, agents, fleet)) {
            maintain(factory, out);
            return factory.forAgentWithNodes("planner").generate(null, "Plan the day.", Map.of());
        }
    }

    static void maintain(LLMFactory factory, PrintStream out) {
        factory.markNodeHealthy("large", false); // its agents' calls go elsewhere, at once
        factory.nodeHealth().forEach(out::println);
    }
}
