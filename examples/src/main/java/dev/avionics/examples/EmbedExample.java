package dev.avionics.examples;

import dev.avionics.Avionics;
import dev.avionics.airframe.Airframe;
import dev.avionics.llm.agent.AgentConfig;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.client.LLMClient;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;

/** Avionics in a program, with Guice and without; and agents with settings of their own. */
public final class EmbedExample {
    private EmbedExample() {}

    static String withGuice(AvionicsSettings settings) {
        // guice
        try (Avionics avionics = Avionics.create(settings)) {
            return avionics.client().complete("Why is the sky blue?");
        }
        // end
    }

    static String without(AvionicsSettings settings) {
        // plain
        try (Airframe airframe = Airframe.create();
                LLMFactory factory = new LLMFactory(settings, airframe)) {
            return new LLMClient(factory).complete("Why is the sky blue?");
        }
        // end
    }

    static String agents(AvionicsSettings settings) {
        // agents
        AgentRegistry agents = new AgentRegistry()
                .register(AgentConfig.of("planner").withTemperature(0.1).withMaxTokens(4000))
                .register(AgentConfig.of("critic").withModel("small"));
        try (Airframe airframe = Airframe.create();
                LLMFactory factory = new LLMFactory(() -> settings, airframe, agents)) {
            return new LLMClient(factory.forAgent("critic")).complete("Is this plan any good?");
        }
        // end
    }
}
