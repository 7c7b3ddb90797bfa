package dev.avionics;

import static java.util.Objects.requireNonNull;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import dev.avionics.airframe.Airframe;
import dev.avionics.cost.CostCalculator;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.agent.AgentConfig;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.client.LLMClient;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.node.NodeFleet;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import dev.avionics.llm.telemetry.TelemetryOptions;
import dev.avionics.llm.telemetry.UsageCost;
import io.opentelemetry.api.OpenTelemetry;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Providers, agents and the simple client: binds {@code Supplier<AvionicsSettings>}, {@link AgentRegistry}, {@link LLMFactory},
 * {@link LLMClient}, {@link NodeFleet} with the nodes of {@code avionics.yaml}, {@link LLMTelemetry}, and {@link LLMProvider} to the provider that the
 * settings name at that moment. Needs {@link AirframeModule}.
 *
 * <p>Telemetry: {@code LLMModule.openTelemetry(binder()).setBinding().toInstance(sdk)} is told of calls, by {@link TelemetryOptions} and {@link UsageCost} if they are
 * bound too.
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

    /** Who is told of calls; nobody by default. */
    public static OptionalBinder<OpenTelemetry> openTelemetry(com.google.inject.Binder binder) {
        return OptionalBinder.newOptionalBinder(binder, OpenTelemetry.class);
    }

    @Override
    protected void configure() {
        agents(binder());
        bind(new TypeLiteral<Supplier<AvionicsSettings>>() {}).toInstance(settings);
        OptionalBinder.newOptionalBinder(binder(), OpenTelemetry.class)
                .setDefault()
                .toInstance(OpenTelemetry.noop());
        OptionalBinder.newOptionalBinder(binder(), TelemetryOptions.class);
        OptionalBinder.newOptionalBinder(binder(), UsageCost.class);
    }

    /** Without options of the program's own, those of the environment hold; they are not read where nobody listens. */
    @Provides
    @Singleton
    LLMTelemetry telemetry(OpenTelemetry openTelemetry, Optional<TelemetryOptions> options, Optional<UsageCost> cost) {
        boolean nobody = openTelemetry == OpenTelemetry.noop() && options.isEmpty();
        return LLMTelemetry.builder(openTelemetry)
                .options(options.orElseGet(nobody ? () -> TelemetryOptions.DEFAULT : TelemetryOptions::fromEnvironment))
                .cost(cost.orElseGet(() -> UsageCost.of(CostCalculator.shared())))
                .build();
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
    LLMFactory factory(
            Supplier<AvionicsSettings> now,
            Airframe airframe,
            AgentRegistry agents,
            NodeFleet fleet,
            LLMTelemetry telemetry) {
        return new LLMFactory(now, airframe, agents, fleet, telemetry);
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
