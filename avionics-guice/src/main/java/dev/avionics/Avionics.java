package dev.avionics;

import static java.util.Objects.requireNonNull;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import dev.avionics.gateway.LLMGateway;
import dev.avionics.llm.LLMProvider;
import dev.avionics.llm.client.LLMClient;
import dev.avionics.llm.factory.LLMFactory;
import dev.avionics.llm.settings.AvionicsSettings;
import dev.avionics.llm.settings.LiveSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * All of it in one object, for programs that embed it. Thread-safe. Closing it ends what runs.
 *
 * <pre>{@code
 * try (Avionics avionics = Avionics.create()) {
 *     System.out.println(avionics.client().complete("Why is the sky blue?"));
 * }
 * }</pre>
 */
public final class Avionics implements AutoCloseable {
    private final Injector injector;

    private Avionics(Injector injector) {
        this.injector = injector;
    }

    /**
     * All of it, by the environment, {@code .env} and {@code avionics.yaml}; changes of the files take effect at the next call.
     *
     * @throws dev.avionics.llm.settings.SettingsException if the settings are wrong
     */
    public static Avionics create() {
        return create(new LiveSettings(AvionicsSettings.load()));
    }

    /** All of it, by these settings. */
    public static Avionics create(AvionicsSettings settings, Module... more) {
        requireNonNull(settings, "settings");
        return create(() -> settings, more);
    }

    /**
     * All of it, by settings that may change.
     *
     * @param more modules of the program's own: protocols, agents, options of the transport
     */
    public static Avionics create(Supplier<AvionicsSettings> settings, Module... more) {
        List<Module> modules = new ArrayList<>(List.of(more));
        modules.add(new AirframeModule());
        modules.add(new LLMModule(settings));
        modules.add(new GatewayModule());
        return new Avionics(Guice.createInjector(modules));
    }

    /** The simple client. */
    public LLMClient client() {
        return injector.getInstance(LLMClient.class);
    }

    /** The provider that the settings name at this moment. */
    public LLMProvider provider() {
        return injector.getInstance(LLMProvider.class);
    }

    /** The factory of providers, by name and by agent. */
    public LLMFactory factory() {
        return injector.getInstance(LLMFactory.class);
    }

    /** The gateway over the factory's providers, made when it is first asked for. */
    public LLMGateway gateway() {
        return injector.getInstance(LLMGateway.class);
    }

    /** The injector, for what else is bound. */
    public Injector injector() {
        return injector;
    }

    @Override
    public void close() {
        injector.getInstance(Closing.class).close();
    }
}
