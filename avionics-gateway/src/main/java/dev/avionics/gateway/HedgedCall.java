package dev.avionics.gateway;

import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.call.CallContext;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.gateway.CallPlan.Entered;
import dev.avionics.gateway.CallPlan.Leg;
import dev.avionics.llm.telemetry.CallTelemetry;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One attempt of a call whose gateway hedges: the call's first attempt with another beside it if it takes long, others alone. */
final class HedgedCall implements HedgedAnswer.Race {
    private final AttemptRunner runner;
    private final Hedging hedging;
    private final CallPlan<InferenceRequest, InferenceStream<InferenceEvent>> plan;
    private final CallTelemetry told;
    private final GatewayCall call;
    private final @Nullable Continuation continuation;
    private final Delivered.Part firstPart = new Delivered.Part();
    private final Delivered.Part secondPart = new Delivered.Part();
    private @Nullable GatewayAttempt firstAttempt;
    private @Nullable Entered<InferenceRequest, InferenceStream<InferenceEvent>> beside;
    private long firstBegan;
    private long secondBegan;

    HedgedCall(
            AttemptRunner runner,
            Hedging hedging,
            CallPlan<InferenceRequest, InferenceStream<InferenceEvent>> plan,
            CallTelemetry told,
            GatewayCall call,
            @Nullable Continuation continuation) {
        this.runner = runner;
        this.hedging = hedging;
        this.plan = plan;
        this.told = told;
        this.call = call;
        this.continuation = continuation;
    }

    InferenceStream<InferenceEvent> attempt(GatewayAttempt attempt) {
        Leg<InferenceRequest, InferenceStream<InferenceEvent>> leg = plan.leg();
        if (attempt.number() > 1) {
            return runner.through(attempt, leg, call, told, continuation, null);
        }
        hedging.call();
        firstAttempt = attempt;
        firstBegan = hedging.now();
        InferenceStream<InferenceEvent> first = runner.through(attempt, leg, call, told, continuation, firstPart);
        return InferenceStream.from(
                call.context(), new HedgedAnswer(first, this, hedging.scheduler(), hedging.delay(leg.named())));
    }

    @Override
    public @Nullable InferenceStream<InferenceEvent> second() {
        if (plan.number() >= runner.mostAttempts() || !hedging.take()) {
            return null;
        }
        Optional<Entered<InferenceRequest, InferenceStream<InferenceEvent>>> entered = plan.beside();
        if (entered.isEmpty()) {
            hedging.giveBack();
            return null;
        }
        Entered<InferenceRequest, InferenceStream<InferenceEvent>> to = entered.get();
        beside = to;
        secondBegan = hedging.now();
        told.fact("avionics.hedge.to", to.leg().named().toString());
        // The call's other observers hear of one attempt at a time: of the first one.
        CallContext context = call.context().unobserved().observedBy(to.leg().observer());
        to.leg().observer().attemptStarted(1, to.target());
        return runner.through(
                new GatewayAttempt(plan.number(), to.leg().named(), to.target(), plan.otherLeft()),
                to.leg(),
                call.with(context),
                told,
                continuation,
                secondPart);
    }

    @Override
    public void won(boolean isSecond, @Nullable Outcome loser) {
        long now = hedging.now();
        hedging.sample(plan.leg().named(), now - firstBegan);
        Entered<InferenceRequest, InferenceStream<InferenceEvent>> to = beside;
        if (isSecond && to != null && loser != null) {
            hedging.sample(to.leg().named(), now - secondBegan);
            told.fact("avionics.hedge.won", to.leg().named().toString());
            plan.goBeside(to.leg(), loser);
        } else if (to != null && loser != null) {
            to.leg().observer().ended(loser);
            GatewayAttempt first = firstAttempt;
            if (first != null) {
                call.ledger().begin(first);
            }
        }
        if (continuation != null) {
            continuation.delivered().join(isSecond ? secondPart : firstPart);
        }
    }

    @Override
    public void bothFailed(InferenceException second) {
        Entered<InferenceRequest, InferenceStream<InferenceEvent>> to = beside;
        if (to != null) {
            to.leg().observer().attemptFailed(1, to.target(), second);
            to.leg().observer().ended(new Outcome.Failed(second));
        }
        plan.besideFailed(second);
    }
}
