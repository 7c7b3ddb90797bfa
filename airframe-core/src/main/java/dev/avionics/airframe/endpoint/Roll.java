package dev.avionics.airframe.endpoint;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.HealthState.Status;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.endpoint.EndpointRegistry.Listener;
import dev.avionics.airframe.endpoint.EndpointRegistry.Watch;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The list in force, its health and its watchers: what every registry has. */
final class Roll {
    private final Clock clock;
    private final Watchers watchers = new Watchers();
    private volatile List<EndpointSpec> endpoints;
    private volatile @Nullable HealthMonitor monitor;
    private volatile boolean closed;

    Roll(List<EndpointSpec> endpoints, Clock clock) {
        this.endpoints = unique(endpoints);
        this.clock = clock;
    }

    private static List<EndpointSpec> unique(List<EndpointSpec> endpoints) {
        Set<String> names = new HashSet<>();
        for (EndpointSpec endpoint : endpoints) {
            if (!names.add(endpoint.name())) {
                throw new IllegalArgumentException("endpoints: " + endpoint.name() + " twice (expected: unique names)");
            }
        }
        return List.copyOf(endpoints);
    }

    void monitor(HealthProbe probe, Duration interval, Scheduler scheduler) {
        HealthMonitor made = new HealthMonitor(probe, interval, scheduler, clock, this::list, watchers);
        monitor = made;
        made.start();
    }

    List<EndpointSpec> list() {
        return endpoints;
    }

    /** Puts another list in force. */
    void replace(List<EndpointSpec> others) {
        List<EndpointSpec> now = unique(others);
        endpoints = now;
        HealthMonitor asking = monitor;
        if (asking != null) {
            asking.keepOnly(now);
        }
        watchers.endpointsChanged(now);
    }

    HealthState health(String name) {
        requireNonNull(name, "name");
        HealthMonitor asking = monitor;
        for (EndpointSpec endpoint : endpoints) {
            if (endpoint.name().equals(name)) {
                HealthState state = asking == null ? null : asking.stateOf(endpoint);
                return state == null ? unknown("not asked yet") : state;
            }
        }
        return unknown("no endpoint of this name");
    }

    private HealthState unknown(String why) {
        return new HealthState(Status.UNKNOWN, clock.instant(), why);
    }

    Watch watch(Listener listener) {
        Watch watch = watchers.add(listener);
        if (closed) {
            watchers.clear();
        }
        return watch;
    }

    void close() {
        closed = true;
        HealthMonitor asking = monitor;
        if (asking != null) {
            asking.close();
        }
        watchers.clear();
    }
}
