package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
import dev.avionics.airframe.Usage;
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
import dev.avionics.gateway.InputEstimate;
import dev.avionics.gateway.limit.BudgetPolicy;
import dev.avionics.gateway.limit.LimitPolicy;
import dev.avionics.gateway.limit.RateLimits;
import dev.avionics.gateway.state.SharedState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Lets calls through as often, and with as many tokens, as their agent and their key may have in a minute. What does not fit waits in
 * the order of its coming; what would wait too long, or finds too many waiting, fails with RATE_LIMITED and the time after which it
 * would fit. Tokens are guessed first, and made right when the call is over. A call of more tokens than a whole minute has waits for
 * a full minute's, and its rest is missing to those after it.
 */
public final class RateLayer implements GatewayLayer {
    private final LimitPolicy policy;
    private final SharedState state;
    private final Ticker ticker;
    private final WaitingLines lines;

    /** A layer; the state stays its owner's. */
    public RateLayer(LimitPolicy policy, SharedState state, Scheduler scheduler, Ticker ticker) {
        this.policy = requireNonNull(policy, "policy");
        this.state = requireNonNull(state, "state");
        this.ticker = requireNonNull(ticker, "ticker");
        lines = new WaitingLines(scheduler, policy.waiting());
    }

    /** What one call was given by one bucket. */
    private record Share(RateBuckets buckets, long tokens) {
        void giveBack() {
            buckets.giveBack(tokens);
        }
    }

    private record Limited(String whose, String key, RateLimits limits) {}

    @Override
    public InferenceStream<InferenceEvent> infer(GatewayRequest request, GatewayCall call, Next next) {
        List<Limited> limited = limited(call);
        if (limited.isEmpty()) {
            return next.infer(request, call);
        }
        return InferenceStream.deferred(call.context(), () -> {
            WaitBound bound = WaitBound.of(call, ticker);
            return enter(limited, tokens(request.inference()), bound).stream(
                    call, shares -> next.infer(request, bound.waitedCall()).observe(outcome -> correct(shares, call)));
        });
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(GatewayEmbedding request, GatewayCall call, Next next) {
        List<Limited> limited = limited(call);
        if (limited.isEmpty()) {
            return next.embed(request, call);
        }
        WaitBound bound = WaitBound.of(call, ticker);
        long tokens = InputEstimate.of(request.embedding(), InputTokens.ESTIMATOR);
        return enter(limited, tokens, bound)
                .value(
                        call,
                        shares -> Admission.observed(
                                next.embed(request, bound.waitedCall()), (result, error) -> correct(shares, call)));
    }

    private static long tokens(InferenceRequest request) {
        Integer asked = request.sampling().maxTokens();
        long output = BudgetPolicy.DEFAULT_RESERVE_OUTPUT_TOKENS;
        return InputEstimate.of(request, InputTokens.ESTIMATOR) + (asked == null ? output : Math.min(asked, output));
    }

    private List<Limited> limited(GatewayCall call) {
        List<Limited> limited = new ArrayList<>(2);
        RateLimits ofKey = policy.keys().of(call.key());
        if (!call.key().isEmpty() && ofKey.isLimited()) {
            limited.add(new Limited("key " + call.key(), StateKeys.of("key", call.key()), ofKey));
        }
        RateLimits ofAgent = policy.agents().of(call.agent());
        if (ofAgent.isLimited()) {
            limited.add(new Limited("agent " + call.agent(), StateKeys.of("agent", call.agent()), ofAgent));
        }
        return limited;
    }

    /** One line after the other: who waits in the second has its share of the first. */
    private Admission<List<Share>> enter(List<Limited> limited, long tokens, WaitBound bound) {
        Admission<List<Share>> first = enter(limited.get(0), tokens, bound);
        return limited.size() == 1 ? first : first.and(() -> enter(limited.get(1), tokens, bound), RateLayer::both);
    }

    private static List<Share> both(List<Share> first, List<Share> second) {
        List<Share> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private Admission<List<Share>> enter(Limited limited, long tokens, WaitBound bound) {
        RateBuckets buckets = new RateBuckets(state, limited.key(), limited.limits());
        Duration longest = bound.longest(policy.longestWait());
        return lines.enter(
                limited.key(),
                new Wanted<List<Share>>() {
                    @Override
                    public CompletionStage<Turn<List<Share>>> take() {
                        return buckets.take(tokens).thenApply(turn -> {
                            Long taken = turn.taken();
                            return taken == null
                                    ? Turn.notBefore(turn.again())
                                    : Turn.of(List.of(new Share(buckets, taken)));
                        });
                    }

                    @Override
                    public void takeBack(List<Share> taken) {
                        taken.forEach(Share::giveBack);
                    }

                    @Override
                    public InferenceException refuse(Denial why, Duration after) {
                        return refusal(limited, buckets, why, after);
                    }
                },
                longest);
    }

    private InferenceException refusal(Limited limited, RateBuckets buckets, Wanted.Denial why, Duration after) {
        String reason = switch (why) {
            case FULL -> policy.waiting() + " of its calls wait already";
            case TOO_LATE ->
                "another call fits in " + RateBuckets.seconds(after)
                        + " at the earliest, which is longer than it may wait";
        };
        return InferenceException.builder(
                        ErrorCategory.RATE_LIMITED,
                        limited.whose() + " may have " + buckets + ", and " + reason
                                + " (call later, or raise the limit)")
                .origin(ErrorOrigin.US)
                .code(why == Wanted.Denial.FULL ? "queue_full" : "rate_limit")
                .retryAfter(after)
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }

    private static void correct(List<Share> shares, GatewayCall call) {
        Usage usage = call.ledger().usage();
        // An answer without a word of tokens: the guess has to do. Nothing was tried, or it was refused: nothing was
        // used.
        boolean unknown = !usage.isPresent()
                && call.ledger().last().map(entry -> entry.succeeded()).orElse(false);
        if (!unknown) {
            shares.forEach(share ->
                    share.buckets().correct(share.tokens(), usage.total().value()));
        }
    }
}
