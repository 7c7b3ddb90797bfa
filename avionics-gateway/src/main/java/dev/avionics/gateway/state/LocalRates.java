package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import dev.avionics.airframe.call.Ticker;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.TokensInheritanceStrategy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** Buckets by key. One that is full again is as one that was never used, and is forgotten. Thread-safe. */
final class LocalRates {
    private final TimeMeter meter;
    private final Cache<String, Filled> buckets;

    LocalRates(Ticker elapsed) {
        meter = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return elapsed.nanoTime();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
        buckets = Caffeine.newBuilder()
                .ticker(elapsed::nanoTime)
                .executor(Runnable::run)
                .expireAfter(Expiry.<String, Filled>writing((key, bucket) -> bucket.untilFull()))
                .build();
    }

    private static final class Filled {
        private final Bucket bucket;
        private Rate rate;

        Filled(Rate rate, TimeMeter meter) {
            this.rate = rate;
            bucket = Bucket.builder()
                    .addLimit(bandwidth(rate))
                    .withCustomTimePrecision(meter)
                    .build();
        }

        static Bandwidth bandwidth(Rate rate) {
            return Bandwidth.builder()
                    .capacity(rate.capacity())
                    .refillGreedy(rate.refill(), rate.period())
                    .build();
        }

        Bucket at(Rate now) {
            if (!rate.equals(now)) {
                bucket.replaceConfiguration(
                        BucketConfiguration.builder().addLimit(bandwidth(now)).build(),
                        TokensInheritanceStrategy.AS_IS);
                rate = now;
            }
            return bucket;
        }

        Duration untilFull() {
            double missing = rate.capacity() - (double) bucket.getAvailableTokens();
            return Duration.ofNanos((long) (missing * rate.period().toNanos() / rate.refill()))
                    .plusSeconds(1);
        }
    }

    Grant take(String key, Rate rate, long amount) {
        if (amount > rate.capacity()) {
            return Grant.refused(Grant.NEVER, 0);
        }
        return on(key, rate, bucket -> {
            ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(amount);
            long left = Math.max(0, probe.getRemainingTokens());
            return probe.isConsumed()
                    ? Grant.taken(left)
                    : Grant.refused(Duration.ofNanos(Math.max(1, probe.getNanosToWaitForRefill())), left);
        });
    }

    void debit(String key, Rate rate, long amount) {
        on(key, rate, bucket -> bucket.consumeIgnoringRateLimits(amount));
    }

    void giveBack(String key, Rate rate, long amount) {
        on(key, rate, bucket -> {
            bucket.addTokens(amount);
            return amount;
        });
    }

    /** Within the map's own lock for the key, so that a bucket is never forgotten while it is used. */
    private <T> T on(String key, Rate rate, Function<Bucket, T> use) {
        AtomicReference<T> result = new AtomicReference<>();
        buckets.asMap().compute(key, (same, old) -> {
            Filled filled = old == null ? new Filled(rate, meter) : old;
            result.set(use.apply(filled.at(rate)));
            return filled;
        });
        return requireNonNull(result.get());
    }
}
