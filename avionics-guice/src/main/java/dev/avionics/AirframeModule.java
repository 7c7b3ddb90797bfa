package dev.avionics;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.call.RetryPolicy;
import dev.avionics.airframe.http.TransportOptions;
import dev.avionics.airframe.spi.WireProtocol;
import java.util.Optional;
import java.util.Set;

/**
 * The transport: one {@link Airframe} for the program, with the adapters on the class path and those that are bound here.
 *
 * <p>To teach it a backend: {@code AirframeModule.protocols(binder()).addBinding().to(MyProtocol.class)}. To set options of the
 * transport or another retry policy: bind {@link TransportOptions} or {@link RetryPolicy}. Whoever makes the injector closes
 * the airframe; {@link Avionics} does.
 */
public final class AirframeModule extends AbstractModule {
    /** The module. */
    public AirframeModule() {}

    /** Where protocols of a program's own are added. */
    public static Multibinder<WireProtocol> protocols(com.google.inject.Binder binder) {
        return Multibinder.newSetBinder(binder, WireProtocol.class);
    }

    @Override
    protected void configure() {
        protocols(binder());
        OptionalBinder.newOptionalBinder(binder(), TransportOptions.class);
        OptionalBinder.newOptionalBinder(binder(), RetryPolicy.class);
    }

    @Provides
    @Singleton
    Airframe airframe(
            Set<WireProtocol> protocols,
            Optional<TransportOptions> options,
            Optional<RetryPolicy> retries,
            Closing closing) {
        Airframe.Builder builder = Airframe.builder();
        options.ifPresent(builder::transportOptions);
        retries.ifPresent(builder::retryPolicy);
        Airframe airframe = closing.later(builder.build());
        protocols.forEach(airframe.adapters()::register);
        return airframe;
    }
}
