package dev.avionics.llm.telemetry;

import dev.avionics.airframe.TokenCount;
import dev.avionics.airframe.Usage;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleGauge;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.LongGauge;
import io.opentelemetry.api.metrics.LongUpDownCounter;
import io.opentelemetry.api.metrics.Meter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a gateway measures besides its calls, under names of our own. Thread-safe; costs next to nothing where nobody listens.
 * Values of routes, reasons and priorities have to be few: they are the operator's, never the caller's.
 */
public final class GatewayMeters {
    static final String INFLIGHT = "avionics.gateway.inflight";
    static final String SHED = "avionics.gateway.shed";
    static final String IDLE_TIMEOUT = "avionics.gateway.stream.idle_timeout";
    static final String CLIENT_DISCONNECT = "avionics.gateway.client_disconnect";
    static final String UPSTREAM_CANCEL = "avionics.gateway.upstream_cancel.latency";
    static final String RETRY_BUDGET = "avionics.retry.budget.balance";
    static final String BREAKER = "avionics.breaker.state";
    static final String POOL_ACTIVE = "avionics.pool.active";
    static final String POOL_IDLE = "avionics.pool.idle";
    static final String POOL_PENDING = "avionics.pool.pending";
    static final String USAGE_MISSING = "avionics.usage.missing";
    static final String DROPPED = "avionics.telemetry.dropped";
    static final String TENANT_CALLS = "avionics.tenant.calls";
    static final String TENANT_TOKENS = "avionics.tenant.tokens";
    static final String TENANT_COST = "avionics.tenant.cost.usd_micros";

    /** All of them, for the page of names. */
    static final List<String> ALL = List.of(
            INFLIGHT,
            SHED,
            IDLE_TIMEOUT,
            CLIENT_DISCONNECT,
            UPSTREAM_CANCEL,
            RETRY_BUDGET,
            BREAKER,
            POOL_ACTIVE,
            POOL_IDLE,
            POOL_PENDING,
            USAGE_MISSING,
            DROPPED,
            TENANT_CALLS,
            TENANT_TOKENS,
            TENANT_COST);

    /** How many tenants are told apart; all others are {@code _OTHER}. */
    public static final int MOST_TENANTS = 100;

    private static final List<Double> CANCEL_SECONDS =
            List.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0);

    /** States of a breaker; their numbers are the gauge's values. */
    public enum BreakerState {
        /** 0: calls go through. */
        CLOSED,
        /** 1: a few calls try. */
        HALF_OPEN,
        /** 2: no call goes through. */
        OPEN
    }

    private final LongUpDownCounter inflight;
    private final LongCounter shed;
    private final LongCounter idleTimeouts;
    private final LongCounter disconnects;
    private final DoubleHistogram upstreamCancel;
    private final DoubleGauge retryBudget;
    private final LongGauge breaker;
    private final LongGauge poolActive;
    private final LongGauge poolIdle;
    private final LongGauge poolPending;
    private final LongCounter dropped;
    private final LongCounter tenantCalls;
    private final LongCounter tenantTokens;
    private final LongCounter tenantCost;
    private final Set<String> tenants = ConcurrentHashMap.newKeySet();

    GatewayMeters(Meter meter) {
        inflight = meter.upDownCounterBuilder(INFLIGHT)
                .setUnit("{call}")
                .setDescription("Calls under way")
                .build();
        shed = counter(meter, SHED, "{call}", "Calls that were refused to keep the rest alive");
        idleTimeouts = counter(meter, IDLE_TIMEOUT, "{call}", "Streams that ended because nothing came any more");
        disconnects = counter(meter, CLIENT_DISCONNECT, "{call}", "Calls whose caller left before the end");
        upstreamCancel = meter.histogramBuilder(UPSTREAM_CANCEL)
                .setUnit("s")
                .setDescription("From the caller's leaving to the end of the request to the backend")
                .setExplicitBucketBoundariesAdvice(CANCEL_SECONDS)
                .build();
        retryBudget = meter.gaugeBuilder(RETRY_BUDGET)
                .setUnit("{retry}")
                .setDescription("Retries that a route may still make")
                .build();
        breaker = gauge(meter, BREAKER, "1", "0 closed, 1 half open, 2 open");
        poolActive = gauge(meter, POOL_ACTIVE, "{connection}", "Connections in use");
        poolIdle = gauge(meter, POOL_IDLE, "{connection}", "Connections that wait for use");
        poolPending = gauge(meter, POOL_PENDING, "{request}", "Requests that wait for a connection");
        dropped = counter(meter, DROPPED, "{item}", "Spans, points and events that were thrown away");
        tenantCalls = counter(meter, TENANT_CALLS, "{call}", "Calls of a tenant");
        tenantTokens = counter(meter, TENANT_TOKENS, "{token}", "Tokens of a tenant");
        tenantCost =
                counter(meter, TENANT_COST, "{usd_micro}", "What a tenant's calls cost, in millionths of a US dollar");
    }

    private static LongCounter counter(Meter meter, String name, String unit, String description) {
        return meter.counterBuilder(name)
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    private static LongGauge gauge(Meter meter, String name, String unit, String description) {
        return meter.gaugeBuilder(name)
                .ofLongs()
                .setUnit(unit)
                .setDescription(description)
                .build();
    }

    /** A call was taken in. */
    public void callEntered() {
        inflight.add(1);
    }

    /** A call that was taken in is over. */
    public void callLeft() {
        inflight.add(-1);
    }

    /** A call was refused, such as for {@code queue_full}. */
    public void shed(String reason, String priority) {
        shed.add(1, Attributes.of(Names.REASON, reason, Names.PRIORITY, priority));
    }

    /** A stream ended because nothing came any more. */
    public void streamIdleTimeout() {
        idleTimeouts.add(1);
    }

    /** A caller left before the end. */
    public void clientDisconnected() {
        disconnects.add(1);
    }

    /** The request to the backend ended this long after the caller had left. */
    public void upstreamCancelled(Duration after) {
        upstreamCancel.record(after.toNanos() / 1e9);
    }

    /** How many retries a route may still make. */
    public void retryBudget(String route, double balance) {
        retryBudget.set(balance, Attributes.of(Names.ROUTE, route));
    }

    /** The breaker of a route is in this state now. */
    public void breaker(String route, BreakerState state) {
        breaker.set(state.ordinal(), Attributes.of(Names.ROUTE, route));
    }

    /** The connections to an endpoint, of which there are few. */
    public void pool(String endpoint, long active, long idle, long pending) {
        Attributes series = Attributes.of(Names.ENDPOINT, endpoint);
        poolActive.set(active, series);
        poolIdle.set(idle, series);
        poolPending.set(pending, series);
    }

    /**
     * Telemetry was thrown away.
     *
     * @param signal {@code span}, {@code metric} or {@code log}
     */
    public void dropped(String signal, long count) {
        dropped.add(count, Attributes.of(Names.SIGNAL, signal));
    }

    /**
     * A call of a tenant is over.
     *
     * @param tenant of the first {@value #MOST_TENANTS} each has numbers of its own
     * @param usdMicros millionths of a US dollar; 0 if unknown
     */
    public void tenantCall(String tenant, Usage usage, long usdMicros) {
        String shown = shown(tenant);
        Attributes series = Attributes.of(Names.TENANT, shown);
        tenantCalls.add(1, series);
        tokens(shown, "input", usage.inputTotal());
        tokens(shown, "output", usage.outputTotal());
        if (usdMicros > 0) {
            tenantCost.add(usdMicros, series);
        }
    }

    private void tokens(String tenant, String direction, TokenCount count) {
        if (count.isPresent()) {
            tenantTokens.add(count.value(), Attributes.of(Names.TENANT, tenant, Names.DIRECTION, direction));
        }
    }

    private String shown(String tenant) {
        if (tenants.contains(tenant)) {
            return tenant;
        }
        synchronized (tenants) {
            if (tenants.contains(tenant)) {
                return tenant;
            }
            if (tenants.size() < MOST_TENANTS) {
                tenants.add(tenant);
                return tenant;
            }
            return Names.OTHER;
        }
    }
}
