package dev.avionics.airframe.endpoint;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.call.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** A list of endpoints that stays as it was made. Their health is watched if wanted. Thread-safe. */
public final class StaticEndpointRegistry implements EndpointRegistry {
    private final Roll roll;

    private StaticEndpointRegistry(Roll roll) {
        this.roll = roll;
    }

    /**
     * Endpoints whose health is not asked: it stays UNKNOWN.
     *
     * @throws IllegalArgumentException if two have the same name
     */
    public static StaticEndpointRegistry of(List<EndpointSpec> endpoints) {
        return new StaticEndpointRegistry(new Roll(endpoints, Clock.systemUTC()));
    }

    /**
     * Endpoints that are asked for their health at once and then at an interval, until the registry is closed.
     *
     * @param probe how they are asked
     * @param interval more than zero
     * @param scheduler runs the interval; stays its owner's
     * @param clock dates a health that is not known
     * @throws IllegalArgumentException if two have the same name
     */
    public static StaticEndpointRegistry watched(
            List<EndpointSpec> endpoints, HealthProbe probe, Duration interval, Scheduler scheduler, Clock clock) {
        Roll roll = new Roll(endpoints, requireNonNull(clock, "clock"));
        roll.monitor(probe, interval, requireNonNull(scheduler, "scheduler"));
        return new StaticEndpointRegistry(roll);
    }

    @Override
    public List<EndpointSpec> list() {
        return roll.list();
    }

    @Override
    public HealthState health(String name) {
        return roll.health(name);
    }

    @Override
    public Watch watch(Listener listener) {
        return roll.watch(listener);
    }

    @Override
    public void close() {
        roll.close();
    }
}
