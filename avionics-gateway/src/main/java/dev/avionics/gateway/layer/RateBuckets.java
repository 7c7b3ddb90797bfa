package dev.avionics.gateway.layer;

import dev.avionics.gateway.limit.RateLimits;
import dev.avionics.gateway.state.Rate;
import dev.avionics.gateway.state.SharedState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests and tokens a minute of somebody, in the shared state. A call is never larger than a whole minute's tokens. */
final class RateBuckets {
    private static final Logger LOG = LoggerFactory.getLogger(RateLayer.class);

    private final SharedState state;
    private final String key;
    private final RateLimits limits;

    /**
     * Buckets; not made before they are used.
     *
     * @param key whose they are, by {@link StateKeys}
     */
    RateBuckets(SharedState state, String key, RateLimits limits) {
        this.state = state;
        this.key = key;
        this.limits = limits;
    }

    private String requests() {
        return "requests:" + key;
    }

    private String tokens() {
        return "tokens:" + key;
    }

    private Rate requestRate() {
        return Rate.perMinute(limits.requestsPerMinute());
    }

    private Rate tokenRate() {
        return Rate.perMinute(limits.tokensPerMinute());
    }

    /**
     * Takes a request and tokens, both or none.
     *
     * @param tokens guessed, at least 0
     * @return the tokens that were taken, 0 if they are not limited
     */
    CompletionStage<Turn<Long>> take(long tokens) {
        if (limits.requestsPerMinute() == 0) {
            return takeTokens(tokens);
        }
        return state.take(requests(), requestRate(), 1).thenCompose(grant -> {
            if (!grant.allowed()) {
                return done(Turn.notBefore(grant.retryAfter()));
            }
            return takeTokens(tokens).whenComplete((turn, failure) -> {
                if (failure != null || turn.taken() == null) {
                    tell(state.giveBack(requests(), requestRate(), 1));
                }
            });
        });
    }

    private CompletionStage<Turn<Long>> takeTokens(long tokens) {
        long amount = Math.min(tokens, limits.tokensPerMinute());
        if (amount < 1) {
            return done(Turn.of(0L));
        }
        return state.take(tokens(), tokenRate(), amount)
                .thenApply(grant -> grant.allowed() ? Turn.of(amount) : Turn.notBefore(grant.retryAfter()));
    }

    private static CompletionStage<Turn<Long>> done(Turn<Long> turn) {
        return CompletableFuture.completedFuture(turn);
    }

    /** Gives all back: the call was not made. */
    void giveBack(long taken) {
        if (limits.requestsPerMinute() > 0) {
            tell(state.giveBack(requests(), requestRate(), 1));
        }
        correct(taken, 0);
    }

    /** Makes the tokens that were taken those that were used. */
    void correct(long taken, long used) {
        long more = used - taken;
        if (limits.tokensPerMinute() == 0 || more == 0) {
            return;
        }
        tell(
                more > 0
                        ? state.debit(tokens(), tokenRate(), Math.min(more, Rate.MAX))
                        : state.giveBack(tokens(), tokenRate(), -more));
    }

    private void tell(CompletionStage<Void> told) {
        told.whenComplete((nothing, failure) -> {
            if (failure != null) {
                // The bucket is wrong by so much until it has filled up again.
                LOG.warn("rate_not_corrected key={}: {}", key, failure.toString());
            }
        });
    }

    /** Such as {@code 60 requests and 10000 tokens a minute}. */
    @Override
    public String toString() {
        String requests = limits.requestsPerMinute() == 0 ? "" : limits.requestsPerMinute() + " requests";
        String tokens = limits.tokensPerMinute() == 0 ? "" : limits.tokensPerMinute() + " tokens";
        return requests + (requests.isEmpty() || tokens.isEmpty() ? "" : " and ") + tokens + " a minute";
    }

    /** A time for people, in seconds. */
    static String seconds(Duration time) {
        return Math.max(0.001, time.toMillis() / 1e3) + " s";
    }
}
