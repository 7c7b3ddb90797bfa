package dev.avionics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.AbstractModule;
import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.BackendKind;
import dev.avionics.airframe.Capabilities;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.InferenceResult;
import dev.avionics.airframe.ModelInfo;
import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.spi.Exchange;
import dev.avionics.airframe.spi.WireProtocol;
import dev.avionics.airframe.spi.WireScope;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.GatewayResponse;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.gateway.cache.CacheRules;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.MockProvider;
import dev.avionics.llm.agent.AgentConfig;
import dev.avionics.llm.agent.AgentRegistry;
import dev.avionics.llm.client.LLMClient;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.telemetry.LLMTelemetry;
import dev.avionics.llm.telemetry.SemconvVersion;
import dev.avionics.llm.telemetry.TelemetryOptions;
import dev.avionics.llm.telemetry.UsageCost;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.propagation.ContextPropagators;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AvionicsTest {
    private static final AvionicsSettings MOCK =
            AvionicsSettings.builder().set("llm.provider", "mock").build();

    /** A backend that is taught here; nothing is sent to it. */
    private static final class Ours implements WireProtocol {
        @Override
        public BackendKind kind() {
            return BackendKind.of("ours");
        }

        @Override
        public Capabilities capabilities(EndpointSpec endpoint, String model) {
            return Capabilities.unknown();
        }

        @Override
        public Exchange<InferenceResult> inference(WireScope scope, InferenceRequest request) {
            throw new AssertionError();
        }

        @Override
        public Exchange<HealthState> health(WireScope scope) {
            throw new AssertionError();
        }

        @Override
        public Exchange<List<ModelInfo>> models(WireScope scope) {
            throw new AssertionError();
        }
    }

    @Test
    @Tag("row-97")
    void create_bySettings_answers() {
        try (Avionics avionics = Avionics.create(MOCK)) {
            assertThat(avionics.client().complete("Hello")).isEqualTo("Hello");
            assertThat(avionics.provider().name()).isEqualTo("mock");
            assertThat(avionics.factory()).isSameAs(avionics.injector().getInstance(LLMFactory.class));
            assertThat(avionics.client()).isSameAs(avionics.injector().getInstance(LLMClient.class));
        }
    }

    @Test
    void modulesOfTheProgram_addProtocolsAgentsAndPolicies() {
        AbstractModule own = new AbstractModule() {
            @Override
            protected void configure() {
                AirframeModule.protocols(binder()).addBinding().toInstance(new Ours());
                LLMModule.agents(binder())
                        .addBinding()
                        .toInstance(AgentConfig.of("planner").withModel("m"));
                bind(RetryPolicy.class).toInstance(RetryPolicy.NEVER);
            }
        };
        try (Avionics avionics = Avionics.create(MOCK, own)) {
            assertThat(avionics.injector()
                            .getInstance(Airframe.class)
                            .adapters()
                            .kinds())
                    .contains("ours");
            assertThat(avionics.injector().getInstance(AgentRegistry.class).names())
                    .containsExactly("planner");
            assertThat(avionics.factory().forAgent("planner").defaultModel()).isEqualTo("m");
        }
    }

    @Test
    void provider_isTheOneThatTheSettingsNameAtThatMoment() {
        AtomicReference<AvionicsSettings> settings = new AtomicReference<>(MOCK);
        try (Avionics avionics = Avionics.create(settings::get)) {
            LLMProvider before = avionics.provider();
            settings.set(AvionicsSettings.builder()
                    .set("llm.provider", "mock")
                    .set("mock.model", "other")
                    .build());

            assertThat(before.defaultModel()).isNotEqualTo("other");
            assertThat(avionics.provider().defaultModel()).isEqualTo("other");
        }
    }

    @Test
    @Tag("row-139")
    void gateway_isOneForAllAndHasTheLayersThatAreBound() {
        List<String> seen = new ArrayList<>();
        AbstractModule own = new AbstractModule() {
            @Override
            protected void configure() {
                GatewayModule.customizers(binder())
                        .addBinding()
                        .toInstance(gateway -> gateway.layer(150, (request, call, next) -> {
                            seen.add(call.agent());
                            return next.infer(request, call);
                        }));
            }
        };
        try (Avionics avionics = Avionics.create(MOCK, own)) {
            GatewayResponse response = avionics.gateway()
                    .complete(GatewayRequest.builder("Hello").agent("planner").build());

            assertThat(response.text()).isEqualTo("Hello");
            assertThat(seen).containsExactly("planner");
            assertThat(avionics.gateway()).isSameAs(avionics.injector().getInstance(LLMGateway.class));
        }
    }

    @Test
    void gateway_countsInTheStateThatIsBound() {
        SharedState state = LocalState.create();
        AbstractModule own = new AbstractModule() {
            @Override
            protected void configure() {
                GatewayModule.state(binder()).setBinding().toInstance(state);
                GatewayModule.customizers(binder())
                        .addBinding()
                        .toInstance(gateway -> gateway.cache(CacheRules.DEFAULT.withAnyTemperature(true)));
            }
        };
        try (Avionics one = Avionics.create(MOCK, own);
                Avionics other = Avionics.create(MOCK, own)) {
            one.gateway().complete(GatewayRequest.of("Hello"));

            assertThat(other.gateway().complete(GatewayRequest.of("Hello")).metadata())
                    .containsEntry("cached", true);
        }
    }

    @Test
    void close_closesAGatewayThatWasAskedForAndMakesNone() {
        AtomicInteger closed = new AtomicInteger();
        AbstractModule own = new AbstractModule() {
            @Override
            protected void configure() {
                GatewayModule.customizers(binder())
                        .addBinding()
                        .toInstance(gateway -> gateway.owns(closed::incrementAndGet));
            }
        };
        Avionics.create(MOCK, own).close();
        assertThat(closed).hasValue(0);

        Avionics used = Avionics.create(MOCK, own);
        assertThat(used.gateway()).isNotNull();
        used.close();
        assertThat(closed).hasValue(1);
    }

    @Test
    void close_endsIt() {
        Avionics avionics = Avionics.create(MOCK);
        LLMProvider provider = avionics.provider();

        avionics.close();

        assertThatThrownBy(avionics::provider).hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(provider).isNotNull();
    }

    @Test
    @Tag("row-135")
    void telemetry_isOffUntilAnOpenTelemetryIsBound() {
        OpenTelemetry listener = OpenTelemetry.propagating(ContextPropagators.noop());
        try (Avionics without = Avionics.create(MOCK);
                Avionics with = Avionics.create(MOCK, new AbstractModule() {
                    @Override
                    protected void configure() {
                        LLMModule.openTelemetry(binder()).setBinding().toInstance(listener);
                        bind(TelemetryOptions.class)
                                .toInstance(TelemetryOptions.builder()
                                        .semconv(SemconvVersion.LATEST)
                                        .build());
                        bind(UsageCost.class).toInstance((target, usage) -> OptionalLong.of(7));
                    }
                })) {
            assertThat(without.injector().getInstance(LLMTelemetry.class).isOn())
                    .isFalse();
            LLMTelemetry telemetry = with.injector().getInstance(LLMTelemetry.class);
            assertThat(telemetry.isOn()).isTrue();
            assertThat(telemetry.options().semconv()).isEqualTo(SemconvVersion.LATEST);
            assertThat(telemetry.cost(new Target(MockProvider.create().endpoint(), "m"), Usage.estimated(1, 1)))
                    .hasValue(7);
        }
    }
}
