package dev.avionics.gateway;

import static java.util.Objects.requireNonNull;

import dev.avionics.airframe.Target;
import dev.avionics.airframe.Usage;
import dev.avionics.airframe.call.CancelReason;
import dev.avionics.airframe.error.ErrorCategory;
import dev.avionics.cost.Cost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the attempts of one call used and cost, failed and given-up ones included. An attempt is entered when its end is decoded,
 * before the call's own end is told. Thread-safe.
 */
public final class CallLedger {
    private final Consumer<Entry> listener;
    private final List<Entry> entries = new ArrayList<>(2);
    private @Nullable GatewayAttempt running;
    private boolean cached;

    /**
     * One attempt that is over.
     *
     * @param attempt where it went
     * @param usage the tokens, known or guessed; absent if it used none that anybody knows of
     * @param cost what they cost; free if the attempt used none
     * @param duration from its start to its end
     * @param failure why it failed, or null
     * @param cancelled why it was given up, or null
     */
    public record Entry(
            GatewayAttempt attempt,
            Usage usage,
            Cost cost,
            Duration duration,
            @Nullable ErrorCategory failure,
            @Nullable CancelReason cancelled) {
        public Entry {
            requireNonNull(attempt, "attempt");
            requireNonNull(usage, "usage");
            requireNonNull(cost, "cost");
            requireNonNull(duration, "duration");
        }

        /** Whether it gave the whole answer. */
        public boolean succeeded() {
            return failure == null && cancelled == null;
        }
    }

    /** A ledger whose entries are told to a listener too, which must be quick. */
    CallLedger(Consumer<Entry> listener) {
        this.listener = listener;
    }

    /** Says that an attempt begins; for the layer that accounts. */
    public void begin(GatewayAttempt attempt) {
        synchronized (entries) {
            running = requireNonNull(attempt, "attempt");
        }
    }

    /** The attempt that began last; empty before the first one. */
    public Optional<GatewayAttempt> running() {
        synchronized (entries) {
            return Optional.ofNullable(running);
        }
    }

    /**
     * The provider that was asked at a target. An event may be read when the call is at another one already.
     *
     * @return empty if no attempt went there: a cached answer has none
     */
    Optional<String> providerAt(Target target) {
        synchronized (entries) {
            GatewayAttempt now = running;
            if (now != null && now.target().equals(target)) {
                return Optional.of(now.provider());
            }
            for (int i = entries.size() - 1; i >= 0; i--) {
                GatewayAttempt over = entries.get(i).attempt();
                if (over.target().equals(target)) {
                    return Optional.of(over.provider());
                }
            }
            return Optional.empty();
        }
    }

    /** Enters an attempt; for the layer that accounts. */
    public void add(Entry entry) {
        synchronized (entries) {
            entries.add(requireNonNull(entry, "entry"));
        }
        listener.accept(entry);
    }

    /** Says that the answer came from a cache, or from the call of somebody else who asked the same; for layers that do so. */
    public void servedFromElsewhere() {
        synchronized (entries) {
            cached = true;
        }
    }

    /** Whether the answer came from a cache, or from the call of somebody else who asked the same. */
    public boolean isServedFromElsewhere() {
        synchronized (entries) {
            return cached;
        }
    }

    /** The attempts so far, in the order of their ends. */
    public List<Entry> entries() {
        synchronized (entries) {
            return List.copyOf(entries);
        }
    }

    /** The attempt that was over last; empty before the first one. */
    public Optional<Entry> last() {
        synchronized (entries) {
            return entries.isEmpty() ? Optional.empty() : Optional.of(entries.get(entries.size() - 1));
        }
    }

    /** The tokens of all attempts. */
    public Usage usage() {
        synchronized (entries) {
            Usage sum = Usage.absent();
            for (Entry entry : entries) {
                sum = sum.plus(entry.usage());
            }
            return sum;
        }
    }

    /** What all attempts cost; free if nothing was tried. */
    public Cost cost() {
        synchronized (entries) {
            Cost sum = Cost.FREE;
            for (Entry entry : entries) {
                sum = sum.plus(entry.cost());
            }
            return sum;
        }
    }
}
