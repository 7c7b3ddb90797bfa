package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.call.Deadline;
import dev.avionics.airframe.call.Scheduler;
import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.airframe.stream.InferenceStream;
import dev.avionics.airframe.stream.Outcome;
import dev.avionics.gateway.AttemptLayer;
import dev.avionics.gateway.GatewayAttempt;
import dev.avionics.gateway.GatewayCall;
import dev.avionics.gateway.GatewayTarget;
import dev.avionics.gateway.InputEstimate;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.limit.LimitPolicy;
import dev.avionics.gateway.limit.TargetLimits;
import dev.avionics.gateway.state.SharedState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends no more to a target than it takes: by its limits in the policy, by what it says itself of what is left, and by the waits that
 * it asks for. An attempt that does not fit goes to another target if one is left; else it waits in the order of its coming, as long
 * as the call's deadline allows.
 */
public final class PacingLayer implements AttemptLayer {
    private static final Duration WITHOUT_DEADLINE = Duration.ofMinutes(10);
    /** Model names come from callers. */
    private static final int MOST_TARGETS = 4096;

    private final LimitPolicy policy;
    private final SharedState state;
    private final Scheduler scheduler;
    private final WaitingLines lines;
    private final LoadingCache<GatewayTarget, Paced> targets;

    /** A layer; the state stays its owner's. */
    public PacingLayer(LimitPolicy policy, SharedState state, Scheduler scheduler, Ticker ticker) {
        this.policy = requireNonNull(policy, "policy");
        this.state = requireNonNull(state, "state");
        this.scheduler = requireNonNull(scheduler, "scheduler");
        requireNonNull(ticker, "ticker");
        lines = new WaitingLines(scheduler, policy.waiting());
        targets = Caffeine.newBuilder().maximumSize(MOST_TARGETS).build(target -> {
            TargetLimits limits = policy.of(target);
            String key = StateKeys.of("target", target.toString());
            AdaptiveLimit adaptive = limits.adaptive() ? new AdaptiveLimit(limits.concurrent()) : null;
            return new Paced(
                    target, key, limits, new TargetPace(ticker, adaptive), new RateBuckets(state, key, limits.rates()));
        });
    }

    /** One target. */
    private record Paced(GatewayTarget target, String key, TargetLimits limits, TargetPace pace, RateBuckets buckets) {}

    /** What an attempt holds. */
    private record Pass(Paced paced, int begun, @Nullable HeldPlace place, long tokens) {
        /** It was not made. */
        void giveBack() {
            paced.buckets().giveBack(tokens);
            paced.pace().undone();
            if (place != null) {
                place.free();
            }
        }
    }

    @Override
    public boolean isFree(GatewayTarget target) {
        Paced known = targets.getIfPresent(target);
        return known == null || (known.pace().isOpen() && !lines.isWaiting(known.key()));
    }

    @Override
    public InferenceStream<InferenceEvent> infer(
            GatewayAttempt attempt, InferenceRequest request, GatewayCall call, Next next) {
        Paced paced = paced(attempt);
        return InferenceStream.deferred(call.context(), () -> {
            long tokens = paced.limits().rates().tokensPerMinute() == 0 ? 0 : tokens(request);
            return enter(paced, tokens, attempt, call).stream(
                    call,
                    pass -> next.infer(attempt, request, call)
                            .peek(event -> {
                                if (event instanceof InferenceEvent.Started started) {
                                    paced.pace().told(started.rateLimits());
                                }
                            })
                            .observe(outcome -> ended(
                                    pass,
                                    Spending.of(outcome),
                                    outcome instanceof Outcome.Failed failed ? failed.error() : null,
                                    outcome instanceof Outcome.Done)));
        });
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(
            GatewayAttempt attempt, EmbeddingRequest request, GatewayCall call, Next next) {
        Paced paced = paced(attempt);
        long tokens =
                paced.limits().rates().tokensPerMinute() == 0 ? 0 : InputEstimate.of(request, InputTokens.ESTIMATOR);
        return enter(paced, tokens, attempt, call).value(call, pass -> {
            CompletableFuture<EmbeddingResult> running = next.embed(attempt, request, call);
            return Admission.observed(running, (result, error) -> {
                Throwable cause =
                        error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
                ended(
                        pass,
                        Spending.of(running, result, error),
                        cause instanceof InferenceException known ? known : null,
                        error == null);
            });
        });
    }

    private Paced paced(GatewayAttempt attempt) {
        return targets.get(attempt.asked());
    }

    private static long tokens(InferenceRequest request) {
        Integer asked = request.sampling().maxTokens();
        long output = BudgetPolicy.DEFAULT_RESERVE_OUTPUT_TOKENS;
        return InputEstimate.of(request, InputTokens.ESTIMATOR) + (asked == null ? output : Math.min(asked, output));
    }

    private Admission<Pass> enter(Paced paced, long tokens, GatewayAttempt attempt, GatewayCall call) {
        Deadline deadline = call.context().deadline();
        Duration longest = deadline == null ? WITHOUT_DEADLINE : deadline.remaining();
        return lines.enter(
                paced.key(),
                new Wanted<Pass>() {
                    @Override
                    public CompletionStage<Turn<Pass>> take() {
                        return PacingLayer.this.take(paced, tokens);
                    }

                    @Override
                    public void takeBack(Pass taken) {
                        taken.giveBack();
                        lines.freed(paced.key());
                    }

                    @Override
                    public InferenceException refuse(Denial why, Duration after) {
                        return refusal(attempt, why, after);
                    }
                },
                attempt.otherLeft() ? Duration.ZERO : longest);
    }

    /** The place comes last: giving it back would wake the line. */
    private CompletionStage<Turn<Pass>> take(Paced paced, long tokens) {
        Turn<Integer> begun = paced.pace().begin();
        Integer number = begun.taken();
        if (number == null) {
            return CompletableFuture.completedFuture(Turn.notBefore(begun.again()));
        }
        return paced.buckets()
                .take(tokens)
                .thenCompose(rates -> {
                    Long taken = rates.taken();
                    return taken == null
                            ? CompletableFuture.completedFuture(Turn.<Pass>notBefore(rates.again()))
                            : take(paced, number, taken);
                })
                .whenComplete((turn, failure) -> {
                    if (failure != null || turn.taken() == null) {
                        paced.pace().undone();
                    }
                });
    }

    private CompletionStage<Turn<Pass>> take(Paced paced, int begun, long tokens) {
        int most = paced.limits().concurrent();
        if (most == 0) {
            return CompletableFuture.completedFuture(Turn.of(new Pass(paced, begun, null, tokens)));
        }
        return HeldPlace.take(state, scheduler, paced.key(), most, () -> lines.freed(paced.key()))
                .thenApply(turn -> {
                    HeldPlace place = turn.taken();
                    return place == null
                            ? Turn.<Pass>notBefore(turn.again())
                            : Turn.of(new Pass(paced, begun, place, tokens));
                })
                .whenComplete((turn, failure) -> {
                    if (failure != null || turn.taken() == null) {
                        paced.buckets().giveBack(tokens);
                    }
                });
    }

    private InferenceException refusal(GatewayAttempt attempt, Wanted.Denial why, Duration after) {
        String reason = switch (why) {
            case FULL -> policy.waiting() + " attempts wait for it already";
            case TOO_LATE ->
                "it may take some in " + RateBuckets.seconds(after)
                        + (attempt.otherLeft()
                                ? "; the call goes to another target"
                                : ", which is longer than the call may wait");
        };
        return InferenceException.builder(
                        ErrorCategory.RATE_LIMITED,
                        attempt.asked() + " takes no more attempts just now, by its limits or its own word: " + reason)
                .origin(ErrorOrigin.US)
                .provider(attempt.provider())
                .model(attempt.model())
                .endpoint(attempt.target().endpoint().address())
                .code(why == Wanted.Denial.FULL ? "queue_full" : "target_busy")
                .retryAfter(after)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }

    private void ended(Pass pass, Spending spending, @Nullable InferenceException failure, boolean succeeded) {
        TargetPace pace = pass.paced().pace();
        if (succeeded) {
            pace.succeeded();
        } else if (failure != null) {
            pace.failed(failure, pass.begun());
        } else {
            pace.ended();
        }
        switch (spending.kind()) {
            case NOTHING -> pass.paced().buckets().correct(pass.tokens(), 0);
            case TOLD ->
                pass.paced()
                        .buckets()
                        .correct(pass.tokens(), spending.usage().total().value());
            case INPUT, UNKNOWN -> {
                // The guess has to do.
            }
        }
        HeldPlace place = pass.place();
        if (place != null) {
            place.free();
        } else {
            lines.freed(pass.paced().key());
        }
    }
}
