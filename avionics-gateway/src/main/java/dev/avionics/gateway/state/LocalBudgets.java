package dev.avionics.gateway.state;

import dev.avionics.airframe.call.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Accounts, and what is held in them. Thread-safe.
 *
 * <p>A reservation is held until its end. Then its money is free again, but it is remembered for a day, because its owner
 * may only have been slow: then it is still settled, once.
 */
final class LocalBudgets {
    private static final long SWEEP_NANOS = Duration.ofMinutes(1).toNanos();

    private final Ticker elapsed;
    private final Clock clock;
    private final Map<Window, Purse> purses = new HashMap<>();
    private final Map<String, Hold> holds = new HashMap<>();
    private final TreeSet<Hold> byEnd = new TreeSet<>();
    private final Map<String, Long> added = new LinkedHashMap<>();
    private long sweepAt;

    private record Window(String key, Instant end) {
        Window(Account account) {
            this(account.key(), account.windowEnd());
        }

        boolean isOver(Instant now) {
            return !now.isBefore(end.plus(Account.GRACE));
        }
    }

    private static final class Purse {
        private long spent;
        private long reserved;
    }

    /** A reservation: at first until its end, then once more until it is forgotten. */
    private record Hold(long end, Reservation reservation, boolean late) implements Comparable<Hold> {
        @Override
        public int compareTo(Hold other) {
            int byEnd = Long.compare(end, other.end);
            return byEnd != 0 ? byEnd : reservation.id().compareTo(other.reservation.id());
        }
    }

    LocalBudgets(Ticker elapsed, Clock clock) {
        this.elapsed = elapsed;
        this.clock = clock;
    }

    synchronized BudgetReply reserve(Reservation reservation, Duration duration) {
        long now = tidy();
        checkOpen(reservation.accounts());
        for (Account account : reservation.accounts()) {
            Balance balance = balance(account, purses.get(new Window(account)));
            // Each is below 2^53 but what was spent; so subtract.
            if (account.limitMicros() - balance.spentMicros() - balance.reservedMicros() < reservation.micros()) {
                return new BudgetReply.Refused(balance, reservation.micros());
            }
        }
        List<Balance> balances = new ArrayList<>();
        for (Account account : reservation.accounts()) {
            Purse purse = purse(account);
            purse.reserved += reservation.micros();
            balances.add(balance(account, purse));
        }
        hold(new Hold(LocalLeases.end(now, duration), reservation, false));
        return new BudgetReply.Granted(reservation, balances);
    }

    synchronized boolean settle(Reservation reservation, long micros) {
        tidy();
        Hold hold = holds.remove(reservation.id());
        if (hold == null) {
            return false;
        }
        byEnd.remove(hold);
        boolean known = false;
        for (Account account : hold.reservation().accounts()) {
            Purse purse = purses.get(new Window(account));
            if (purse != null) {
                known = true;
                purse.reserved -= hold.late() ? 0 : hold.reservation().micros();
                purse.spent += micros;
            }
        }
        return known;
    }

    synchronized boolean addSpent(String id, List<Account> accounts, long micros) {
        long now = tidy();
        checkOpen(accounts);
        if (added.containsKey(id)) {
            return false;
        }
        added.put(id, LocalLeases.end(now, Reservation.LATE));
        accounts.forEach(account -> purse(account).spent += micros);
        return true;
    }

    synchronized Balance balance(Account account) {
        tidy();
        checkOpen(List.of(account));
        return balance(account, purses.get(new Window(account)));
    }

    private static Balance balance(Account account, @Nullable Purse purse) {
        return purse == null ? new Balance(account, 0, 0) : new Balance(account, purse.spent, purse.reserved);
    }

    private Purse purse(Account account) {
        return purses.computeIfAbsent(new Window(account), window -> new Purse());
    }

    private void checkOpen(List<Account> accounts) {
        Instant now = clock.instant();
        for (Account account : accounts) {
            if (new Window(account).isOver(now)) {
                throw StateArguments.ended(account, now);
            }
        }
    }

    private void hold(Hold hold) {
        holds.put(hold.reservation().id(), hold);
        byEnd.add(hold);
    }

    /** Drops what is over; returns the time. */
    private long tidy() {
        long now = elapsed.nanoTime();
        while (!byEnd.isEmpty() && byEnd.first().end() <= now) {
            Hold over = byEnd.pollFirst();
            holds.remove(over.reservation().id());
            if (!over.late()) {
                for (Account account : over.reservation().accounts()) {
                    Purse purse = purses.get(new Window(account));
                    if (purse != null) {
                        purse.reserved -= over.reservation().micros();
                    }
                }
                hold(new Hold(LocalLeases.end(over.end(), Reservation.LATE), over.reservation(), true));
            }
        }
        // In the order in which they were added, which is that of their ends.
        Iterator<Long> ends = added.values().iterator();
        while (ends.hasNext() && ends.next() <= now) {
            ends.remove();
        }
        if (sweepAt <= now) {
            Instant wall = clock.instant();
            purses.keySet().removeIf(window -> window.isOver(wall));
            sweepAt = now + SWEEP_NANOS;
        }
        return now;
    }
}
