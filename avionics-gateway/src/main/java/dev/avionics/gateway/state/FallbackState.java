package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link SharedState} that goes on with a local one while the shared one cannot be reached.
 *
 * <p>The first operation that the shared state does not carry out is carried out locally, and so are all that follow: it
 * is {@link #degraded()}, which is logged once. In the background, not by calls, the shared state is tried again; when it
 * answers it is told what was spent meanwhile, and used again. Thread-safe.
 *
 * <p>While degraded, each replica has the full rates and places of its own. Budgets go on from what was last seen of their
 * accounts, what all had reserved then included. Reservations that the shared state holds are settled when it is back.
 * Leases that it holds count as held; they end there by themselves. Cached bytes and hints are the local ones. What the
 * local state holds is still the local state's when the shared one is back: money reserved locally counts there once it
 * is settled.
 */
public final class FallbackState implements SharedState {
    private static final Logger LOG = LoggerFactory.getLogger(FallbackState.class);
    private static final String LOCAL = "local:";

    private final SharedState remote;
    private final SharedState local;
    private final Scheduler scheduler;
    private final FallbackRules rules;
    private final KnownSpending known;

    // Guarded by this; nobody is called while it is held.
    private final Backlog backlog;
    private Scheduler.@Nullable Handle timer;
    private boolean trying;
    private boolean telling;
    private boolean fullWasLogged;
    private int told;
    private boolean closed;

    private volatile boolean degraded;

    private FallbackState(SharedState remote, SharedState local, Scheduler scheduler, FallbackRules rules) {
        this.remote = requireNonNull(remote, "remote");
        this.local = requireNonNull(local, "local");
        this.scheduler = requireNonNull(scheduler, "scheduler");
        this.rules = requireNonNull(rules, "rules");
        known = new KnownSpending(rules.waiting());
        backlog = new Backlog(rules.waiting());
    }

    /**
     * A state with the default rules. It owns both states and closes them.
     *
     * @param remote ends every stage within a time limit of its own
     * @param local used by this state alone
     */
    public static FallbackState of(SharedState remote, SharedState local, Scheduler scheduler) {
        return of(remote, local, scheduler, FallbackRules.DEFAULT);
    }

    /** As {@link #of(SharedState, SharedState, Scheduler)}, with rules. */
    public static FallbackState of(SharedState remote, SharedState local, Scheduler scheduler, FallbackRules rules) {
        return new FallbackState(remote, local, scheduler, rules);
    }

    @Override
    public boolean degraded() {
        return degraded;
    }

    /** How many entries wait to be told to the shared state. */
    public synchronized int waiting() {
        return backlog.size() + (telling ? 1 : 0);
    }

    // Rates

    @Override
    public CompletionStage<Grant> take(String key, Rate rate, long amount) {
        return either(state -> state.take(key, rate, amount));
    }

    @Override
    public CompletionStage<Void> debit(String key, Rate rate, long amount) {
        return either(state -> state.debit(key, rate, amount));
    }

    @Override
    public CompletionStage<Void> giveBack(String key, Rate rate, long amount) {
        return either(state -> state.giveBack(key, rate, amount));
    }

    // Concurrency

    @Override
    public CompletionStage<Optional<Lease>> acquire(String key, int limit, Duration duration) {
        return remotely(
                () -> remote.acquire(key, limit, duration),
                () -> local.acquire(key, limit, duration)
                        .thenApply(lease -> lease.map(held -> new Lease(held.key(), LOCAL + held.id()))));
    }

    @Override
    public CompletionStage<Boolean> renew(Lease lease, Duration duration) {
        return isLocal(lease.id())
                ? local.renew(localOf(lease), duration)
                : remotely(() -> remote.renew(lease, duration), () -> done(true));
    }

    @Override
    public CompletionStage<Boolean> release(Lease lease) {
        return isLocal(lease.id())
                ? local.release(localOf(lease))
                : remotely(() -> remote.release(lease), () -> done(true));
    }

    // Budgets

    @Override
    public CompletionStage<BudgetReply> reserve(List<Account> accounts, long micros, Duration duration) {
        List<Account> all = StateArguments.accounts(accounts);
        return remotely(
                () -> remote.reserve(all, micros, duration).thenApply(this::saw),
                () -> reserveLocally(all, micros, duration));
    }

    private BudgetReply saw(BudgetReply reply) {
        reply.fold(granted -> granted.balances(), refused -> List.of(refused.balance()))
                .forEach(known::saw);
        return reply;
    }

    private CompletionStage<BudgetReply> reserveLocally(List<Account> accounts, long micros, Duration duration) {
        List<Account> shrunk = accounts.stream()
                .map(account -> account.withLimit(Math.max(0, account.limitMicros() - known.elsewhere(account))))
                .toList();
        return local.reserve(shrunk, micros, duration)
                .thenApply(reply -> reply.fold(
                        granted -> new BudgetReply.Granted(
                                new Reservation(LOCAL + granted.reservation().id(), accounts, micros),
                                granted.balances().stream()
                                        .map(balance -> whole(balance, accounts))
                                        .toList()),
                        refused -> new BudgetReply.Refused(whole(refused.balance(), accounts), micros)));
    }

    /** A balance of the local state as one of the account that was asked for. */
    private Balance whole(Balance balance, List<Account> accounts) {
        Account account = accounts.stream()
                .filter(one -> one.key().equals(balance.account().key()))
                .findFirst()
                .orElseThrow();
        return new Balance(account, balance.spentMicros() + known.elsewhere(account), balance.reservedMicros());
    }

    @Override
    public CompletionStage<Boolean> settle(Reservation reservation, long micros) {
        if (!isLocal(reservation.id())) {
            return remotely(
                    () -> remote.settle(reservation, micros), () -> endLater(reservation, OptionalLong.of(micros)));
        }
        return local.settle(localOf(reservation), micros).thenApply(settled -> {
            if (settled && micros > 0) {
                spendLater(reservation.accounts(), micros);
            }
            return settled;
        });
    }

    @Override
    public CompletionStage<Boolean> release(Reservation reservation) {
        return isLocal(reservation.id())
                ? local.release(localOf(reservation))
                : remotely(() -> remote.release(reservation), () -> endLater(reservation, OptionalLong.empty()));
    }

    @Override
    public CompletionStage<Boolean> addSpent(String id, List<Account> accounts, long micros) {
        List<Account> all = StateArguments.accounts(accounts);
        return remotely(
                () -> remote.addSpent(id, all, micros),
                () -> local.addSpent(id, all, micros).thenApply(added -> {
                    if (added && micros > 0) {
                        spendLater(id, all, micros);
                    }
                    return added;
                }));
    }

    @Override
    public CompletionStage<Balance> spent(Account account) {
        return remotely(
                () -> remote.spent(account).thenApply(balance -> {
                    known.saw(balance);
                    return balance;
                }),
                () -> local.spent(account).thenApply(balance -> whole(balance, List.of(account))));
    }

    // Cache and hints

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        return either(state -> state.get(key));
    }

    @Override
    public CompletionStage<Void> put(String key, byte[] bytes, Duration ttl) {
        return either(state -> state.put(key, bytes, ttl));
    }

    @Override
    public CompletionStage<Void> publish(String topic, String name, String value, Duration ttl) {
        return either(state -> state.publish(topic, name, value, ttl));
    }

    @Override
    public CompletionStage<Map<String, String>> hints(String topic) {
        return either(state -> state.hints(topic));
    }

    /** Asks whether this state works, which it does without the shared one, too. */
    @Override
    public CompletionStage<Void> ping() {
        return local.ping();
    }

    @Override
    public void close() {
        Scheduler.Handle pending;
        int lost;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            pending = timer;
            lost = waiting();
        }
        if (pending != null) {
            pending.cancel();
        }
        if (lost > 0) {
            LOG.warn(
                    "shared_state_closed: {} entries of money spent while the shared state was gone are not counted there",
                    lost);
        }
        remote.close();
        local.close();
    }

    // One or the other

    private static boolean isLocal(String id) {
        return id.startsWith(LOCAL);
    }

    private static Lease localOf(Lease lease) {
        return new Lease(lease.key(), lease.id().substring(LOCAL.length()));
    }

    private static Reservation localOf(Reservation reservation) {
        return new Reservation(
                reservation.id().substring(LOCAL.length()), reservation.accounts(), reservation.micros());
    }

    private static <T> CompletionStage<T> done(T value) {
        return CompletableFuture.completedFuture(value);
    }

    private <T> CompletionStage<T> either(Function<SharedState, CompletionStage<T>> operation) {
        return remotely(() -> operation.apply(remote), () -> operation.apply(local));
    }

    private <T> CompletionStage<T> remotely(
            Supplier<CompletionStage<T>> operation, Supplier<CompletionStage<T>> instead) {
        if (degraded) {
            return instead.get();
        }
        return operation.get().exceptionallyCompose(failure -> {
            Throwable why = cause(failure);
            if (isRefusal(why) || isClosed()) {
                return CompletableFuture.failedFuture(why);
            }
            lost(why);
            return instead.get();
        });
    }

    private static Throwable cause(Throwable failure) {
        Throwable inner = failure.getCause();
        return failure instanceof CompletionException && inner != null ? inner : failure;
    }

    /** The state was reached and refuses the arguments; so would any. */
    private static boolean isRefusal(Throwable why) {
        return why instanceof IllegalArgumentException;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    // Gone and back

    private void lost(Throwable why) {
        synchronized (this) {
            if (degraded || closed) {
                return;
            }
            degraded = true;
            told = 0;
        }
        LOG.warn(
                "shared_state_degraded: the shared state cannot be reached; going on with local limits, trying it again"
                        + " every {}: {}",
                rules.retryAfter(),
                why.toString());
        tryLater();
    }

    private synchronized void tryLater() {
        if (!closed && !trying) {
            trying = true;
            timer = scheduler.schedule(this::tryNow, rules.retryAfter());
        }
    }

    private void tryNow() {
        remote.ping().whenComplete((answer, failure) -> {
            synchronized (this) {
                trying = false;
            }
            if (failure == null) {
                tell();
            } else if (degraded) {
                tryLater();
            }
        });
    }

    private CompletionStage<Boolean> endLater(Reservation reservation, OptionalLong micros) {
        Backlog.Added added;
        synchronized (this) {
            added = backlog.end(reservation, micros);
        }
        after(added, micros.orElse(0));
        return done(added == Backlog.Added.YES);
    }

    private void spendLater(List<Account> accounts, long micros) {
        Backlog.Added added;
        synchronized (this) {
            added = backlog.spend(accounts, micros);
        }
        after(added, micros);
    }

    private void spendLater(String id, List<Account> accounts, long micros) {
        Backlog.Added added;
        synchronized (this) {
            added = backlog.spend(new Backlog.Spent(id, accounts, micros));
        }
        after(added, micros);
    }

    private void after(Backlog.Added added, long micros) {
        if (added == Backlog.Added.FULL) {
            synchronized (this) {
                if (fullWasLogged) {
                    return;
                }
                fullWasLogged = true;
            }
            LOG.warn(
                    "shared_state_backlog_full: {} entries wait for the shared state; {} micro-USD and what follows are not"
                            + " counted there (raise waiting, or bring it back)",
                    rules.waiting(),
                    micros);
        } else if (!degraded) {
            tell();
        }
    }

    /** Tells the shared state what waits, one after the other; when nothing is left, it is used again. */
    private void tell() {
        while (true) {
            Backlog.Entry entry;
            synchronized (this) {
                if (telling || closed) {
                    return;
                }
                entry = backlog.poll();
                telling = entry != null;
                if (entry == null) {
                    fullWasLogged = false;
                    if (!degraded) {
                        return;
                    }
                    degraded = false;
                }
            }
            if (entry == null) {
                LOG.info("shared_state_back: the shared state is used again; it was told {} entries of spending", told);
                return;
            }
            CompletableFuture<Boolean> answer = entry.tell(remote).toCompletableFuture();
            if (!answer.isDone()) {
                answer.whenComplete((counted, failure) -> {
                    if (answered(entry, failure)) {
                        tell();
                    }
                });
                return;
            }
            Throwable failure = answer.handle((counted, why) -> why).join();
            if (!answered(entry, failure)) {
                return;
            }
        }
    }

    /** Whether the next one may be told. */
    private boolean answered(Backlog.Entry entry, @Nullable Throwable failure) {
        Throwable why = failure == null ? null : cause(failure);
        boolean unreachable = why != null && !isRefusal(why);
        if (why == null && entry instanceof Backlog.Spent) {
            Backlog.Spent spent = (Backlog.Spent) entry;
            known.told(spent.accounts(), spent.micros());
        }
        boolean again;
        synchronized (this) {
            telling = false;
            if (unreachable) {
                backlog.giveBack(entry);
            } else {
                told++;
            }
            again = degraded;
        }
        if (!unreachable) {
            if (why != null) {
                LOG.warn("shared_state_refused: spending is not counted, its window is over: {}", why.getMessage());
            }
            return true;
        }
        if (again) {
            tryLater();
        } else {
            lost(requireNonNull(why));
        }
        return false;
    }
}
