package dev.avionics.gateway.state;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a shared state has to be told when it is back. Bounded; not thread-safe.
 *
 * <p>An entry that was told without an answer is told again as it was, with the same id, so that it counts once.
 */
final class Backlog {
    private final int most;
    private final Deque<Entry> tried = new ArrayDeque<>();
    private final Map<String, Ended> ended = new LinkedHashMap<>();
    private final Map<List<Account>, Long> spent = new LinkedHashMap<>();

    /** One thing to tell. */
    sealed interface Entry {
        CompletionStage<Boolean> tell(SharedState state);
    }

    /** A reservation of the shared state that ended: settled, or released if there is no amount. */
    record Ended(Reservation reservation, OptionalLong micros) implements Entry {
        @Override
        public CompletionStage<Boolean> tell(SharedState state) {
            return micros.isPresent() ? state.settle(reservation, micros.getAsLong()) : state.release(reservation);
        }
    }

    /** Money that was reserved and settled elsewhere. */
    record Spent(String id, List<Account> accounts, long micros) implements Entry {
        @Override
        public CompletionStage<Boolean> tell(SharedState state) {
            return state.addSpent(id, accounts, micros);
        }
    }

    enum Added {
        YES,
        /** The first word counts. */
        KNOWN,
        FULL
    }

    Backlog(int most) {
        this.most = most;
    }

    int size() {
        return tried.size() + ended.size() + spent.size();
    }

    Added end(Reservation reservation, OptionalLong micros) {
        if (ended.containsKey(reservation.id()) || wasTried(reservation)) {
            return Added.KNOWN;
        }
        if (size() >= most) {
            return Added.FULL;
        }
        ended.put(reservation.id(), new Ended(reservation, micros));
        return Added.YES;
    }

    Added spend(List<Account> accounts, long micros) {
        Long before = spent.get(accounts);
        if (before == null && size() >= most) {
            return Added.FULL;
        }
        spent.put(accounts, Math.min(Account.MAX_MICROS, (before == null ? 0 : before) + micros));
        return Added.YES;
    }

    /** Spending that has an id of its own, perhaps told already. */
    Added spend(Spent one) {
        if (size() >= most) {
            return Added.FULL;
        }
        tried.addLast(one);
        return Added.YES;
    }

    /** The next to tell, taken out; null if there is none. */
    @Nullable
    Entry poll() {
        if (!tried.isEmpty()) {
            return tried.removeFirst();
        }
        if (!ended.isEmpty()) {
            Iterator<Ended> next = ended.values().iterator();
            Ended first = next.next();
            next.remove();
            return first;
        }
        if (!spent.isEmpty()) {
            Iterator<Map.Entry<List<Account>, Long>> next = spent.entrySet().iterator();
            Map.Entry<List<Account>, Long> first = next.next();
            next.remove();
            return new Spent(UUID.randomUUID().toString(), first.getKey(), first.getValue());
        }
        return null;
    }

    /** Puts one back that was told without an answer; also beyond the bound. */
    void giveBack(Entry entry) {
        tried.addFirst(entry);
    }

    private boolean wasTried(Reservation reservation) {
        return tried.stream()
                .anyMatch(entry -> entry instanceof Ended
                        && ((Ended) entry).reservation().id().equals(reservation.id()));
    }
}
