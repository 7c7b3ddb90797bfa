package dev.avionics.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.avionics.airframe.Airframe;
import dev.avionics.llm.agent.AgentConfig;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.testkit.backend.Scenario;
import dev.avionics.testkit.backend.SimulatedBackend;
import dev.avionics.testkit.model.OpenAiFace;
import dev.avionics.testkit.model.SimulatedModel;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Which target a call of an agent begins with, over the wire. */
class AgentTargetsTest {
    private final SimulatedBackend groq = backend();
    private final SimulatedBackend openai = backend();

    private static SimulatedBackend backend() {
        return SimulatedBackend.start(Scenario.create()
                .otherwise(OpenAiFace.of(SimulatedModel.of("m", 8192), "k").ofAnyModel()));
    }

    private AvionicsSettings settings() {
        return AvionicsSettings.builder()
                .environment(Map.of(
                        "LLM_PROVIDER", "groq",
                        "GROQ_BASE_URL", groq.uri() + "/v1",
                        "GROQ_API_KEY", "k",
                        "GROQ_MODEL", "m",
                        "OPENAI_BASE_URL", openai.uri() + "/v1",
                        "OPENAI_API_KEY", "k",
                        "OPENAI_MODEL", "m",
                        "PLANNER_MODEL", "m-of-the-planner"))
                .build();
    }

    @AfterEach
    void close() {
        groq.close();
        openai.close();
    }

    @Test
    @Tag("row-144")
    void call_ofARegisteredAgent_goesToTheAgentsProviderAndModel() {
        AvionicsSettings settings = settings();
        AgentRegistry agents =
                new AgentRegistry().register(AgentConfig.of("planner").withProvider("openai"));
        try (Airframe airframe = Airframe.create();
                LLMFactory factory = new LLMFactory(() -> settings, airframe, agents);
                LLMGateway gateway =
                        LLMGateway.builder(ProviderLookup.of(factory), airframe).build()) {
            GatewayResponse planned = gateway.complete(
                    GatewayRequest.builder("a").agent("planner").build());
            GatewayResponse other = gateway.complete(GatewayRequest.of("b"));

            assertThat(planned.provider()).isEqualTo("openai-compatible");
            assertThat(openai.requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request.bodyText()).contains("\"m-of-the-planner\""));
            assertThat(other.provider()).isEqualTo("groq");
            assertThat(groq.requests()).hasSize(1);
        }
    }

    @Test
    @Tag("row-144")
    void call_ofAnAgentThatNobodyRegistered_goesToEverybodysProvider() {
        AvionicsSettings settings = settings();
        try (LLMGateway gateway = LLMGateway.builder(settings).build()) {
            gateway.complete(GatewayRequest.builder("a").agent("planner").build());

            assertThat(openai.requests()).isEmpty();
            assertThat(groq.requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request.bodyText()).contains("\"m\""));
        }
    }
}
