package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.CallContext;

/**
 * One logical call on its way through the layers: who asks, the context, and the ledger of its attempts. Passed along
 * explicitly; immutable apart from the ledger, which all copies share.
 */
public final class GatewayCall {
    private final String agent;
    private final String key;
    private final CallContext context;
    private final CallLedger ledger;

    /** A call of which nothing was tried. */
    public GatewayCall(String agent, String key, CallContext context) {
        this(agent, key, context, new CallLedger(entry -> {}));
    }

    GatewayCall(String agent, String key, CallContext context, CallLedger ledger) {
        this.agent = requireNonNull(agent, "agent");
        this.key = requireNonNull(key, "key");
        this.context = requireNonNull(context, "context");
        this.ledger = ledger;
    }

    /** Unique among calls. */
    public String id() {
        return context.callId();
    }

    /** Whose call it is. */
    public String agent() {
        return agent;
    }

    /** Who pays; empty for nobody in particular. */
    public String key() {
        return key;
    }

    /** Clocks, deadline, observer, delivery. */
    public CallContext context() {
        return context;
    }

    /** What its attempts used and cost. */
    public CallLedger ledger() {
        return ledger;
    }

    /** This call with another context of the same id, and the same ledger. */
    public GatewayCall with(CallContext other) {
        return new GatewayCall(agent, key, other, ledger);
    }
}
