package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallLog;
import dev.avionics.llm.telemetry.CallTelemetry;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One logical call on its way through the layers: who asks, the context, and the ledger of its attempts. Passed along
 * explicitly; immutable apart from the ledger and the trace, which all copies share.
 */
public final class GatewayCall {
    private final String agent;
    private final String key;
    private final CallContext context;
    private final CallLedger ledger;
    private final AtomicReference<@Nullable CallTelemetry> told;

    /** A call of which nothing was tried. */
    public GatewayCall(String agent, String key, CallContext context) {
        this(agent, key, context, new CallLedger(entry -> {}));
    }

    GatewayCall(String agent, String key, CallContext context, CallLedger ledger) {
        this(agent, key, context, ledger, new AtomicReference<>());
    }

    private GatewayCall(
            String agent,
            String key,
            CallContext context,
            CallLedger ledger,
            AtomicReference<@Nullable CallTelemetry> told) {
        this.agent = requireNonNull(agent, "agent");
        this.key = requireNonNull(key, "key");
        this.context = requireNonNull(context, "context");
        this.ledger = ledger;
        this.told = told;
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

    /** The trace of its attempts, 32 hexadecimal digits; empty before the first one, and where nobody is told of calls. */
    public String traceId() {
        CallTelemetry known = told.get();
        return known == null ? "" : known.traceId();
    }

    /** A log line of this call: with its ids and its agent as key-value pairs, whichever layer writes it. */
    public LoggingEventBuilder line(LoggingEventBuilder line) {
        return CallLog.line(line, id(), traceId()).addKeyValue("agent", agent);
    }

    /** Says who is told of the attempts. */
    void toldBy(CallTelemetry telemetry) {
        told.set(telemetry);
    }

    /** This call with another context of the same id, and the same ledger. */
    public GatewayCall with(CallContext other) {
        return new GatewayCall(agent, key, other, ledger, told);
    }
}
