package dev.avionics;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import dev.avionics.airframe.Airframe;
import dev.avionics.gateway.GatewayBuilder;
import dev.avionics.gateway.GatewayCustomizer;
import dev.avionics.gateway.GatewaySettings;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.ProviderLookup;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The gateway: binds {@link LLMGateway} over the providers and agents of {@link LLMModule}, by the section {@code gateway} of
 * {@code avionics.yaml} as it is when the gateway is first asked for. Needs {@link LLMModule}.
 *
 * <p>Layers and callbacks: {@code GatewayModule.customizers(binder()).addBinding().toInstance(gateway -> gateway.layer(150, …))}; those
 * that are found on the class path come before.
 */
public final class GatewayModule extends AbstractModule {
    /** The module. */
    public GatewayModule() {}

    /** Where those are bound who add to the gateway. */
    public static Multibinder<GatewayCustomizer> customizers(com.google.inject.Binder binder) {
        return Multibinder.newSetBinder(binder, GatewayCustomizer.class);
    }

    /** Where budgets and limits are counted and answers kept; without one, in the memory of the process. It is closed with the rest. */
    public static OptionalBinder<SharedState> state(com.google.inject.Binder binder) {
        return OptionalBinder.newOptionalBinder(binder, SharedState.class);
    }

    @Override
    protected void configure() {
        customizers(binder());
        state(binder());
    }

    @Provides
    @Singleton
    LLMGateway gateway(
            LLMFactory factory,
            Airframe airframe,
            Supplier<AvionicsSettings> now,
            LLMTelemetry telemetry,
            Set<GatewayCustomizer> customizers,
            Optional<SharedState> state,
            Closing closing) {
        GatewayBuilder gateway = LLMGateway.builder(ProviderLookup.of(factory), airframe)
                .settings(GatewaySettings.of(now.get()))
                .telemetry(telemetry)
                .discover(GatewayModule.class.getClassLoader());
        state.ifPresent(shared -> gateway.state(closing.later(shared)));
        customizers.forEach(customizer -> customizer.customize(gateway));
        return closing.later(gateway.build());
    }
}
