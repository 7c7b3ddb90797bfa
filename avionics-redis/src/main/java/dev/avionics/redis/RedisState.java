package dev.avionics.redis;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.call.Ticker;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.airframe.error.ErrorOrigin;
import dev.avionics.airframe.error.InferenceException;
import dev.avionics.gateway.state.Account;
import dev.avionics.gateway.state.Balance;
import dev.avionics.gateway.state.BudgetReply;
import dev.avionics.gateway.state.Grant;
import dev.avionics.gateway.state.Lease;
import dev.avionics.gateway.state.Rate;
import dev.avionics.gateway.state.Reservation;
import dev.avionics.gateway.state.SharedState;
import dev.avionics.gateway.state.StateArguments;
import dev.avionics.gateway.state.StateLimits;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A {@link SharedState} in a Redis (6.2 or later) or Valkey, alone, behind Sentinel or in a cluster. Each operation is one
 * script that the server runs as one step, by the server's clock; what is over leaves the server by itself.
 *
 * <p>Stages complete on threads of the client ({@code lettuce-…}), which must not be held up, or on the calling thread.
 * They fail within the time limit of an operation, and at once while there is no connection (but not in a cluster); the
 * first operations wait for the connection, for the connect timeout. Nothing is sent twice. To go on without the server, wrap it in a {@link
 * dev.avionics.gateway.state.FallbackState}.
 */
public final class RedisState implements SharedState {
    private static final Duration LONGEST = Duration.ofDays(3650);
    private static final int ENTRY_OVERHEAD = 128;
    private static final byte[] NONE = new byte[0];

    private final RedisOptions options;
    private final StateLimits limits;
    private final Link link;
    private final Keys keys;
    private final String idPrefix = UUID.randomUUID() + "-";
    private final AtomicLong ids = new AtomicLong();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();

    private RedisState(RedisOptions options) {
        this.options = options;
        limits = options.limits();
        keys = new Keys(options.namespace(), limits.cacheBytes() / (limits.entryBytes() + ENTRY_OVERHEAD));
        link = new Link(options, Ticker.system());
    }

    /** A state on a server, which need not be there yet: the connection is made with the first operation. */
    public static RedisState of(RedisOptions options) {
        return new RedisState(requireNonNull(options, "options"));
    }

    // Rates

    @Override
    public CompletionStage<Grant> take(String key, Rate rate, long amount) {
        StateArguments.amount(amount);
        if (amount > rate.capacity()) {
            StateArguments.key("key", key);
            return CompletableFuture.completedFuture(Grant.refused(Grant.NEVER, 0));
        }
        return rate("take", key, rate, amount).thenApply(reply -> {
            long left = (Long) reply.get(2);
            return (Long) reply.get(0) == 1
                    ? Grant.taken(left)
                    : Grant.refused(Duration.ofNanos(1000 * (Long) reply.get(1)), left);
        });
    }

    @Override
    public CompletionStage<Void> debit(String key, Rate rate, long amount) {
        return rate("debit", key, rate, amount).thenAccept(reply -> {});
    }

    @Override
    public CompletionStage<Void> giveBack(String key, Rate rate, long amount) {
        return rate("give", key, rate, amount).thenAccept(reply -> {});
    }

    private CompletionStage<List<Object>> rate(String what, String key, Rate rate, long amount) {
        List<String> bucket = List.of(keys.rate(StateArguments.key("key", key)));
        List<byte[]> arguments = List.of(
                bytes(what),
                bytes(rate.capacity()),
                bytes(rate.refill()),
                bytes(rate.period().toNanos() / 1000),
                bytes(StateArguments.amount(amount)));
        return on(server -> Script.RATES.list(server, bucket, arguments));
    }

    // Concurrency

    @Override
    public CompletionStage<Optional<Lease>> acquire(String key, int limit, Duration duration) {
        Lease lease = new Lease(key, nextId());
        StateArguments.limit(limit);
        return lease("acquire", lease, duration, limit).thenApply(held -> held ? Optional.of(lease) : Optional.empty());
    }

    @Override
    public CompletionStage<Boolean> renew(Lease lease, Duration duration) {
        return lease("renew", lease, duration, 0);
    }

    @Override
    public CompletionStage<Boolean> release(Lease lease) {
        return lease("release", lease, LONGEST, 0);
    }

    private CompletionStage<Boolean> lease(String what, Lease lease, Duration duration, int limit) {
        List<String> holders = List.of(keys.lease(lease.key()));
        List<byte[]> arguments =
                List.of(bytes(what), bytes(lease.id()), bytes(millis("duration", duration)), bytes(limit));
        return on(server -> Script.LEASES.number(server, holders, arguments)).thenApply(done -> done == 1);
    }

    // Budgets

    @Override
    public CompletionStage<BudgetReply> reserve(List<Account> accounts, long micros, Duration duration) {
        Reservation reservation = new Reservation(nextId(), accounts, micros);
        List<Account> all = reservation.accounts();
        return budget("reserve", reservation.id(), all, micros, 0, millis("duration", duration))
                .thenApply(reply -> {
                    if (number(reply, 0) == 0) {
                        Account refuses = all.get((int) number(reply, 1) - 1);
                        return new BudgetReply.Refused(
                                new Balance(refuses, number(reply, 2), number(reply, 3)), micros);
                    }
                    return new BudgetReply.Granted(reservation, balances(all, reply));
                });
    }

    @Override
    public CompletionStage<Boolean> settle(Reservation reservation, long micros) {
        StateArguments.micros("micros", micros);
        return end("settle", reservation, micros);
    }

    @Override
    public CompletionStage<Boolean> release(Reservation reservation) {
        return end("release", reservation, 0);
    }

    private CompletionStage<Boolean> end(String what, Reservation reservation, long micros) {
        return budget(what, reservation.id(), reservation.accounts(), reservation.micros(), micros, 0)
                .thenApply(reply -> number(reply, 0) == 1);
    }

    @Override
    public CompletionStage<Boolean> addSpent(String id, List<Account> accounts, long micros) {
        StateArguments.key("id", id);
        StateArguments.micros("micros", micros);
        return budget("add", id, StateArguments.accounts(accounts), 0, micros, 0)
                .thenApply(reply -> number(reply, 0) == 1);
    }

    @Override
    public CompletionStage<Balance> spent(Account account) {
        List<Account> one = List.of(account);
        return budget("balance", "", one, 0, 0, 0)
                .thenApply(reply -> balances(one, reply).get(0));
    }

    private CompletionStage<List<Object>> budget(
            String what, String id, List<Account> accounts, long reserved, long spent, long duration) {
        List<String> names = keys.accounts(accounts);
        if (what.equals("add")) {
            names.add(keys.added(id));
        }
        List<byte[]> arguments = new ArrayList<>(List.of(
                bytes(what),
                bytes(id),
                bytes(reserved),
                bytes(spent),
                bytes(duration),
                bytes(Reservation.LATE.toMillis())));
        for (Account account : accounts) {
            arguments.add(bytes(account.limitMicros()));
            arguments.add(bytes(account.windowEnd().plus(Account.GRACE).toEpochMilli()));
        }
        return on(server -> Script.BUDGETS.list(server, names, arguments)).thenApply(reply -> {
            if (number(reply, 0) < 0) {
                throw StateArguments.ended(
                        accounts.get((int) number(reply, 1) - 1), Instant.ofEpochMilli(number(reply, 2)));
            }
            return reply;
        });
    }

    private static List<Balance> balances(List<Account> accounts, List<Object> reply) {
        List<Balance> balances = new ArrayList<>();
        for (int i = 0; i < accounts.size(); i++) {
            balances.add(new Balance(accounts.get(i), number(reply, 2 * i + 1), number(reply, 2 * i + 2)));
        }
        return balances;
    }

    // Cache

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
        String entry = keys.cachePrefix(StateArguments.key("key", key)) + key;
        return on(server -> server.get(entry)).thenApply(Optional::ofNullable);
    }

    @Override
    public CompletionStage<Void> put(String key, byte[] bytes, Duration ttl) {
        StateArguments.key("key", key);
        boolean kept = bytes.length <= limits.entryBytes();
        String prefix = keys.cachePrefix(key);
        List<String> names = List.of(keys.cacheIndex(key), keys.cacheSizes(key), prefix + key);
        long time = millis("ttl", ttl);
        List<byte[]> arguments = List.of(
                bytes(key),
                kept ? bytes.clone() : NONE,
                kept ? bytes(time) : NONE,
                bytes(bytes.length + 2L * key.length() + ENTRY_OVERHEAD),
                bytes(limits.cacheBytes() / keys.cacheParts()),
                bytes(prefix));
        return on(server -> Script.CACHE.number(server, names, arguments)).thenAccept(done -> {});
    }

    // Hints

    @Override
    public CompletionStage<Void> publish(String topic, String name, String value, Duration ttl) {
        List<String> names = List.of(keys.hints(StateArguments.key("topic", topic)));
        List<byte[]> arguments = List.of(
                bytes("publish"),
                bytes(StateArguments.key("name", name)),
                bytes(StateArguments.hint(value)),
                bytes(millis("ttl", ttl)),
                bytes(limits.hintsPerTopic()));
        return on(server -> Script.HINTS.list(server, names, arguments)).thenAccept(done -> {});
    }

    @Override
    public CompletionStage<Map<String, String>> hints(String topic) {
        List<String> names = List.of(keys.hints(StateArguments.key("topic", topic)));
        return on(server -> Script.HINTS.list(server, names, List.of(bytes("read"))))
                .thenApply(reply -> {
                    Map<String, String> values = new TreeMap<>();
                    for (int i = 0; i < reply.size(); i += 2) {
                        values.put(text(reply.get(i)), text(reply.get(i + 1)));
                    }
                    return values;
                });
    }

    // The server

    /** Writes to the server; a connection that gives no answer is given up for a new one. */
    @Override
    public CompletionStage<Void> ping() {
        CompletionStage<String> written =
                on(server -> server.set(keys.ping(), bytes(1), SetArgs.Builder.px(Duration.ofSeconds(10))));
        return written.thenAccept(done -> {}).whenComplete((done, failure) -> {
            if (failure != null && cause(failure).getCause() instanceof RedisCommandTimeoutException) {
                link.drop();
            }
        });
    }

    /** Closes the connection; waits for it at most two seconds. */
    @Override
    public void close() {
        link.close();
    }

    @Override
    public String toString() {
        return "RedisState[" + options.address() + ", namespace=" + options.namespace() + "]";
    }

    private String nextId() {
        return idPrefix + ids.incrementAndGet();
    }

    private <T> CompletionStage<T> on(
            Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> operation) {
        if (pending.incrementAndGet() > options.pending()) {
            pending.decrementAndGet();
            return failed(options.pending() + " operations wait for an answer already", null);
        }
        return link.commands()
                .thenCompose(operation)
                .whenComplete((done, failure) -> {
                    pending.decrementAndGet();
                    heard(failure == null || !(cause(failure) instanceof RedisCommandTimeoutException));
                })
                .exceptionallyCompose(failure -> {
                    Throwable why = cause(failure);
                    return failed(
                            why instanceof RedisCommandTimeoutException
                                    ? "no answer within " + options.timeout().toMillis() + " ms"
                                    : String.valueOf(why.getMessage()),
                            why);
                });
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException ? requireNonNull(failure.getCause()) : failure;
    }

    private <T> CompletionStage<T> failed(String what, @Nullable Throwable why) {
        return CompletableFuture.failedFuture(
                InferenceException.builder(ErrorCategory.REJECTED, "shared state at " + options.address() + ": " + what)
                        .origin(ErrorOrigin.US)
                        .cause(why)
                        .build());
    }

    /** What got no answer in time is still waited for on the connection; too many such end it. */
    private void heard(boolean answer) {
        if (answer) {
            unanswered.set(0);
        } else if (unanswered.incrementAndGet() == options.pending()) {
            unanswered.set(0);
            link.drop();
        }
    }

    private static long millis(String name, Duration value) {
        Duration bounded = StateArguments.duration(name, value).compareTo(LONGEST) > 0 ? LONGEST : value;
        return bounded.plusNanos(999_999).toMillis();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }

    private static long number(List<Object> reply, int index) {
        return (Long) reply.get(index);
    }
}
