package dev.avionics.airframe.endpoint;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EndpointSpec;
import dev.avionics.airframe.HealthState;
import dev.avionics.airframe.HealthState.Status;
import dev.avionics.airframe.call.Scheduler;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks all endpoints at an interval. An endpoint that has not answered yet is not asked again. */
final class HealthMonitor {
    private final HealthProbe probe;
    private final Duration interval;
    private final Scheduler scheduler;
    private final Clock clock;
    private final Supplier<List<EndpointSpec>> endpoints;
    private final Watchers watchers;
    private final Map<EndpointSpec, HealthState> states = new HashMap<>();
    private final Map<EndpointSpec, CompletableFuture<HealthState>> asked = new HashMap<>();
    private Scheduler.@Nullable Handle timer;
    private boolean closed;

    HealthMonitor(
            HealthProbe probe,
            Duration interval,
            Scheduler scheduler,
            Clock clock,
            Supplier<List<EndpointSpec>> endpoints,
            Watchers watchers) {
        this.probe = requireNonNull(probe, "probe");
        this.interval = positive("interval", interval);
        this.scheduler = scheduler;
        this.clock = clock;
        this.endpoints = endpoints;
        this.watchers = watchers;
    }

    static Duration positive(String name, Duration value) {
        if (requireNonNull(value, name).isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
        return value;
    }

    void start() {
        arm(Duration.ZERO);
    }

    private synchronized void arm(Duration delay) {
        if (!closed) {
            timer = scheduler.schedule(this::round, delay);
        }
    }

    private void round() {
        endpoints.get().forEach(this::check);
        arm(interval);
    }

    private void check(EndpointSpec endpoint) {
        synchronized (this) {
            if (closed || asked.containsKey(endpoint)) {
                return;
            }
        }
        CompletableFuture<HealthState> answer = ask(endpoint);
        synchronized (this) {
            if (closed) {
                answer.cancel(false);
                return;
            }
            asked.put(endpoint, answer);
        }
        answer.whenComplete((state, failure) -> settle(endpoint, answer, state, failure));
    }

    private CompletableFuture<HealthState> ask(EndpointSpec endpoint) {
        try {
            return probe.check(endpoint);
        } catch (RuntimeException broken) {
            return CompletableFuture.failedFuture(broken);
        }
    }

    private void settle(
            EndpointSpec endpoint,
            CompletableFuture<HealthState> answer,
            @Nullable HealthState state,
            @Nullable Throwable failure) {
        HealthState now = state != null
                ? state
                : new HealthState(Status.UNKNOWN, clock.instant(), "the check itself failed: " + failure);
        Status before;
        synchronized (this) {
            if (closed || !asked.remove(endpoint, answer)) {
                return;
            }
            HealthState last = states.put(endpoint, now);
            before = last == null ? Status.UNKNOWN : last.status();
        }
        if (before != now.status()) {
            watchers.healthChanged(endpoint, now);
        }
    }

    synchronized @Nullable HealthState stateOf(EndpointSpec endpoint) {
        return states.get(endpoint);
    }

    /** Forgets the endpoints that are not in the list, and gives up what is being asked of them. */
    void keepOnly(List<EndpointSpec> now) {
        List<CompletableFuture<HealthState>> dropped = new ArrayList<>();
        synchronized (this) {
            states.keySet().retainAll(now);
            asked.forEach((endpoint, answer) -> {
                if (!now.contains(endpoint)) {
                    dropped.add(answer);
                }
            });
            asked.keySet().retainAll(now);
        }
        dropped.forEach(answer -> answer.cancel(false));
    }

    void close() {
        Scheduler.Handle pending;
        synchronized (this) {
            closed = true;
            pending = timer;
        }
        if (pending != null) {
            pending.cancel();
        }
        keepOnly(List.of());
    }
}
