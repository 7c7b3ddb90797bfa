package dev.avionics.gateway.layer;

import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.Balance;
import dev.avionics.gateway.state.BudgetReply;
import dev.avionics.gateway.state.Grant;
import dev.avionics.gateway.state.Lease;
import dev.avionics.gateway.state.LocalState;
import dev.avionics.gateway.state.Rate;
import dev.avionics.gateway.state.Reservation;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.gateway.state.StateLimits;
import dev.avionics.testkit.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A local state that counts what is held, and that can keep its answers back as one over a network does. */
final class StateProbe implements SharedState {
    private final LocalState inner;
    private final List<Runnable> answers = new ArrayList<>();
    private final AtomicInteger reservations = new AtomicInteger();
    private final AtomicInteger settlements = new AtomicInteger();
    private final AtomicInteger renewals = new AtomicInteger();
    private final Set<String> reserved = ConcurrentHashMap.newKeySet();
    private final Set<String> leased = ConcurrentHashMap.newKeySet();
    private final VirtualTime time;
    private boolean held;
    private @Nullable SplittableRandom slowness;

    StateProbe(VirtualTime time) {
        this.time = time;
        inner = LocalState.create(time, time.clock(), StateLimits.DEFAULT);
    }

    /** From now on operations are carried out, and their answers do not arrive. */
    synchronized void hold() {
        held = true;
    }

    /** All answers arrive. */
    void goOn() {
        List<Runnable> all;
        synchronized (this) {
            held = false;
            all = List.copyOf(answers);
            answers.clear();
        }
        all.forEach(Runnable::run);
    }

    /** Answers take up to 20 ms from now on, by chance. */
    synchronized void slow(SplittableRandom random) {
        slowness = random;
    }

    private <T> CompletionStage<T> later(CompletionStage<T> answer) {
        synchronized (this) {
            if (!held && slowness == null) {
                return answer;
            }
            CompletableFuture<T> late = new CompletableFuture<>();
            Runnable arrives = () -> answer.whenComplete((value, error) -> {
                if (error == null) {
                    late.complete(value);
                } else {
                    late.completeExceptionally(error);
                }
            });
            if (held) {
                answers.add(arrives);
            } else {
                time.schedule(arrives, Duration.ofMillis(slowness.nextInt(20)));
            }
            return late;
        }
    }

    /** How often money was reserved. */
    int reservations() {
        return reservations.get();
    }

    int settlements() {
        return settlements.get();
    }

    int renewals() {
        return renewals.get();
    }

    /** Reservations that were neither settled nor released. */
    Set<String> reserved() {
        return reserved;
    }

    /** Leases that were not released. */
    Set<String> leased() {
        return leased;
    }

    Balance balance(Account account) {
        return inner.spent(account).toCompletableFuture().join();
    }

    @Override
    public CompletionStage<Grant> take(String key, Rate rate, long amount) {
        return later(inner.take(key, rate, amount));
    }

    @Override
    public CompletionStage<Void> debit(String key, Rate rate, long amount) {
        return later(inner.debit(key, rate, amount));
    }

    @Override
    public CompletionStage<Void> giveBack(String key, Rate rate, long amount) {
        return later(inner.giveBack(key, rate, amount));
    }

    @Override
    public CompletionStage<Optional<Lease>> acquire(String key, int limit, Duration duration) {
        return later(inner.acquire(key, limit, duration).thenApply(lease -> {
            lease.ifPresent(one -> leased.add(one.id()));
            return lease;
        }));
    }

    @Override
    public CompletionStage<Boolean> renew(Lease lease, Duration duration) {
        renewals.incrementAndGet();
        return later(inner.renew(lease, duration));
    }

    @Override
    public CompletionStage<Boolean> release(Lease lease) {
        leased.remove(lease.id());
        return later(inner.release(lease));
    }

    @Override
    public CompletionStage<BudgetReply> reserve(List<Account> accounts, long micros, Duration duration) {
        return later(inner.reserve(accounts, micros, duration).thenApply(reply -> {
            if (reply instanceof BudgetReply.Granted granted) {
                reservations.incrementAndGet();
                reserved.add(granted.reservation().id());
            }
            return reply;
        }));
    }

    @Override
    public CompletionStage<Boolean> settle(Reservation reservation, long micros) {
        settlements.incrementAndGet();
        reserved.remove(reservation.id());
        return later(inner.settle(reservation, micros));
    }

    @Override
    public CompletionStage<Boolean> release(Reservation reservation) {
        reserved.remove(reservation.id());
        return later(inner.release(reservation));
    }

    @Override
    public CompletionStage<Boolean> addSpent(String id, List<Account> accounts, long micros) {
        return later(inner.addSpent(id, accounts, micros));
    }

    @Override
    public CompletionStage<Balance> spent(Account account) {
        return later(inner.spent(account));
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        return later(inner.get(key));
    }

    @Override
    public CompletionStage<Void> put(String key, byte[] bytes, Duration ttl) {
        return later(inner.put(key, bytes, ttl));
    }

    @Override
    public CompletionStage<Void> publish(String topic, String name, String value, Duration ttl) {
        return later(inner.publish(topic, name, value, ttl));
    }

    @Override
    public CompletionStage<Map<String, String>> hints(String topic) {
        return later(inner.hints(topic));
    }

    @Override
    public CompletionStage<Void> ping() {
        return later(inner.ping());
    }

    @Override
    public void close() {
        inner.close();
    }
}
