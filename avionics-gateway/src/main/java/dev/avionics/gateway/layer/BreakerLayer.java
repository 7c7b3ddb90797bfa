package dev.avionics.gateway.layer;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.avionics.airframe.EmbeddingRequest;
import dev.avionics.airframe.EmbeddingResult;
import dev.avionics.airframe.InferenceEvent;
import dev.avionics.airframe.InferenceRequest;
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
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Leaves a target alone that fails: of at least ten attempts within ten seconds half have failed. After 15 seconds, then twice
 * as long each time up to five minutes, one attempt may try it. Failures are those of the target: connection, timeout, server
 * error, overload, an answer that cannot be read. What the caller did wrong or gave up, and "too many requests", are none.
 */
public final class BreakerLayer implements AttemptLayer {
    private static final int WINDOW_SECONDS = 10;
    private static final int LEAST_CALLS = 10;
    private static final float PERCENT = 50;
    private static final Duration OPEN_FIRST = Duration.ofSeconds(15);
    private static final Duration OPEN_LONGEST = Duration.ofMinutes(5);
    /** Model names come from callers. */
    private static final int MOST_TARGETS = 4096;

    private final LoadingCache<GatewayTarget, CircuitBreaker> breakers;

    /** A layer whose breakers are all closed. */
    public BreakerLayer(Ticker ticker) {
        TickerClock time = new TickerClock(requireNonNull(ticker, "ticker"));
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.TIME_BASED)
                .slidingWindowSize(WINDOW_SECONDS)
                .minimumNumberOfCalls(LEAST_CALLS)
                .failureRateThreshold(PERCENT)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitIntervalFunctionInOpenState(IntervalFunction.ofExponentialBackoff(OPEN_FIRST, 2, OPEN_LONGEST))
                .currentTimestampFunction(clock -> time.nanos(), TimeUnit.NANOSECONDS)
                .clock(time)
                .build();
        breakers = Caffeine.newBuilder()
                .maximumSize(MOST_TARGETS)
                .build(target -> CircuitBreaker.of(target.toString(), config));
    }

    @Override
    public boolean isFree(GatewayTarget target) {
        CircuitBreaker known = breakers.getIfPresent(target);
        if (known == null) {
            return true;
        }
        return switch (known.getState()) {
            case OPEN, FORCED_OPEN -> isDue(known);
            default -> true;
        };
    }

    private static boolean isDue(CircuitBreaker open) {
        // The state turns only when somebody asks; what was taken in asking is given back.
        if (open.tryAcquirePermission()) {
            open.releasePermission();
            return true;
        }
        return false;
    }

    @Override
    public InferenceStream<InferenceEvent> infer(
            GatewayAttempt attempt, InferenceRequest request, GatewayCall call, Next next) {
        return InferenceStream.deferred(call.context(), () -> {
            CircuitBreaker breaker = breakers.get(attempt.asked());
            if (!breaker.tryAcquirePermission()) {
                return CompletableFuture.failedFuture(open(attempt));
            }
            long began = breaker.getCurrentTimestamp();
            return CompletableFuture.completedFuture(next.infer(attempt, request, call)
                    .observe(outcome -> {
                        if (outcome instanceof Outcome.Done) {
                            breaker.onSuccess(breaker.getCurrentTimestamp() - began, breaker.getTimestampUnit());
                        } else if (outcome instanceof Outcome.Failed failed) {
                            failed(breaker, began, failed.error());
                        } else {
                            breaker.releasePermission();
                        }
                    }));
        });
    }

    @Override
    public CompletableFuture<EmbeddingResult> embed(
            GatewayAttempt attempt, EmbeddingRequest request, GatewayCall call, Next next) {
        CircuitBreaker breaker = breakers.get(attempt.asked());
        if (!breaker.tryAcquirePermission()) {
            return CompletableFuture.failedFuture(open(attempt));
        }
        long began = breaker.getCurrentTimestamp();
        CompletableFuture<EmbeddingResult> answer = next.embed(attempt, request, call);
        answer.whenComplete((result, error) -> {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            if (error == null) {
                breaker.onSuccess(breaker.getCurrentTimestamp() - began, breaker.getTimestampUnit());
            } else if (cause instanceof InferenceException why) {
                failed(breaker, began, why);
            } else {
                breaker.releasePermission();
            }
        });
        return answer;
    }

    private static void failed(CircuitBreaker breaker, long began, InferenceException why) {
        if (isTargetsFault(why)) {
            breaker.onError(breaker.getCurrentTimestamp() - began, breaker.getTimestampUnit(), why);
        } else if (why.category() == ErrorCategory.CANCELLED || why.origin() == ErrorOrigin.US) {
            breaker.releasePermission();
        } else {
            // It answered, if only to refuse.
            breaker.onSuccess(breaker.getCurrentTimestamp() - began, breaker.getTimestampUnit());
        }
    }

    private static boolean isTargetsFault(InferenceException why) {
        return switch (why.category()) {
            case CONNECTION, SERVER_ERROR, OVERLOADED, PARSE -> true;
            case TIMEOUT -> !why.clock().orElse("").equals("total");
            default -> false;
        };
    }

    private static InferenceException open(GatewayAttempt attempt) {
        // Overloaded, not rejected: another target may take the call.
        return InferenceException.builder(
                        ErrorCategory.OVERLOADED,
                        attempt.asked()
                                + " failed too often and is left alone for a while; it is tried again by itself")
                .origin(ErrorOrigin.US)
                .provider(attempt.provider())
                .model(attempt.model())
                .endpoint(attempt.target().endpoint().address())
                .code("breaker_open")
                .sent(InferenceException.Sent.NOTHING)
                .build();
    }

    /** The state of each target that was called, by its name: {@code closed}, {@code open}, {@code half_open}. */
    public Map<String, String> states() {
        Map<String, String> states = new TreeMap<>();
        breakers.asMap()
                .forEach((target, breaker) ->
                        states.put(target.toString(), breaker.getState().name().toLowerCase(Locale.ROOT)));
        return states;
    }
}
