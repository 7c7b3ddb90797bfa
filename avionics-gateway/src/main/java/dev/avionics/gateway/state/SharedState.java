package dev.avionics.gateway.state;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What the replicas of a gateway know in common: rates, concurrency leases, budgets, cached bytes and hints.
 *
 * <p>Each operation is atomic for all replicas and counts at most once. Nothing here blocks; all methods may be called
 * from any thread. A stage completes on the thread that calls, or on a thread of the implementation's client, which must
 * not be held up. Bad arguments are thrown by the method itself, as {@link IllegalArgumentException} or {@link
 * NullPointerException}; every other failure ends the stage with an {@link
 * dev.avionics.airframe.error.InferenceException} of category REJECTED and origin US. It comes within the
 * implementation's own time limit; whether the operation was carried out is then unknown.
 *
 * <p>Keys are any text of 1 to 512 characters; those of rates, leases, budgets, cache and hints are apart. Money is in
 * micro-USD (millionths of a US dollar); {@link Account#microsOf} rounds up to them.
 */
public interface SharedState extends AutoCloseable {
    // Rates

    /**
     * Takes an amount out of a bucket, if it is there. A bucket is full at first; another rate than that of the last
     * call changes the bucket and keeps its level as far as it fits.
     *
     * @param key names the bucket
     * @param rate its capacity and how it refills
     * @param amount 1 to {@link Rate#MAX}; one beyond the capacity is refused for good
     */
    CompletionStage<Grant> take(String key, Rate rate, long amount);

    /**
     * Takes an amount out of a bucket without asking: for what turned out to cost more than was taken. The level may
     * become negative; then nothing is granted until it was refilled.
     *
     * @param amount 1 to {@link Rate#MAX}
     */
    CompletionStage<Void> debit(String key, Rate rate, long amount);

    /**
     * Puts an amount back that was taken and not used. The bucket never holds more than its capacity.
     *
     * @param amount 1 to {@link Rate#MAX}
     */
    CompletionStage<Void> giveBack(String key, Rate rate, long amount);

    // Concurrency

    /**
     * Takes one of a number of places, until it is released or its time is over. So the places of a replica that died
     * become free by themselves.
     *
     * @param key names the places
     * @param limit how many there are, at least 1; the limit of this call counts, whatever others said
     * @param duration how long the place is held without {@link #renew}; at least 1 ms
     * @return the lease; empty if all places are taken
     */
    CompletionStage<Optional<Lease>> acquire(String key, int limit, Duration duration);

    /**
     * Holds a place for longer.
     *
     * @param duration from now; at least 1 ms
     * @return false if it was released or its time was over: the place is lost
     */
    CompletionStage<Boolean> renew(Lease lease, Duration duration);

    /**
     * Frees a place.
     *
     * @return false if it was free already
     */
    CompletionStage<Boolean> release(Lease lease);

    // Budgets

    /**
     * Reserves money in every one of some accounts, or in none. An account has room as long as what was spent, what is
     * reserved and the amount together do not exceed its limit. The reservation is dropped, once, when its time is over
     * and it was neither settled nor released: its owner is thought dead.
     *
     * @param accounts at least one, no two of the same key
     * @param micros 0 to {@link Account#MAX_MICROS}
     * @param duration how long the reservation holds; at least 1 ms. Longer than the longest call
     */
    CompletionStage<BudgetReply> reserve(List<Account> accounts, long micros, Duration duration);

    /**
     * Turns a reservation into spent money: once, however often it is called. It may be more than was reserved, and than
     * the limit. One whose time was over is still settled for {@link Reservation#LATE}; after that, and in accounts whose
     * window ended more than {@link Account#GRACE} ago, nothing is spent.
     *
     * @param micros what it really cost, 0 to {@link Account#MAX_MICROS}
     * @return true if this call settled it; false if it was settled or released before, or is not known any more
     */
    CompletionStage<Boolean> settle(Reservation reservation, long micros);

    /**
     * Drops a reservation: nothing was spent.
     *
     * @return true if this call dropped it; false if it was settled or released before, or is not known any more
     */
    CompletionStage<Boolean> release(Reservation reservation);

    /**
     * Adds money to accounts that was spent without a reservation here, also beyond their limits.
     *
     * @param id names the spending: what has the same id within a day is added once; 1 to 512 characters
     * @param accounts at least one, no two of the same key
     * @param micros 0 to {@link Account#MAX_MICROS}
     * @return false if this id was added before
     */
    CompletionStage<Boolean> addSpent(String id, List<Account> accounts, long micros);

    /** What was spent and is reserved in an account. */
    CompletionStage<Balance> spent(Account account);

    // Cache

    /**
     * Bytes that were put under a key, if they are still there. The array is the caller's own.
     */
    CompletionStage<Optional<byte[]>> get(String key);

    /**
     * Keeps bytes for a time, in the place of what was there. It may be forgotten earlier: what is kept is bounded by
     * {@link StateLimits#cacheBytes}. An entry beyond {@link StateLimits#entryBytes} is not kept.
     *
     * @param bytes copied, or at least not changed
     * @param ttl at least 1 ms
     */
    CompletionStage<Void> put(String key, byte[] bytes, Duration ttl);

    // Hints

    /**
     * Tells other replicas something for a time, such as the health of a node or that a breaker opened. A name has one
     * value at a time. Beyond {@link StateLimits#hintsPerTopic} names those that end first are forgotten.
     *
     * @param topic what it is about; a key
     * @param name whom it is about; a key
     * @param value at most 4096 characters
     * @param ttl at least 1 ms
     */
    CompletionStage<Void> publish(String topic, String name, String value, Duration ttl);

    /** The values of a topic by name, those whose time is over left out. Not live. */
    CompletionStage<Map<String, String>> hints(String topic);

    // The state itself

    /** Asks whether the state can be reached: the stage fails if not. */
    CompletionStage<Void> ping();

    /** Whether replicas do not share this just now, although they should. */
    default boolean degraded() {
        return false;
    }

    /** Lets go of connections and timers; what is called afterwards fails with REJECTED. May be called twice. */
    @Override
    void close();
}
