package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A {@link SharedState} in the memory of this process, for a gateway without replicas. Every stage is complete when it is
 * returned. It has no threads: what is over is dropped when the state is used next.
 *
 * <p>Elapsed times are the ticker's, ends of windows the clock's. Of the cache those that were not read lately go first.
 */
public final class LocalState implements SharedState {
    private final String idPrefix = UUID.randomUUID().toString().substring(0, 8) + "-";
    private final AtomicLong ids = new AtomicLong();
    private final LocalRates rates;
    private final LocalLeases leases;
    private final LocalBudgets budgets;
    private final LocalCache cache;
    private final LocalHints hints;
    private volatile boolean closed;

    private LocalState(Ticker ticker, Clock clock, StateLimits limits) {
        // From zero, because some of the libraries below compare readings.
        long start = ticker.nanoTime();
        Ticker elapsed = () -> ticker.nanoTime() - start;
        rates = new LocalRates(elapsed);
        leases = new LocalLeases(elapsed);
        budgets = new LocalBudgets(elapsed, clock);
        cache = new LocalCache(elapsed, limits);
        hints = new LocalHints(elapsed, limits.hintsPerTopic());
    }

    /** An empty state in real time, with the default limits. */
    public static LocalState create() {
        return create(Ticker.system(), Clock.systemUTC(), StateLimits.DEFAULT);
    }

    /** An empty state. */
    public static LocalState create(Ticker ticker, Clock clock, StateLimits limits) {
        return new LocalState(
                requireNonNull(ticker, "ticker"), requireNonNull(clock, "clock"), requireNonNull(limits, "limits"));
    }

    @Override
    public CompletionStage<Grant> take(String key, Rate rate, long amount) {
        StateArguments.key("key", key);
        requireNonNull(rate, "rate");
        StateArguments.amount(amount);
        return answer(() -> rates.take(key, rate, amount));
    }

    @Override
    public CompletionStage<Void> debit(String key, Rate rate, long amount) {
        StateArguments.key("key", key);
        requireNonNull(rate, "rate");
        StateArguments.amount(amount);
        return carryOut(() -> rates.debit(key, rate, amount));
    }

    @Override
    public CompletionStage<Void> giveBack(String key, Rate rate, long amount) {
        StateArguments.key("key", key);
        requireNonNull(rate, "rate");
        StateArguments.amount(amount);
        return carryOut(() -> rates.giveBack(key, rate, amount));
    }

    @Override
    public CompletionStage<Optional<Lease>> acquire(String key, int limit, Duration duration) {
        Lease lease = new Lease(key, nextId());
        StateArguments.limit(limit);
        StateArguments.duration("duration", duration);
        return answer(() -> leases.acquire(lease, limit, duration) ? Optional.of(lease) : Optional.empty());
    }

    @Override
    public CompletionStage<Boolean> renew(Lease lease, Duration duration) {
        requireNonNull(lease, "lease");
        StateArguments.duration("duration", duration);
        return answer(() -> leases.renew(lease, duration));
    }

    @Override
    public CompletionStage<Boolean> release(Lease lease) {
        requireNonNull(lease, "lease");
        return answer(() -> leases.release(lease));
    }

    @Override
    public CompletionStage<BudgetReply> reserve(List<Account> accounts, long micros, Duration duration) {
        Reservation reservation = new Reservation(nextId(), accounts, micros);
        StateArguments.duration("duration", duration);
        return answer(() -> budgets.reserve(reservation, duration));
    }

    @Override
    public CompletionStage<Boolean> settle(Reservation reservation, long micros) {
        requireNonNull(reservation, "reservation");
        StateArguments.micros("micros", micros);
        return answer(() -> budgets.settle(reservation, micros));
    }

    @Override
    public CompletionStage<Boolean> release(Reservation reservation) {
        requireNonNull(reservation, "reservation");
        return answer(() -> budgets.settle(reservation, 0));
    }

    @Override
    public CompletionStage<Boolean> addSpent(String id, List<Account> accounts, long micros) {
        StateArguments.key("id", id);
        List<Account> all = StateArguments.accounts(accounts);
        StateArguments.micros("micros", micros);
        return answer(() -> budgets.addSpent(id, all, micros));
    }

    @Override
    public CompletionStage<Balance> spent(Account account) {
        requireNonNull(account, "account");
        return answer(() -> budgets.balance(account));
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        StateArguments.key("key", key);
        return answer(() -> cache.get(key));
    }

    @Override
    public CompletionStage<Void> put(String key, byte[] bytes, Duration ttl) {
        StateArguments.key("key", key);
        requireNonNull(bytes, "bytes");
        StateArguments.duration("ttl", ttl);
        return carryOut(() -> cache.put(key, bytes, ttl));
    }

    @Override
    public CompletionStage<Void> publish(String topic, String name, String value, Duration ttl) {
        StateArguments.key("topic", topic);
        StateArguments.key("name", name);
        StateArguments.hint(value);
        StateArguments.duration("ttl", ttl);
        return carryOut(() -> hints.publish(topic, name, value, ttl));
    }

    @Override
    public CompletionStage<Map<String, String>> hints(String topic) {
        StateArguments.key("topic", topic);
        return answer(() -> hints.of(topic));
    }

    @Override
    public CompletionStage<Void> ping() {
        return carryOut(() -> {});
    }

    @Override
    public void close() {
        closed = true;
    }

    private String nextId() {
        return idPrefix + ids.incrementAndGet();
    }

    private <T> CompletionStage<T> answer(Supplier<T> operation) {
        if (closed) {
            return CompletableFuture.failedFuture(
                    InferenceException.builder(ErrorCategory.REJECTED, "the shared state is closed")
                            .origin(ErrorOrigin.US)
                            .build());
        }
        try {
            return CompletableFuture.completedFuture(operation.get());
        } catch (IllegalArgumentException ended) {
            return CompletableFuture.failedFuture(ended);
        }
    }

    private CompletionStage<Void> carryOut(Runnable operation) {
        return answer(() -> {
                    operation.run();
                    return true;
                })
                .thenAccept(done -> {});
    }
}
