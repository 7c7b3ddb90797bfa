package dev.avionics.gateway.state;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was last seen of accounts in the shared state, so that a local budget goes on from there instead of from nothing.
 * Thread-safe; of too many accounts those not seen lately are forgotten.
 */
final class KnownSpending {
    private final Map<Window, Known> accounts;

    private record Window(String key, Instant end) {}

    /**
     * Spent and reserved in the shared state, and how much of it the local state has spent, too, because it was spent
     * there first.
     */
    private record Known(long used, long told) {
        static final Known NOTHING = new Known(0, 0);
    }

    KnownSpending(int most) {
        accounts = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Window, Known> eldest) {
                return size() > most;
            }
        };
    }

    private static Window window(Account account) {
        return new Window(account.key(), account.windowEnd());
    }

    /** The shared state told a balance. */
    synchronized void saw(Balance balance) {
        accounts.compute(
                window(balance.account()),
                (window, known) ->
                        new Known(balance.spentMicros() + balance.reservedMicros(), known == null ? 0 : known.told()));
    }

    /** The shared state was told of local spending. */
    synchronized void told(List<Account> where, long micros) {
        for (Account account : where) {
            accounts.merge(
                    window(account),
                    new Known(micros, micros),
                    (known, more) -> new Known(known.used() + micros, known.told() + micros));
        }
    }

    /** What is used in the shared state alone, of which the local one does not know. */
    synchronized long elsewhere(Account account) {
        Known known = accounts.getOrDefault(window(account), Known.NOTHING);
        return Math.max(0, known.used() - known.told());
    }
}
