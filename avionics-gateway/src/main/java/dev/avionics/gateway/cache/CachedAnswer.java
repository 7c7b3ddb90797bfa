package dev.avionics.gateway.cache;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import java.util.List;

/** A whole answer that was kept; it can be given any number of times. Immutable. */
public final class CachedAnswer {
    private final List<InferenceEvent> events;

    /** An answer from its start to its end. */
    CachedAnswer(List<InferenceEvent> events) {
        this.events = events;
    }

    /**
     * The answer as that of a call, which makes no attempt and costs nothing. The events are those of the first time, its usage
     * included; they come on the thread that asks for them.
     */
    public InferenceStream<InferenceEvent> replay(GatewayCall call) {
        call.ledger().servedFromElsewhere();
        InferenceStream<InferenceEvent> stream = InferenceStream.from(call.context(), new ReplaySource(events));
        CallObserver observer = call.context().observer();
        return observer == CallObserver.NONE ? stream : stream.observe(observer::ended);
    }
}
