package dev.avionics.airframe.endpoint;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Airframe;
import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.Target;
import java.util.concurrent.CompletableFuture;

/** How an endpoint is asked for its state. Thread-safe; must not block. */
@FunctionalInterface
public interface HealthProbe {
    /** Asks once. A failure counts as UNKNOWN; cancelling the future gives the question up. */
    CompletableFuture<HealthState> check(EndpointSpec endpoint);

    /** Asks as the protocol of the endpoint does, without spending tokens. */
    static HealthProbe through(Airframe airframe) {
        requireNonNull(airframe, "airframe");
        return endpoint -> airframe.health(new Target(endpoint, ""), airframe.newCall());
    }
}
