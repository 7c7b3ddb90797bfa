package dev.avionics.gateway.state;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.function.Function;

/** The answer to {@link SharedState#reserve}: granted by all accounts, or refused by one. */
public sealed interface BudgetReply {
    /** Applies the function for what this is. */
    <T> T fold(Function<Granted, T> granted, Function<Refused, T> refused);

    /**
     * All accounts had room.
     *
     * @param reservation what has to be settled or released
     * @param balances the accounts in their order, this reservation included
     */
    record Granted(Reservation reservation, List<Balance> balances) implements BudgetReply {
        public Granted {
            requireNonNull(reservation, "reservation");
            balances = List.copyOf(balances);
        }

        @Override
        public <T> T fold(Function<Granted, T> granted, Function<Refused, T> refused) {
            return granted.apply(this);
        }
    }

    /**
     * An account had no room; nothing was reserved in any.
     *
     * @param balance the first account without room, in the order they were given
     * @param micros what was to be reserved
     */
    record Refused(Balance balance, long micros) implements BudgetReply {
        public Refused {
            requireNonNull(balance, "balance");
        }

        @Override
        public <T> T fold(Function<Granted, T> granted, Function<Refused, T> refused) {
            return refused.apply(this);
        }
    }
}
