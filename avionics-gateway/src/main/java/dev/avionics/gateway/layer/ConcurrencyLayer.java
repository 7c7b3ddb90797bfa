package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayEmbedding;
import dev.avionics.gateway.GatewayLayer;
import dev.avionics.gateway.GatewayRequest;
import dev.avionics.gateway.limit.LimitPolicy;
import dev.avionics.gateway.state.SharedState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets so many calls of an agent run at once, from their admission to their end. Others wait in the order of their coming; what would
 * wait too long, or finds too many waiting, fails with RATE_LIMITED.
 */
public final class ConcurrencyLayer implements GatewayLayer {
    private final LimitPolicy policy;
    private final SharedState state;
    private final Scheduler scheduler;
    private final Ticker ticker;
    private final WaitingLines lines;

    /** A layer; the state stays its owner's. */
    public ConcurrencyLayer(LimitPolicy policy, SharedState state, Scheduler scheduler, Ticker ticker) {
        this.policy = requireNonNull(policy, "policy");
        this.state = requireNonNull(state, "state");
        this.scheduler = requireNonNull(scheduler, "scheduler");
        this.ticker = requireNonNull(ticker, "ticker");
        lines = new WaitingLines(scheduler, policy.waiting());
    }

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
        int most = policy.agentConcurrency().of(call.agent());
        if (most == 0) {
            return next.infer(request, call);
        }
        return InferenceStream.deferred(call.context(), () -> {
            WaitBound bound = WaitBound.of(call, ticker);
            return enter(call.agent(), most, bound).stream(
                    call, place -> next.infer(request, bound.waitedCall()).observe(outcome -> place.free()));
        });
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(GatewayEmbedding request, GatewayCall call, Next next) {
        int most = policy.agentConcurrency().of(call.agent());
        if (most == 0) {
            return next.embed(request, call);
        }
        WaitBound bound = WaitBound.of(call, ticker);
        return enter(call.agent(), most, bound)
                .value(
                        call,
                        place -> Admission.observed(
                                next.embed(request, bound.waitedCall()), (result, error) -> place.free()));
    }

    private Admission<HeldPlace> enter(String agent, int most, WaitBound bound) {
        String key = StateKeys.of("agent", agent);
        return lines.enter(
                key,
                new Wanted<HeldPlace>() {
                    @Override
                    public CompletionStage<Turn<HeldPlace>> take() {
                        return HeldPlace.take(state, scheduler, key, most, () -> lines.freed(key));
                    }

                    @Override
                    public void takeBack(HeldPlace taken) {
                        taken.free();
                    }

                    @Override
                    public InferenceException refuse(Denial why, Duration after) {
                        return refusal(agent, most, why, after);
                    }
                },
                bound.longest(policy.longestWait()));
    }

    private InferenceException refusal(String agent, int most, Wanted.Denial why, Duration after) {
        String reason = switch (why) {
            case FULL -> policy.waiting() + " of its calls wait already";
            case TOO_LATE -> "none of them ended within the time that this one may wait";
        };
        return InferenceException.builder(
                        ErrorCategory.RATE_LIMITED,
                        "agent " + agent + " may have " + most + " calls at once, and " + reason
                                + " (call later, or raise the limit)")
                .origin(ErrorOrigin.US)
                .code(why == Wanted.Denial.FULL ? "queue_full" : "concurrency_limit")
                .retryAfter(after)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }
}
