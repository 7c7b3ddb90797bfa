package dev.avionics;

import static java.util.Objects.requireNonNull;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import dev.avionics.airframe.Airframe;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.agent.AgentConfig;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.client.LLMClient;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.node.NodeFleet;
import dev.avionics.llm.settings.AvionicsSettings;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Providers, agents and the simple client: binds {@code Supplier<AvionicsSettings>}, {@link AgentRegistry}, {@link LLMFactory},
 * {@link LLMClient}, {@link NodeFleet} with the nodes of {@code avionics.yaml}, and {@link LLMProvider} to the provider that the
 * settings name at that moment. Needs {@link AirframeModule}.
 *
 * <p>Agents: {@code LLMModule.agents(binder()).addBinding().toInstance(AgentConfig.of("planner").withModel("…"))}.
 */
public final class LLMModule extends AbstractModule {
    private final Supplier<AvionicsSettings> settings;

    /** A module of these settings, whatever becomes of their files. */
    public LLMModule(AvionicsSettings settings) {
        this(fixed(settings));
    }

    /** A module of settings that may change, such as {@link dev.avionics.llm.settings.LiveSettings}. */
    public LLMModule(Supplier<AvionicsSettings> settings) {
        this.settings = requireNonNull(settings, "settings");
    }

    private static Supplier<AvionicsSettings> fixed(AvionicsSettings settings) {
        requireNonNull(settings, "settings");
        return () -> settings;
    }

    /** Where agents are registered. */
    public static Multibinder<AgentConfig> agents(com.google.inject.Binder binder) {
        return Multibinder.newSetBinder(binder, AgentConfig.class);
    }

    @Override
    protected void configure() {
        agents(binder());
        bind(new TypeLiteral<Supplier<AvionicsSettings>>() {}).toInstance(settings);
    }

    @Provides
    @Singleton
    AgentRegistry registry(Set<AgentConfig> agents) {
        AgentRegistry registry = new AgentRegistry();
        agents.forEach(registry::register);
        return registry;
    }

    @Provides
    @Singleton
    NodeFleet fleet(Supplier<AvionicsSettings> now, Airframe airframe) {
        return NodeFleet.of(now.get(), airframe);
    }

    @Provides
    @Singleton
    LLMFactory factory(Supplier<AvionicsSettings> now, Airframe airframe, AgentRegistry agents, NodeFleet fleet) {
        return new LLMFactory(now, airframe, agents, fleet);
    }

    @Provides
    LLMProvider provider(LLMFactory factory) {
        return factory.defaultProvider();
    }

    @Provides
    @Singleton
    LLMClient client(LLMFactory factory) {
        return new LLMClient(factory);
    }
}
