package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.call.CallObserver;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.call.Timeouts;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.cache.CacheKey;
import dev.avionics.gateway.cache.CacheKeys;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Makes one call of identical ones that are in the air at once, and gives its answer to all who ask. The first of them leads: its
 * agent and key are booked. The call goes on for as long as anybody reads it, also without the one who leads.
 *
 * <p>Each reader has its own deadline, delivery and end, and reads as fast as it likes; one that falls {@link #MOST_BYTES} behind
 * fails. Who comes later is given the answer from its start, as long as that is not beyond {@link #MOST_BYTES}; after that it makes a
 * call of its own. A failure is everybody's, but for one of our own limits, which is only the one's who met it: the others ask again.
 */
public final class SingleFlightLayer implements GatewayLayer {
    /** How much of an answer is held for those who come later or read slowly, about; 1 MiB. */
    public static final long MOST_BYTES = 1 << 20;

    private final CacheKeys keys;
    private final Scheduler scheduler;
    private final Ticker ticker;
    private final ConcurrentMap<Same, SharedAnswer> answers = new ConcurrentHashMap<>();

    /**
     * What calls have in common that are made once. The clocks of an attempt are its backend's business, so only calls that want the same
     * ones share it; the clock of the whole call is each reader's own.
     */
    record Same(CacheKey key, Timeouts.Override clocks) {}

    /** A layer; deadlines of readers are set with the scheduler and measured by the ticker. */
    public SingleFlightLayer(CacheKeys keys, Scheduler scheduler, Ticker ticker) {
        this.keys = requireNonNull(keys, "keys");
        this.scheduler = requireNonNull(scheduler, "scheduler");
        this.ticker = requireNonNull(ticker, "ticker");
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
        if (!keys.isShareable(request, call)) {
            return next.infer(request, call);
        }
        return InferenceStream.deferred(
                call.context(),
                () -> keys.of(request, call)
                        .<CompletionStage<InferenceStream<InferenceEvent>>>map(shareable ->
                                CompletableFuture.completedFuture(shared(shareable.key(), request, call, next)))
                        .orElseGet(() -> CompletableFuture.completedFuture(next.infer(request, call))));
    }

    private InferenceStream<InferenceEvent> shared(CacheKey key, GatewayRequest request, GatewayCall call, Next next) {
        CallContext context = call.context();
        Same same = new Same(key, attemptClocks(context.timeouts()));
        SharedReader reader = new SharedReader(this, same, request, call, next);
        InferenceStream<InferenceEvent> stream = InferenceStream.from(context, reader);
        CallObserver observer = context.observer();
        return observer == CallObserver.NONE ? stream : stream.observe(observer::ended);
    }

    private static Timeouts.Override attemptClocks(Timeouts.Override all) {
        return all.total() == null
                ? all
                : new Timeouts.Override(all.connect(), all.firstByte(), all.idle(), all.progress(), all.tail(), null);
    }

    ConcurrentMap<Same, SharedAnswer> answers() {
        return answers;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    Ticker ticker() {
        return ticker;
    }
}
